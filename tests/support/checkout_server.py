"""The checkout's functions behind a small HTTP server, as API Gateway has them, for who knows nothing but a URL."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from handlers.checkout import (
    cancel_checkout_session,
    complete_checkout_session,
    create_checkout_session,
    delegate_payment,
    discover_checkout,
    get_checkout_session,
    update_checkout_session,
)
from orderflow.runtime.caller import Client
from tests.support.gateway import CONTEXT, event

_SESSION = "/checkout_sessions/{checkoutSessionId}"
ROUTES: dict[str, Any] = {
    "POST /checkout_sessions": create_checkout_session,
    f"GET {_SESSION}": get_checkout_session,
    f"POST {_SESSION}": update_checkout_session,
    f"POST {_SESSION}/complete": complete_checkout_session,
    f"POST {_SESSION}/cancel": cancel_checkout_session,
    "POST /agentic_commerce/delegate_payment": delegate_payment,
    "GET /.well-known/acp.json": discover_checkout,
}
_OPEN = "GET /.well-known/acp.json"
# What the gateway answers by itself: modules/api/responses.tf.
_REFUSED = {"type": "invalid_request", "code": "NOT_AUTHENTICATED", "message": "Not signed in."}


@contextmanager
def serving(clients: Mapping[str, Client]) -> Iterator[str]:
    """Give the URL of the checkout; `clients` are who may call, by what their Authorization says after Bearer."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            found = _route(method, self.path)
            if found is None:
                return self._send(404, {}, "{}")
            route, ids = found
            client = clients.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            if client is None and route != _OPEN:
                return self._send(401, {"Content-Type": "application/json"}, json.dumps(_REFUSED))
            asked = event(body=body or None, path=ids, headers=dict(self.headers), client=client, route=route)
            asked["requestContext"] |= {"apiId": "api", "stage": "v1"}
            answer = ROUTES[route].handler(asked, CONTEXT)
            return self._send(answer["statusCode"], answer["headers"], answer["body"] or "")

        def _send(self, status: int, headers: Mapping[str, str], body: str) -> None:
            content = body.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def one_at_a_time(call: Callable[..., Any]) -> Callable[..., Any]:
    """Let one thread at a time into moto, whose transactions are none for others."""
    alone = threading.RLock()

    def guarded(*args: Any, **kwargs: Any) -> Any:
        with alone:
            return call(*args, **kwargs)

    return guarded


def _route(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    for route in ROUTES:
        verb, _, resource = route.partition(" ")
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(resource))
        if verb == method and (match := re.fullmatch(pattern, path)):
            return route, match.groupdict()
    return None
