"""Order events: that they come, whole, signed and fresh."""

from typing import Any

from acp_conformance.dialect import Json
from acp_conformance.receiver import Delivery, Reply
from acp_conformance.requirement import MUST, SHOULD, V2025, NotApplicableError, expect, requirement
from acp_conformance.shop import Shop, succeeded
from acp_conformance.signature import TOLERANCE_SECONDS, parts, verifies

EVENTS = "openapi.agentic_checkout_webhook"
OTHER_SIGNATURE = "the webhook signature has another format and no replay protection"
OLDER_STATUSES = {"created", "manual_review", "confirmed", "canceled", "shipped", "fulfilled"}


def creates(deliveries: list[Delivery]) -> list[Delivery]:
    return [delivery for delivery in deliveries if delivery.kind == "order_create"]


def bought(shop: Shop, *replies: Reply) -> Json:
    """Buy something whose first event will be answered with these replies."""
    receiver = shop.receiver
    session = shop.ready()
    receiver.plan(session["id"], replies)
    return succeeded(shop.complete(session["id"], shop.payment(session)), "complete")


def created(shop: Shop, session: Json) -> Delivery:
    """Return the first order_create of a session."""
    within = shop.profile.webhooks.within_seconds
    found = creates(shop.receiver.wait(session["id"], lambda so_far: bool(creates(so_far)), within))
    expect(found, f"No order_create for session {session['id']} within {within} s of its complete.")
    return found[0]


def require_event(shop: Shop, event: dict[str, Any]) -> None:
    """Fail unless an event is `{type, data}` with a whole order of the merchant's version."""
    expect(set(event) == {"type", "data"}, f"An event has type and data and nothing else, this one {sorted(event)}.")
    data = event["data"]
    needed = ("type", "checkout_session_id", "permalink_url", "status")
    missing = [name for name in needed if name not in data]
    expect(not missing, f"The event's order lacks {', '.join(missing)}.")
    if (shop.profile.webhooks.version or shop.version) != V2025:
        shop.schemas.require("Order", data)
        return
    # 2025-09-29 has this type in its OpenAPI document only.
    others = set(data) - {*needed, "refunds"}
    expect(not others, f"The event's order has members that 2025-09-29 does not know: {sorted(others)}")
    expect(data["type"] == "order" and data["status"] in OLDER_STATUSES, f"type or status is unknown: {data}")
    whole = all(set(refund) == {"type", "amount"} and isinstance(refund["amount"], int) for refund in data["refunds"])
    expect(whole, f"refunds should have type and amount: {data['refunds']}")


@requirement("webhook.order_create", "A completed session sends order_create", f"rfc.agentic_checkout §2.3, {EVENTS}")
def an_order_is_told(shop: Shop) -> None:
    session = bought(shop)
    data = created(shop, session).event["data"]
    named = data.get("id", session["order"]["id"])
    expect(named == session["order"]["id"], f"The event names order {named!r}, the session {session['order']['id']!r}.")


@requirement("webhook.order", "The event's data is the whole order", f"{EVENTS} WebhookEvent, EventDataOrder")
def the_event_has_its_type(shop: Shop) -> None:
    require_event(shop, created(shop, bought(shop)).event)


@requirement("webhook.json", "The event is a POST of application/json", EVENTS)
def the_event_is_json(shop: Shop) -> None:
    kind = created(shop, bought(shop)).headers.get("content-type", "")
    expect(kind.partition(";")[0].strip() == "application/json", f"Content-Type is {kind!r}.")


@requirement(
    "webhook.signature.form",
    "Merchant-Signature is t=<unix seconds>,v1=<64 hex digits>",
    f"{EVENTS} Merchant-Signature",
    older=SHOULD,
    known_defect=OTHER_SIGNATURE,
)
def the_signature_has_its_form(shop: Shop) -> None:
    header = created(shop, bought(shop)).signature
    expect(parts(header), f"Merchant-Signature is {header!r}.")


@requirement(
    "webhook.signature",
    "The signature is the HMAC-SHA256 of t, a dot and the raw body under the endpoint's secret",
    f"{EVENTS} Merchant-Signature",
    older=SHOULD,
)
def the_signature_verifies(shop: Shop) -> None:
    delivery = created(shop, bought(shop))
    good = verifies(delivery.signature, shop.setting.webhook_secret, delivery.body)
    expect(good, f"{delivery.signature!r} does not verify under the secret given.")


@requirement(
    "webhook.signature.time",
    "The signature's time is that of the delivery, within 300 seconds",
    f"{EVENTS} Merchant-Signature",
    older=SHOULD,
    known_defect=OTHER_SIGNATURE,
)
def the_signature_is_fresh(shop: Shop) -> None:
    delivery = created(shop, bought(shop))
    found = parts(delivery.signature)
    expect(found, f"Merchant-Signature {delivery.signature!r} has no time: it can be replayed for ever.")
    off = abs(delivery.at - found[0]) if found else 0
    expect(off <= TOLERANCE_SECONDS, f"Signed {off:.0f} s from its arrival.")


@requirement(
    "webhook.once_per_order",
    "Completes at once send order_create for one order",
    "rfc.agentic_checkout §4.4, §6.3",
    MUST,
)
def completes_at_once_tell_one_order(shop: Shop) -> None:
    receiver = shop.receiver
    session = shop.ready()
    body = shop.payment(session)
    shop.at_once([lambda: shop.complete(session["id"], body)] * 4)
    created(shop, session)
    quiet = shop.profile.webhooks.quiet_seconds
    deliveries = creates(
        receiver.wait(session["id"], lambda so_far: len({each.body for each in creates(so_far)}) > 1, quiet)
    )
    told = {delivery.body for delivery in deliveries}
    expect(len(told) == 1, f"One order, but {len(told)} different order_create events.")


@requirement(
    "webhook.refused_cancel",
    "A refused cancel of a completed session sends no event that says canceled",
    "rfc.agentic_checkout §4.5",
    known_defect="cancelling a completed session answers 201 and emits cancelled while nothing changed",
)
def a_refused_cancel_tells_nothing(shop: Shop) -> None:
    session = bought(shop)
    created(shop, session)
    answer = shop.cancel(session["id"])

    def canceled(deliveries: list[Delivery]) -> bool:
        return any(each.event.get("data", {}).get("status") in ("canceled", "cancelled") for each in deliveries)

    told = shop.receiver.wait(session["id"], canceled, shop.profile.webhooks.quiet_seconds)
    expect(not canceled(told), f"The cancel was answered {answer.status}, and an event says canceled.")


@requirement(
    "webhook.order_update",
    "order_update comes after order_create and has the whole order, no delta",
    "rfc.orders §6",
    older=MUST,
)
def an_update_is_whole(shop: Shop) -> None:
    session = bought(shop)
    first = created(shop, session)
    within = shop.profile.webhooks.quiet_seconds

    def updates(deliveries: list[Delivery]) -> list[Delivery]:
        return [delivery for delivery in deliveries if delivery.kind == "order_update"]

    all_told = shop.receiver.wait(session["id"], lambda so_far: bool(updates(so_far)), within)
    if not updates(all_told):
        raise NotApplicableError(f"No order_update within {within} s: an agent cannot cause one.")
    update = updates(all_told)[0]
    expect(all_told.index(first) < all_told.index(update), "order_update came before order_create.")
    require_event(shop, update.event)
    gone = sorted(set(first.event["data"]) - set(update.event["data"]))
    expect(not gone, f"order_update lacks what order_create had: {', '.join(gone)}.")
