"""What breaks a client between two OpenAPI documents: routes, methods, parameters, bodies, answers, who may call."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tools.contract_diff.schemas import Documents, Side, breaks

_METHODS = ("get", "post", "put", "patch", "delete")
Facts = Mapping[str, Any]


def contract_breaks(released: Facts, present: Facts) -> list[str]:
    """Return a sentence for each thing that a client of the released document can no longer rely on."""
    documents = Documents(released, present)
    return list(dict.fromkeys(_document_breaks(documents)))


def _document_breaks(documents: Documents) -> Iterator[str]:
    present = {_shape(path): item for path, item in documents.present["paths"].items()}
    for path, item in documents.released["paths"].items():
        if (now := present.get(_shape(path))) is None:
            yield f"{path}: the route is gone"
            continue
        for method in _METHODS:
            if method in item and method not in now:
                yield f"{method.upper()} {path}: the method is gone"
            elif method in item:
                yield from _operation(f"{method.upper()} {path}", (item, item[method]), (now, now[method]), documents)


def _shape(path: str) -> str:
    """Return a path without the names of its parameters, which no client sends."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _operation(name: str, old: tuple[Facts, Facts], new: tuple[Facts, Facts], documents: Documents) -> Iterator[str]:
    yield from _security(name, old[1], new[1], documents)
    yield from _parameters(name, old, new, documents)
    yield from _body(name, old[1].get("requestBody"), new[1].get("requestBody"), documents)
    yield from _answers(name, old[1]["responses"], new[1]["responses"], documents)


def _security(name: str, old: Facts, new: Facts, documents: Documents) -> Iterator[str]:
    before = old.get("security", documents.released.get("security", [])) or [{}]
    after = new.get("security", documents.present.get("security", [])) or [{}]
    for way in before:
        if not any(_asks_no_more(way, other) for other in after):
            yield f"{name}: {' with '.join(sorted(way)) or 'no identity'} is no longer enough to call it"


def _asks_no_more(before: Facts, after: Facts) -> bool:
    return all(scheme in before and set(scopes) <= set(before[scheme]) for scheme, scopes in after.items())


def _parameters(name: str, old: tuple[Facts, Facts], new: tuple[Facts, Facts], documents: Documents) -> Iterator[str]:
    before, after = _named_parameters(old, documents.released), _named_parameters(new, documents.present)
    for key, parameter in after.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{name} {' '.join(key)}: is required now"
    for key, parameter in before.items():
        where = f"{name} {' '.join(key)}"
        if key not in after:
            yield f"{where}: is gone"
            continue
        old_schema, new_schema = parameter["schema"], after[key]["schema"]
        yield from breaks(old_schema, new_schema, where, Side.REQUEST, documents)
        if old_schema.get("default") != new_schema.get("default"):
            yield f"{where}: default {old_schema.get('default')} became {new_schema.get('default')}"


def _named_parameters(operation: tuple[Facts, Facts], document: Facts) -> dict[tuple[str, str], Facts]:
    """Return parameters by place and name; those of the path by their position."""
    found: dict[tuple[str, str], Facts] = {}
    given = [*operation[0].get("parameters", ()), *operation[1].get("parameters", ())]
    for parameter in (_resolved(each, "parameters", document) for each in given):
        position = str(sum(place == "path" for place, _ in found))
        found[parameter["in"], position if parameter["in"] == "path" else parameter["name"]] = parameter
    return found


def _resolved(facts: Facts, kind: str, document: Facts) -> Facts:
    if "$ref" not in facts:
        return facts
    found: Facts = document["components"][kind][facts["$ref"].rpartition("/")[2]]
    return found


def _body(name: str, old: Facts | None, new: Facts | None, documents: Documents) -> Iterator[str]:
    if old is None:
        if new is not None and new.get("required"):
            yield f"{name} body: is required now"
        return
    if new is None:
        yield f"{name} body: is gone"
        return
    if new.get("required") and not old.get("required"):
        yield f"{name} body: is required now"
    yield from _content(f"{name} body", old, new, Side.REQUEST, documents)


def _content(where: str, old: Facts, new: Facts, side: Side, documents: Documents) -> Iterator[str]:
    for media, facts in old.get("content", {}).items():
        if media not in new.get("content", {}):
            yield f"{where}: {media} is gone"
        elif "schema" in facts:
            yield from breaks(facts["schema"], new["content"][media].get("schema", {}), where, side, documents)


def _answers(name: str, old: Facts, new: Facts, documents: Documents) -> Iterator[str]:
    for status, given in old.items():
        if status not in new:
            yield f"{name} {status}: the answer is gone"
            continue
        before = _resolved(given, "responses", documents.released)
        after = _resolved(new[status], "responses", documents.present)
        for header in before.get("headers", {}):
            if header not in after.get("headers", {}):
                yield f"{name} {status}: the header {header} is gone"
        yield from _content(f"{name} {status}", before, after, Side.ANSWER, documents)
