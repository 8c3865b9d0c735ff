"""Two requests change one session at the same moment: neither is lost, and nobody is told what did not happen."""

import pytest

from orderflow.checkout.cancelling import cancel_session
from orderflow.checkout.errors import NotCancelableError, SessionBusyError, SessionNotFoundError
from orderflow.checkout.events import Change, EventType
from orderflow.checkout.session import SessionStatus
from orderflow.checkout.sessions import Ledger
from tests.support.sessions import CLIENT, SESSION, InMemorySessions, ledger, offer


def begun(store: InMemorySessions) -> Ledger:
    """Return the ledger of a client that has one session."""
    desk = ledger(store)
    change = Change(asked={}, offer=offer(), currency="EUR", expires_at="2026-01-02T04:04:05.678Z")
    event = desk.event(SESSION, 1, EventType.CREATED, change)
    from orderflow.checkout.events import after

    store.append(event, after(None, event))
    return desk


def test_a_change_is_made_again_on_what_somebody_faster_wrote() -> None:
    store = InMemorySessions()
    desk = begun(store)
    session = desk.own(SESSION)
    store.faster.append(desk.next(session, EventType.UPDATED, Change(asked={"locale": "de"}, offer=offer())))

    canceled = cancel_session(SESSION, {}, ledger=desk, keep=lambda _: None)

    assert (canceled.version, canceled.status, canceled.asked["locale"]) == (3, SessionStatus.CANCELED, "de")


def test_who_cancels_after_somebody_faster_did_is_refused() -> None:
    store = InMemorySessions()
    desk = begun(store)
    store.faster.append(desk.next(desk.own(SESSION), EventType.CANCELLED, Change()))

    with pytest.raises(NotCancelableError):
        cancel_session(SESSION, {}, ledger=desk, keep=lambda _: None)
    assert [event.type for event, _ in store.history(SESSION)] == [EventType.CREATED, EventType.CANCELLED]


def test_a_session_that_others_never_stop_changing_is_busy() -> None:
    store = InMemorySessions()
    desk = begun(store)

    class Restless(InMemorySessions):
        def append(self, event, state, kept=None) -> None:  # type: ignore[no-untyped-def]  # takes what the store takes
            theirs = desk.next(self.kept[SESSION][-1][1], EventType.UPDATED, Change(asked={}, offer=offer()))
            self.faster = [theirs]
            super().append(event, state, kept)

    restless = Restless(kept=store.kept)
    with pytest.raises(SessionBusyError):
        cancel_session(SESSION, {}, ledger=ledger(restless), keep=lambda _: None)


@pytest.mark.parametrize("session_id", [SESSION.replace("1", "2"), "cs_1", "", "../" * 20])
def test_an_id_that_is_nobodys_is_not_found(session_id: str) -> None:
    store = InMemorySessions()
    begun(store)
    with pytest.raises(SessionNotFoundError):
        ledger(store, by=CLIENT).own(session_id)
