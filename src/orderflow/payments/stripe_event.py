"""A Stripe event (docs.stripe.com/api/events/object), cut down to what payments ask of it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orderflow.payments.provider_events import EventKind, ProviderEvent
from orderflow.payments.stripe_intent import REFUND_KEY
from orderflow.runtime.errors import InvalidRequestError

# docs.stripe.com/api/events/types. What is not listed is none of ours: Stripe adds types at any time.
KINDS = {
    "payment_intent.amount_capturable_updated": EventKind.MONEY_HELD,
    "payment_intent.succeeded": EventKind.MONEY_HELD,
    "payment_intent.payment_failed": EventKind.NOTED,
    "payment_intent.canceled": EventKind.NOTED,
    "refund.created": EventKind.FOREIGN_MOVE,
    "refund.failed": EventKind.FOREIGN_MOVE,
    "charge.dispute.created": EventKind.FOREIGN_MOVE,
    "charge.dispute.closed": EventKind.NOTED,
}


def event_from(body: bytes) -> ProviderEvent:
    """Return the event in a body whose signature was checked; raises InvalidRequestError."""
    try:
        event = json.loads(body)
        subject = event["data"]["object"]
        kind = KINDS.get(event["type"], EventKind.OTHER)
        if event["type"] == "refund.created" and REFUND_KEY in (subject.get("metadata") or {}):
            kind = EventKind.NOTED
        return ProviderEvent(
            event_id=str(event["id"]),
            type=str(event["type"]),
            kind=kind,
            reference=_intent_of(subject),
            at=datetime.fromtimestamp(event["created"], UTC),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidRequestError("The body is no event of Stripe's API v1; subscribe to snapshot events.") from error


def _intent_of(subject: Mapping[str, Any]) -> str | None:
    reference = subject.get("id") if subject.get("object") == "payment_intent" else subject.get("payment_intent")
    return reference if isinstance(reference, str) else None
