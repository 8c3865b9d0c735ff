"""One merchant server as an agent of one version uses it: what every check buys with."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from acp_conformance.client import Client
from acp_conformance.dialect import Dialect, Json
from acp_conformance.exchange import Exchange
from acp_conformance.profile import Item, Profile
from acp_conformance.receiver import Receiver
from acp_conformance.requirement import NonconformityError, NotApplicableError
from acp_conformance.schemas import Schemas

# How long a request may stay in flight before that is a fault of its own.
SETTLED_SECONDS = 60
# Left to the shop: a fresh key, the version under test.
AUTO = object()


def as_bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def fresh_key() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Setting:
    """What a run is given besides the server's address."""

    key: str
    other_key: str = ""
    discovery_url: str = ""
    webhook_secret: str = ""
    memory: Path | None = None
    now: Callable[[], float] = time.time
    # What no report shows: grows with the tokens that are exchanged.
    secrets: set[str] = field(default_factory=set)


class Shop:
    """A merchant server, one version, one profile."""

    def __init__(
        self,
        client: Client,
        dialect: Dialect,
        schemas: Schemas,
        profile: Profile,
        setting: Setting,
        receiver: Receiver | None = None,
    ) -> None:
        self.client = client
        self.dialect = dialect
        self.schemas = schemas
        self.profile = profile
        self.setting = setting
        self._receiver = receiver
        self.version = dialect.version

    @property
    def receiver(self) -> Receiver:
        if self._receiver is None:
            raise NotApplicableError("No webhook receiver: give --webhook-listen and --webhook-secret.")
        return self._receiver

    # Requests

    def headers(self, **changed: str | None) -> dict[str, str]:
        """Return the headers of a request; a keyword (`api_version="x"`) changes one, None leaves it out."""
        told: dict[str, str | None] = {
            "authorization": f"Bearer {self.setting.key}",
            "api-version": self.version,
            "accept": "application/json",
            "request-id": f"req-{uuid.uuid4()}",
        }
        told |= {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in told.items() if value is not None}

    def post(
        self, path: str, body: Any, key: Any = AUTO, give_up_after: float | None = None, **headers: str | None
    ) -> Exchange:
        """POST a JSON document, or bytes as they are; without a body where it is None."""
        key = fresh_key() if key is AUTO else key
        kind = None if body is None else "application/json"
        all_headers = self.headers(idempotency_key=key, content_type=kind, **headers)
        return self.client.send("POST", path, all_headers, None if body is None else as_bytes(body), give_up_after)

    def get(self, path: str, **headers: str | None) -> Exchange:
        return self.client.send("GET", path, self.headers(**headers))

    def at_once(self, calls: Sequence[Callable[[], Exchange]]) -> list[Exchange]:
        """Make calls from as many threads, all let go at the same moment."""
        gate = threading.Barrier(len(calls))

        def call(each: Callable[[], Exchange]) -> Exchange:
            gate.wait(timeout=30)
            return each()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(call, calls))

    def settled(self, call: Callable[[], Exchange]) -> Exchange:
        """Repeat a call while it is answered with 409 in flight, as long as Retry-After says, for a minute at most."""
        until = time.monotonic() + SETTLED_SECONDS
        while (answer := call()).status == 409 and answer.code == "idempotency_in_flight":
            if time.monotonic() > until:
                raise NonconformityError(f"Still in flight after {SETTLED_SECONDS} s: {answer}")
            wait = answer.headers.get("retry-after", "")
            time.sleep(min(float(wait), 5) if wait.isdigit() else 0.2)
        return answer

    # The routes

    def create(self, body: Any, key: Any = AUTO, **headers: str | None) -> Exchange:
        return self.post("/checkout_sessions", body, key, None, **headers)

    def update(self, session_id: str, body: Any, key: Any = AUTO) -> Exchange:
        return self.post(f"/checkout_sessions/{session_id}", body, key)

    def read(self, session_id: str, **headers: str | None) -> Exchange:
        return self.get(f"/checkout_sessions/{session_id}", **headers)

    def complete(self, session_id: str, body: Any, key: Any = AUTO, give_up_after: float | None = None) -> Exchange:
        return self.post(f"/checkout_sessions/{session_id}/complete", body, key, give_up_after)

    def cancel(self, session_id: str, body: Any = None, key: Any = AUTO) -> Exchange:
        return self.post(f"/checkout_sessions/{session_id}/cancel", body, key)

    # What a visit needs

    @property
    def items(self) -> tuple[Item, ...]:
        return self.profile.shop.items

    def new(self, items: Sequence[Item] | None = None, currency: str = "") -> Json:
        """Return the body of a create that has all a purchase needs."""
        profile = self.profile
        currency = currency or profile.shop.currency
        return self.dialect.create(items or self.items[:1], currency, profile.buyer, profile.address)

    def made(self, body: Any = None) -> Json:
        """Create a session and return it."""
        return succeeded(self.create(self.new() if body is None else body), "create")

    def seen(self, session_id: str) -> Json:
        """Return a session as a GET shows it."""
        return succeeded(self.read(session_id), "get")

    def ready(self, body: Any = None) -> Json:
        """Create a session, choose a fulfilment option where the server did not, and return it, ready to be paid."""
        session = self.made(body)
        options = self.dialect.option_ids(session)
        if session.get("status") != "ready_for_payment" and options and not self.dialect.chosen(session):
            session = succeeded(self.update(session["id"], self.dialect.option(session, options[0])), "update")
        if session.get("status") != "ready_for_payment":
            told = [message.get("content") for message in session.get("messages", [])]
            raise NonconformityError(
                f"A session with items, buyer, address and a fulfilment option is {session.get('status')!r}, not"
                f" 'ready_for_payment'; its messages: {told}. Does the profile fit the merchant?"
            )
        return session

    def payment(self, session: Json, token: str | None = None) -> Json:
        """Return the body of a complete: with the profile's token, another, or one exchanged for the profile's card."""
        payment = self.profile.payment
        if token is None:
            token = payment.token or self.delegated(session, payment.delegate.card)
        return self.dialect.complete(self.profile.buyer, payment, token, session)

    def declined(self, session: Json) -> Json:
        """Return the body of a complete that is declined."""
        return self._special(session, "declined")

    def challenged(self, session: Json) -> Json:
        """Return the body of a complete that needs 3-D Secure."""
        return self._special(session, "challenged")

    def failing(self, session: Json) -> Json:
        """Return the body of a complete that the server fails at once, and then no more."""
        return self._special(session, "failing")

    def _special(self, session: Json, kind: str) -> Json:
        token = getattr(self.profile.payment, f"{kind}_token")
        card = getattr(self.profile.payment.delegate, f"{kind}_card")
        if not token and not card:
            raise NotApplicableError(f"The profile names no payment.{kind}_token and no payment.delegate.{kind}_card.")
        return self.payment(session, token or self.delegated(session, card))

    def delegated(self, session: Json, card: str) -> str:
        """Exchange a card for a token that may pay this session's total (POST /agentic_commerce/delegate_payment)."""
        delegate = self.profile.payment.delegate
        if not card:
            raise NotApplicableError("The profile names neither payment.token nor payment.delegate.card.")
        total = next((entry["amount"] for entry in session["totals"] if entry["type"] == "total"), 0)
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.setting.now() + 3600))
        body = {
            "payment_method": {
                "type": "card",
                "card_number_type": "fpan",
                "number": card,
                "exp_month": "12",
                "exp_year": "2032",
                "name": self.profile.address.name,
                "cvc": "123",
                "display_card_funding_type": "credit",
                "display_last4": card[-4:],
                "metadata": {},
            },
            "allowance": {
                "reason": "one_time",
                "max_amount": total,
                "currency": session["currency"],
                "checkout_session_id": session["id"],
                "merchant_id": delegate.merchant_id,
                "expires_at": until,
            },
            "risk_signals": [{"type": "card_testing", "score": 0, "action": "authorized"}],
            "metadata": {},
        }
        url = (delegate.url or self.client.base_url).rstrip("/")
        authorization = f"Bearer {delegate.key or self.setting.key}"
        answer = self.post(f"{url}/agentic_commerce/delegate_payment", body, authorization=authorization)
        token = str(succeeded(answer, "delegate_payment").get("id", ""))
        self.setting.secrets.add(token)
        return token

    def bought(self) -> Json:
        """Buy something and return the completed session."""
        session = self.ready()
        return succeeded(self.complete(session["id"], self.payment(session)), "complete")

    def origin(self) -> str:
        parts = urlsplit(self.client.base_url)
        return f"{parts.scheme}://{parts.netloc}"


def succeeded(exchange: Exchange, what: str) -> Json:
    """Return the answer of a request that has to succeed for the requirement to be judged at all."""
    if not exchange.ok:
        raise NonconformityError(f"It could not be judged, because {what} did not succeed: {exchange}")
    return exchange.document
