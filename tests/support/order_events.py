"""Order events as they are documented in workflows/events, and what each known consumer reads of them."""

import fnmatch
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from moto.sns.utils import FilterPolicyMatcher
from referencing import Registry, Resource

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "workflows" / "events" / "order-event" / "1"
_ENDING = ".schema.json"
_ENVELOPE = f"envelope{_ENDING}"
_CONSUMERS = Path(__file__).with_name("event_consumers")


@dataclass(frozen=True)
class Publication:
    """One message as a topic received it."""

    topic: str
    message: dict[str, Any]
    attributes: dict[str, str]


@dataclass(frozen=True)
class Consumer:
    """Somebody who subscribed: which messages they let through, which types (with *) they expect, what they read."""

    name: str
    topics: tuple[str, ...]
    filter_policy: dict[str, Any]
    hears: tuple[str, ...]
    reads: dict[str, Any]

    def expects(self, kind: str) -> bool:
        """Whether they say that they hear events of the type."""
        return any(fnmatch.fnmatchcase(kind, pattern) for pattern in self.hears)

    def receives(self, publication: Publication) -> bool:
        """Whether their subscriptions let the message through."""
        attributes = {name: {"Type": "String", "Value": value} for name, value in publication.attributes.items()}
        matcher = FilterPolicyMatcher(self.filter_policy, "MessageAttributes")
        return publication.topic in self.topics and matcher.matches(attributes, json.dumps(publication.message))

    def problems(self, message: dict[str, Any]) -> list[str]:
        """Say what they cannot read of a message."""
        return _findings(Draft202012Validator(self.reads), message)


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema file by its name, the envelope too."""
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob(f"*{_ENDING}"))}


@cache
def types() -> dict[str, dict[str, Any]]:
    """Return the schema of each documented type."""
    return {name.removesuffix(_ENDING): schema for name, schema in schemas().items() if name != _ENVELOPE}


def envelope() -> dict[str, Any]:
    """Return the schema that all types build on."""
    return schemas()[_ENVELOPE]


def attributes_of(message: dict[str, Any]) -> dict[str, str]:
    """Return the message attributes that a message must come with."""
    return {name: message[name] for name in envelope()["x-message-attributes"]}


def properties_of(kind: str) -> dict[str, Any]:
    """Return every property that an event of the type may have."""
    return {**envelope()["properties"], **types()[kind]["properties"]}


def required_of(kind: str) -> set[str]:
    """Return the names of the properties that an event of the type must have."""
    return {*envelope()["required"], *types()[kind].get("required", [])}


def examples() -> dict[str, dict[str, Any]]:
    """Return the example of each type, by its file's name."""
    return {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted((FOLDER / "examples").glob("*.json"))}


def problems(publication: Publication) -> Iterator[str]:
    """Say where a message differs from its documentation: what we publish may hold nothing undocumented."""
    message, kind = publication.message, publication.message.get("type")
    if kind not in types():
        yield f"the type {kind!r} has no schema in {FOLDER.relative_to(ROOT)}"
        return
    yield from _findings(_strict(kind), message)
    if publication.topic != (topic := types()[kind]["x-topic"]):
        yield f"{kind} belongs to the topic {topic}, not {publication.topic}"
    if publication.attributes != (expected := attributes_of(message)):
        yield f"message attributes are {publication.attributes}, not {expected}"


def consumers() -> list[Consumer]:
    """Return every consumer that told us what it reads."""
    declared = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(_CONSUMERS.glob("*.json"))]
    return [
        Consumer(each["consumer"], tuple(each["topics"]), each["filterPolicy"], tuple(each["hears"]), each["reads"])
        for each in declared
    ]


@cache
def _strict(kind: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas().items()
    )
    # The documents are open, so that consumers ignore what is added; what we publish ourselves is closed.
    closed = {"$ref": f"{kind}{_ENDING}", "unevaluatedProperties": False}
    return Draft202012Validator(closed, registry=registry)


def _findings(validator: Draft202012Validator, message: Any) -> list[str]:
    return sorted(f"{error.json_path}: {error.message}" for error in validator.iter_errors(message))
