"""Find a port on loopback that nobody listens on."""

import errno
import socket

from tools.terminal import ToolError

_TRIES = 200


def is_free(port: int) -> bool:
    """Tell whether neither 127.0.0.1 nor ::1 has a listener on `port`: `localhost` may mean either."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # As the emulator's own server does, so that a connection in TIME_WAIT does not count as a listener.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            # A machine without IPv6 cannot have a listener there.
    return True


def choose(first: int, remembered: int | None = None) -> int:
    """Return the remembered port when it is free, else the first free one from `first` upwards."""
    candidates = range(first, first + _TRIES)
    for port in [remembered, *candidates] if remembered else candidates:
        if is_free(port):
            return port
    raise ToolError(
        f"No free port between {first} and {first + _TRIES - 1} on loopback: stop something that listens there."
    )
