"""An event of Stripe's is cut down to what it means to us."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from orderflow.payments.provider_events import EventKind, ProviderEvent
from orderflow.payments.stripe_event import event_from
from orderflow.runtime.errors import InvalidRequestError
from tests.support.stripe_account import shape


def body(type_: str, subject: dict[str, Any]) -> bytes:
    return json.dumps(shape("event", id="evt_1", type=type_, data={"object": subject})).encode()


INTENT, REFUND, DISPUTE = shape("payment_intent"), shape("refund"), shape("dispute")


@pytest.mark.parametrize(
    ("type_", "subject", "kind", "reference"),
    [
        ("payment_intent.amount_capturable_updated", INTENT, EventKind.MONEY_HELD, "pi_fake"),
        ("payment_intent.succeeded", INTENT, EventKind.MONEY_HELD, "pi_fake"),
        ("payment_intent.payment_failed", INTENT, EventKind.NOTED, "pi_fake"),
        ("payment_intent.canceled", INTENT, EventKind.NOTED, "pi_fake"),
        ("refund.created", REFUND, EventKind.FOREIGN_MOVE, "pi_fake"),
        ("refund.created", REFUND | {"metadata": None}, EventKind.FOREIGN_MOVE, "pi_fake"),
        ("refund.created", REFUND | {"metadata": {"refund_key": "r1"}}, EventKind.NOTED, "pi_fake"),
        ("refund.failed", REFUND | {"metadata": {"refund_key": "r1"}}, EventKind.FOREIGN_MOVE, "pi_fake"),
        ("refund.created", REFUND | {"payment_intent": None}, EventKind.FOREIGN_MOVE, None),
        ("charge.dispute.created", DISPUTE, EventKind.FOREIGN_MOVE, "pi_fake"),
        ("charge.dispute.closed", DISPUTE, EventKind.NOTED, "pi_fake"),
        ("customer.created", {"id": "cus_1", "object": "customer"}, EventKind.OTHER, None),
    ],
)
def test_each_type_has_a_meaning_and_names_the_charge_it_is_about(
    type_: str, subject: dict[str, Any], kind: EventKind, reference: str | None
) -> None:
    at = datetime.fromtimestamp(1767323045, UTC)
    assert event_from(body(type_, subject)) == ProviderEvent("evt_1", type_, kind, reference, at)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"id": 1, "type": "x"}',
        b"\xff",
        body("x", {}).replace(b"created", b"c"),
    ],
)
def test_a_body_that_is_no_event_is_refused_by_name(bad: bytes) -> None:
    with pytest.raises(InvalidRequestError, match=r"API v1"):
        event_from(bad)
