"""What the edge promises of every request and every answer: sizes are bounded, headers come from one list."""

import re
from typing import Any

import pytest

from orderflow.contract import answer_headers
from orderflow.runtime.api import MAX_BODY_BYTES
from tests.support.contract_document import (
    PROTOCOL_REQUESTS,
    ROOT,
    Operation,
    document,
    operations,
    request_schemas,
    schemas,
)
from tools.contract_diff.schemas import flat

MiB = 2**20
# API Gateway takes 10 MB, Lambda 6 MB in one event, and the body stands in it as escaped text.
# docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LEAST_EVENT_BYTES = 6 * MiB
# Characters, where only the pattern says how many.
FIXED_LENGTH = {"Currency": 3, "PhoneNumber": 16, "country": 2, "OrderId": 26}
PARAMETER_LIMITS = {"string": "maxLength", "integer": "maximum", "number": "maximum", "array": "maxItems"}


def longest(schema: Any, name: str = "") -> int:
    """Return how many bytes of UTF-8 JSON a valid value can have, with nothing but what the schema allows."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
    schema = flat(schema, document())
    if "enum" in schema:
        return max(len(str(word)) for word in schema["enum"]) + 2
    match schema.get("type"):
        case "string":
            return 4 * schema.get("maxLength", FIXED_LENGTH.get(name, 0)) + 2
        case "array":
            return schema["maxItems"] * (longest(schema["items"]) + 1) + 2
        case "object":
            fields = schema.get("properties", {}).items()
            return sum(len(field) + 4 + longest(part, field) for field, part in fields) + 2
    return 32


# The checkout protocol sets no limits: what is longer than we take is a 413 in its own words.
@pytest.mark.parametrize("name", sorted(name for name in request_schemas() if name not in PROTOCOL_REQUESTS))
def test_a_body_that_fits_its_schema_is_never_too_large(name: str) -> None:
    assert 0 < longest(schemas()[name]) <= MAX_BODY_BYTES


def test_our_limit_of_a_body_answers_before_those_of_aws() -> None:
    assert MAX_BODY_BYTES * 6 < LEAST_EVENT_BYTES, "a body of control characters is six times as long escaped"


@pytest.mark.parametrize("operation", [pytest.param(o, id=o.name) for o in operations()])
def test_every_parameter_is_bounded(operation: Operation) -> None:
    shared = document()["components"]["parameters"]
    given = [*document()["paths"][operation.path].get("parameters", []), *operation.facts.get("parameters", [])]
    endless = []
    for parameter in given:
        facts = shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        schema = flat(facts["schema"], document())
        bounded = PARAMETER_LIMITS.get(schema["type"]) in schema or "enum" in schema or schema["type"] == "boolean"
        exact = re.search(r"\{\d+\}[^*+]*\$$", schema.get("pattern", ""))
        if not (bounded or exact):
            endless.append(facts["name"])
    assert endless == []


def test_no_other_place_names_the_headers_of_every_answer() -> None:
    sources = [path for folder in ("src", "modules", "terraform") for path in (ROOT / folder).rglob("*.*")]
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sources
        if path.suffix in (".py", ".tf")
    }
    named = {where for where, text in texts.items() for header in answer_headers.EVERY if f'"{header}"' in text}
    assert texts
    assert named == set()


def test_the_headers_of_every_answer_are_those_that_keep_a_browser_out() -> None:
    assert document()["x-orderflow-answer-headers"] == answer_headers.EVERY
    every = answer_headers.EVERY
    assert every["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in every["Content-Security-Policy"]
    assert int(re.findall(r"max-age=(\d+)", every["Strict-Transport-Security"])[0]) >= 31_536_000
    assert set(every) >= {"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"}


@pytest.mark.parametrize("value", answer_headers.EVERY.values())
def test_a_header_can_stand_between_api_gateways_single_quotes(value: str) -> None:
    # The emulator strips every quote at the end of such a value.
    assert not value.startswith("'")
    assert not value.endswith("'")


def test_a_deprecated_operation_documents_its_headers() -> None:
    silent = [
        f"{operation.name} {status}"
        for operation in operations()
        if operation.facts.get("deprecated")
        for status, answer in operation.responses().items()
        if status < "300" and not {"Deprecation", "Sunset"} <= set(answer["headers"])
    ]
    assert silent == []
