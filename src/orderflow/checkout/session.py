"""A checkout session: what an agent asked for, what the shop offers for it, and how far they have come.

Pure: a session is what its events made it, `events.after`. Words of the protocol (version 2026-04-17) are kept as they
go over the wire; amounts are minor units of `currency`, times ISO 8601 in UTC.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from orderflow.runtime.clock import iso

Wire = Mapping[str, Any]  # a piece of the protocol's JSON


class SessionStatus(StrEnum):
    """Where a session stands, in the protocol's words; those of its eleven that this shop uses."""

    NOT_READY_FOR_PAYMENT = "not_ready_for_payment"
    READY_FOR_PAYMENT = "ready_for_payment"
    AUTHENTICATION_REQUIRED = "authentication_required"
    COMPLETE_IN_PROGRESS = "complete_in_progress"
    COMPLETED = "completed"
    CANCELED = "canceled"
    EXPIRED = "expired"


# The agent may still change, complete or cancel it, until it expires.
OPEN = frozenset(
    {SessionStatus.NOT_READY_FOR_PAYMENT, SessionStatus.READY_FOR_PAYMENT, SessionStatus.AUTHENTICATION_REQUIRED}
)
# The code of the message that says that the buyer must be authenticated (3-D Secure) before the card is charged.
REQUIRES_3DS = "requires_3ds"


@dataclass(frozen=True)
class Line:
    """A line with what the catalogue said of its product when it was last looked at."""

    line_id: str
    product_id: str
    name: str
    quantity: int
    unit_price: int
    category: str = ""
    available: int = 0


@dataclass(frozen=True)
class Offer:
    """What the shop offers for the lines: the protocol's pieces of a price, and what stands in the way of paying it.

    `line_totals` by line id; `selected` is the id of the fulfilment option that counts, `charges` what an order of it
    costs apart from its lines: shipping, tax and discount.
    """

    lines: tuple[Line, ...]
    line_totals: Mapping[str, tuple[Wire, ...]]
    totals: tuple[Wire, ...]
    options: tuple[Wire, ...] = ()
    selected: str | None = None
    discounts: Wire | None = None
    messages: tuple[Wire, ...] = ()
    charges: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_payable(self) -> bool:
        """Tell whether nothing is missing and nothing is wrong."""
        return all(message["type"] != "error" for message in self.messages)

    @property
    def codes_used(self) -> tuple[str, ...]:
        """Return the discount codes that take something off."""
        return tuple(str(each["code"]) for each in (self.discounts or {}).get("applied", ()))

    @property
    def total(self) -> int:
        return int(next(total["amount"] for total in self.totals if total["type"] == "total"))


@dataclass(frozen=True)
class Session:
    """A session as of its newest event; `asked` is what the agent told of it, piece by piece of a create request.

    `order_id` is set from the moment its order is placed, `order` (the protocol's Order) once the order stands.
    `notices` are messages that the next change of the agent makes void, such as that a payment was declined. Since
    `erased_at` nothing tells of the buyer any more.
    """

    session_id: str
    client_id: str
    version: int
    status: SessionStatus
    currency: str
    asked: Wire
    offer: Offer
    created_at: str
    updated_at: str
    expires_at: str
    order_id: str | None = None
    order: Wire | None = None
    notices: tuple[Wire, ...] = ()
    erased_at: str | None = None

    @property
    def messages(self) -> tuple[Wire, ...]:
        return (*self.offer.messages, *self.notices)

    def is_over_at(self, now: datetime) -> bool:
        """Tell whether nobody completed it in time; its event may not be written yet."""
        return self.status in OPEN and self.expires_at <= iso(now)

    def seen_at(self, now: datetime) -> "Session":
        """Return the session as it is to be shown: expired from the moment on that it is."""
        return dataclasses.replace(self, status=SessionStatus.EXPIRED) if self.is_over_at(now) else self


def standing(offer: Offer, notice: Wire | None = None) -> SessionStatus:
    """Return the status of an open session with this offer, after what its last completion came to."""
    if not offer.is_payable:
        return SessionStatus.NOT_READY_FOR_PAYMENT
    if notice is not None and notice.get("code") == REQUIRES_3DS:
        return SessionStatus.AUTHENTICATION_REQUIRED
    return SessionStatus.READY_FOR_PAYMENT
