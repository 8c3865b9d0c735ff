"""A program between the functions and the local AWS: it passes every call on, and may see or spoil it on the way.

Functions reach it because the emulator hands them its own AWS_ENDPOINT_URL. What the emulator does by itself (Step
Functions' integrations, event sources, API Gateway) does not pass here.
"""

import http.client
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

FORWARD_SECONDS = 60
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Call:
    """One AWS API call: its service as its signature names it, its operation where a header tells it, its body."""

    service: str
    operation: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What came back, or what is said instead."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = field(default=(("Content-Type", "application/x-amz-json-1.1"),))


class Watcher(Protocol):
    """Sees every call, from many threads; one thread asks `before` and `after` of a call in turn."""

    def before(self, call: Call, /) -> Answer | None:
        """Return an answer to give in place of AWS, which then never hears of the call; None lets it pass."""
        ...

    def after(self, call: Call, answer: Answer, /) -> Answer:
        """Return what the caller is told; the call has happened."""
        ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A function that timed out hangs up, a stopped emulator does not answer: the other side has its own timeouts.
        if not isinstance(sys.exception(), OSError | http.client.HTTPException):
            super().handle_error(request, client_address)


@contextmanager
def forwarding(
    target_port: int, watcher: Watcher | None = None, extra_headers: dict[str, str] | None = None
) -> Iterator[str]:
    """Yield the address of a forwarder to `target_port` on loopback; headers, Host and so signatures stay as sent."""
    added, upstreams = extra_headers or {}, threading.local()

    def ask(method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        # One connection for each of the server's threads, and so for each of its clients' connections.
        for fresh in (False, True):
            if fresh or not hasattr(upstreams, "connection"):
                upstreams.connection = http.client.HTTPConnection("127.0.0.1", target_port, timeout=FORWARD_SECONDS)
            try:
                upstreams.connection.request(method, path, body=body, headers=headers)
                answer = upstreams.connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The emulator closed an idle connection before it read the call: once more on a new one.
                if fresh:
                    raise
                continue
            kept = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP)
            return Answer(answer.status, answer.read(), kept)
        raise AssertionError

    class Forwarder(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            call = _call(self.headers.get("Authorization", ""), self.headers.get("X-Amz-Target", ""), body)
            answer = watcher.before(call) if watcher else None
            if answer is None:
                answer = ask(self.command, self.path, body, {**dict(self.headers.items()), **added})
                answer = watcher.after(call, answer) if watcher else answer
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _forward  # noqa: N815 - the names http.server calls

    server = _Server(("127.0.0.1", 0), Forwarder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _call(authorization: str, target: str, body: bytes) -> Call:
    scope = _SCOPE.search(authorization)
    return Call(scope[1] if scope else "", target.rpartition(".")[2], body)
