"""The OpenAPI document, cut into what the rules look at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tools.contract import DOCUMENT, standalone

ROOT = Path(__file__).parents[2]
# The checkout protocol's, each in the words of one version, and those of its tools.
PROTOCOL_REQUESTS = frozenset(
    f"Acp{version}{action}Request"
    for version, actions in {
        "20260417": ("CreateSession", "UpdateSession", "CompleteSession", "CancelSession", "DelegatePayment"),
        "20250929": ("CreateSession", "UpdateSession", "CompleteSession", "DelegatePayment"),
    }.items()
    for action in actions
) | {"McpCallRequest", "McpNoticeRequest"}
METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    return yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))


def schemas() -> dict[str, Any]:
    return document()["components"]["schemas"]


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    path: str
    method: str
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def is_open(self) -> bool:
        return self.facts.get("security") == []

    @property
    def is_for_machines(self) -> bool:
        """Tell whether machines call it, by their keys; people then cannot."""
        return self.facts.get("security") == [{"clientKey": []}]

    @property
    def protocol(self) -> str | None:
        """Return the name of the protocol that somebody else wrote, where its shapes and errors are not ours."""
        return self.facts.get("x-orderflow-protocol")

    @property
    def bodies(self) -> tuple[str, ...]:
        """Return the names of the body's schemas: one for each version of a protocol, else the one of `body`."""
        if not self.protocol:
            return (self.body,) if self.body else ()
        schema = self.facts.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        return tuple(each["$ref"].rpartition("/")[2] for each in schema.get("oneOf", [schema] if schema else []))

    @property
    def body(self) -> str | None:
        """Return the name of the body's schema; None for one that API Gateway must not look at.

        That is one that its sender has signed, and one of a protocol, whose versions differ and whose errors are flat.
        """
        if "requestBody" not in self.facts or self.signed_by or self.protocol:
            return None
        return self.facts["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]

    @property
    def signed_by(self) -> str | None:
        """Return the header with the sender's signature under the body, where a machine calls us."""
        return self.facts.get("x-orderflow-signed-by")

    def parameters(self) -> list[dict[str, Any]]:
        """Return the parameters of the operation and of its path."""
        told = [*document()["paths"][self.path].get("parameters", ()), *self.facts.get("parameters", ())]
        return [
            document()["components"]["parameters"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for each in told
        ]

    def responses(self) -> dict[str, dict[str, Any]]:
        return {
            status: document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
            if "$ref" in answer
            else answer
            for status, answer in self.facts["responses"].items()
        }

    def examples(self) -> Iterator[tuple[str, dict[str, Any], Any]]:
        """Yield (where, schema, example) of the body and of each answer."""
        places = {f"{self.name} {status}": answer for status, answer in self.responses().items()}
        if self.body:
            places[f"{self.name} body"] = self.facts["requestBody"]
        for where, place in places.items():
            for media in place.get("content", {}).values():
                values = [example["value"] for example in media.get("examples", {}).values()]
                for value in [*values, *([media["example"]] if "example" in media else [])]:
                    yield where, media["schema"], value


def operations() -> list[Operation]:
    return [
        Operation(path, method, item[method])
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    ]


def as_draft_4(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of the document, by reference or inline, as a self-contained draft 4 schema."""
    return standalone("Asked", {**schemas(), "Asked": schema})


def request_schemas() -> dict[str, dict[str, Any]]:
    return {name: standalone(name, schemas()) for name in schemas() if name.endswith("Request")}


def parts(schema: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (where, schema) for a schema and every schema inside it."""
    yield where, schema
    inner = [("properties", schema.get("properties", {})), ("definitions", schema.get("definitions", {}))]
    for keyword, named in inner:
        for name, part in named.items():
            yield from parts(part, f"{where}.{name}" if keyword == "properties" else name)
    for keyword in ("items", "not"):
        if keyword in schema:
            yield from parts(schema[keyword], f"{where}.{keyword}")
    for keyword in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(keyword, ()):
            yield from parts(part, f"{where}.{keyword}")


def camel_case(snake: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), snake)
