"""What breaks a client between two versions of one schema.

A request breaks when something that was taken no longer is; an answer when something comes that was not promised, or
something promised is gone. Clients must expect new fields and new enum values in answers (docs/api-versioning.md), so
those break nothing. Patterns, formats and the like cannot be compared: any change that could matter counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from math import inf
from typing import Any

Schema = Mapping[str, Any]

_LOWER = {"minLength": 0, "minItems": 0, "minProperties": 0, "minimum": -inf}
_UPPER = {"maxLength": inf, "maxItems": inf, "maxProperties": inf, "maximum": inf}
_OPAQUE = ("pattern", "format", "multipleOf", "uniqueItems", "not", "exclusiveMinimum", "exclusiveMaximum")
_ALTERNATIVES = ("oneOf", "anyOf")


class Side(Enum):
    """Who writes what the schema describes."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True)
class Documents:
    """The released document and the present one; `open_pairs` are the references being compared right now."""

    released: Mapping[str, Any]
    present: Mapping[str, Any]
    open_pairs: frozenset[tuple[str, str]] = field(default_factory=frozenset)


def breaks(old: Schema, new: Schema, where: str, side: Side, documents: Documents) -> Iterator[str]:
    """Yield a sentence for each break; `where` names the place, such as `POST /orders body.items[]`."""
    pair = (str(old.get("$ref")), str(new.get("$ref")))
    if pair in documents.open_pairs:
        return
    if "$ref" in old and "$ref" in new:
        documents = replace(documents, open_pairs=documents.open_pairs | {pair})
    old, new = flat(old, documents.released), flat(new, documents.present)
    yield from _types(old, new, where, side)
    yield from _bounds(old, new, where, side)
    yield from _opaque(old, new, where, side)
    yield from _fields(old, new, where, side, documents)
    yield from _alternatives(old, new, where, side, documents)
    if "items" in old and "items" in new:
        yield from breaks(old["items"], new["items"], f"{where}[]", side, documents)


def flat(schema: Schema, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without its own reference and with `allOf` merged; what is inside stays as it is."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][str(schema["$ref"]).rpartition("/")[2]]
    merged = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema.get("allOf", ()):
        for key, value in flat(part, document).items():
            if key == "required":
                merged[key] = [*merged.get(key, ()), *value]
            elif key == "properties":
                merged[key] = {**merged.get(key, {}), **value}
            else:
                merged.setdefault(key, value)
    return merged


def _types(old: Schema, new: Schema, where: str, side: Side) -> Iterator[str]:
    before, after = _type(old), _type(new)
    given, taken = (before, after) if side is Side.REQUEST else (after, before)
    if taken and (not given or not given <= taken):
        yield f"{where}: type {_named(before)} became {_named(after)}"
    old_words, new_words = old.get("enum"), new.get("enum")
    if side is Side.ANSWER:
        if old_words is not None and new_words is None:
            yield f"{where}: its list of values is gone"
    elif new_words is not None:
        if old_words is None:
            yield f"{where}: only {', '.join(map(str, new_words))} are taken now"
        elif lost := [word for word in old_words if word not in new_words]:
            yield f"{where}: {', '.join(map(str, lost))} is no longer taken"


def _type(schema: Schema) -> frozenset[str]:
    if "type" not in schema:
        return frozenset()
    types = {str(schema["type"])} | ({"null"} if schema.get("nullable") else set())
    return frozenset(types | ({"integer"} if "number" in types else set()))


def _named(types: frozenset[str]) -> str:
    return " or ".join(sorted(types)) or "any"


def _bounds(old: Schema, new: Schema, where: str, side: Side) -> Iterator[str]:
    for keyword, unbound in {**_LOWER, **_UPPER}.items():
        before, after = old.get(keyword, unbound), new.get(keyword, unbound)
        tighter = after > before if keyword in _LOWER else after < before
        if before != after and tighter == (side is Side.REQUEST):
            yield f"{where}: {keyword} {_bound(before)} became {_bound(after)}"


def _bound(value: float) -> str:
    return "none" if value in (inf, -inf) else str(value)


def _opaque(old: Schema, new: Schema, where: str, side: Side) -> Iterator[str]:
    for keyword in _OPAQUE:
        before, after = old.get(keyword), new.get(keyword)
        promised = after if side is Side.REQUEST else before
        if before != after and promised not in (None, False):
            yield f"{where}: {keyword} {before!r} became {after!r}, which nobody can compare"


def _fields(old: Schema, new: Schema, where: str, side: Side, documents: Documents) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    if side is Side.REQUEST:
        yield from (f"{where}.{name}: is required now" for name in sorted(after - before))
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    for name, schema in old_fields.items():
        if name not in new_fields:
            yield f"{where}.{name}: is gone"
            continue
        if side is Side.ANSWER and name in before - after:
            yield f"{where}.{name}: need not come any more"
        yield from breaks(schema, new_fields[name], f"{where}.{name}", side, documents)
    yield from _other_fields(old, new, where, side, documents)


def _other_fields(old: Schema, new: Schema, where: str, side: Side, documents: Documents) -> Iterator[str]:
    before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from breaks(before, after, f"{where}.*", side, documents)
    elif side is Side.REQUEST and before is not False and after is not True:
        yield f"{where}: takes no other fields, or only of one kind, now"
    elif side is Side.ANSWER and isinstance(before, Mapping) and after is True:
        yield f"{where}: other fields may be anything now"


def _alternatives(old: Schema, new: Schema, where: str, side: Side, documents: Documents) -> Iterator[str]:
    for keyword in _ALTERNATIVES:
        before, after = old.get(keyword), new.get(keyword)
        if before is None and after is None:
            continue
        if before is None or after is None:
            if (side is Side.REQUEST) == (before is None):
                yield f"{where}: {keyword} {'came' if before is None else 'is gone'}"
            continue
        given, taken = (before, after) if side is Side.REQUEST else (after, before)
        for number, one in enumerate(given, 1):
            if not any(_fits(one, other, side, documents) for other in taken):
                others = "present" if side is Side.REQUEST else "released"
                yield f"{where}: alternative {number} of {keyword} fits none of the {others} ones"


def _fits(given: Schema, taken: Schema, side: Side, documents: Documents) -> bool:
    old, new = (given, taken) if side is Side.REQUEST else (taken, given)
    return next(breaks(old, new, "", side, documents), None) is None
