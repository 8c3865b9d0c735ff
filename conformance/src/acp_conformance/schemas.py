"""Validates answers by the protocol's published JSON Schemas, read from a folder: none of them is kept here."""

import functools
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from acp_conformance.requirement import V2025, NonconformityError

BUNDLE = "json-schema/schema.agentic_checkout.json"
# How many of a document's faults one message tells.
SHOWN_FAULTS = 4


class SpecError(Exception):
    """The folder does not hold the published files; the message says which is missing."""


def _mended(node: Any) -> Any:
    """Read draft 4's `minimum: 0, exclusiveMinimum: true` as it was meant: a 2020-12 validator cannot."""
    if isinstance(node, dict):
        if node.get("exclusiveMinimum") is True:
            rest = {name: value for name, value in node.items() if name != "minimum"}
            node = rest | {"exclusiveMinimum": node["minimum"]}
        return {name: _mended(value) for name, value in node.items()}
    return [_mended(entry) for entry in node] if isinstance(node, list) else node


class Schemas:
    """The types of one version."""

    def __init__(self, folder: Path, version: str) -> None:
        path = folder / version / BUNDLE
        try:
            self._bundle = _mended(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise SpecError(
                f"{path} cannot be read ({error}): --spec names the folder with a folder a version."
            ) from error
        self.version = version

    @functools.cache  # noqa: B019 - as many schemas as the process reads, for as long as it runs
    def _validator(self, name: str) -> Draft202012Validator:
        if name not in self._bundle["$defs"]:
            raise SpecError(f"{self.version} has no type {name}.")
        schema = {"$schema": self._bundle["$schema"], "$defs": self._bundle["$defs"], "$ref": f"#/$defs/{name}"}
        return Draft202012Validator(schema, format_checker=FormatChecker())

    def faults(self, name: str, document: Any) -> list[str]:
        found = sorted(self._validator(name).iter_errors(document), key=lambda fault: fault.json_path)
        return [f"{fault.json_path}: {fault.message[:300]}" for fault in found]

    def require(self, name: str, document: Any) -> None:
        """Raise NonconformityError unless the document is of this type."""
        if faults := self.faults(name, document):
            more = f" and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
            raise NonconformityError(f"Not a {name} of {self.version}: {'; '.join(faults[:SHOWN_FAULTS])}{more}")

    def require_session(self, document: dict[str, Any]) -> None:
        """Raise NonconformityError unless the document is a session, with or without an order.

        2025-09-29 closes the session and then adds `order` to it, so that no completed session can be valid: its two
        halves are looked at one by one.
        """
        if self.version == V2025:
            rest = {name: value for name, value in document.items() if name != "order"}
            self.require("CheckoutSession", rest)
            if "order" in document:
                self.require("Order", document["order"])
        else:
            self.require("CheckoutSession", document)

    def require_order(self, document: dict[str, Any]) -> None:
        """Raise NonconformityError unless the document is a session with an order."""
        if "order" not in document:
            raise NonconformityError("The session has no order.")
        self.require_session(document)
