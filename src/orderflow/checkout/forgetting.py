"""What a session tells of its buyer, taken out; what was bought, for how much and with what tax stays.

Pure, and piece by piece: what is taken out of an event's change is taken out of a state in the same way, whatever came
before it. So erased events lead to the erased states, and a replay still proves them. Only what is named here stays: a
piece that the protocol gets one day is gone by itself.
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from orderflow.checkout.session import Offer, Session, Wire

ERASED = "erased"
# The tax was theirs. Agents may write a whole sentence there: only a code stays (ISO 3166-1 and 3166-2).
_CODES = {
    "country": re.compile(r"[A-Za-z]{2}"),
    "state": re.compile(r"(?:[A-Za-z]{2}-)?[A-Za-z0-9]{1,3}"),
}
_LEADS_THERE = frozenset({"tracking_number", "tracking_url", "destination", "description", "digital_delivery"})


def without_buyer(session: Session) -> Session:
    """Return the session as it is once nothing in it tells of its buyer."""
    return dataclasses.replace(
        session,
        asked=asked_without_buyer(session.asked),
        offer=offer_without_buyer(session.offer),
        order=None if session.order is None else order_without_buyer(session.order),
        notices=tuple(message_without_buyer(notice) for notice in session.notices),
    )


def asked_without_buyer(asked: Wire) -> dict[str, Any]:
    """Return of what an agent sent where the goods went, as far as the tax was made from it."""
    if "fulfillment_details" not in asked:
        return {}
    address = asked["fulfillment_details"].get("address")
    return {"fulfillment_details": {"address": _region(address)} if address else {}}


def offer_without_buyer(offer: Offer) -> Offer:
    """Return the offer without what it repeats of an agent's words; its codes are those that took something off."""
    discounts = offer.discounts
    if discounts is not None:
        discounts = {
            **discounts,
            "codes": list(offer.codes_used),
            "rejected": [{**each, "code": ERASED, "message": ERASED} for each in discounts.get("rejected", ())],
        }
    told = tuple(message_without_buyer(message) for message in offer.messages)
    return dataclasses.replace(offer, discounts=discounts, messages=told)


def order_without_buyer(order: Wire) -> dict[str, Any]:
    """Return the protocol's order without the buyer's notes, and without what leads to where its parcels went."""
    kept = dict(order)
    if "confirmation" in order:
        kept["confirmation"] = _but(order["confirmation"], {"order_notes"})
    if "fulfillments" in order:
        kept["fulfillments"] = [_but(each, _LEADS_THERE) for each in order["fulfillments"]]
    return kept


def message_without_buyer(message: Wire) -> dict[str, Any]:
    """Return the message with its code and without its words, which may repeat what somebody sent."""
    return {**message, "content": ERASED}


def _region(address: Wire) -> dict[str, str]:
    # Every field has a text, so that the address is still one of the protocol's.
    return {
        name: str(value) if name in _CODES and _CODES[name].fullmatch(str(value)) else ERASED
        for name, value in address.items()
    }


def _but(record: Mapping[str, Any], names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}
