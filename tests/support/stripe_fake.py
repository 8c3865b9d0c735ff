"""Stripe's API on loopback: an account behind real HTTP, with idempotency keys and faults on demand."""

import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.stripe_account import Answer, Refused, StripeAccount

API_KEY = "rk_test_fake_and_never_to_be_logged"
_HANG_SECONDS = 60  # longer than any test lets its client wait

# What a fault does: the answers that Stripe gives without working, and the ways in which an answer is lost.
BUSY = ("rate_limit", "lock_timeout", "idempotency_key_in_use", "conflict")
LOST = ("hangs_before", "hangs_after", "drops_before", "drops_after")


@dataclass
class Fault:
    """Befalls the next `times` requests whose `METHOD /path` matches `on`."""

    kind: str
    on: str
    times: int = 1


@dataclass(frozen=True)
class Sent:
    """A request as it arrived."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]
    connection: int


@dataclass
class FakeStripe:
    """The server's address, the account behind it, and what was sent."""

    base: str = ""
    account: StripeAccount = field(default_factory=StripeAccount)
    api_keys: set[str] = field(default_factory=lambda: {API_KEY})
    sent: list[Sent] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    broken: list[BaseException | None] = field(default_factory=list)  # what failed inside the fake itself
    _saved: dict[str, tuple[Any, Answer]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, kind: str, on: str, times: int = 1) -> None:
        """Make the next requests fail; `on` is a regular expression over `POST /v1/...`."""
        self.faults.append(Fault(kind, on, times))

    def forget_keys(self) -> None:
        """Prune all idempotency keys, as Stripe may after 24 hours."""
        self._saved.clear()

    def paths(self, method: str = "POST") -> list[str]:
        """Return what was asked for, in order, with ids left out."""
        return [re.sub(r"pi_\w+", "ID", each.path) for each in self.sent if each.method == method]

    def answer(self, request: Sent) -> tuple[Answer | None, str | None]:
        """Return the answer, None when the request is to be left without one, and the fault that befell it."""
        with self._lock:
            self.sent.append(request)
            fault = self._fault(request)
            if fault in LOST and fault.endswith("before"):
                return None, fault
            if fault == "bad_gateway":
                return (502, {}), fault
            if fault in (*BUSY, "missing_permission", "charge_disputed"):
                return Refused(fault).answer, fault
            if request.headers.get("Authorization") not in {f"Bearer {key}" for key in self.api_keys}:
                return Refused("invalid_api_key").answer, fault
            answer = self._once(request, fault)
            return (None, fault) if fault in LOST else (answer, fault)

    def _fault(self, request: Sent) -> str | None:
        for fault in self.faults:
            if fault.times and re.search(fault.on, f"{request.method} {request.path}"):
                fault.times -= 1
                return fault.kind
        return None

    def _once(self, request: Sent, fault: str | None) -> Answer:
        key, asked = request.headers.get("Idempotency-Key"), (request.path, request.form)
        if request.method == "GET":
            return Refused("api_error").answer if fault else self._work(request)
        assert key, f"{request.path} was sent without an Idempotency-Key"
        assert len(key) <= 255, "docs.stripe.com/api/idempotent_requests"
        if key in self._saved:
            before, saved = self._saved[key]
            return saved if before == asked else Refused("idempotency_mismatch").answer
        answer = Refused("api_error").answer if fault == "fails_before" else self._work(request)
        if fault == "fails_after":
            answer = Refused("api_error").answer
        # Everything that began to be worked on is saved, 500s too; what did not pass validation is not.
        if not str(answer[1].get("error", {}).get("code")).startswith("parameter_"):
            self._saved[key] = asked, answer
        return answer

    def _work(self, request: Sent) -> Answer:
        try:
            return self.account.do(request.method, request.path, request.form)
        except Refused as refused:
            return refused.answer


@contextmanager
def fake_stripe() -> Iterator[FakeStripe]:
    """Yield Stripe on a free loopback port, with an empty account."""
    fake, stopping = FakeStripe(), threading.Event()

    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            if body:
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            form = dict(parse_qsl(body or url.query, keep_blank_values=True, strict_parsing=bool(body or url.query)))
            request = Sent(self.command, url.path, form, dict(self.headers.items()), self.client_address[1])
            answer, fault = fake.answer(request)
            if answer is None:
                if fault and fault.startswith("hangs"):
                    stopping.wait(_HANG_SECONDS)
                self.close_connection = True
                return
            status, told = answer
            content = b"<html>bad gateway</html>" if fault == "bad_gateway" else json.dumps(told).encode()
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Request-Id", f"req_{len(fake.sent)}")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815 - the names http.server calls

        def log_message(self, *arguments: Any) -> None:
            """Say nothing: what was asked is in `sent`."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            fake.broken.append(sys.exception())

    server = Server(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    fake.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
