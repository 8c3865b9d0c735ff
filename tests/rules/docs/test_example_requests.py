"""The example requests of docs/api are whole, fit the contract, and hand on what later ones need."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.support.contract_document import as_draft_4, document, operations
from tests.support.http_file import Request, parse
from tools.apidocs import files
from tools.apidocs.calls import FRESH_ID, Call, calls, settings, variables
from tools.apidocs.curl import curl, shell_name
from tools.apidocs.journey import CHAPTERS, SETTINGS

CALLS = calls(document())
OPERATIONS = {operation.facts["operationId"]: operation for operation in operations()}
each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)


def used(call: Call) -> set[str]:
    """Return the variables that a request needs."""
    return set(re.findall(r"\{\{(\w+)\}\}", json.dumps([call.target, dict(call.headers), call.body])))


def filled(call: Call, value: Any) -> Any:
    """Return a body with its examples' own values instead of variables."""
    content = OPERATIONS[call.operation].facts["requestBody"]["content"]["application/json"]
    examples = [example["value"] for example in content.get("examples", {}).values()]
    own = {name: given for example in [*examples, content.get("example", {})] for name, given in example.items()}
    return {name: own[name] if "{{" in str(given) else given for name, given in value.items()}


@pytest.mark.parametrize("name", list(files.generated(document())))
def test_a_file_of_requests_is_what_the_contract_says(name: str) -> None:
    assert (files.FOLDER / name).read_text(encoding="utf-8") == files.generated(document())[name], "run `make contract`"


def test_every_operation_that_a_person_sends_has_its_request() -> None:
    sent = {name for name, operation in OPERATIONS.items() if not operation.signed_by}
    assert {call.operation for call in CALLS} == sent


def test_the_journey_names_only_operations_of_the_contract() -> None:
    assert {step.operation for steps in CHAPTERS.values() for step in steps} - OPERATIONS.keys() == set()


def test_every_request_has_a_name_of_its_own() -> None:
    assert len({call.name for call in CALLS}) == len(CALLS)


def test_every_variable_is_brought_by_one_answer() -> None:
    # REST Client takes the last definition in the file for every request, also for those before it.
    kept = [variable for call in CALLS for variable in call.keep]
    assert len(set(kept)) == len(kept)
    assert set(kept) & SETTINGS.keys() == set()


def test_what_the_journey_needs_is_set_by_the_reader_or_by_an_earlier_answer() -> None:
    known = set(SETTINGS)
    inside = {step.name or step.operation for steps in CHAPTERS.values() for step in steps}
    for call in CALLS:
        if call.name in inside:
            assert used(call) - known == set(), call.name
        known |= call.keep.keys()


@each_call
def test_a_request_fits_its_operation(call: Call) -> None:
    operation = OPERATIONS[call.operation]
    # Then it goes where the operation is and expects an answer that is documented
    assert (call.method, re.sub(r"\{\{\w+\}\}", "{}", call.path)) == (
        operation.method.upper(), re.sub(r"\{\w+\}", "{}", operation.path),
    )  # fmt: skip
    assert str(call.status) in operation.facts["responses"]
    assert 200 <= call.status < 300
    # And it says who calls unless the operation is open
    assert (call.headers.keys() <= {"Content-Type", "Idempotency-Key"}) == operation.is_open
    # And its body is one that the operation takes
    if operation.body:
        jsonschema.Draft4Validator(
            as_draft_4({"$ref": f"#/components/schemas/{operation.body}"})
        ).validate(filled(call, call.body))  # fmt: skip


@each_call
def test_a_request_keeps_only_what_its_answer_always_has(call: Call) -> None:
    answer = OPERATIONS[call.operation].responses()[str(call.status)]
    promised = [as_draft_4(media["schema"]) for media in answer.get("content", {}).values()]
    assert set(call.keep.values()) <= {name for schema in promised for name in named(schema, schema)}


def named(schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    """Yield the fields that a schema knows, through references and combinations."""
    yield from schema.get("properties", {})
    if "$ref" in schema:
        yield from named(whole["definitions"][schema["$ref"].rpartition("/")[2]], whole)
    for keyword in ("allOf", "anyOf"):
        for part in schema.get(keyword, ()):
            yield from named(part, whole)


def as_written(call: Call) -> Request:
    return Request(
        name=call.name,
        line=f"{call.method} {{{{baseUrl}}}}{call.target}",
        headers={name: value.replace(FRESH_ID, "{{$guid}}") for name, value in call.headers.items()},
        body="" if call.body is None else json.dumps(call.body, indent=2, ensure_ascii=False),
        status=call.status,
        until=call.until,
        needs=call.needs,
    )


def test_the_http_file_says_every_request_whole() -> None:
    file = parse((files.FOLDER / "orderflow.http").read_text(encoding="utf-8"))
    assert file.requests == [as_written(call) for call in CALLS]
    kept = {
        variable: f"{{{{{call.name}.response.body.$.{field}}}}}"
        for call in CALLS
        for variable, field in call.keep.items()
    }
    assert file.variables == settings(CALLS) | kept


def test_jetbrains_file_says_the_same_requests_and_keeps_the_same_fields() -> None:
    text = (files.FOLDER / "orderflow.jetbrains.http").read_text(encoding="utf-8")
    scripts = re.findall(r"^> \{%\n(.*?)^%\}$", text, re.MULTILINE | re.DOTALL)
    file = parse(re.sub(r"^> \{%\n.*?^%\}$", "", text, flags=re.MULTILINE | re.DOTALL).replace("$random.uuid", "$guid"))
    assert file.requests == [as_written(call) for call in CALLS]
    kept = [dict(re.findall(r'global\.set\("(\w+)", response\.body\.(\w+)\)', script)) for script in scripts]
    assert kept == [dict(call.keep) for call in CALLS]


@each_call
def test_the_curl_line_is_what_a_shell_sends(call: Call) -> None:
    # Given a shell in which curl only says what it was given
    values = {shell_name(name): f"<{name}>" for name in variables(CALLS)}
    script = f"uuidgen() {{ echo fresh; }}; curl() {{ printf '%s\\0' \"$@\"; }}\n{curl(call)}"
    said = subprocess.run(
        ["/bin/sh", "-euc", script], env=os.environ | values, capture_output=True, text=True, timeout=10, check=True
    ).stdout.split("\0")[:-1]  # fmt: skip
    # Then it is the request, with the reader's values
    filled_in = re.sub(r"\{\{(\w+)\}\}", r"<\1>", json.dumps([call.target, dict(call.headers), call.body]))
    target, headers, body = json.loads(filled_in.replace(FRESH_ID, "fresh"))
    assert said[:3] == ["-X", call.method, f"<baseUrl>{target}"]
    assert said[3 : 3 + 2 * len(headers)] == [
        word for name, value in headers.items() for word in ("-H", f"{name}: {value}")
    ]
    rest = said[3 + 2 * len(headers) :]
    assert (rest[0], json.loads(rest[1])) == ("-d", body) if body is not None else rest == []
