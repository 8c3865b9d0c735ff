"""Every message on every path of every machine is the documented event, readable for whoever hears it."""

from collections.abc import Iterator

import pytest

from tests.rules.workflows.event_rules import publishers
from tests.rules.workflows.machine import WORKFLOWS, Machine
from tests.support import order_events
from tests.support.order_events import Publication
from tests.support.step_functions import Execution
from tests.support.workflow_engine import Engine
from tests.workflow.machines import MACHINES, cases_of
from tests.workflow.rendering import rendered, supplied

_TOPICS = {supplied(f"{topic.replace('-', '_')}_topic_arn"): topic for topic in ("order-completed", "order-failed")}
_AGAIN_SECONDS = 60


def publications(machine: Machine, execution: Execution) -> Iterator[tuple[str, Publication]]:
    """Yield each attempt to publish, with the name of its state."""
    for state in publishers(machine).keys() & set(execution.states):
        for request in execution.requests_of(state):
            attributes = {name: each["StringValue"] for name, each in request["MessageAttributes"].items()}
            topic = _TOPICS.get(request["TopicArn"], request["TopicArn"])
            yield state, Publication(topic, request["Message"], attributes)


@pytest.fixture(scope="module")
def published(request: pytest.FixtureRequest) -> dict[tuple[str, str], list[tuple[str, Publication]]]:
    """Give what every case of every machine published, attempt by attempt."""
    found = {}
    for name in MACHINES:
        run, machine = request.getfixturevalue(name), _machine(name)
        for case in cases_of(name).cases():
            if attempts := list(publications(machine, run(case))):
                found[name, case] = attempts
    return found


def test_every_state_that_publishes_was_heard(published):
    heard = {(name, state) for (name, _), attempts in published.items() for state, _ in attempts}
    assert heard == {(name, state) for name in MACHINES for state in publishers(_machine(name))}


def test_every_message_is_the_documented_event_on_its_topic_with_its_attributes(published):
    findings = {
        (*path, state): found
        for path, attempts in published.items()
        for state, publication in attempts
        if (found := list(order_events.problems(publication)))
    }
    assert findings == {}


@pytest.mark.parametrize("consumer", order_events.consumers(), ids=lambda consumer: str(consumer.name))
def test_a_consumer_hears_exactly_its_types_on_every_path_and_can_read_each(published, consumer):
    messages = [publication for attempts in published.values() for _, publication in attempts]
    heard = [publication for publication in messages if consumer.receives(publication)]
    expected = [publication for publication in messages if consumer.expects(publication.message["type"])]
    assert heard == expected
    assert heard != []
    assert [found for publication in heard if (found := consumer.problems(publication.message))] == []


def test_an_attempt_that_is_repeated_repeats_its_message_word_for_word(published):
    repeated = [attempts for attempts in published.values() if len(attempts) > 1]
    assert repeated != [], "no case repeats a publish"
    assert [attempts for attempts in repeated if any(each != attempts[0] for each in attempts)] == []


def test_one_thing_that_happened_to_an_order_has_one_event_id_on_all_paths_repair_included(published):
    ids: dict[tuple[str, str], set[str]] = {}
    for attempts in published.values():
        for _, publication in attempts:
            message = publication.message
            ids.setdefault((message["orderId"], message["type"]), set()).add(message["eventId"])
    assert {thing: found for thing, found in ids.items() if len(found) != 1} == {}
    assert len(set().union(*ids.values())) == len(ids), "two things that happened share an event id"
    # A repair ends as FAILED, as does a first execution: both are among the paths.
    assert {("order_processing", "Abandoned"), ("order_processing", "PaymentNeverAnswers")} <= published.keys()


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("order_processing", "Confirmed"),
        ("order_processing", "OutOfStock"),
        ("order_processing", "Declined"),
        ("order_processing", "PaymentNeverAnswers"),
        ("order_cancellation", "Cancelled"),
    ],
)
def test_the_same_way_taken_again_by_another_execution_publishes_the_same_event_id(
    published, engine: Engine, name, case
):
    # Given
    first = published[name, case]
    cases = cases_of(name)
    machine = engine.create(cases.MACHINE, rendered(cases.DEFINITION.read_text(encoding="utf-8")))
    # When
    execution = engine.start(machine, case, f"{case}-again", cases.input_of(case))
    again = list(publications(_machine(name), engine.finished(execution, _AGAIN_SECONDS)))
    # Then
    assert [each.message["eventId"] for _, each in again] == [each.message["eventId"] for _, each in first]


def _machine(name: str) -> Machine:
    return Machine.read(WORKFLOWS / f"{name}.asl.json")
