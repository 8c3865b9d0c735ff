"""Receives order events as an agent does, and answers each as a check plans: late, with an error, or not at all."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """How to answer one delivery: after a delay, with a status; without any answer where the status is 0."""

    status: int = 200
    delay: float = 0
    location: str = ""


@dataclass(frozen=True)
class Delivery:
    """One request of the merchant's, as it came."""

    at: float
    path: str
    headers: Mapping[str, str]
    body: bytes
    session_id: str
    answered: int

    @property
    def event(self) -> dict[str, Any]:
        document = json.loads(self.body)
        return document if isinstance(document, dict) else {}

    @property
    def kind(self) -> str:
        return str(self.event.get("type", ""))

    @property
    def signature(self) -> str:
        return self.headers.get("merchant-signature", "")


def _session_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["data"]["checkout_session_id"])
    except (ValueError, KeyError, TypeError):
        return ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A merchant may send many events at once.
    request_queue_size = 64


class Receiver:
    """A webhook endpoint on this machine."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._changed = threading.Condition()
        self._plans: dict[str, list[Reply]] = {}
        self._received: dict[str, list[Delivery]] = defaultdict(list)
        self._closing = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 30

            def do_POST(self) -> None:
                receiver._take(self)

            def do_GET(self) -> None:
                receiver._take(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name for it
                """Say nothing: the report does."""

        self._server = _Server((host, port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}/agentic_checkout/webhooks/order_events"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def plan(self, session_id: str, replies: Sequence[Reply]) -> None:
        """Answer the deliveries of a session's first event so, in this order; a 410 stays, all else is accepted."""
        with self._changed:
            self._plans[session_id] = list(replies)

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        session_id = _session_of(body)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._changed:
            reply = self._reply(session_id, body)
            self._received[session_id].append(
                Delivery(time.time(), handler.path, headers, body, session_id, reply.status)
            )
            self._changed.notify_all()
        if reply.delay:
            self._closing.wait(reply.delay)
        handler.close_connection = True
        if reply.status:
            try:
                handler.send_response(reply.status)
                if reply.location:
                    handler.send_header("Location", reply.location)
                answer = b'{"received": true}' if reply.status == 200 else b"{}"
                handler.send_header("Content-Type", "application/json")
                handler.send_header("Content-Length", str(len(answer)))
                handler.end_headers()
                handler.wfile.write(answer)
            except OSError:
                # The sender did not wait for a late answer: what it does next is what is looked at.
                return

    def _reply(self, session_id: str, body: bytes) -> Reply:
        plan = self._plans.get(session_id, [])
        if plan and plan[0].status == 410:
            return plan[0]
        first = next(iter(self._received[session_id]), None)
        return plan.pop(0) if plan and (first is None or first.body == body) else Reply()

    def received(self, session_id: str) -> list[Delivery]:
        with self._changed:
            return list(self._received[session_id])

    def wait(self, session_id: str, enough: Callable[[list[Delivery]], bool], within: float) -> list[Delivery]:
        """Return a session's deliveries as soon as there are enough of them, or after `within` seconds as they are."""
        until = time.monotonic() + within
        with self._changed:
            while not enough(self._received[session_id]):
                left = until - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            return list(self._received[session_id])
