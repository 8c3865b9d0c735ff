"""What sessions are is what their events made of them, whatever happened in whatever order."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.events import Change, Event, EventType, HistoryBrokenError, after, fold
from orderflow.checkout.session import SessionStatus
from orderflow.checkout.session_records import event_from, state_from, to_record
from orderflow.checkout.verifying import verified
from orderflow.runtime.dynamo import from_item, to_item
from tests.support.sessions import CLIENT, SESSION, InMemorySessions, offer

AT = "2026-01-02T03:04:05.678Z"
MISSING = {"type": "error", "code": "missing", "content_type": "plain", "content": "Send the address."}
DECLINED = {"type": "error", "code": "payment_declined", "content_type": "plain", "content": "Another card, please."}
ORDER = {"id": "order-1", "checkout_session_id": SESSION, "permalink_url": "https://shop.example.com/orders/order-1"}
CREATED = Change(asked={}, offer=offer(messages=(MISSING,)), currency="EUR", expires_at="2026-01-02T04:04:05.678Z")


def event(version: int, kind: EventType, change: Change) -> Event:
    return Event(SESSION, version, f"event-{version}", kind, AT, CLIENT, "request-1", change)


def history(*changes: tuple[EventType, Change]) -> list[Event]:
    return [event(number, *change) for number, change in enumerate(((EventType.CREATED, CREATED), *changes), start=1)]


offers = st.builds(
    offer,
    total=st.integers(0, 99_999_999),
    quantity=st.integers(1, 999),
    messages=st.sampled_from([(), (MISSING,)]),
)
asked = st.dictionaries(
    st.sampled_from(["buyer", "metadata", "locale", "fulfillment_details"]),
    st.recursive(st.text() | st.integers() | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3)),
)
changes = st.one_of(
    st.tuples(st.just(EventType.UPDATED), st.builds(Change, asked=asked, offer=offers)),
    st.tuples(st.just(EventType.UPDATED), st.builds(Change, placed=st.just("order-1"))),
    st.tuples(st.just(EventType.UPDATED), st.builds(Change, notice=st.just(DECLINED))),
    st.tuples(st.just(EventType.COMPLETED), st.builds(Change, order=st.just(ORDER))),
    st.tuples(st.sampled_from([EventType.CANCELLED, EventType.EXPIRED]), st.just(Change())),
)


@given(st.lists(changes, max_size=12))
def test_the_state_kept_with_an_event_is_the_fold_of_all_changes_read_back(happened: list[Any]) -> None:
    # Given any history, each event kept with the state that it led to, as the table keeps it
    store, state = InMemorySessions(), None
    for each in history(*happened):
        state = after(state, each)
        record = from_item(to_item(to_record(each, state)))
        store.kept.setdefault(SESSION, []).append((event_from(record), state_from(record)))
    # Then the replay of the changes alone is what is kept, at every version
    assert verified(SESSION, store).fault is None
    assert fold(each for each, _ in store.kept[SESSION]) == store.find(SESSION)


def test_a_state_that_was_changed_by_hand_is_found_with_its_version() -> None:
    store, state = InMemorySessions(), None
    for each in history((EventType.UPDATED, Change(asked={}, offer=offer())), (EventType.CANCELLED, Change())):
        state = after(state, each)
        store.kept.setdefault(SESSION, []).append((each, state))
    made, kept = store.kept[SESSION][1]
    store.kept[SESSION][1] = (made, dataclasses.replace(kept, offer=offer(total=1)))

    assert verified(SESSION, store).fault == "version 2 is not what its events make of it"


def test_a_missing_event_is_found() -> None:
    first, _, third = history((EventType.UPDATED, Change(asked={}, offer=offer())), (EventType.CANCELLED, Change()))
    with pytest.raises(HistoryBrokenError):
        fold([first, third])


def test_a_session_begins_with_its_creation_and_only_once() -> None:
    with pytest.raises(HistoryBrokenError):
        fold([event(1, EventType.UPDATED, CREATED)])
    with pytest.raises(HistoryBrokenError):
        fold([event(1, EventType.CREATED, CREATED), event(2, EventType.CREATED, CREATED)])


@pytest.mark.parametrize(
    ("happened", "status"),
    [
        ([], SessionStatus.NOT_READY_FOR_PAYMENT),
        ([(EventType.UPDATED, Change(asked={}, offer=offer()))], SessionStatus.READY_FOR_PAYMENT),
        ([(EventType.UPDATED, Change(placed="order-1"))], SessionStatus.COMPLETE_IN_PROGRESS),
        ([(EventType.COMPLETED, Change(order=ORDER))], SessionStatus.COMPLETED),
        (
            [
                (EventType.COMPLETED, Change(order=ORDER)),
                (EventType.UPDATED, Change(order={**ORDER, "status": "shipped"})),
            ],
            SessionStatus.COMPLETED,
        ),
        ([(EventType.CANCELLED, Change())], SessionStatus.CANCELED),
        ([(EventType.EXPIRED, Change())], SessionStatus.EXPIRED),
    ],
)
def test_an_event_leads_to_the_status_that_the_protocol_has_for_it(
    happened: list[tuple[EventType, Change]], status: SessionStatus
) -> None:
    assert fold(history(*happened)).status is status


def test_a_declined_payment_opens_the_session_again_until_the_agents_next_change() -> None:
    ready = (EventType.UPDATED, Change(asked={}, offer=offer()))
    declined = [ready, (EventType.UPDATED, Change(placed="order-1")), (EventType.UPDATED, Change(notice=DECLINED))]

    session = fold(history(*declined))
    assert (session.status, session.order_id, session.messages) == (SessionStatus.READY_FOR_PAYMENT, None, (DECLINED,))
    assert fold(history(*declined, ready)).messages == ()


def test_what_an_agent_sends_replaces_what_it_sent_before_piece_by_piece() -> None:
    first = (EventType.UPDATED, Change(asked={"buyer": {"email": "a@example.com"}, "locale": "de"}, offer=offer()))
    second = (EventType.UPDATED, Change(asked={"buyer": {"first_name": "Jo"}}, offer=offer()))

    assert fold(history(first, second)).asked == {"buyer": {"first_name": "Jo"}, "locale": "de"}


def test_numbers_that_no_table_holds_come_back_as_they_were_sent() -> None:
    metadata = {"metadata": {"big": 10**60, "deep": [[[[[[1.5]]]]]]}}
    state = fold(history((EventType.UPDATED, Change(asked=metadata, offer=offer()))))
    record = from_item(to_item(to_record(history((EventType.UPDATED, Change(asked=metadata)))[1], state)))

    assert json.loads(json.dumps(state_from(record).asked)) == metadata
