"""What the reference merchant answers when it is wrong: right answers, changed on their way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference.keys import Answer
    from reference.server import Call

# By name; all other wrongs are decided where they happen.
ANSWERS: dict[str, Callable[[Call, Answer], None]] = {}


def answers(function: Callable[[Call, Answer], None]) -> Callable[[Call, Answer], None]:
    ANSWERS[function.__name__] = function
    return function


def _session(answer: Answer) -> dict[str, Any] | None:
    return answer.body if answer.status < 300 and "line_items" in answer.body else None


def _total(totals: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(entry for entry in totals if entry["type"] == kind)


@answers
def success_is_201(call: Call, answer: Answer) -> None:
    if answer.status == 200 and call.operation in ("update", "complete", "cancel"):
        answer.status = 201


@answers
def create_answers_200(call: Call, answer: Answer) -> None:
    if answer.status == 201 and call.operation == "create":
        answer.status = 200


@answers
def answers_other_items(call: Call, answer: Answer) -> None:
    for line in (_session(answer) or {}).get("line_items", []):
        line["item"]["id"] = "another"


@answers
def reads_another_state(call: Call, answer: Answer) -> None:
    if call.operation == "read" and answer.status == 200:
        answer.body["status"] = "in_progress"


@answers
def completes_without_order(call: Call, answer: Answer) -> None:
    if call.operation == "complete" and answer.status == 200:
        answer.body.pop("order", None)


@answers
def forgets_orders(call: Call, answer: Answer) -> None:
    if call.operation == "read" and answer.status == 200:
        answer.body.pop("order", None)


@answers
def answers_unknown_members(call: Call, answer: Answer) -> None:
    if _session(answer):
        answer.body["internal"] = True


@answers
def chooses_unknown_option(call: Call, answer: Answer) -> None:
    session = _session(answer) or {}
    if "fulfillment_option_id" in session:
        session["fulfillment_option_id"] = "another"
    for choice in session.get("selected_fulfillment_options", []):
        choice["option_id"] = "another"


@answers
def two_totals(call: Call, answer: Answer) -> None:
    if session := _session(answer):
        session["totals"].append({"type": "total", "display_text": "again", "amount": 0})


@answers
def totals_do_not_add_up(call: Call, answer: Answer) -> None:
    if session := _session(answer):
        _total(session["totals"], "total")["amount"] += 1


@answers
def update_does_not_add_up(call: Call, answer: Answer) -> None:
    if (session := _session(answer)) and call.operation == "update":
        _total(session["totals"], "total")["amount"] += 1


@answers
def complete_does_not_add_up(call: Call, answer: Answer) -> None:
    if (session := _session(answer)) and call.operation == "complete":
        _total(session["totals"], "total")["amount"] += 1


@answers
def subtotal_is_wrong(call: Call, answer: Answer) -> None:
    if session := _session(answer):
        _total(session["totals"], "subtotal")["amount"] += 1


@answers
def lines_do_not_add_up(call: Call, answer: Answer) -> None:
    if session := _session(answer):
        for kind in ("items_base_amount", "subtotal", "total"):
            _total(session["totals"], kind)["amount"] += 7


@answers
def line_is_wrong(call: Call, answer: Answer) -> None:
    for line in (_session(answer) or {}).get("line_items", []):
        if "totals" in line:
            _total(line["totals"], "total")["amount"] += 1
        else:
            line["total"] += 1


@answers
def order_has_other_total(call: Call, answer: Answer) -> None:
    for entry in (_session(answer) or {}).get("order", {}).get("totals", []):
        entry["amount"] += 1


@answers
def currency_in_capitals(call: Call, answer: Answer) -> None:
    if session := _session(answer):
        session["currency"] = session["currency"].upper()


@answers
def refuses_long_keys(call: Call, answer: Answer) -> None:
    if len(call.headers.get("idempotency-key", "")) > 64:
        answer.status, answer.body = 400, {"type": "invalid_request", "code": "key_too_long", "message": "too long"}


@answers
def version_codes_are_invalid(call: Call, answer: Answer) -> None:
    if "supported_versions" in answer.body:
        answer.body["code"] = "invalid"


@answers
def tells_no_versions(call: Call, answer: Answer) -> None:
    answer.body.pop("supported_versions", None)


@answers
def versions_oldest_first(call: Call, answer: Answer) -> None:
    answer.body.get("supported_versions", []).sort()


@answers
def wraps_errors(call: Call, answer: Answer) -> None:
    if answer.status >= 400:
        answer.body = {"error": answer.body}


@answers
def wraps_malformed(call: Call, answer: Answer) -> None:
    if answer.body.get("code") == "malformed":
        answer.body = {"error": answer.body}


@answers
def wraps_invalid(call: Call, answer: Answer) -> None:
    if answer.body.get("code") == "invalid":
        answer.body = {"error": answer.body}


@answers
def no_metadata(call: Call, answer: Answer) -> None:
    if _session(answer):
        answer.body.pop("authentication_metadata", None)


@answers
def unknown_is_400(call: Call, answer: Answer) -> None:
    answer.status = 400 if answer.status == 404 else answer.status


@answers
def malformed_is_500(call: Call, answer: Answer) -> None:
    answer.status = 500 if answer.body.get("code") == "malformed" else answer.status


@answers
def invalid_is_422(call: Call, answer: Answer) -> None:
    answer.status = 422 if answer.body.get("code") == "invalid" else answer.status


@answers
def param_is_a_name(call: Call, answer: Answer) -> None:
    if "param" in answer.body:
        answer.body["param"] = answer.body["param"].removeprefix("$.")


@answers
def answers_text(call: Call, answer: Answer) -> None:
    answer.headers["Content-Type"] = "text/plain"


@answers
def born_expired(call: Call, answer: Answer) -> None:
    if (session := _session(answer)) and "expires_at" in session:
        session["expires_at"] = "2020-01-01T00:00:00Z"


@answers
def closed_discovery(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.status = 401


@answers
def discovery_has_more(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["merchant_id"] = "m_1"


@answers
def discovery_no_store(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.headers["Cache-Control"] = "no-store"


@answers
def discovery_newest_first(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["protocol"]["supported_versions"].reverse()


@answers
def discovery_without_rest(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["transports"] = ["mcp"]


@answers
def discovery_other_currency(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["capabilities"]["supported_currencies"] = ["jpy"]


def _option_gone(session: dict[str, Any]) -> None:
    session.pop("selected_fulfillment_options", None)
    session.pop("fulfillment_option_id", None)


@answers
def challenge_without_word(call: Call, answer: Answer) -> None:
    if (session := _session(answer)) and "requires_3ds" in str(session["messages"]):
        session |= {"status": "not_ready_for_payment", "messages": []}


@answers
def challenged_with_order(call: Call, answer: Answer) -> None:
    if (session := _session(answer)) and "requires_3ds" in str(session["messages"]):
        session["order"] = {
            "id": "ord_1",
            "checkout_session_id": session["id"],
            "permalink_url": "https://shop.example",
        }


@answers
def half_metadata(call: Call, answer: Answer) -> None:
    answer.body.get("authentication_metadata", {}).pop("directory_server", None)


@answers
def requires_3ds_without_param(call: Call, answer: Answer) -> None:
    if answer.body.get("code") == "requires_3ds":
        answer.body.pop("param")


@answers
def requires_3ds_is_500(call: Call, answer: Answer) -> None:
    answer.status = 500 if answer.body.get("code") == "requires_3ds" else answer.status


@answers
def errors_have_hints(call: Call, answer: Answer) -> None:
    if answer.status >= 400:
        answer.body["hint"] = "Try again."


@answers
def cancel_refused_is_409(call: Call, answer: Answer) -> None:
    answer.status = 409 if answer.status == 405 else answer.status


@answers
def reads_other_order(call: Call, answer: Answer) -> None:
    if call.operation == "read" and "order" in answer.body:
        answer.body["order"]["id"] = "another"


@answers
def reads_completed(call: Call, answer: Answer) -> None:
    if call.operation == "read" and answer.status == 200:
        answer.body["status"] = "completed"


@answers
def reads_are_201(call: Call, answer: Answer) -> None:
    if call.operation == "read" and answer.status == 200:
        answer.status = 201


@answers
def no_id(call: Call, answer: Answer) -> None:
    if _session(answer):
        answer.body["id"] = ""


@answers
def complete_stays_open(call: Call, answer: Answer) -> None:
    if _session(answer) and call.operation == "complete":
        answer.body["status"] = "in_progress"


@answers
def order_of_another_session(call: Call, answer: Answer) -> None:
    if order := (_session(answer) or {}).get("order"):
        order["checkout_session_id"] = "another"


@answers
def order_without_link(call: Call, answer: Answer) -> None:
    if order := (_session(answer) or {}).get("order"):
        order.pop("permalink_url")


@answers
def cancel_keeps_status(call: Call, answer: Answer) -> None:
    if _session(answer) and call.operation == "cancel":
        answer.body["status"] = "ready_for_payment"


@answers
def says_nothing(call: Call, answer: Answer) -> None:
    if _session(answer):
        answer.body["messages"] = []


@answers
def crowded_is_500(call: Call, answer: Answer) -> None:
    answer.status = 500 if answer.status == 409 else answer.status


@answers
def born_canceled(call: Call, answer: Answer) -> None:
    if _session(answer) and call.operation == "create":
        answer.body["status"] = "canceled"


@answers
def chooses_nothing(call: Call, answer: Answer) -> None:
    if session := _session(answer):
        _option_gone(session)


@answers
def create_does_not_add_up(call: Call, answer: Answer) -> None:
    if (session := _session(answer)) and call.operation == "create":
        _total(session["totals"], "total")["amount"] += 1


@answers
def line_subtotal_is_wrong(call: Call, answer: Answer) -> None:
    for line in (_session(answer) or {}).get("line_items", []):
        if "totals" in line:
            _total(line["totals"], "subtotal")["amount"] += 1
        else:
            line["subtotal"] += 1


@answers
def answers_quantity_1(call: Call, answer: Answer) -> None:
    for line in (_session(answer) or {}).get("line_items", []):
        (line if "quantity" in line else line["item"])["quantity"] = 1


@answers
def hides_codes(call: Call, answer: Answer) -> None:
    if "discounts" in answer.body:
        answer.body["discounts"] = {"codes": [], "applied": [], "rejected": []}


@answers
def discovery_forgets_a_version(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["protocol"] |= {"version": "2025-09-29", "supported_versions": ["2025-09-29"]}


@answers
def discovery_old_version(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["protocol"]["version"] = "2025-09-29"


@answers
def discovery_unordered(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["protocol"]["supported_versions"].insert(0, "2026-01-30")


@answers
def discovery_without_checkout(call: Call, answer: Answer) -> None:
    if call.operation == "discovery":
        answer.body["capabilities"]["services"] = ["orders"]


@answers
def wraps_unknown(call: Call, answer: Answer) -> None:
    if answer.status == 404:
        answer.body = {"error": answer.body}


@answers
def clients_errors_are_ours(call: Call, answer: Answer) -> None:
    if answer.body.get("type") == "invalid_request":
        answer.body["type"] = "processing_error"


@answers
def unauthorized_is_403(call: Call, answer: Answer) -> None:
    answer.status = 403 if answer.status == 401 else answer.status


@answers
def missing_is_422(call: Call, answer: Answer) -> None:
    answer.status = 422 if answer.body.get("code") == "missing" else answer.status


@answers
def keys_have_other_codes(call: Call, answer: Answer) -> None:
    if str(answer.body.get("code")).startswith("idempotency_"):
        answer.body["code"] = "invalid"


@answers
def replays_are_200(call: Call, answer: Answer) -> None:
    if "Idempotent-Replayed" in answer.headers:
        answer.status = 200


@answers
def replays_say_so(call: Call, answer: Answer) -> None:
    if "Idempotent-Replayed" in answer.headers:
        answer.body["replayed"] = True


@answers
def marks_everything(call: Call, answer: Answer) -> None:
    answer.headers["Idempotent-Replayed"] = "true"


@answers
def names_other_versions(call: Call, answer: Answer) -> None:
    if "supported_versions" in answer.body:
        answer.body["supported_versions"] = ["2026-01-30"]
