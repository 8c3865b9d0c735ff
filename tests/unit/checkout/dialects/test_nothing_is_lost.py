"""Whatever a session tells, an older agent is told too, or docs/checkout-dialects.md says that it is not."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orderflow.checkout.dialects import down
from tests.support.acp import CURRENT, definitions, published, sample

pytestmark = published

PAGE = Path(__file__).parents[4] / "docs" / "checkout-dialects.md"

# Where in a session an instance of a definition is.
PLACES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "CheckoutSessionBase": lambda session: session,
    "Capabilities": lambda session: session["capabilities"],
    "Buyer": lambda session: session["buyer"],
    "FulfillmentDetails": lambda session: session["fulfillment_details"],
    "Address": lambda session: session["fulfillment_details"]["address"],
    "LineItem": lambda session: session["line_items"][0],
    "Item": lambda session: session["line_items"][0]["item"],
    "Total": lambda session: session["totals"][0],
    "FulfillmentOptionShipping": lambda session: session["fulfillment_options"][0],
    "FulfillmentOptionDigital": lambda session: session["fulfillment_options"][1],
    "SelectedFulfillmentOption": lambda session: session["selected_fulfillment_options"][0],
    "MessageInfo": lambda session: session["messages"][0],
    "MessageWarning": lambda session: session["messages"][1],
    "MessageError": lambda session: session["messages"][2],
    "Link": lambda session: session["links"][0],
    "Order": lambda session: session["order"],
}


def whole() -> dict[str, Any]:
    """Return a session with everything in it, each kind of option and message, and an option chosen."""
    session = sample("CheckoutSession")
    costs = [{**sample("Total"), "type": "fulfillment", "amount": 500}]
    session["fulfillment_options"] = [
        {**sample("FulfillmentOptionShipping"), "id": "post", "totals": costs},
        {**sample("FulfillmentOptionDigital"), "id": "mail", "totals": costs},
    ]
    session["selected_fulfillment_options"][0]["option_id"] = "post"
    session["messages"] = [sample(name) for name in ("MessageInfo", "MessageWarning", "MessageError")]
    return session


def changes(session: dict[str, Any], name: str, field: str) -> Iterator[dict[str, Any]]:
    """Yield the session without one field of a definition's instance, and with each other value of it."""
    schema = definitions(CURRENT)[name]["properties"][field]
    if field not in definitions(CURRENT)[name].get("required", ()):
        without = copy.deepcopy(session)
        del PLACES[name](without)[field]
        yield without
    values = [sample(name, variant=variant)[field] for variant in range(1, len(schema.get("enum", "ab")))]
    if schema.get("type") == "array":
        values = [[]]
    if field == "capabilities":
        values = [{}]
    for value in values:
        other = copy.deepcopy(session)
        PLACES[name](other)[field] = value
        yield other


def untold() -> dict[str, set[str]]:
    table = PAGE.read_text(encoding="utf-8").partition("| definition | fields |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\w+) \| (.*) \|$", table, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", fields)) for name, fields in rows}


@pytest.mark.parametrize("name", PLACES)
def test_what_is_not_told_is_on_the_page_and_nothing_else_is(name: str) -> None:
    told = down.session(whole())
    fields = set(definitions(CURRENT)[name]["properties"])
    silent = {field for field in fields if all(down.session(other) == told for other in changes(whole(), name, field))}
    if name.startswith(("Message", "FulfillmentOption")):
        silent -= {"type"}  # it has one value, which chooses the definition
    assert silent == untold().get(name, set())


def test_the_page_names_definitions_that_there_are() -> None:
    assert set(untold()) - {*PLACES, "Error"} == set()
    assert untold()["Error"] == {"supported_versions"}
    assert "supported_versions" not in down.error({**sample("Error")})
