"""The contract under fire: whatever is sent, the answer is a documented one in our shape, never a 5xx."""

import json
import os
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.machines import machine_keys
from tests.e2e.shop import Shop
from tests.support.contract_document import operations
from tools.paths import ROOT

# Each request crosses the whole local system. Everything that a schema can be got wrong by, thousands of requests for
# one body of the checkout, is sent once: by whoever is let in furthest.
GENERATED = int(os.environ.get("ORDERFLOW_FUZZ_EXAMPLES", "10"))
# Whoever is refused before the function is asked learns little from more than a few requests.
A_FEW = 3
REFUSED = ("nobody", "forged")
# What frames a message or belongs to one connection is HTTP's own (RFC 9110, 7.6.1): the server before the gateway
# answers it, as 501 to a coding that nobody has, and no function of ours hears of it. Header names are made up too.
FRAMING = ["connection", "content-length", "expect", "host", "te", "trailer", "transfer-encoding", "upgrade"]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

SAMPLES = {product["productId"] for product in json.loads((ROOT / "tools/catalogue.json").read_text())["products"]}

DOCUMENT = yaml.safe_load((ROOT / "modules/api/openapi.yaml").read_text())
FOR_MACHINES = {operation.name for operation in operations() if operation.is_for_machines}


def for_machines(context: Any) -> bool:
    return context.operation.label in FOR_MACHINES


sparing = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
every_mistake = schemathesis.openapi.from_dict(DOCUMENT)
contract = schemathesis.openapi.from_dict(DOCUMENT, config=sparing)
of_people = contract.exclude(func=for_machines)


@pytest.fixture(scope="session")
def identities(shop: Shop, admin: Shop) -> dict[str, Shop]:
    machine, _ = machine_keys(admin)
    return {
        "admin": admin,
        "customer": shop.new_customer(),
        "nobody": shop,
        "forged": Shop(shop.url, "e30.e30.e30"),
        "machine": Shop(shop.url, machine),
    }


@pytest.fixture(scope="session")
def scratch_product(admin: Shop) -> str:
    """A product that may come out of this in any state; the samples are other tests' to rely on."""
    product = {"productId": "FUZZED", "name": "Fuzzed", "category": "scratch", "price": 1}
    assert admin.post("/products", product).status_code == 201
    return product["productId"]


def send(case, who: Shop, scratch_product: str) -> None:
    if case.method != "GET" and case.path_parameters.get("productId") in SAMPLES:
        case.path_parameters["productId"] = scratch_product
    for name in FRAMING:
        case.headers.pop(name, None)
    headers = {"Authorization": who.token} if who.token else {}
    case.call_and_validate(base_url=who.url, headers=headers, checks=CHECKS, timeout=30)


def sending(most: int, *phases: Phase) -> settings:
    return settings(
        max_examples=most, deadline=None, suppress_health_check=list(HealthCheck), phases=phases or tuple(Phase)
    )


@pytest.mark.parametrize("identity", ["let in"])
@every_mistake.parametrize()
@sending(GENERATED)
def test_every_mistake_that_the_schema_knows_gets_a_documented_answer(
    case, identity: str, identities: dict[str, Shop], scratch_product: str
) -> None:
    send(case, identities["machine" if case.operation.label in FOR_MACHINES else "admin"], scratch_product)


@pytest.mark.parametrize("identity", ["customer"])
@of_people.parametrize()
@sending(GENERATED)
def test_any_request_of_a_customer_gets_a_documented_answer(
    case, identity: str, identities: dict[str, Shop], scratch_product: str
) -> None:
    send(case, identities[identity], scratch_product)


@pytest.mark.parametrize("identity", REFUSED)
@contract.parametrize()
@sending(A_FEW, Phase.generate)
def test_any_request_of_who_is_mostly_refused_gets_a_documented_answer(
    case, identity: str, identities: dict[str, Shop], scratch_product: str
) -> None:
    send(case, identities[identity], scratch_product)


@pytest.mark.parametrize("identity", ["other"])
@contract.parametrize()
@sending(A_FEW, Phase.generate)
def test_any_request_of_the_other_kind_of_caller_gets_a_documented_answer(
    case, identity: str, identities: dict[str, Shop], scratch_product: str
) -> None:
    # A customer where machines call, a machine where people do.
    send(case, identities["customer" if case.operation.label in FOR_MACHINES else "machine"], scratch_product)
