"""Sessions and their events as the table keeps them: one item an event, with the state that it led to.

What agents send freely is kept as JSON text: numbers and depth that DynamoDB has no room for are no reason to fail.
"""

import json
from collections.abc import Mapping
from typing import Any

from orderflow.checkout.events import Change, Event, EventType
from orderflow.checkout.session import Line, Offer, Session, SessionStatus
from orderflow.runtime.json_text import json_text

_TEXTS = {"sessionId": "session_id", "clientId": "client_id", "currency": "currency", "createdAt": "created_at",
          "updatedAt": "updated_at", "expiresAt": "expires_at", "orderId": "order_id",
          "erasedAt": "erased_at"}  # fmt: skip
_LINE = {"lineId": "line_id", "productId": "product_id", "name": "name", "quantity": "quantity",
         "unitPrice": "unit_price", "category": "category", "available": "available"}  # fmt: skip


_BOUNDARIES = frozenset({EventType.CREATED, EventType.COMPLETED, EventType.CANCELLED, EventType.EXPIRED})


def hour_of(moment: str) -> str:
    """Return the UTC hour of an ISO 8601 moment, such as 2026-01-02T03: sessions that end in one hour lie together."""
    return moment[:13]


def to_record(event: Event, state: Session) -> dict[str, Any]:
    """Return the item of an event; a session's first and last one are found by the hour in which it expires."""
    found_by = {"expiryHour": hour_of(state.expires_at), "expiresAt": state.expires_at}
    return {
        **(found_by if event.type in _BOUNDARIES else {}),
        "sessionId": event.session_id,
        "version": event.version,
        "eventId": event.event_id,
        "event": event.type.value,
        "at": event.at,
        "by": event.by,
        "requestId": event.request_id,
        "change": _change_record(event.change),
        "state": state_record(state),
    }


def event_from(record: Mapping[str, Any]) -> Event:
    """Return the event of an item."""
    return Event(
        session_id=record["sessionId"],
        version=record["version"],
        event_id=record["eventId"],
        type=EventType(record["event"]),
        at=record["at"],
        by=record["by"],
        request_id=record["requestId"],
        change=_change_from(record["change"]),
    )


def state_from(record: Mapping[str, Any]) -> Session:
    """Return the state of an item."""
    state = record["state"]
    return Session(
        **{name: state.get(key) for key, name in _TEXTS.items()},
        version=record["version"],
        status=SessionStatus(state["status"]),
        asked=json.loads(state["asked"]),
        offer=_offer_from(state["offer"]),
        order=_read(state.get("order")),
        notices=tuple(state["notices"]),
    )


def state_record(session: Session) -> dict[str, Any]:
    """Return a state as it stands in an item."""
    return _present(
        {
            **{key: getattr(session, name) for key, name in _TEXTS.items()},
            "status": session.status.value,
            "asked": _text(session.asked),
            "offer": _offer_record(session.offer),
            "order": _text(session.order),
            "notices": [dict(notice) for notice in session.notices],
        }
    )


def _change_record(change: Change) -> dict[str, Any]:
    return _present(
        {
            "asked": _text(change.asked),
            "offer": None if change.offer is None else _offer_record(change.offer),
            "placed": change.placed,
            "order": _text(change.order),
            "notice": None if change.notice is None else dict(change.notice),
            "currency": change.currency,
            "expiresAt": change.expires_at,
        }
    )


def _change_from(record: Mapping[str, Any]) -> Change:
    return Change(
        asked=_read(record.get("asked")),
        offer=_offer_from(record["offer"]) if "offer" in record else None,
        placed=record.get("placed"),
        order=_read(record.get("order")),
        notice=record.get("notice"),
        currency=record.get("currency"),
        expires_at=record.get("expiresAt"),
    )


def _offer_record(offer: Offer) -> dict[str, Any]:
    return _present(
        {
            "lines": [{key: getattr(line, name) for key, name in _LINE.items()} for line in offer.lines],
            "selected": offer.selected,
            "charges": dict(offer.charges),
            # What only goes out again, as it goes out: tax rates are fractions.
            "shown": _text(
                {
                    "lineTotals": {line_id: list(totals) for line_id, totals in offer.line_totals.items()},
                    "totals": list(offer.totals),
                    "options": list(offer.options),
                    "discounts": offer.discounts,
                    "messages": list(offer.messages),
                }
            ),
        }
    )


def _offer_from(record: Mapping[str, Any]) -> Offer:
    shown = json.loads(record["shown"])
    return Offer(
        lines=tuple(Line(**{name: line[key] for key, name in _LINE.items()}) for line in record["lines"]),
        line_totals={line_id: tuple(totals) for line_id, totals in shown["lineTotals"].items()},
        totals=tuple(shown["totals"]),
        options=tuple(shown["options"]),
        selected=record.get("selected"),
        discounts=shown["discounts"],
        messages=tuple(shown["messages"]),
        charges=record["charges"],
    )


def _text(value: Any) -> str | None:
    return None if value is None else json_text(value)


def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _present(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}
