"""Routes for machines: the scope that the contract names is the one that the function asks for, and no other."""

import ast
import re
from functools import cache
from typing import Any

import hcl2
import pytest

from orderflow.clients.api_key import key_text, parts
from orderflow.clients.client_key import Scope
from orderflow.runtime.caller import REFUSED_KEY
from tests.support.contract_document import ROOT, Operation, document, operations, schemas

HANDLERS = ROOT / "src" / "handlers"
MACHINE = [{"clientKey": []}]
MACHINE_OPERATIONS = [operation for operation in operations() if operation.facts.get("security") == MACHINE]
KEY = key_text("01JFR0ZEN00000000000000001", "0123456789abcdef" * 4)


@cache
def api_module() -> dict[str, dict[str, Any]]:
    """Return the resources of modules/api by their address."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((ROOT / "modules" / "api").glob("*.tf")):
        for block in hcl2.loads(path.read_text(encoding="utf-8")).get("resource", ()):
            for kind, named in block.items():
                for name, facts in named.items():
                    found[f"{kind}.{name}".replace('"', "")] = facts
    return found


def handler_of(operation: Operation) -> ast.Module:
    (tag,) = operation.facts["tags"]
    path = HANDLERS / tag / f"{operation.facts['x-orderflow-function']}.py"
    return ast.parse(path.read_text(encoding="utf-8"))


def admissions(tree: ast.Module) -> list[str]:
    """Return the scope that each call of `admitted` asks for, as it is written."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [ast.unparse(call.args[1]) for call in calls if ast.unparse(call.func) == "admitted"]


def test_there_are_routes_for_machines() -> None:
    assert {"GET /client-keys/current", "GET /products/{productId}/stock"} <= {each.name for each in MACHINE_OPERATIONS}


@pytest.mark.parametrize("operation", [pytest.param(each, id=each.name) for each in MACHINE_OPERATIONS])
def test_the_function_of_a_route_for_machines_admits_by_the_scope_of_the_contract(operation: Operation) -> None:
    asked = [f"Scope.{Scope(scope).name}" for scope in operation.facts["x-orderflow-scopes"]]
    assert admissions(handler_of(operation)) == (asked or ["None"])
    assert len(asked) <= 1
    # Admitted before anything else is done with the request, and never as a person.
    source = ast.unparse(handler_of(operation))
    assert source.index("admitted(request.client") < source.rindex("return Response(")
    assert "request.caller" not in source


@pytest.mark.parametrize("operation", [pytest.param(o, id=o.name) for o in operations() if o not in MACHINE_OPERATIONS])
def test_no_other_route_asks_for_a_machine(operation: Operation) -> None:
    assert "x-orderflow-scopes" not in operation.facts
    assert admissions(handler_of(operation)) == []
    assert "request.client" not in ast.unparse(handler_of(operation)).replace("request.client_key_id", "")


def test_the_contract_and_the_code_know_the_same_scopes_and_each_opens_a_route() -> None:
    named = {scope for operation in MACHINE_OPERATIONS for scope in operation.facts["x-orderflow-scopes"]}
    assert set(schemas()["Scope"]["enum"]) == set(Scope) == named


def test_every_route_names_one_way_of_knowing_who_calls_as_api_gateway_has_one_authorizer_a_method() -> None:
    ways = [{"cognito": []}, {"clientKey": []}]
    odd = {
        each.name for each in operations() if each.facts.get("security", [ways[0]]) not in ([], *([w] for w in ways))
    }
    assert odd == set()
    assert document()["security"] == [ways[0]]
    assert set(document()["components"]["securitySchemes"]) == {"cognito", "clientKey"}


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (f"Bearer {KEY}", True),
        (f"bearer {KEY}", True),
        (KEY, False),
        (f"Bearer {KEY}0", False),
        (f"Bearer {KEY[:-1]}", False),
        (f"Bearer {KEY.replace('ofk', 'sk')}", False),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl", False),
    ],
)
def test_the_edge_asks_the_authorizer_about_keys_only(header: str, asked: bool) -> None:
    form = api_module()["aws_api_gateway_authorizer.client"]["identity_validation_expression"].strip('"')
    assert bool(re.fullmatch(form, header)) is asked
    if asked:
        assert parts(header.partition(" ")[2]) is not None


def test_a_refused_key_is_told_the_same_at_the_edge_and_by_a_function() -> None:
    text = (ROOT / "modules/api/gateway_responses.tf").read_text(encoding="utf-8")
    (denied,) = re.findall(r"^ *ACCESS_DENIED +=.*$", text, re.MULTILINE)
    assert f'status = "401", code = "NOT_AUTHENTICATED", message = "{REFUSED_KEY}"' in denied
