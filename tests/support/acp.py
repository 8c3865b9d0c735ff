"""The checkout protocol's published schemas, out of the folder that ORDERFLOW_ACP_SPEC names, and samples of them.

The files are data to test against and no part of this repository; where their defects stop a validator, the published
text is mended here, each time with its reason.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

CURRENT, OLDER = "2026-04-17", "2025-09-29"
CHECKOUT, VAULT = "schema.agentic_checkout.json", "schema.delegate_payment.json"

published = pytest.mark.skipif(
    not os.environ.get("ORDERFLOW_ACP_SPEC"),
    reason="ORDERFLOW_ACP_SPEC does not name the folder of the protocol's published schemas",
)


@cache
def definitions(version: str, file: str = CHECKOUT) -> dict[str, Any]:
    """Return the definitions of one published schema file, mended."""
    bundle = json.loads((_folder(version) / "json-schema" / file).read_text(encoding="utf-8"))
    found: dict[str, Any] = bundle["$defs"]
    if version == OLDER and file == CHECKOUT:
        # Draft 4's `exclusiveMinimum: true`: a validator of draft 2020-12 reads it as "more than 1".
        found["Item"]["properties"]["quantity"]["exclusiveMinimum"] = 0
        # A closed base and an order beside it: no session with an order could ever be valid.
        found["CheckoutSessionBase"]["properties"]["order"] = {"$ref": "#/$defs/Order"}
    return found


def faults(instance: Any, name: str, version: str, file: str = CHECKOUT) -> list[str]:
    """Return what is wrong with an instance by one published definition; nothing when it is valid."""
    schema = {"$ref": f"#/$defs/{name}", "$defs": definitions(version, file)}
    return [f"{error.json_path} {error.message}" for error in Draft202012Validator(schema).iter_errors(instance)]


def webhook_faults(event: Any, version: str) -> list[str]:
    """Return what is wrong with an order event by the version's published webhook document, which alone has its shape.

    The order inside a current event is held to the JSON Schema, not to the OpenAPI type that the document points at.
    """
    text = (_folder(version) / "openapi" / "openapi.agentic_checkout_webhook.yaml").read_text(encoding="utf-8")
    components = yaml.safe_load(text)["components"]
    if version == CURRENT:
        components["schemas"]["EventDataOrder"]["allOf"] = [{"$ref": "#/$defs/Order"}]
    schema = {"$ref": "#/components/schemas/WebhookEvent", "components": components, "$defs": definitions(version)}
    return [f"{error.json_path} {error.message}" for error in Draft202012Validator(schema).iter_errors(event)]


def request_examples(version: str, document: str = "openapi.agentic_checkout.yaml") -> Iterator[tuple[str, str, Any]]:
    """Yield (operationId, name, body) of each example request inside a published OpenAPI document."""
    text = (_folder(version) / "openapi" / document).read_text(encoding="utf-8")
    for path in yaml.safe_load(text)["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "requestBody" in operation:
                media = operation["requestBody"]["content"]["application/json"]
                for name, example in media.get("examples", {}).items():
                    yield operation["operationId"], name, example["value"]


def sample(name: str, version: str = CURRENT, *, variant: int = 0) -> Any:
    """Return a valid instance of a definition with everything in it that it may have."""
    return _sample(definitions(version)[name], definitions(version), variant)


def _folder(version: str) -> Path:
    return Path(os.environ["ORDERFLOW_ACP_SPEC"]) / version


def _sample(schema: dict[str, Any], known: dict[str, Any], variant: int) -> Any:
    if "$ref" in schema:
        return _sample(known[schema["$ref"].rpartition("/")[2]], known, variant)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][variant % len(schema["enum"])]
    if "allOf" in schema and "properties" not in schema:
        return _sample(schema["allOf"][0], known, variant)
    if "oneOf" in schema:
        return _sample(schema["oneOf"][0], known, variant)
    match schema["type"]:
        case "object":
            return {key: _sample(part, known, variant) for key, part in schema.get("properties", {}).items()}
        case "array":
            return [_sample(schema["items"], known, variant)] if "items" in schema else []
        case "string":
            return _text(schema, variant)
        case "boolean":
            return bool(variant % 2)
    return 3 + variant


def _text(schema: dict[str, Any], variant: int) -> str:
    match schema.get("format"), schema.get("pattern"):
        case "date-time", _:
            return f"2026-01-{1 + variant:02}T00:00:00Z"
        case "uri", _:
            return f"https://shop.example/{variant}"
        case "email", _:
            return f"buyer{variant}@shop.example"
        case _, r"^\d{4}-\d{2}-\d{2}$":
            return f"2026-01-{1 + variant:02}"
        case _, "^[a-z]{3}$":
            return ("usd", "eur")[variant % 2]
    return ("one", "two")[variant % 2][: schema.get("maxLength")]
