"""The checkout's tools for AI assistants, out of the routes of modules/api/openapi.yaml that `x-orderflow-tool` marks.

A tool takes what its route takes, in the arguments that the checkout protocol's MCP binding names
(openrpc.agentic_checkout.json of 2026-04-17): headers as `meta`, the path's id as `id`, the body as `payload`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tools.paths import SRC

FILE = SRC / "orderflow" / "checkout" / "assistants" / "tools.json"
_METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETERS, _SCHEMAS = "#/components/parameters/", "#/components/schemas/"
_KEY = "Idempotency-Key"
_DATED = re.compile(r"Acp(\d{4})(\d{2})(\d{2})\w+Request")
# Who may call a route is no matter of a tool's caller, who has a key or has not.
_WHO_MAY = re.compile(r" \(client key[^)]*\)$")


def text(document: Mapping[str, Any]) -> str:
    """Return the text of tools.json: who the server is, and every tool with its route."""
    info = document["info"]
    definitions: dict[str, Any] = {}
    tools = [_tool(document, *found, definitions=definitions) for found in _marked(document)]
    told: dict[str, Any] = {
        "server": {"name": info["title"].lower(), "title": f"{info['title']} checkout", "version": info["version"]},
        "definitions": definitions,
        "tools": tools,
    }
    # A line for each: short, since a zip carries it, and still to be read in a change.
    parts = [f'"server":{_compact(told["server"])}']
    parts += [f'"{kind}":{_lines(told[kind])}' for kind in ("definitions", "tools")]
    return "{" + ",\n".join(parts) + "}\n"


def _lines(value: Any) -> str:
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{json.dumps(key)}:{_compact(value[key])}" for key in sorted(value)) + "}"
    return "[\n" + ",\n".join(_compact(item) for item in value) + "]"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def newest(document: Mapping[str, Any]) -> str:
    """Return the newest version of the checkout protocol that the document has requests of, such as 2026-04-17."""
    return max("-".join(found.groups()) for name in document["components"]["schemas"] if (found := _DATED.match(name)))


def _marked(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any], list[Mapping[str, Any]]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            operation = item.get(method, {})
            if "x-orderflow-tool" in operation:
                given = [*item.get("parameters", ()), *operation.get("parameters", ())]
                yield method.upper(), path, operation, [_resolved(document, each) for each in given]


def _resolved(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    name = parameter.get("$ref", "").removeprefix(_PARAMETERS)
    return document["components"]["parameters"][name] if name else parameter


def _tool(
    document: Mapping[str, Any],
    method: str,
    path: str,
    operation: Mapping[str, Any],
    given: list[Mapping[str, Any]],
    *,
    definitions: dict[str, Any],
) -> dict[str, Any]:
    headers = {_snake_case(each["name"]): each for each in given if each["in"] == "header" and _is_protocols(each)}
    ids = [each for each in given if each["in"] == "path"]
    properties: dict[str, Any] = {"meta": _meta(headers, newest(document))}
    required = ["meta"]
    reached: list[str] = []
    if ids:
        (the_id,) = ids
        properties["id"] = {"type": "string", "description": the_id["description"]}
        required.append("id")
    if "requestBody" in operation:
        properties["payload"], reached = _payload(document, operation)
        definitions |= {name: _as_2020_12(document["components"]["schemas"][name]) for name in reached}
        required += ["payload"] if operation["requestBody"]["required"] else []
    schema = {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
    hints = dict(operation["x-orderflow-tool"])
    (scope,) = operation["x-orderflow-scopes"]
    return {
        "method": method,
        "path": path,
        "id_parameter": ids[0]["name"] if ids else None,
        "scope": scope,
        "headers": {name: each["name"] for name, each in headers.items()},
        "definitions": reached,
        "told": {
            "name": operation["x-orderflow-function"],
            "title": hints.pop("title"),
            "description": _description(operation),
            "inputSchema": schema,
            "annotations": hints,
        },
    }


def _is_protocols(parameter: Mapping[str, Any]) -> bool:
    """Tell whether the checkout protocol knows a header; ours is not for agents to fill in."""
    return str(parameter["name"]) != "X-Correlation-Id"


def _meta(headers: Mapping[str, Mapping[str, Any]], version: str) -> dict[str, Any]:
    properties = {name: {**each["schema"], "description": each["description"]} for name, each in headers.items()}
    # The binding belongs to one version of the checkout protocol.
    properties["api_version"] = {"type": "string", "enum": [version], "description": "The checkout protocol's version"}
    required = [name for name, each in headers.items() if name == "api_version" or each["name"] == _KEY]
    return {"type": "object", "required": required, "properties": properties}


def _payload(document: Mapping[str, Any], operation: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the body's schema in the newest version's words, and the names of all that it refers to."""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    first = schema.get("oneOf", [schema])[0]["$ref"].removeprefix(_SCHEMAS)
    if not first.startswith(f"Acp{newest(document).replace('-', '')}"):
        raise ValueError(f"{operation['operationId']}: the first schema of its body must be the newest version's.")
    schemas = document["components"]["schemas"]
    reached: set[str] = set()
    waiting = [*_references(schemas[first])]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _references(schemas[name])
    return _as_2020_12(schemas[first]), sorted(reached)


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value.removeprefix(_SCHEMAS)
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _references(item)


def _as_2020_12(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema 2020-12, MCP's own dialect."""
    if isinstance(schema, list):
        return [_as_2020_12(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if {"nullable", "exclusiveMinimum", "exclusiveMaximum"} & schema.keys():
        raise ValueError(f"tools/assistant_tools.py has no 2020-12 words for {schema}; add them, or do without it.")
    return {
        key: f"#/$defs/{value.removeprefix(_SCHEMAS)}" if key == "$ref" else _as_2020_12(value)
        for key, value in schema.items()
    }


def _description(operation: Mapping[str, Any]) -> str:
    summary = _WHO_MAY.sub("", operation["summary"])
    return f"{summary}. {operation['description']}" if "description" in operation else f"{summary}."


def _snake_case(header: str) -> str:
    return header.lower().replace("-", "_")
