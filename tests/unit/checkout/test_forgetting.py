"""What a session tells of its buyer is taken out of each event so that a replay still comes to the states kept."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.erasing import close, erased, rewrite, traces_of
from orderflow.checkout.events import Change, Event, EventType, after
from orderflow.checkout.forgetting import (
    asked_without_buyer,
    offer_without_buyer,
    order_without_buyer,
    without_buyer,
)
from orderflow.checkout.session import Session
from orderflow.checkout.verifying import verified
from tests.support.checkout import ADDRESS
from tests.support.sessions import SESSION, InMemorySessions, ledger, offer

AT = "2026-01-02T03:04:05.678Z"
ANN = "Ann of Elm Street"
MISSING = {"type": "error", "code": "missing", "content_type": "plain", "content": f"{ANN} is no option."}
DECLINED = {"type": "error", "code": "payment_declined", "content_type": "plain", "content": f"{ANN} has no money."}
SAID = {"codes": [ANN], "applied": [], "rejected": [{"code": ANN, "reason": "invalid", "message": f"no {ANN}"}]}
ORDER = {
    "id": "order-1",
    "confirmation": {"confirmation_number": "order-1", "order_notes": ANN},
    "fulfillments": [{"id": "1", "carrier": "DHL", "tracking_number": ANN}],
}

words = st.sampled_from([ANN, "DE", "BE", "US-CA", ""])
addresses = st.fixed_dictionaries({}, optional=dict.fromkeys((*ADDRESS, "line_two", "company"), words))
details = st.fixed_dictionaries({}, optional={"name": words, "email": words, "address": addresses})
asked = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.just(ANN) for name in ("buyer", "metadata", "locale", "order_notes", "discounts", "coupons")},
        "fulfillment_details": details,
    },
)
offers = st.builds(
    lambda messages, discounts: dataclasses.replace(offer(messages=messages), discounts=discounts),
    st.sampled_from([(), (MISSING,)]),
    st.sampled_from([None, SAID]),
)
changes = st.one_of(
    st.tuples(st.just(EventType.UPDATED), st.builds(Change, asked=asked, offer=offers)),
    st.tuples(st.just(EventType.UPDATED), st.builds(Change, placed=st.just("order-1"))),
    st.tuples(st.just(EventType.UPDATED), st.builds(Change, notice=st.just(DECLINED))),
    st.tuples(st.just(EventType.COMPLETED), st.builds(Change, order=st.just(ORDER))),
    st.tuples(st.sampled_from([EventType.CANCELLED, EventType.EXPIRED, EventType.ERASED]), st.just(Change())),
)


def kept(happened: list[tuple[EventType, Change]]) -> InMemorySessions:
    """Return a session of these changes, after one that began it."""
    begun = Change(asked={"buyer": ANN}, offer=offer(), currency="EUR", expires_at=AT)
    store, state = InMemorySessions(), None
    for version, (kind, change) in enumerate([(EventType.CREATED, begun), *happened], start=1):
        event = Event(SESSION, version, f"event-{version}", kind, AT, "client-1", "request-1", change)
        state = after(state, event)
        store.append(event, state)
    return store


@given(st.lists(changes, max_size=8))
def test_whatever_happened_an_erased_session_tells_nothing_and_is_what_its_events_make(happened: list[Any]) -> None:
    store = kept(happened)
    before = [event for event, _ in store.kept[SESSION]]
    # When
    traces = traces_of(SESSION, store)
    close(traces, ledger(store))
    rewrite(traces, store)
    # Then
    assert ANN not in str(store.kept)
    assert verified(SESSION, store).fault is None
    assert traces_of(SESSION, store).telling == ()
    # And each event is the one that it was
    for was, (now, _) in zip(before, store.kept[SESSION], strict=False):
        assert dataclasses.replace(now, change=was.change) == was


@given(st.lists(changes, max_size=8))
def test_a_run_that_broke_off_after_any_event_is_finished_by_a_repeat(happened: list[Any]) -> None:
    for died_at in range(len(happened) + 2):
        store = kept(happened)
        traces = traces_of(SESSION, store)
        close(traces, ledger(store))
        rewrite(dataclasses.replace(traces, telling=traces.telling[:died_at]), store)
        # When
        again = traces_of(SESSION, store)
        close(again, ledger(store))
        rewrite(again, store)
        # Then
        assert ANN not in str(store.kept)
        assert verified(SESSION, store).fault is None
        assert len(store.kept[SESSION]) <= len(happened) + 2


def test_country_and_state_stay_as_codes_and_no_sentence_passes_for_one() -> None:
    def region(**facts: str) -> Any:
        return asked_without_buyer({"fulfillment_details": {"address": {**ADDRESS, **facts}}})["fulfillment_details"]

    assert region()["address"] == {**dict.fromkeys(ADDRESS, "erased"), "country": "DE", "state": "BE"}
    assert region(state="US-CA")["address"]["state"] == "US-CA"
    for words in ("Elm Street", "DEU1", "D", ""):
        told = region(country=words, state=f"{words} of Ann")["address"]
        assert (told["country"], told["state"]) == ("erased", "erased")


@pytest.mark.parametrize("name", ["buyer", "metadata", "fulfillment_groups", "quote_id", "a_piece_of_tomorrow"])
def test_a_piece_that_is_not_named_goes(name: str) -> None:
    assert asked_without_buyer({name: ANN}) == {}


def test_codes_that_took_something_off_stay_and_those_that_did_not_are_no_codes() -> None:
    applied = {"code": "SPRING", "amount": 100}
    said = {**SAID, "codes": ["spring", ANN], "applied": [applied]}
    discounts = offer_without_buyer(dataclasses.replace(offer(), discounts=said)).discounts
    assert discounts == {
        "codes": ["SPRING"],
        "applied": [applied],
        "rejected": [{"code": "erased", "reason": "invalid", "message": "erased"}],
    }


def test_of_an_order_the_carrier_stays_and_the_number_that_leads_to_the_door_goes() -> None:
    assert order_without_buyer(ORDER) == {
        "id": "order-1",
        "confirmation": {"confirmation_number": "order-1"},
        "fulfillments": [{"id": "1", "carrier": "DHL"}],
    }
    assert order_without_buyer({"id": "order-1"}) == {"id": "order-1"}


def test_amounts_lines_status_and_moments_of_a_session_stay() -> None:
    _, session = kept([(EventType.UPDATED, Change(asked={"buyer": ANN}, offer=offer(messages=(MISSING,))))]).kept[
        SESSION
    ][-1]
    forgotten: Session = without_buyer(session)
    same = dataclasses.replace(
        forgotten,
        asked=session.asked,
        offer=dataclasses.replace(forgotten.offer, messages=session.offer.messages),
    )
    assert same == session
    assert [each["code"] for each in forgotten.messages] == ["missing"]


def test_an_event_without_a_change_is_erased_without_one() -> None:
    event = Event(SESSION, 2, "event-2", EventType.CANCELLED, AT, "client-1", "request-1", Change())
    assert erased(event, kept([]).kept[SESSION][0][1])[0] == event
