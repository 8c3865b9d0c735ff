"""An agent changes its session: what it sends replaces what it sent before, and everything is priced anew."""

from orderflow.checkout.errors import CompletionInProgressError, SessionClosedError
from orderflow.checkout.events import Change, EventType
from orderflow.checkout.offering import Offering
from orderflow.checkout.session import OPEN, Session, SessionStatus, Wire
from orderflow.checkout.sessions import Keep, Ledger


def update_session(session_id: str, body: Wire, *, ledger: Ledger, offering: Offering, keep: Keep) -> Session:
    """Store and return the session with the changes; `body` is an update request of 2026-04-17.

    Raises SessionNotFoundError, SessionClosedError, CompletionInProgressError, ProductNotSoldError, TooManyLinesError,
    SessionBusyError, KeyTakenError.
    """
    told = {name: piece for name, piece in body.items() if name != "line_items"}
    if "coupons" in told and "discounts" not in told:
        # The older name of the same: what is sent last counts.
        told["discounts"] = {"codes": told["coupons"]}

    def decide(session: Session) -> tuple[EventType, Change]:
        require_open(session, ledger)
        now, asked = ledger.clock(), {**session.asked, **told}
        if "line_items" in body:
            offer = offering.for_items(body["line_items"], asked, session.currency, now)
        else:
            offer = offering.again(session.offer.lines, asked, session.currency, now)
        return EventType.UPDATED, Change(asked=told, offer=offer)

    return ledger.change_own(session_id, decide, keep)


def require_open(session: Session, ledger: Ledger) -> None:
    """Raise SessionClosedError or CompletionInProgressError unless the agent may still change the session."""
    status = session.seen_at(ledger.clock()).status
    if status is SessionStatus.COMPLETE_IN_PROGRESS:
        raise CompletionInProgressError(session)
    if status not in OPEN:
        raise SessionClosedError(session, status)
