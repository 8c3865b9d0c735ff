"""Errors: flat, typed, with the status that fits."""

import functools

from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.exchange import Exchange
from acp_conformance.requirement import SHOULD, expect, requirement
from acp_conformance.shop import Shop

FLAT = f"{CHECKOUT} §3.1, schema Error"
NOBODY = "acp-conformance-no-such-session"


def flat(shop: Shop, answer: Exchange) -> None:
    """Fail unless the error is `{type, code, message, param?}` and nothing around it."""
    shop.schemas.require("Error", answer.document)


@requirement("error.flat", "Errors are flat: {type, code, message, param?}", FLAT, known_defect="errors are wrapped")
def errors_are_flat(shop: Shop) -> None:
    flat(shop, shop.read(NOBODY))
    flat(shop, shop.create(b"{"))
    flat(shop, shop.create({}))


def require_404(shop: Shop, what: str) -> None:
    """Fail unless a session that does not exist is answered so, flat."""
    sent = {
        "get": lambda: shop.read(NOBODY),
        "update": lambda: shop.update(NOBODY, shop.dialect.items(shop.items[:1])),
        "complete": lambda: shop.complete(NOBODY, shop.payment(shop.ready())),
        "cancel": lambda: shop.cancel(NOBODY),
    }
    answer = sent[what]()
    expect(answer.status == 404, f"404 expected: {answer}")
    flat(shop, answer)


for _what in ("get", "update", "complete", "cancel"):
    requirement(
        f"error.unknown.{_what}", f"{_what.capitalize()} of a session that does not exist is 404", f"{CHECKOUT} §4.3"
    )(functools.partial(require_404, what=_what))


@requirement("error.malformed", "A body that is no JSON is 400 invalid_request", FLAT)
def malformed_json_is_400(shop: Shop) -> None:
    for body in (b"{", b"", b"[]", b'{"line_items": [}'):
        answer = shop.create(body)
        expect(answer.status == 400, f"400 expected for the body {body!r}: {answer}")
        kind = answer.document.get("type")
        expect(kind == "invalid_request", f"type invalid_request expected for the body {body!r}, it is {kind!r}.")


@requirement("error.invalid", "A body that breaks the schema is 400 invalid_request", FLAT)
def an_invalid_body_is_400(shop: Shop) -> None:
    body = shop.new()
    items = "line_items" if "line_items" in body else "items"
    without = {name: value for name, value in body.items() if name != items}
    for wrong in ({}, without, body | {items: []}, body | {items: "one"}, body | {"buyer": {"email": 1}}):
        answer = shop.create(wrong)
        expect(answer.status == 400, f"400 expected: {answer}")
        kind = answer.document.get("type")
        expect(kind == "invalid_request", f"type invalid_request expected, it is {kind!r}: {answer}")


@requirement("error.param", "An error about a field names it as a JSONPath in param", FLAT, SHOULD)
def the_field_is_named(shop: Shop) -> None:
    answer = shop.create(shop.new() | {"buyer": {"email": 1}})
    param = answer.document.get("param")
    expect(str(param).startswith("$"), f"param should be a JSONPath ($.buyer…), it is {param!r}.")


@requirement(
    "error.payment", "A complete without payment_data is 400", f"{CHECKOUT} §4.4, schema CheckoutSessionCompleteRequest"
)
def a_complete_needs_payment_data(shop: Shop) -> None:
    session = shop.ready()
    answer = shop.complete(session["id"], {})
    expect(answer.status == 400, f"400 expected: {answer}")
    expect("order" not in shop.seen(session["id"]), "A complete without payment made an order.")


@requirement("error.unauthorized", "Without Authorization the answer is 401, flat", f"{CHECKOUT} §7")
def a_key_is_needed(shop: Shop) -> None:
    session_id = shop.made()["id"]
    for answer in (shop.create(shop.new(), authorization=None), shop.read(session_id, authorization=None)):
        expect(answer.status == 401, f"401 expected: {answer}")
        flat(shop, answer)


@requirement("error.wrong_key", "With a wrong key the answer is 401", f"{CHECKOUT} §7")
def a_wrong_key_is_refused(shop: Shop) -> None:
    answer = shop.read(shop.made()["id"], authorization="Bearer acp-conformance-wrong-key")
    expect(answer.status == 401, f"401 expected: {answer}")


@requirement("error.item", "An item that does not exist is an error or a message, never a purchase", f"{CHECKOUT} §4.1")
def an_unknown_item_is_told(shop: Shop) -> None:
    item = type(shop.items[0])(shop.profile.shop.unknown_item)
    answer = shop.create(shop.new([item]))
    expect(answer.status < 500, f"No server error expected: {answer}")
    if answer.ok:
        session = answer.document
        told = [message for message in session["messages"] if message["type"] == "error"]
        expect(told, "A session with an item that does not exist has no error message.")
        expect(session["status"] != "ready_for_payment", "A session with an item that does not exist can be paid.")
