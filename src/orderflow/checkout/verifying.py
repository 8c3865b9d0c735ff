"""Proof that sessions are what their events made of them: every kept state compared with the replay of the changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from orderflow.checkout.events import Event, HistoryBrokenError, after
from orderflow.checkout.session import Session

History = Iterable[tuple[Event, Session]]


@dataclass(frozen=True)
class Verdict:
    """What a session's replay came to; `fault` is None where every version's state is what its events make."""

    session_id: str
    versions: int
    fault: str | None = None


class SessionAudit(Protocol):
    """Every session there is."""

    def session_ids(self) -> Iterator[str]:
        """Yield the id of each session, once."""
        ...

    def find(self, session_id: str) -> Session | None:
        """Return the session as it is now."""
        ...

    def history(self, session_id: str) -> History:
        """Return each event with the state that was kept with it, the first one first."""
        ...


def verified(session_id: str, audit: SessionAudit) -> Verdict:
    """Return whether a session's states are what its events make, version by version."""
    replayed: Session | None = None
    versions = 0
    try:
        for event, kept in audit.history(session_id):
            replayed = after(replayed, event)
            versions += 1
            if kept != replayed:
                return Verdict(session_id, versions, f"version {event.version} is not what its events make of it")
    except HistoryBrokenError as broken:
        return Verdict(session_id, versions, str(broken))
    except (KeyError, TypeError, ValueError) as unreadable:
        return Verdict(session_id, versions, f"after version {versions}: {type(unreadable).__name__} {unreadable}")
    return Verdict(session_id, versions, None if versions else "there is no such session")
