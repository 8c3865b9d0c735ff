"""An agent gives its session up. Nothing is held for an open session, so there is nothing to give back."""

from orderflow.checkout.errors import CompletionInProgressError, NotCancelableError
from orderflow.checkout.events import Change, EventType
from orderflow.checkout.session import OPEN, Session, SessionStatus, Wire
from orderflow.checkout.sessions import Keep, Ledger


def cancel_session(session_id: str, body: Wire, *, ledger: Ledger, keep: Keep) -> Session:
    """Store and return the session, canceled; `body` may say why (`intent_trace`).

    Raises SessionNotFoundError, NotCancelableError, CompletionInProgressError, SessionBusyError, KeyTakenError.
    """

    def decide(session: Session) -> tuple[EventType, Change]:
        status = session.seen_at(ledger.clock()).status
        if status is SessionStatus.COMPLETE_IN_PROGRESS:
            raise CompletionInProgressError(session)
        if status not in OPEN:
            raise NotCancelableError(session, status)
        return EventType.CANCELLED, Change(asked=dict(body) or None)

    return ledger.change_own(session_id, decide, keep)
