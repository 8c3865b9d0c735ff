"""The checkout's tools: each is one of its routes, described by tools.json, which `make contract` writes.

Names and arguments are those of the checkout protocol's MCP binding, openrpc.agentic_checkout.json of 2026-04-17.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orderflow.checkout.assistants.errors import ToolArgumentsError

_FILE = Path(__file__).with_name("tools.json")
_KINDS: dict[str, tuple[type, str]] = {"object": (dict, "an object"), "string": (str, "a string")}
_ID = "id"


@dataclass(frozen=True)
class Tool:
    """One tool: what a client is told of it, the route that it stands for, and the scope that a key needs."""

    told: dict[str, Any]
    method: str
    path: str
    id_parameter: str | None
    scope: str
    headers: Mapping[str, str]

    @property
    def name(self) -> str:
        return str(self.told["name"])


@dataclass(frozen=True)
class Call:
    """A tool's call as the route would have got it."""

    path_parameters: dict[str, str] | None
    headers: dict[str, str]
    payload: dict[str, Any] | None


@cache
def catalogue() -> tuple[dict[str, str], dict[str, Tool]]:
    """Return who this server is, and its tools by name."""
    kept = json.loads(_FILE.read_text(encoding="utf-8"))
    tools = {}
    for facts in kept["tools"]:
        # What several tools refer to is kept once, and told with each: a client looks at one tool alone.
        if names := facts.pop("definitions"):
            facts["told"]["inputSchema"]["$defs"] = {name: kept["definitions"][name] for name in names}
        tools[facts["told"]["name"]] = Tool(**facts)
    return kept["server"], tools


def read(tool: Tool, arguments: Mapping[str, Any]) -> Call:
    """Return a call whose arguments are there and of their kind; the payload is the route's to look into.

    Raises ToolArgumentsError.
    """
    schema = tool.told["inputSchema"]
    _require_kinds(schema, arguments, "$")
    meta = arguments.get("meta", {})
    known = schema["properties"]["meta"]["properties"]
    _require_kinds({"properties": known}, {name: meta[name] for name in meta if name in known}, "$.meta")
    parameters = {tool.id_parameter: quote(arguments[_ID], safe="")} if tool.id_parameter else None
    headers = {header: meta[name] for name, header in tool.headers.items() if name in meta}
    return Call(parameters, headers, arguments.get("payload"))


def _require_kinds(schema: Mapping[str, Any], values: Mapping[str, Any], where: str) -> None:
    # What of `meta` is required depends on the checkout's mode: the door asks for it, as for a header.
    for name in schema.get("required", ()):
        if name not in values and name != "meta":
            raise ToolArgumentsError(f"{where}.{name}", "is required")
    for name, value in values.items():
        if name not in schema["properties"]:
            raise ToolArgumentsError(f"{where}.{name[:64]}", "is not expected here")
        kind, words = _KINDS[schema["properties"][name]["type"]]
        if not isinstance(value, kind):
            raise ToolArgumentsError(f"{where}.{name}", f"must be {words}")
