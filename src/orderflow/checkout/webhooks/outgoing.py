"""One POST to an address that was looked at: resolved, every address judged, connected to the judged one.

The name goes into SNI, the certificate's check and the Host header; the connection goes to the address. So a name that
resolves to another address a moment later (DNS rebinding) changes nothing. http.client follows no redirect, asks no
proxy, and is loaded by boto3 anyway.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from orderflow.checkout.webhooks.address import refusal
from orderflow.checkout.webhooks.delivery import Answer
from orderflow.checkout.webhooks.errors import EndpointUrlError
from orderflow.checkout.webhooks.target import Target, target_of

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0  # from the first connection to the last byte, whatever the receiver drips in between
MOST_READ = 16 * 1024  # bytes of an answer; nothing in it matters but its status
_LONGEST_RETRY_AFTER = 7  # digits

# Resolves a host and port to addresses, such as `resolve`.
Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    loopback_allowed: bool,
    resolve: Resolve = resolve,
    total_seconds: float = TOTAL_SECONDS,
) -> Answer:
    """Send a body and return what came of it; never raises for what the receiver does, or its name.

    `error` is one of our own few words: nothing that a receiver says is kept or logged.
    """
    begun = time.monotonic()

    def since() -> int:
        return round((time.monotonic() - begun) * 1000)

    try:
        target = target_of(url, loopback_allowed=loopback_allowed)
    except EndpointUrlError:
        return Answer(since(), error="refused url")
    try:
        addresses = resolve(target.host, target.port)
    except (OSError, UnicodeError):
        return Answer(since(), error="name not resolved")
    if not addresses or any(refusal(address, loopback_allowed=loopback_allowed) for address in addresses):
        return Answer(since(), error="refused address")
    # Every read may take as long as a socket waits, and there may be many: the watch ends the connection as a whole.
    connection = _Pinned(target, addresses)
    watch = threading.Timer(total_seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, {"Host": target.authority, **headers})
        response = connection.getresponse()
        if connection.was_cut:  # http.client takes headers that end too early for all of them
            return Answer(since(), error="timeout")
        status, retry_after = response.status, response.headers.get("Retry-After")
        _discard(response)
        return Answer(since(), status, None, _seconds(retry_after))
    except (OSError, http.client.HTTPException) as error:
        return Answer(since(), error="timeout" if connection.was_cut else _word(error))
    finally:
        watch.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that are given, in the name of a host."""

    def __init__(self, target: Target, addresses: Sequence[str]) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self._target, self._addresses = target, addresses
        self.was_cut = False

    def connect(self) -> None:
        plain = self._connected()
        plain.settimeout(TOTAL_SECONDS)
        self.sock = plain
        if self._target.tls:
            self.sock = _tls().wrap_socket(plain, server_hostname=self._target.host)

    def cut(self) -> None:
        self.was_cut = True
        held: Any = self.sock
        if held is not None:
            try:
                # Wakes the read that waits on it; closing alone does not.
                socket.socket.shutdown(held, socket.SHUT_RDWR)
            except OSError:
                return

    def _connected(self) -> socket.socket:
        failed: OSError = OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((address, self._target.port), CONNECT_SECONDS)
            except OSError as error:
                failed = error
            if self.was_cut:
                break
        raise failed


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _discard(response: http.client.HTTPResponse) -> None:
    # Read, so that the receiver may finish its answer; no more, so that it cannot make us read on.
    try:
        response.read(MOST_READ)
    except (OSError, http.client.HTTPException):
        return


def _seconds(retry_after: str | None) -> timedelta:
    known = retry_after is not None and retry_after.isascii() and retry_after.isdecimal()
    if retry_after is None or not known or len(retry_after) > _LONGEST_RETRY_AFTER:
        return timedelta(0)
    return timedelta(seconds=int(retry_after))


def _word(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "certificate or TLS refused"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return "no HTTP answer" if isinstance(error, http.client.HTTPException) else "connection failed"
