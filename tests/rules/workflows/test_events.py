"""What the machines publish is what workflows/events describes, and whoever reads it is served."""

import re
from copy import deepcopy

import pytest

from tests.rules.workflows import event_rules
from tests.rules.workflows.machine import MACHINE_FILES, ROOT, Machine
from tests.support import order_events
from tests.support.order_events import Publication

MACHINES = [pytest.param(Machine.read(path), id=path.name.removesuffix(".asl.json")) for path in MACHINE_FILES]
RULES = (event_rules.undocumented_events, event_rules.unlike_attributes, event_rules.unstable_event_ids)
PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
every_type = pytest.mark.parametrize("kind", order_events.types())


def example(kind: str, **changes: object) -> Publication:
    message = {**order_events.examples()[kind], **changes}
    return Publication(order_events.types()[kind]["x-topic"], message, order_events.attributes_of(message))


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(event_rules.undocumented_events, id="what it publishes has a schema"),
        pytest.param(event_rules.unlike_attributes, id="subscribers can filter by what the message says"),
        pytest.param(event_rules.unstable_event_ids, id="a copy of an event has the event's id"),
    ],
)
def test_the_machine_keeps_the_rule(machine, rule):
    assert list(rule(machine)) == []


def test_there_is_a_machine_that_publishes():
    assert any(event_rules.publishers(param.values[0]) for param in MACHINES)


def published_by(parameters: dict) -> list[str]:
    task = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": parameters, "End": True}
    machine = Machine("sample", {"StartAt": "Notify", "States": {"Notify": task}})
    return [finding for rule in RULES for finding in rule(machine)]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"Message": {"giftWrap": True}}, "order.completed.schema.json has no giftWrap"),
        ({"Message": {"coupon.$": "$.coupon"}}, "order.completed.schema.json has no coupon"),
        ({"Message": {"userId.$": None}}, "lacks userId"),
        (
            {"Message": {"type": "order.gifted"}},
            "the type order.gifted, which workflows/events does not describe",
        ),
        ({"Message": {"status": "DELIVERED"}}, "status is DELIVERED"),
        ({"TopicArn": "${order_failed_topic_arn}"}, "publishes to ${order_failed_topic_arn}"),
        ({"Message": {"eventId.$": "States.Format('{}#{}', $.orderId, States.UUID())"}}, "the eventId must be"),
        ({"Message": {"eventId.$": "States.Format('{}#CONFIRMED', $$.Execution.Name)"}}, "the eventId must be"),
        ({"MessageAttributes": {"type": None}}, "lacks the message attribute type"),
        ({"MessageAttributes": {"zone": {"DataType": "String", "StringValue": "eu"}}}, "zone is no documented"),
        ({"MessageAttributes": {"status": {"DataType": "String", "StringValue": "FAILED"}}}, "the attribute status"),
    ],
)
def test_the_rules_bite(change, finding):
    # Given what NotifyOrderCompleted publishes, with nothing to find
    parameters = deepcopy(Machine.read(ROOT / "workflows" / "order_processing.asl.json").tasks["NotifyOrderCompleted"])
    parameters = parameters["Parameters"]
    assert published_by(parameters) == []
    # When one thing is changed, or taken out
    for key, value in change.items():
        parameters[key] = {**parameters[key], **value} if isinstance(value, dict) else value
        if isinstance(value, dict):
            parameters[key] = {name: each for name, each in parameters[key].items() if each is not None}
    # Then
    assert any(finding in found for found in published_by(parameters)), published_by(parameters)


@every_type
def test_the_example_of_a_type_is_what_its_schema_says(kind):
    assert list(order_events.problems(example(kind))) == []


def test_every_type_has_one_example():
    assert set(order_events.examples()) == set(order_events.types())


@every_type
def test_a_type_is_announced_on_the_page_with_its_topic_and_status(kind):
    schema = order_events.types()[kind]
    declared = schema["properties"]["status"]
    status = ", ".join(declared.get("enum") or [declared["const"]])
    assert re.search(rf"^\| `{re.escape(kind)}` \| {schema['x-topic']} \| {status} \|", PAGE, re.MULTILINE), (
        f"docs/events.md lacks a row | `{kind}` | {schema['x-topic']} | {status} | … |"
    )


@every_type
def test_a_type_is_published_by_something(kind):
    states = [event_rules.publishers(param.values[0]).values() for param in MACHINES]
    published = {parameters["Message"].get("type") for each in states for parameters in each}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert kind in published or f'"{kind}"' in source, f"{kind} is documented and never published"


@pytest.mark.parametrize(
    "change", [{"orderId": "17"}, {"total": "3998"}, {"total": 39.98}, {"at": "yesterday"}, {"email": "a"}]
)
def test_a_message_that_breaks_its_documentation_is_found(change):
    assert list(order_events.problems(example("order.completed", **change))) != []


def test_a_field_that_is_added_breaks_no_consumer():
    for kind in order_events.types():
        later = example(kind, addedLater={"anything": 1})
        heard = [consumer for consumer in order_events.consumers() if consumer.receives(later)]
        assert [consumer.problems(later.message) for consumer in heard] == [[]] * len(heard)


@pytest.mark.parametrize("consumer", order_events.consumers(), ids=lambda consumer: str(consumer.name))
def test_a_consumer_hears_the_types_it_expects_and_can_read_them(consumer):
    assert any(consumer.expects(kind) for kind in order_events.types())
    heard = {kind for kind in order_events.types() if consumer.receives(example(kind))}
    assert heard == {kind for kind in order_events.types() if consumer.expects(kind)}
    assert {kind: found for kind in heard if (found := consumer.problems(example(kind).message))} == {}


@pytest.mark.parametrize("field", ["eventId", "orderId"])
def test_a_field_that_is_taken_away_breaks_every_consumer(field):
    for consumer in order_events.consumers():
        for kind in filter(consumer.expects, order_events.types()):
            message = {name: value for name, value in example(kind).message.items() if name != field}
            assert consumer.problems(message) != []
