"""Every way in which the reference merchant can be wrong, and the requirements that each breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference.keys import Answer
    from reference.server import Call

# Wrongs in what is answered, applied to a right answer; all others are decided where they happen.
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


# What each wrong breaks, at least.
BREAKS: dict[str, tuple[str, ...]] = {
    "create_answers_200": ("lifecycle.create",),
    "answers_other_items": ("lifecycle.create.items",),
    "never_ready": ("lifecycle.create.ready",),
    "success_is_201": ("lifecycle.update", "lifecycle.complete", "lifecycle.cancel"),
    "forgets_updates": ("lifecycle.update.kept",),
    "reads_another_state": ("lifecycle.get",),
    "completes_without_order": ("lifecycle.complete.order",),
    "forgets_orders": ("lifecycle.complete.kept",),
    "forgets_cancels": ("lifecycle.cancel.kept",),
    "out_of_stock_is_400": ("lifecycle.out_of_stock",),
    "declined_is_402": ("lifecycle.declined",),
    "declined_is_final": ("lifecycle.declined.again",),
    "never_challenges": ("authentication.required",),
    "no_metadata": ("authentication.metadata",),
    "challenges_for_ever": ("authentication.missing",),
    "ignores_results": ("authentication.completes",),
    "takes_denied": ("authentication.denied",),
    "two_orders": ("orders.concurrent",),
    "races": ("orders.concurrent.key", "idempotency.concurrent_create"),
    "completes_again": ("orders.again",),
    "changes_completed": ("orders.closed",),
    "loses_keys_of_completes": ("orders.lost_answer", "idempotency.replay.complete"),
    "answers_unknown_members": (
        "schema.create",
        "schema.bare",
        "schema.update",
        "schema.get",
        "schema.complete",
        "schema.cancel",
        "schema.declined",
    ),
    "chooses_unknown_option": ("schema.option",),
    "cancels_twice": ("cancel.twice",),
    "cancels_completed": ("cancel.completed", "webhook.refused_cancel"),
    "cancel_undoes_orders": ("cancel.completed.kept",),
    "reopens_canceled": ("cancel.closed",),
    "changes_canceled": ("cancel.closed",),
    "refuses_reasons": ("cancel.reason",),
    "refuses_unknown_reasons": ("cancel.reason.unknown",),
    "two_totals": ("totals.total",),
    "totals_do_not_add_up": ("totals.sum",),
    "update_does_not_add_up": ("totals.sum",),
    "complete_does_not_add_up": ("totals.sum",),
    "subtotal_is_wrong": ("totals.subtotal",),
    "lines_do_not_add_up": ("totals.lines",),
    "line_is_wrong": ("totals.line",),
    "leaves_out_shipping": ("totals.fulfillment",),
    "keeps_first_option": ("totals.fulfillment.other",),
    "ignores_quantity": ("totals.quantity",),
    "ignores_codes": ("totals.coupon",),
    "unknown_code_is_400": ("totals.coupon.unknown",),
    "order_has_other_total": ("totals.order",),
    "currency_in_capitals": ("currency.form",),
    "currency_is_usd": ("currency.asked",),
    "replaces_currencies": ("currency.unknown",),
    "invents_keys": ("idempotency.required.create",),
    "invents_keys_of_update": ("idempotency.required.update",),
    "invents_keys_of_complete": ("idempotency.required.complete",),
    "invents_keys_of_cancel": ("idempotency.required.cancel",),
    "ignores_keys": ("idempotency.replay.create", "idempotency.replay.update", "idempotency.replay.cancel"),
    "does_not_mark_replays": ("idempotency.replay.marked",),
    "other_body_replays": ("idempotency.conflict",),
    "keys_ignore_paths": ("idempotency.scope.path",),
    "keys_ignore_callers": ("idempotency.scope.identity",),
    "refuses_long_keys": ("idempotency.key.255",),
    "takes_any_key": ("idempotency.key.256",),
    "in_flight_is_422": ("idempotency.in_flight",),
    "no_retry_after": ("idempotency.in_flight.retry_after",),
    "stores_5xx": ("idempotency.5xx",),
    "forgets_keys": ("idempotency.kept",),
    "compares_bytes": ("fingerprint.key_order", "fingerprint.numbers"),
    "compares_as_text": ("fingerprint.strings",),
    "null_is_absent": ("fingerprint.null",),
    "sorts_arrays": ("fingerprint.arrays",),
    "keeps_floats": ("fingerprint.numbers",),
    "leaves_out_discounts": ("fingerprint.extensions",),
    "leaves_out_metadata": ("fingerprint.extensions",),
    "compares_headers": ("fingerprint.headers",),
    "takes_any_version": ("version.unsupported",),
    "reads_takes_any_version": ("version.unsupported",),
    "missing_version_is_newest": ("version.missing",),
    "reads_missing_version_is_newest": ("version.missing",),
    "version_codes_are_invalid": ("version.unsupported.code", "version.missing.code"),
    "tells_no_versions": ("version.supported",),
    "versions_oldest_first": ("version.order",),
    "answers_one_version": ("version.answered",),
    "wraps_errors": ("error.flat", "version.flat"),
    "wraps_malformed": ("error.flat",),
    "wraps_invalid": ("error.flat",),
    "unknown_is_400": ("error.unknown.get", "error.unknown.update", "error.unknown.complete", "error.unknown.cancel"),
    "malformed_is_500": ("error.malformed",),
    "invalid_is_422": ("error.invalid",),
    "param_is_a_name": ("error.param",),
    "pays_nothing": ("error.payment",),
    "needs_no_key": ("error.unauthorized",),
    "reads_need_no_key": ("error.unauthorized",),
    "takes_any_caller": ("error.wrong_key",),
    "sells_anything": ("error.item",),
    "no_request_id": ("header.request_id", "header.request_id.error"),
    "no_key_echo": ("header.idempotency_key",),
    "answers_text": ("header.content_type",),
    "born_expired": ("expiry.future",),
    "never_expires": ("expiry.status", "expiry.complete"),
    "closed_discovery": ("discovery.open",),
    "discovery_has_more": ("discovery.schema",),
    "discovery_no_store": ("discovery.cached",),
    "discovery_newest_first": ("discovery.versions",),
    "discovery_without_rest": ("discovery.services",),
    "discovery_other_currency": ("discovery.currencies",),
    "sends_nothing": ("webhook.order_create",),
    "sends_half_an_order": ("webhook.order",),
    "sends_text": ("webhook.json",),
    "other_signature": ("webhook.signature.form", "webhook.signature.time"),
    "signs_with_another_secret": ("webhook.signature",),
    "signs_yesterday": ("webhook.signature.time",),
    "tells_twice": ("webhook.once_per_order",),
    "updates_are_deltas": ("webhook.order_update",),
    "never_retries": ("delivery.retry", "delivery.dropped"),
    "drops_are_delivered": ("delivery.dropped",),
    "renders_again": ("delivery.same_body",),
    "new_ids": ("delivery.same_id",),
    "signs_first_only": ("delivery.signed_again",),
    "gives_up_after_three": ("delivery.survives",),
    "resends_the_batch": ("delivery.alone",),
    "one_at_a_time": ("delivery.slow",),
    "follows_redirects": ("delivery.redirect",),
    "never_gives_up": ("delivery.gone",),
}
