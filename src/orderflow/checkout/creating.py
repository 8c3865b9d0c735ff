"""A session begins: priced by the shop, whatever the agent believes things cost."""

from collections.abc import Callable
from datetime import timedelta

from orderflow.checkout.errors import UnsupportedCurrencyError
from orderflow.checkout.events import Change, EventType, after
from orderflow.checkout.offering import Offering
from orderflow.checkout.session import Session, Wire
from orderflow.checkout.sessions import Keep, Ledger
from orderflow.runtime.clock import iso


def create_session(
    body: Wire,
    *,
    ledger: Ledger,
    offering: Offering,
    currency: str,
    lifetime: timedelta,
    keep: Keep,
    session_ids: Callable[[], str],
) -> Session:
    """Store and return a new session of the ledger's client; `body` is a create request of 2026-04-17.

    Raises UnsupportedCurrencyError, ProductNotSoldError, TooManyLinesError, KeyTakenError.
    """
    if body["currency"].upper() != currency:
        raise UnsupportedCurrencyError(body["currency"], currency)
    now = ledger.clock()
    asked = {name: piece for name, piece in body.items() if name not in ("currency", "line_items")}
    offer = offering.for_items(body["line_items"], asked, currency, now)
    change = Change(asked=asked, offer=offer, currency=currency, expires_at=iso(now + lifetime))
    event = ledger.event(f"cs_{session_ids()}", 1, EventType.CREATED, change)
    state = after(None, event)
    ledger.store.append(event, state, keep(state))
    return state
