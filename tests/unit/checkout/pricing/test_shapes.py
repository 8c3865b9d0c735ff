"""What a price shows is what the protocol's published schema describes."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from orderflow.checkout.pricing import quote_view
from orderflow.checkout.pricing.discounts import Rejection
from orderflow.checkout.pricing.quote import GoodsLine
from tests.support.quotes import baskets, priced, sales

SPEC = os.environ.get("ORDERFLOW_ACP_SPEC")
pytestmark = pytest.mark.skipif(not SPEC, reason="ORDERFLOW_ACP_SPEC names no folder with the protocol's files")


def schema() -> dict[str, Any]:
    path = Path(SPEC or "", "2026-04-17", "json-schema", "schema.agentic_checkout.json")
    return json.loads(path.read_text(encoding="utf-8"))


def of_type(name: str, *, listed: bool = False) -> jsonschema.Draft202012Validator:
    one = {"$ref": f"#/$defs/{name}"}
    return jsonschema.Draft202012Validator({"$defs": schema()["$defs"], **({"items": one} if listed else one)})


@pytest.fixture(scope="module")
def shapes() -> dict[str, jsonschema.Draft202012Validator]:
    messages = {"items": {"oneOf": [{"$ref": "#/$defs/MessageWarning"}, {"$ref": "#/$defs/MessageError"}]}}
    return {
        "totals": of_type("Total", listed=True),
        "options": of_type("FulfillmentOptionShipping", listed=True),
        "discounts": of_type("DiscountsResponse"),
        "messages": jsonschema.Draft202012Validator({"$defs": schema()["$defs"], **messages}),
    }


@given(baskets, sales())
def test_every_part_of_a_price_has_the_protocols_shape(shapes: dict, basket: tuple[GoodsLine, ...], sale: dict) -> None:
    quote = priced(*basket, **{**sale, "codes": [*sale["codes"], "never"]})
    for name, shown in {
        "totals": [*quote_view.totals(quote), *(each for one in basket for each in quote_view.line_totals(quote, one))],
        "options": quote_view.fulfillment_options(quote),
        "discounts": quote_view.discounts(quote),
        "messages": list(quote.messages),
    }.items():
        shapes[name].validate(json.loads(json.dumps(shown, default=float)))


def test_every_reason_of_ours_is_one_of_the_protocols() -> None:
    assert {each.value for each in Rejection} <= set(schema()["$defs"]["DiscountErrorCode"]["enum"])
