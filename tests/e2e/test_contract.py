"""The contract under fire: whatever is sent, the answer is a documented one in our shape, never a 5xx."""

import json
import os

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.machines import machine_keys
from tests.e2e.shop import Shop
from tests.support.authorization import MACHINES
from tests.support.contract_document import operations
from tools.paths import ROOT

# Each request crosses the whole local system, so this many are made in all, however many routes there are; this
# variable asks for more.
REQUESTS = int(os.environ.get("ORDERFLOW_FUZZ_REQUESTS", "1500"))
LET_IN = ("admin", "customer")
# Whoever is refused by most routes before the function is asked learns little from more than a few requests.
REFUSED = ("nobody", "forged", *(("machine",) if MACHINES else ()))
A_FEW = 3
ROUTES = len(operations())
EXAMPLES = max(A_FEW, (REQUESTS - A_FEW * ROUTES * len(REFUSED)) // (ROUTES * len(LET_IN)))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

SAMPLES = {product["productId"] for product in json.loads((ROOT / "tools/catalogue.json").read_text())["products"]}

contract = schemathesis.openapi.from_dict(yaml.safe_load((ROOT / "modules/api/openapi.yaml").read_text()))


@pytest.fixture(scope="session")
def identities(shop: Shop, admin: Shop) -> dict[str, Shop]:
    machine, _ = machine_keys(admin) if MACHINES else (None, None)
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
    headers = {"Authorization": who.token} if who.token else {}
    case.call_and_validate(base_url=who.url, headers=headers, checks=CHECKS, timeout=30)


@pytest.mark.parametrize("identity", LET_IN)
@contract.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_request_gets_a_documented_answer(
    case, identity: str, identities: dict[str, Shop], scratch_product: str
) -> None:
    send(case, identities[identity], scratch_product)


@pytest.mark.parametrize("identity", REFUSED)
@contract.parametrize()
@settings(max_examples=A_FEW, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_request_of_who_is_mostly_refused_gets_a_documented_answer(
    case, identity: str, identities: dict[str, Shop], scratch_product: str
) -> None:
    send(case, identities[identity], scratch_product)
