"""Which events of a session are events of its order, and what comes after what."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.dialects.version import CURRENT
from orderflow.checkout.webhooks.errors import UnreadableEventError
from orderflow.checkout.webhooks.event import EventType, OrderEvent, body_of, from_message
from orderflow.checkout.webhooks.publishing import SessionEvent, order_event

AT = "2026-01-02T03:04:05.678Z"


def order(status: str) -> dict[str, Any]:
    return {"type": "order", "id": "ord-1", "status": status}


class History:
    """The events of one session, by version from 1: the status of its order after each, None for no order."""

    def __init__(self, *statuses: str | None) -> None:
        self.events = [
            SessionEvent("cs-1", version, f"evt-{version}", AT, "client-1", order(status) if status else None)
            for version, status in enumerate(statuses, start=1)
        ]
        self.looked_at = 0

    def before(self, session_id: str, version: int) -> Iterator[SessionEvent]:
        for event in reversed(self.events[: version - 1]):
            self.looked_at += 1
            yield event

    def told(self) -> list[tuple[str, int, int | None]]:
        events = [order_event(event, self) for event in self.events]
        return [(event.type.value, event.sequence, event.after) for event in events if event]


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((None, None), []),
        ((None, "created"), [("order_create", 2, None)]),
        (("created",), [("order_create", 1, None)]),
        ((None, "created", "confirmed", "shipped"),
         [("order_create", 2, None), ("order_update", 3, 2), ("order_update", 4, 3)]),
        ((None, "created", "created", "created", "confirmed", "confirmed", "shipped"),
         [("order_create", 2, None), ("order_update", 5, 2), ("order_update", 7, 5)]),
        (("created", "confirmed", "created"),
         [("order_create", 1, None), ("order_update", 2, 1), ("order_update", 3, 2)]),
    ],
)  # fmt: skip
def test_an_order_is_created_once_and_updated_whenever_it_changed(statuses: tuple, told: list) -> None:
    assert History(*statuses).told() == told


def test_an_event_names_its_client_its_session_and_carries_the_whole_order() -> None:
    history = History(None, "created")
    assert order_event(history.events[1], history) == OrderEvent(
        "evt-2", 2, None, EventType.ORDER_CREATE, "client-1", "cs-1", "ord-1", AT, order("created")
    )


def test_an_erasure_is_nobodys_news_and_what_follows_comes_after_what_was_told() -> None:
    # Given an order whose notes were erased, in the event that says so and not yet in those before it
    history = History(None, "created", "confirmed", "confirmed without notes", "returned")
    history.events[3] = replace(history.events[3], is_erasure=True)
    # Then
    assert history.told() == [("order_create", 2, None), ("order_update", 3, 2), ("order_update", 5, 3)]


def test_mostly_two_steps_back_are_enough() -> None:
    history = History(None, *["created"] * 50, "confirmed", "shipped")
    order_event(history.events[-1], history)
    assert history.looked_at == 2


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=12), st.integers(0, 3))
def test_every_event_names_the_one_told_before_it(statuses: list[str], without: int) -> None:
    told = History(*[None] * without, *statuses).told()
    assert [after for _, _, after in told] == [None, *[sequence for _, sequence, _ in told]][: len(told)]
    changes = [now for before, now in zip([None, *statuses], statuses, strict=False) if before != now]
    assert len(told) == len(changes)


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5)))
def test_a_message_says_what_the_event_was(data: Mapping[str, Any]) -> None:
    event = OrderEvent("evt-2", 2, 1, EventType.ORDER_UPDATE, "client-1", "cs-1", "ord-1", AT, data)
    assert from_message(event.as_message()) == event


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "{}", '"text"', '{"unreadable": "KeyError"}', '{"eventId": "e", "sequence": true}']
)
def test_what_is_no_event_says_so(body: str) -> None:
    with pytest.raises(UnreadableEventError):
        from_message(body)


def test_the_body_is_what_the_protocol_wants_type_and_data_and_nothing_else() -> None:
    assert body_of(EventType.ORDER_UPDATE, {"id": "ord-1", "note": "Grüße"}, CURRENT) == (
        '{"type":"order_update","data":{"id":"ord-1","note":"Grüße"}}'
    )
