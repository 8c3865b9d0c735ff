"""Example requests made from the OpenAPI document, chapter after chapter, in an order in which they work.

A value that only the reader or an earlier answer knows is `{{variable}}`, as in Postman and in .http files.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.apidocs.journey import CHAPTERS, SETTINGS, UNSET, Step

METHODS = ("get", "post", "put", "patch", "delete")
# Each client has its own word for a fresh UUID: what renders a call puts it in.
FRESH_ID = "{{fresh-id}}"
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
# A body's field of such a name is that variable.
_KNOWN = SETTINGS.keys() | {name for steps in CHAPTERS.values() for step in steps for name in step.keep}


@dataclass(frozen=True)
class Option:
    """A query parameter that may be left out."""

    name: str
    value: str
    description: str


@dataclass(frozen=True)
class Call:
    """One request, the status that answers it, and which fields of the answer (by variable) later requests need."""

    name: str
    operation: str
    chapter: str
    title: str
    description: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    body: Any = None
    keep: Mapping[str, str] = field(default_factory=dict)
    until: str = ""
    needs: str = ""

    @property
    def target(self) -> str:
        """Return path and query, below the base URL."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.path}?{query}" if query else self.path


def calls(document: Mapping[str, Any]) -> list[Call]:
    """Return the calls of the journey, then one for each operation that it leaves out, by tag.

    An operation whose body its sender signs (x-orderflow-signed-by) is none that a person sends.
    """
    operations = {operation["operationId"]: (path, method, operation) for path, method, operation in _each(document)}
    steps = [(chapter, step) for chapter, steps in CHAPTERS.items() for step in steps if step.operation in operations]
    named = {step.operation for _, step in steps}
    steps += [(operation["tags"][0], Step(name)) for name, (*_, operation) in operations.items() if name not in named]
    return [_call(document, chapter, step, *operations[step.operation]) for chapter, step in steps]


def _each(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item and "x-orderflow-signed-by" not in item[method]:
                shared = item.get("parameters", [])
                yield path, method, {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}


def _call(
    document: Mapping[str, Any], chapter: str, step: Step, path: str, method: str, operation: Mapping[str, Any]
) -> Call:
    parameters = [_resolved(document, parameter) for parameter in operation["parameters"]]
    headers = dict(_identity(document, step, operation))
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        headers["Idempotency-Key"] = FRESH_ID
    body = _body(step, operation)
    if body is not None:
        headers["Content-Type"] = "application/json"
    queried = [parameter for parameter in parameters if parameter["in"] == "query"]
    query = {each["name"]: _value(document, each) for each in queried if each.get("required")} | dict(step.query)
    return Call(
        name=step.name or step.operation,
        operation=step.operation,
        chapter=chapter,
        title=step.title or operation["summary"],
        description=operation.get("description", "").strip(),
        method=method.upper(),
        path=re.sub(r"\{(\w+)\}", lambda found: f"{{{{{step.path.get(found[1], found[1])}}}}}", path),
        status=step.status or min(int(status) for status in operation["responses"]),
        headers=headers,
        query=query,
        options=tuple(
            Option(each["name"], _value(document, each), each.get("description", ""))
            for each in queried
            if each["name"] not in query
        ),
        body=body,
        keep=step.keep,
        until=step.until,
        needs=step.needs,
    )


def _resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        found: Any = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        node = found
    return node


def _identity(document: Mapping[str, Any], step: Step, operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headers that say who calls: of the first security requirement, as the customer or an administrator."""
    requirements = operation.get("security", document["security"])
    for scheme in next(iter(requirements), {}):
        header = document["components"]["securitySchemes"][scheme].get("name", "Authorization")
        is_admin = step.admin or "(group admin" in operation["summary"]
        if scheme == "cognito":
            yield header, "{{adminToken}}" if is_admin else "{{idToken}}"
        else:
            yield header, f"Bearer {{{{{scheme}}}}}"


def _body(step: Step, operation: Mapping[str, Any]) -> Any:
    if "requestBody" not in operation:
        return None
    media = operation["requestBody"]["content"]["application/json"]
    examples = {name: example["value"] for name, example in media.get("examples", {}).items()}
    chosen = examples[step.example] if step.example else media.get("example", next(iter(examples.values()), {}))
    known = {name: f"{{{{{name}}}}}" for name in chosen if name in _KNOWN}
    return {name: value for name, value in {**chosen, **known, **step.body}.items() if value is not None}


def _value(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> str:
    """Return an example of a query parameter: the document's own, or a variable of its name."""
    schema = _resolved(document, parameter["schema"])
    for given in (parameter.get("example"), schema.get("example"), schema.get("default"), *schema.get("enum", ())):
        if given is not None:
            return str(given).lower() if isinstance(given, bool) else str(given)
    return f"{{{{{parameter['name']}}}}}"


def settings(calls: Sequence[Call]) -> dict[str, str]:
    """Return what the reader sets: the journey's settings, and what calls need and no answer brings."""
    kept = {name for call in calls for name in call.keep}
    used = [
        name
        for call in calls
        for name in _VARIABLE.findall(json.dumps([call.target, [*call.headers.items()], call.body]))
    ]
    return SETTINGS | {name: UNSET for name in used if name not in SETTINGS and name not in kept}


def variables(calls: Sequence[Call]) -> dict[str, str]:
    """Return every variable with its first value: the settings, and, empty, what answers bring."""
    return settings(calls) | {name: "" for call in calls for name in call.keep}
