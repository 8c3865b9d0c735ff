"""What a state publishes, against the documented events: a field or type without schema is found before it is sent."""

import re
from collections.abc import Iterator
from typing import Any

from tests.rules.workflows.machine import Machine
from tests.support import order_events

# Of the order's id, the words for what happened, and, where it can happen twice, the id of what it happened to.
_STABLE_ID = re.compile(r"States\.Format\('\{\}#[A-Z][A-Z_]*(#\{\})?', \$\.orderId(, \$(\.\w+)+)?\)")


def publishers(machine: Machine) -> dict[str, dict[str, Any]]:
    """Return the parameters of each state that publishes to a topic."""
    return {name: task["Parameters"] for name, task in machine.tasks.items() if "sns:publish" in task["Resource"]}


def undocumented_events(machine: Machine) -> Iterator[str]:
    """A message that its schema does not describe: unknown type or field, missing field, other topic or status."""
    for name, parameters in publishers(machine).items():
        message = parameters["Message"]
        kind = message.get("type")
        if kind not in order_events.types():
            known = ", ".join(order_events.types())
            yield f"{name} publishes the type {kind}, which workflows/events does not describe; it describes {known}"
            continue
        schema, properties = order_events.types()[kind], order_events.properties_of(kind)
        fields = {field.removesuffix(".$") for field in message}
        yield from (f"{name}: {kind}.schema.json has no {field}" for field in sorted(fields - properties.keys()))
        missing = order_events.required_of(kind) - fields
        yield from (f"{name} lacks {field}, which {kind}.schema.json promises" for field in sorted(missing))
        for field, described in properties.items():
            if "const" in described and field in message and message[field] != described["const"]:
                yield f"{name}: {field} is {message[field]}, and {kind}.schema.json says {described['const']}"
        topic = f"${{{schema['x-topic'].replace('-', '_')}_topic_arn}}"
        if parameters.get("TopicArn") != topic:
            yield f"{name} publishes to {parameters.get('TopicArn')}, and {kind}.schema.json says {topic}"


def unlike_attributes(machine: Machine) -> Iterator[str]:
    """Message attributes that subscribers could not filter by: missing, unknown, or other than the message says."""
    for name, parameters in publishers(machine).items():
        message, attributes = parameters["Message"], parameters.get("MessageAttributes", {})
        promised = set(order_events.envelope()["x-message-attributes"])
        yield from (f"{name} lacks the message attribute {each}" for each in sorted(promised - attributes.keys()))
        yield from (f"{name}: {each} is no documented attribute" for each in sorted(attributes.keys() - promised))
        for each in sorted(promised & attributes.keys()):
            value = {field.removesuffix(".$"): text for field, text in message.items()}.get(each)
            said = attributes[each].get("StringValue.$", attributes[each].get("StringValue"))
            if attributes[each].get("DataType") != "String" or said != value:
                yield f"{name}: the attribute {each} must be the String that the message says, {value}"


def unstable_event_ids(machine: Machine) -> Iterator[str]:
    """An eventId that a second execution or a repeat would make anew: a consumer could not drop the copy."""
    for name, parameters in publishers(machine).items():
        event_id = parameters["Message"].get("eventId.$", "")
        if not _STABLE_ID.fullmatch(event_id):
            yield f"{name}: the eventId must be <orderId>#<WHAT>, or <orderId>#<WHAT>#<id>; it is {event_id or 'none'}"
