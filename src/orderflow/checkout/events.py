"""What happened to a session, and what a session is after it: the one place where sessions change."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from orderflow.checkout.forgetting import without_buyer
from orderflow.checkout.session import Offer, Session, SessionStatus, Wire, standing


class EventType(StrEnum):
    """The events of a session, as they are published."""

    CREATED = "checkout.session.created"
    UPDATED = "checkout.session.updated"
    COMPLETED = "checkout.session.completed"
    CANCELLED = "checkout.session.cancelled"
    EXPIRED = "checkout.session.expired"
    ERASED = "checkout.session.erased"


@dataclass(frozen=True)
class Change:
    """What an event changed: whatever is None stayed. `asked` holds the pieces that the agent sent this time.

    `placed` is the id of the order that was placed for the session, `order` what the protocol shows of it, `notice` why
    no order came of completing it. `currency` and `expires_at` are those of a new session.
    """

    asked: Wire | None = None
    offer: Offer | None = None
    placed: str | None = None
    order: Wire | None = None
    notice: Wire | None = None
    currency: str | None = None
    expires_at: str | None = None


@dataclass(frozen=True)
class Event:
    """One event of a session; `by` is the client's key or the function that acted, `request_id` what made it act."""

    session_id: str
    version: int
    event_id: str
    type: EventType
    at: str
    by: str
    request_id: str
    change: Change


class HistoryBrokenError(Exception):
    """Events that cannot be those of one session."""


def after(session: Session | None, event: Event) -> Session:
    """Return the session after one more event; raises HistoryBrokenError for one that cannot follow."""
    if event.version != (session.version if session else 0) + 1:
        raise HistoryBrokenError(f"version {event.version} of {event.session_id} follows {session and session.version}")
    if session is None:
        return _begun(event)
    changed = _changed(session, event.change)
    match event.type:
        case EventType.UPDATED:
            status = _status_after(session, event.change, changed)
        case EventType.COMPLETED:
            status = SessionStatus.COMPLETED
        case EventType.CANCELLED:
            status = SessionStatus.CANCELED
        case EventType.EXPIRED:
            status = SessionStatus.EXPIRED
        case EventType.ERASED:
            status = session.status
            changed = dataclasses.replace(without_buyer(changed), erased_at=event.at)
        case EventType.CREATED:
            raise HistoryBrokenError(f"{event.session_id} is created a second time at version {event.version}")
    return dataclasses.replace(changed, version=event.version, status=status, updated_at=event.at)


def fold(events: Iterable[Event]) -> Session:
    """Return what all events of one session made of it, from the first on; raises HistoryBrokenError."""
    session: Session | None = None
    for event in events:
        session = after(session, event)
    if session is None:
        raise HistoryBrokenError("a session without events")
    return session


def _begun(event: Event) -> Session:
    change = event.change
    if event.type is not EventType.CREATED or not (change.offer and change.currency and change.expires_at):
        raise HistoryBrokenError(f"{event.session_id} begins with {event.type}")
    return Session(
        session_id=event.session_id,
        client_id=event.by,
        version=event.version,
        status=standing(change.offer),
        currency=change.currency,
        asked=change.asked or {},
        offer=change.offer,
        created_at=event.at,
        updated_at=event.at,
        expires_at=change.expires_at,
    )


def _changed(session: Session, change: Change) -> Session:
    fields: dict[str, object] = {}
    if change.asked is not None:
        fields |= {"asked": _merged(session.asked, change.asked), "notices": ()}
    if change.offer is not None:
        fields["offer"] = change.offer
    if change.placed is not None:
        fields |= {"order_id": change.placed, "notices": ()}
    if change.order is not None:
        fields["order"] = change.order
    if change.notice is not None:
        # No order came of it, and the session is open: again, if one had been placed.
        fields |= {"order_id": None, "order": None, "notices": (change.notice,)}
    return dataclasses.replace(session, **fields)  # type: ignore[arg-type]  # names of the dataclass


def _merged(asked: Wire, told: Wire) -> Mapping[str, object]:
    """Return what is asked for now: a piece that was told replaces its forerunner whole."""
    return {**asked, **told}


def _status_after(before: Session, change: Change, changed: Session) -> SessionStatus:
    if change.placed is not None:
        return SessionStatus.COMPLETE_IN_PROGRESS
    if change.notice is not None or (change.offer is not None and change.order is None):
        return standing(changed.offer, change.notice)
    return before.status
