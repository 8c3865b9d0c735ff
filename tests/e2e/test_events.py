"""Events as subscribers get them: documented, filtered, and the same when they come twice."""

import json
import time

import pytest

from tests.e2e.function_logs import lines
from tests.e2e.shop import Shop
from tests.support import order_events
from tests.support.order_events import Publication

OUTPUTS = {
    "order-completed": "order_completed_topic_arn",
    "order-failed": "order_failed_topic_arn",
    "order-review": "order_review_topic_arn",
}


@pytest.fixture
def inboxes(request, listen) -> dict[str, list]:
    """Give the inboxes of every known consumer: one a topic, behind their filter policy, in the scope asked for."""
    return {
        consumer.name: [
            listen(OUTPUTS[topic], FilterPolicy=json.dumps(consumer.filter_policy), FilterPolicyScope=request.param)
            for topic in consumer.topics
        ]
        for consumer in order_events.consumers()
    }


def heard(inboxes: list, order_ids: set[str]) -> list[dict]:
    notices = [notice for inbox in inboxes for notice in inbox.everything(quiet_seconds=2)]
    return [notice for notice in notices if notice["orderId"] in order_ids]


# The emulator drops the attributes of what Step Functions publishes: by the body, the same policies filter there.
@pytest.mark.parametrize("inboxes", ["MessageBody"], indirect=True)
def test_each_consumer_gets_its_events_of_real_orders_as_they_are_documented(customer: Shop, listen, inboxes) -> None:
    # Given somebody who hears everything, and everybody who filters
    everything = [listen(output) for output in OUTPUTS.values()]
    # When orders end in each way that a customer can bring about
    placed = [
        customer.order(("ITEM002", 1)),
        customer.order(("LIMITED-1", 11)),
        customer.order(("ITEM002", 1), token="sandbox_decline"),
    ]
    order_ids = {answer.json()["orderId"] for answer in placed}
    for order_id in order_ids:
        customer.finished(order_id)
    cancelled = placed[0].json()["orderId"]
    assert customer.call("DELETE", f"/orders/{cancelled}").status_code == 202
    deadline = time.monotonic() + 60
    while len(told := heard(everything, order_ids)) < len(order_ids) + 1:
        assert time.monotonic() < deadline, f"only heard {[notice['type'] for notice in told]}"
    # Then
    assert sorted(notice["type"] for notice in told) == [
        "order.cancelled",
        "order.completed",
        "order.payment_failed",
        "order.rejected",
    ]
    for notice in told:
        topic = order_events.types()[notice["type"]]["x-topic"]
        assert list(order_events.problems(Publication(topic, notice, order_events.attributes_of(notice)))) == []
    for consumer in order_events.consumers():
        got = heard(inboxes[consumer.name], order_ids)
        expected = [notice["eventId"] for notice in told if consumer.expects(notice["type"])]
        assert sorted(notice["eventId"] for notice in got) == sorted(expected)
        assert [found for notice in got if (found := consumer.problems(notice))] == []


@pytest.mark.parametrize("inboxes", ["MessageAttributes"], indirect=True)
def test_a_notice_that_an_operator_publishes_twice_passes_the_filters_of_its_readers_with_one_event_id(
    stack, inboxes
) -> None:
    # Given the events as they would be lost, and what the runbook has an operator send: message and attributes
    sns, events = stack.client("sns"), order_events.examples()
    for event in [*events.values(), *events.values()]:
        sns.publish(
            TopicArn=stack.output(OUTPUTS[order_events.types()[event["type"]]["x-topic"]]),
            Message=json.dumps(event),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in order_events.attributes_of(event).items()
            },
        )
    # Then
    order_ids = {event["orderId"] for event in events.values()}
    for consumer in order_events.consumers():
        got = [notice["eventId"] for notice in heard(inboxes[consumer.name], order_ids)]
        expected = {event["eventId"] for event in events.values() if consumer.expects(event["type"])}
        assert (set(got), len(got)) == (expected, 2 * len(expected))


def test_the_log_lines_that_are_read_for_secrets_are_those_of_real_requests(customer: Shop, stack) -> None:
    # Given
    order_id = customer.order(("ITEM002", 1), token="sandbox_approve").json()["orderId"]
    customer.finished(order_id)
    # Then the function's own line about it is among them, without what was paid with
    group = f"/aws/lambda/{stack.output('function_names')['place_order']}"
    deadline = time.monotonic() + 30
    while not (about_it := [line for line in lines(stack.client("logs"), group) if order_id in line]):
        assert time.monotonic() < deadline, f"no line of {group} names {order_id}"
        time.sleep(0.5)
    assert any('"event":"ORDER_PLACED"' in line.replace(": ", ":") for line in about_it)
