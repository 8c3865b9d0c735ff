"""When a session can be cancelled, and what a refusal leaves alone."""

from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.requirement import MUST, SHOULD, expect, requirement
from acp_conformance.shop import Shop, succeeded

CANCELS_COMPLETED = "cancelling a completed session answers 201 and emits cancelled while nothing changed"


@requirement("cancel.twice", "Cancelling a canceled session is refused with 405", f"{CHECKOUT} §4.5")
def cancelling_twice_is_405(shop: Shop) -> None:
    session = shop.made()
    succeeded(shop.cancel(session["id"]), "cancel")
    answer = shop.cancel(session["id"])
    expect(answer.status == 405, f"405 expected: {answer}")
    shop.schemas.require("Error", answer.document)


@requirement(
    "cancel.completed",
    "Cancelling a completed session is refused with 405",
    f"{CHECKOUT} §4.5",
    known_defect=CANCELS_COMPLETED,
)
def cancelling_a_completed_session_is_405(shop: Shop) -> None:
    session = shop.bought()
    answer = shop.cancel(session["id"])
    expect(answer.status == 405, f"405 expected: {answer}")
    shop.schemas.require("Error", answer.document)


@requirement(
    "cancel.completed.kept",
    "A refused cancel leaves the completed session and its order as they are",
    f"{CHECKOUT} §4.5",
)
def a_refused_cancel_changes_nothing(shop: Shop) -> None:
    session = shop.bought()
    shop.cancel(session["id"])
    seen = shop.seen(session["id"])
    expect(seen["status"] == "completed", f"After a cancel the completed session is {seen['status']!r}.")
    expect(seen.get("order", {}).get("id") == session["order"]["id"], f"Its order is {seen.get('order')} now.")


@requirement("cancel.closed", "A canceled session can be neither changed nor completed", f"{CHECKOUT} §2.2, §4.5")
def a_canceled_session_stays_canceled(shop: Shop) -> None:
    session = shop.ready()
    body = shop.payment(session)
    succeeded(shop.cancel(session["id"]), "cancel")
    shop.update(session["id"], shop.dialect.items(shop.items[-1:]))
    shop.complete(session["id"], body)
    seen = shop.seen(session["id"])
    expect(seen["status"] == "canceled", f"A canceled session became {seen['status']!r}.")
    expect("order" not in seen, "A canceled session got an order.")
    expect(seen["line_items"] == session["line_items"], "An update changed a canceled session.")


@requirement(
    "cancel.reason",
    "Cancel accepts an intent_trace",
    "rfc.intent_traces, schema CancelSessionRequest",
    MUST,
    older=None,
)
def a_reason_is_accepted(shop: Shop) -> None:
    answer = shop.cancel(shop.made()["id"], {"intent_trace": {"reason_code": "shipping_cost"}})
    expect(answer.status == 200, f"200 expected: {answer}")


@requirement(
    "cancel.reason.unknown",
    "Cancel accepts an intent_trace with a reason that it does not know",
    "rfc.intent_traces §7.2",
    SHOULD,
    older=None,
)
def an_unknown_reason_is_accepted(shop: Shop) -> None:
    answer = shop.cancel(shop.made()["id"], {"intent_trace": {"reason_code": "acp_conformance_says_so"}})
    expect(answer.status == 200, f"200 expected: {answer}")
