"""Stands where TLS ends: forwards HTTP to the local AWS and says, as a load balancer would, that the client used TLS.

ministack takes `X-Forwarded-Proto` for `aws:SecureTransport`. Its own TLS (USE_SSL) would do as well, but then its
Cognito authorizer looks for the user pool's keys on plain HTTP and refuses every token.
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FORWARD_SECONDS = 60
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@contextmanager
def tls_terminator(target_port: int) -> Iterator[str]:
    """Yield the address of a forwarder to `target_port` on loopback; headers, Host and so signatures stay as sent."""

    class Forwarder(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            upstream = http.client.HTTPConnection("127.0.0.1", target_port, timeout=FORWARD_SECONDS)
            headers = {**dict(self.headers.items()), "X-Forwarded-Proto": "https"}
            upstream.request(self.command, self.path, body=body, headers=headers)
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _forward  # noqa: N815 - the names http.server calls

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forwarder)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
