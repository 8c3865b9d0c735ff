"""Which bodies are the same under one key: by meaning, not by bytes."""

import json
from typing import Any

from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.exchange import Exchange
from acp_conformance.requirement import NotApplicableError, expect, requirement
from acp_conformance.shop import Shop, fresh_key, succeeded

SAME = f"{CHECKOUT} §6.2"


def pair(shop: Shop, first: Any, second: Any) -> tuple[Exchange, Exchange]:
    key = fresh_key()
    answer = shop.create(first, key)
    succeeded(answer, "create")
    return answer, shop.create(second, key)


def require_same(shop: Shop, first: Any, second: Any, why: str) -> None:
    answer, again = pair(shop, first, second)
    same = again.status == answer.status and again.document.get("id") == answer.document["id"]
    expect(same, f"{why}: the first answer expected: {again}")


def require_other(shop: Shop, first: Any, second: Any, why: str, refused: tuple[int, ...] = (422,)) -> None:
    _, again = pair(shop, first, second)
    expect(again.status in refused, f"{why}: {' or '.join(map(str, refused))} expected: {again}")
    if again.status == 422:
        expect(again.code == "idempotency_conflict", f"{why}: idempotency_conflict expected: {again}")


def upside_down(node: Any) -> Any:
    """Return the same document with the members of every object in reverse order."""
    if isinstance(node, dict):
        return {name: upside_down(node[name]) for name in reversed(list(node))}
    return [upside_down(entry) for entry in node] if isinstance(node, list) else node


@requirement("fingerprint.key_order", "Members in another order, with other white space, are the same body", SAME)
def the_order_of_members_does_not_count(shop: Shop) -> None:
    body = shop.new()
    require_same(shop, body, json.dumps(upside_down(body), indent=2).encode(), "Members in another order")


def written(shop: Shop, number: str) -> bytes:
    """Return a create that holds a number, written so."""
    body = shop.new()
    if shop.dialect.has_extensions:
        body["metadata"] = {"count": "@"}
    else:
        body["items"][0]["quantity"] = "@"
    return json.dumps(body).replace('"@"', number).encode()


@requirement("fingerprint.numbers", "1 and 1.0 are the same number", SAME)
def one_is_one_point_zero(shop: Shop) -> None:
    require_same(shop, written(shop, "1"), written(shop, "1.0"), "1.0 after 1")


@requirement("fingerprint.strings", '1 and "1" are not the same', SAME)
def a_number_is_no_string(shop: Shop) -> None:
    # The older version has no place where a string would be valid: refusing it as invalid is right as well.
    refused = (422,) if shop.dialect.has_extensions else (422, 400)
    require_other(shop, written(shop, "1"), written(shop, '"1"'), "A string after a number", refused)


@requirement("fingerprint.null", "null and absent are not the same", SAME)
def null_is_not_absent(shop: Shop) -> None:
    body = shop.new()
    if shop.dialect.has_extensions:
        absent, null = body | {"metadata": {"gift": "no"}}, body | {"metadata": {"gift": "no", "note": None}}
        require_other(shop, absent, null, "null after absent")
        require_other(shop, null, absent, "absent after null")
    else:
        absent = {name: value for name, value in body.items() if name != "buyer"}
        require_other(shop, absent, absent | {"buyer": None}, "null after absent", (422, 400))


@requirement("fingerprint.arrays", "Array elements in another order are another body", SAME)
def the_order_of_elements_counts(shop: Shop) -> None:
    if len(shop.items) < 2:
        raise NotApplicableError("The profile names one item only.")
    first, second = shop.new(shop.items), shop.new(shop.items[::-1])
    require_other(shop, first, second, "Items in another order")


@requirement(
    "fingerprint.extensions", "Fields of an extension take part in the comparison", f"{CHECKOUT} §6.7", older=None
)
def extensions_take_part(shop: Shop) -> None:
    body = shop.new()
    require_other(shop, body, body | {"discounts": {"codes": []}}, "discounts after none")
    ours, theirs = (body | {"metadata": {"acp_conformance": value}} for value in ("a", "b"))
    require_other(shop, ours, theirs, "Other metadata")


@requirement("fingerprint.headers", "Headers take no part in the comparison", SAME)
def headers_take_no_part(shop: Shop) -> None:
    body, key = shop.new(), fresh_key()
    first = succeeded(shop.create(body, key, request_id="first", accept_language="en-US"), "create")
    again = shop.create(body, key, request_id="second", accept_language="de-DE", user_agent="another/1.0")
    expect(again.ok and again.document["id"] == first["id"], f"The first answer expected: {again}")
