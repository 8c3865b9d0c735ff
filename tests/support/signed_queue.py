"""A queue of SQS behind a small HTTP server: it answers one access key, and has an order_create of each order."""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_CREDENTIAL = re.compile(r"^AWS4-HMAC-SHA256 Credential=([^/]+)/")
_DENIED = {"__type": "com.amazonaws.sqs#AccessDeniedException", "message": "Not your queue."}


@contextmanager
def listening(access_key: str, order_ids: Callable[[], Iterable[str]]) -> Iterator[tuple[str, list[str | None]]]:
    """Give the URL of the queue, and the access keys that its requests were signed with so far."""
    seen: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            signed = _CREDENTIAL.match(self.headers.get("Authorization", ""))
            seen.append(signed and signed[1])
            allowed = seen[-1] == access_key
            content = json.dumps(self._messages() if allowed else _DENIED).encode()
            self.send_response(200 if allowed else 403)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _messages(self) -> dict[str, Any]:
            bodies = [json.dumps({"type": "order_create", "orderId": each}) for each in order_ids()]
            return {
                "Messages": [{"MessageId": f"m-{n}", "ReceiptHandle": "r", "Body": b} for n, b in enumerate(bodies)]
            }

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/123456789012/of-my-own", seen
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
