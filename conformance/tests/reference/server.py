"""The reference merchant over HTTP: `Reference().start()`; `modes` says in which respects it is wrong."""

import json
import re
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reference import wrongs
from reference.goods import CODE, PRICES, Session, message, priced, status
from reference.hooks import Hooks
from reference.keys import Answer, Keys, fingerprint
from reference.wire import (
    V2025,
    V2026,
    Json,
    RefusedError,
    event,
    read_currency,
    read_into,
    read_items,
    read_token,
    show,
)

VERSIONS = [V2026, V2025]
CALLERS = {"Bearer good-key": "agent", "Bearer other-key": "other"}
# Long enough for requests at once to meet in it, short enough for a thousand tests.
PAYING_SECONDS = 0.04
SESSION_SECONDS = 3600.0
SHORT_SECONDS = 1.0


@dataclass
class Call:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    operation: str = ""
    session_id: str = ""
    version: str = V2026
    caller: str = ""
    body: Any = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The suite sends many requests at once.
    request_queue_size = 64


class Reference:
    """An in-memory merchant."""

    def __init__(self, modes: Iterable[str] = (), secret: str = "whsec") -> None:
        self.modes = set(modes)
        self.now = time.time
        self.hooks = Hooks(self.modes, secret)
        self._keys = Keys(self.modes)
        self._sessions: dict[str, Session] = {}
        self._lock = threading.RLock()

    def start(self) -> str:
        """Serve on a free port and return the base URL."""
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self.hooks.close()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: Call) -> Answer:
        """Answer one request."""
        try:
            answer = self._routed(call)
        except RefusedError as wrong:
            answer = Answer(wrong.status, wrong.body, dict(wrong.headers))
        answer = Answer(answer.status, json.loads(json.dumps(answer.body)), dict(answer.headers))
        if "no_request_id" not in self.modes and "request-id" in call.headers:
            answer.headers["Request-Id"] = call.headers["request-id"]
        if "no_key_echo" not in self.modes and "idempotency-key" in call.headers:
            answer.headers["Idempotency-Key"] = call.headers["idempotency-key"]
        for mode in sorted(self.modes & set(wrongs.ANSWERS)):
            wrongs.ANSWERS[mode](call, answer)
        return answer

    def _routed(self, call: Call) -> Answer:
        if call.path == "/.well-known/acp.json":
            call.operation = "discovery"
            return _discovery(call)
        self._admit(call)
        if call.path == "/agentic_commerce/delegate_payment":
            card = json.loads(call.raw)["payment_method"]["number"]
            token = "tok_declined" if card.endswith("0002") else "tok_good"
            return Answer(201, {"id": token, "created": "2026-04-17T00:00:00Z", "metadata": {}}, {})
        found = re.fullmatch(r"/checkout_sessions(?:/([^/]+))?(?:/(complete|cancel))?", call.path)
        if not found:
            raise RefusedError(404, "not_found")
        call.session_id = found[1] or ""
        named = found[2] or ("update" if found[1] else "create")
        call.operation = "read" if call.method == "GET" else named
        return Answer(200, self._read(call), {}) if call.method == "GET" else self._once(call)

    def _admit(self, call: Call) -> None:
        authorization = call.headers.get("authorization")
        caller = CALLERS.get(authorization or "")
        if authorization is None and ("needs_no_key" if call.method == "POST" else "reads_need_no_key") in self.modes:
            caller = "agent"
        if authorization and "takes_any_caller" in self.modes:
            caller = caller or "agent"
        if caller is None:
            raise RefusedError(401, "unauthorized")
        call.caller = caller
        version = call.headers.get("api-version")
        if version not in VERSIONS:
            lax = "missing_version_is_newest" if version is None else "takes_any_version"
            if lax not in self.modes and not (call.method == "GET" and f"reads_{lax}" in self.modes):
                code = "missing_api_version" if version is None else "unsupported_api_version"
                raise RefusedError(400, code, supported_versions=list(VERSIONS))
            version = V2026
        call.version = version

    def _once(self, call: Call) -> Answer:
        """Run a POST under its key."""
        key = call.headers.get("idempotency-key")
        invented = self.modes & {"invents_keys", f"invents_keys_of_{call.operation}"}
        if key is None and call.version == V2026 and not invented:
            raise RefusedError(400, "idempotency_key_required")
        key = key or uuid.uuid4().hex
        if len(key) > 255 and "takes_any_key" not in self.modes:
            raise RefusedError(400, "idempotency_key_too_long")
        if len(key) > 64 and "forgets_long_keys" in self.modes:
            key = uuid.uuid4().hex
        try:
            call.body = json.loads(call.raw or (b"{}" if call.operation == "cancel" else b""))
        except ValueError:
            raise RefusedError(400, "malformed", "The body is no JSON.") from None
        if not isinstance(call.body, dict):
            raise RefusedError(400, "malformed", "The body is no JSON object.")
        place = self._keys.place(call.caller, call.path, key)
        stored = self._keys.begin(place, fingerprint(call.raw, call.body, call.headers, self.modes), self.now())
        if stored:
            return stored
        try:
            operation = getattr(self, f"_{call.operation}")
            answer = Answer(201 if call.operation == "create" else 200, operation(call), {})
        except RefusedError as wrong:
            answer = Answer(wrong.status, wrong.body, wrong.headers)
        self._keys.finish(place, answer)
        return answer

    def _found(self, call: Call) -> Session:
        session = self._sessions.get(call.session_id)
        if session is None or session.caller != call.caller:
            raise RefusedError(404, "not_found", "No such session.")
        return session

    def _open(self, session: Session, call: Call) -> None:
        """Refuse to touch a session that is over."""
        now = status(session, self.now(), self.modes)
        races = {"two_orders", "races"}
        lax = {
            "in_progress": races,
            "completed": races | {"completes_again", "loses_keys_of_completes", "changes_completed"},
            "canceled": {"reopens_canceled"} if call.operation == "complete" else {"changes_canceled"},
        }
        if now in ("completed", "canceled", "expired", "in_progress") and not self.modes & lax.get(now, set()):
            raise RefusedError(409, f"session_{now}", f"The session is {now}.")

    def _shown(self, session: Session, call: Call) -> Json:
        version = call.version
        if "answers_one_version" in self.modes:
            version = V2025 if version == V2026 else V2026
        return show(session, version, self.now(), self.modes)

    def _create(self, call: Call) -> Json:
        items = read_items(call.body, call.version, required=True) or []
        if "out_of_stock_is_400" in self.modes and any(item == "sold_out" for item, _ in items):
            raise RefusedError(400, "out_of_stock")
        short = any(item == "short_lived" for item, _ in items)
        until = self.now() + (SHORT_SECONDS if short else SESSION_SECONDS)
        currency = read_currency(call.body, call.version, self.modes)
        session = Session(f"cs_{uuid.uuid4().hex}", call.caller, currency, items, until)
        read_into(session, call.body, call.version)
        if "unknown_code_is_400" in self.modes and set(session.codes or []) - {CODE}:
            raise RefusedError(400, "invalid_code")
        with self._lock:
            self._sessions[session.id] = session
        if "races" in self.modes:
            time.sleep(PAYING_SECONDS)
        return self._shown(session, call)

    def _update(self, call: Call) -> Json:
        with self._lock:
            session = self._found(call)
            self._open(session, call)
            if "forgets_updates" in self.modes:
                session = Session(**vars(session))
            items = read_items(call.body, call.version, required=False)
            session.items = items if items is not None else session.items
            read_into(session, call.body, call.version)
            return self._shown(session, call)

    def _read(self, call: Call) -> Json:
        with self._lock:
            return self._shown(self._found(call), call)

    def _complete(self, call: Call) -> Json:
        with self._lock:
            session = self._found(call)
            token = read_token(call.body, call.version, self.modes)
            self._open(session, call)
            outcome = self._authenticated(session, call)
            if session.challenged and outcome not in ("", "authenticated") and "takes_denied" not in self.modes:
                token = "tok_denied"
            session.state = "completing"
        time.sleep(PAYING_SECONDS)
        with self._lock:
            if session.challenged and not outcome:
                session.state = "open"
                return self._shown(session, call)
            return self._paid(session, token, call)

    def _authenticated(self, session: Session, call: Call) -> str:
        """Refuse to go on without the result of a challenge; return what became of it."""
        result = call.body.get("authentication_result")
        if session.challenged and result is None and "challenges_for_ever" not in self.modes:
            raise RefusedError(400, "requires_3ds", "The buyer has to authenticate.", "$.authentication_result")
        return "" if result is None else str(result["outcome"])

    def _paid(self, session: Session, token: str, call: Call) -> Json:
        if token == "tok_failing" and not session.failed_before:
            session.failed_before, session.state = True, "open"
            raise RefusedError(503, "unavailable", kind="service_unavailable")
        if token == "tok_challenged" and not session.challenged and "never_challenges" not in self.modes:
            session.challenged, session.state = True, "open"
            session.messages = [message("requires_3ds", "$.payment_data", "The buyer has to authenticate.")]
            return self._shown(session, call)
        ignored = session.challenged and "ignores_results" in self.modes
        session.challenged = False
        if ignored or token == "tok_denied":
            session.state = "open"
            session.messages = [message("payment_declined", "$.payment_data", "The buyer did not authenticate.")]
            return self._shown(session, call)
        if token == "tok_declined":
            if "declined_is_402" in self.modes:
                session.state = "open"
                raise RefusedError(402, "payment_declined")
            session.state = "canceled" if "declined_is_final" in self.modes else "open"
            session.messages = [message("payment_declined", "$.payment_data", "The card was declined.")]
            return self._shown(session, call)
        session.state, session.messages = "completed", []
        order_id = f"ord_{uuid.uuid4().hex}"
        _, totals = priced(session, self.modes)
        session.order = {
            "type": "order",
            "id": order_id,
            "checkout_session_id": session.id,
            "permalink_url": f"https://shop.example/orders/{order_id}",
            "status": "created",
            "totals": [{"type": kind, "display_text": kind, "amount": amount} for kind, amount in totals.items()],
        }
        self._tell(session.order, call.version)
        return self._shown(session, call)

    def _tell(self, order: Json, version: str) -> None:
        told = event("order_create", order, version)
        changed = event("order_update", order | {"status": "confirmed"}, version)
        if "updates_are_deltas" in self.modes:
            changed["data"] = {"checkout_session_id": order["checkout_session_id"], "status": "confirmed"}
        if "sends_half_an_order" in self.modes:
            told["data"] = {name: value for name, value in told["data"].items() if name != "permalink_url"}
        self.hooks.tell(told, changed)
        if "tells_twice" in self.modes:
            self.hooks.tell(event("order_create", order | {"status": "confirmed"}, version))

    def _cancel(self, call: Call) -> Json:
        reason = call.body.get("intent_trace", {}).get("reason_code", "")
        if reason and "refuses_reasons" in self.modes:
            raise RefusedError(400, "invalid")
        if reason not in ("", "shipping_cost") and "refuses_unknown_reasons" in self.modes:
            raise RefusedError(400, "invalid")
        with self._lock:
            session = self._found(call)
            if session.state == "completed" and "cancels_completed" in self.modes and session.order:
                self.hooks.tell(event("order_update", session.order | {"status": "canceled"}, call.version))
                return self._shown(session, call) | {"status": "canceled"}
            if session.state == "completed" and "cancel_undoes_orders" in self.modes:
                session.state = "open"
            if session.state == "canceled" and "cancels_twice" in self.modes:
                session.state = "open"
            if session.state != "open":
                raise RefusedError(405, "not_cancelable", f"The session is {session.state}.")
            if "forgets_cancels" in self.modes:
                return self._shown(session, call) | {"status": "canceled"}
            session.state = "canceled"
            return self._shown(session, call)


def _discovery(call: Call) -> Answer:
    body = {
        "protocol": {"name": "acp", "version": V2026, "supported_versions": VERSIONS[::-1]},
        "api_base_url": f"http://{call.headers.get('host', 'shop.example')}",
        "transports": ["rest"],
        "capabilities": {"services": ["checkout", "orders"], "supported_currencies": ["eur", "usd"]},
    }
    return Answer(200, body, {"Cache-Control": "public, max-age=3600"})


def _handler(reference: Reference) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 30

        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = reference.answer(Call(self.command, self.path, headers, raw))
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in ({"Content-Type": "application/json"} | answer.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            try:
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                # The caller did not wait: that is what some of the checks do.
                self.close_connection = True

        do_GET = do_POST = _serve  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name for it
            """Say nothing: the suite's report does."""

    return Handler


__all__ = ["PRICES", "Reference"]
