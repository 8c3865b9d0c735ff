"""Create, update, get, complete, cancel: each answers with its status and the whole state."""

from acp_conformance.requirement import MUST, NotApplicableError, expect, requirement
from acp_conformance.shop import Shop, succeeded

CHECKOUT = "rfc.agentic_checkout"
ALWAYS_201 = "success is always 201"


@requirement("lifecycle.create", "Create answers 201 with a session that has an id", f"{CHECKOUT} §4.1")
def create_answers_201(shop: Shop) -> None:
    answer = shop.create(shop.new())
    expect(answer.status == 201, f"201 expected: {answer}")
    expect(answer.document.get("id"), "The session has no id.")


@requirement("lifecycle.create.items", "Create answers with the items asked for", f"{CHECKOUT} §4.1")
def create_answers_the_items(shop: Shop) -> None:
    session = shop.made()
    ids = [line["item"]["id"] for line in session["line_items"]]
    expect(ids == [shop.items[0].id], f"Asked for {shop.items[0].id!r}, answered {ids}.")


@requirement(
    "lifecycle.create.ready",
    "With items, buyer, address and a fulfilment option a session is ready_for_payment",
    f"{CHECKOUT} §4.1, §8",
)
def a_full_session_is_ready(shop: Shop) -> None:
    shop.ready()


@requirement("lifecycle.update", "Update answers 200", f"{CHECKOUT} §4.2", known_defect=ALWAYS_201)
def update_answers_200(shop: Shop) -> None:
    session = shop.made()
    answer = shop.update(session["id"], shop.dialect.items(shop.items[:1]))
    expect(answer.status == 200, f"200 expected: {answer}")


@requirement("lifecycle.update.kept", "What an update changed is there afterwards", f"{CHECKOUT} §4.2, §4.3")
def an_update_is_kept(shop: Shop) -> None:
    session = shop.made()
    if len(shop.items) > 1:
        succeeded(shop.update(session["id"], shop.dialect.items(shop.items[1:2])), "update")
        ids = [line["item"]["id"] for line in shop.seen(session["id"])["line_items"]]
        expect(ids == [shop.items[1].id], f"Updated to {shop.items[1].id!r}, a GET shows {ids}.")
    else:
        raise NotApplicableError("The profile names one item only: nothing to change to.")


@requirement("lifecycle.get", "Get answers 200 with the state of the last answer", f"{CHECKOUT} §4.3")
def get_answers_the_last_state(shop: Shop) -> None:
    session = shop.made()
    answer = shop.read(session["id"])
    expect(answer.status == 200, f"200 expected: {answer}")
    seen = answer.document
    same = ("id", "status", "currency", "line_items", "totals", "fulfillment_options")
    differs = [name for name in same if seen.get(name) != session.get(name)]
    expect(not differs, f"Between create and get these changed, though nobody changed them: {', '.join(differs)}.")


@requirement("lifecycle.complete", "Complete answers 200", f"{CHECKOUT} §4.4", known_defect=ALWAYS_201)
def complete_answers_200(shop: Shop) -> None:
    session = shop.ready()
    answer = shop.complete(session["id"], shop.payment(session))
    expect(answer.status == 200, f"200 expected: {answer}")


@requirement(
    "lifecycle.complete.order", "Complete answers status completed and the session's order", f"{CHECKOUT} §4.4"
)
def complete_answers_the_order(shop: Shop) -> None:
    session = shop.bought()
    expect(session.get("status") == "completed", f"status is {session.get('status')!r}, not 'completed'.")
    order = session.get("order") or {}
    missing = [name for name in ("id", "checkout_session_id", "permalink_url") if not order.get(name)]
    expect(not missing, f"The order lacks {', '.join(missing)}.")
    expect(
        order["checkout_session_id"] == session["id"],
        f"The order names session {order['checkout_session_id']!r}, not {session['id']!r}.",
    )


@requirement(
    "lifecycle.complete.kept", "A GET shows the completed session with the same order", f"{CHECKOUT} §4.3, §4.4"
)
def a_completed_session_is_kept(shop: Shop) -> None:
    session = shop.bought()
    seen = shop.seen(session["id"])
    expect(seen["status"] == "completed", f"A GET shows {seen['status']!r} after complete.")
    expect(
        seen.get("order", {}).get("id") == session["order"]["id"],
        f"Complete answered order {session['order']['id']!r}, a GET shows {seen.get('order')}.",
    )


@requirement("lifecycle.cancel", "Cancel answers 200 with status canceled", f"{CHECKOUT} §4.5", known_defect=ALWAYS_201)
def cancel_answers_200(shop: Shop) -> None:
    session = shop.made()
    answer = shop.cancel(session["id"])
    expect(answer.status == 200, f"200 expected: {answer}")
    expect(answer.document.get("status") == "canceled", f"status is {answer.document.get('status')!r}, not 'canceled'.")


@requirement("lifecycle.cancel.kept", "A GET shows the canceled session", f"{CHECKOUT} §4.3, §4.5")
def a_canceled_session_is_kept(shop: Shop) -> None:
    session = shop.made()
    succeeded(shop.cancel(session["id"]), "cancel")
    status = shop.seen(session["id"])["status"]
    expect(status == "canceled", f"A GET shows {status!r} after cancel.")


@requirement(
    "lifecycle.out_of_stock",
    "An item out of stock is a message of a session, no HTTP error",
    "schema MessageError",
    MUST,
)
def out_of_stock_is_a_message(shop: Shop) -> None:
    item = shop.profile.shop.out_of_stock_item
    if not item:
        raise NotApplicableError("The profile names no shop.out_of_stock_item.")
    answer = shop.create(shop.new([type(shop.items[0])(item)]))
    expect(answer.ok, f"A session with a message expected: {answer}")
    codes = [message.get("code") for message in answer.document.get("messages", []) if message.get("type") == "error"]
    expect("out_of_stock" in codes, f"No error message out_of_stock in messages; codes: {codes}.")


@requirement(
    "lifecycle.declined",
    "A declined payment is a message payment_declined; no order comes of it",
    f"{CHECKOUT} §4.4, schema MessageError",
)
def declined_is_a_message(shop: Shop) -> None:
    session = shop.ready()
    answer = shop.complete(session["id"], shop.declined(session))
    expect(answer.status == 200, f"200 with a message expected: {answer}")
    codes = [message.get("code") for message in answer.document.get("messages", []) if message.get("type") == "error"]
    expect("payment_declined" in codes, f"No error message payment_declined in messages; codes: {codes}.")
    seen = shop.seen(session["id"])
    expect("order" not in seen and seen["status"] != "completed", "A declined payment left a completed session.")


@requirement(
    "lifecycle.declined.again", "After a declined payment another one completes the session", f"{CHECKOUT} §4.4"
)
def another_payment_completes(shop: Shop) -> None:
    session = shop.ready()
    shop.complete(session["id"], shop.declined(session))
    answer = shop.complete(session["id"], shop.payment(session))
    expect(answer.ok, f"A second payment expected to succeed: {answer}")
    status = answer.document.get("status")
    expect(status == "completed", f"status is {status!r} after the second payment, not 'completed'.")
