"""Under load: orders come in about as fast as a bare request, none is lost or doubled, and stock ends where it must."""

from tools import bench_api, bench_storm
from tools.cost import __main__ as cost
from tools.cost.bill import bill, price_list
from tools.target import Target

BURST = 500
FAULTY = 150
MOST_TRANSITIONS = 11


def test_placing_an_order_takes_at_most_twice_as_long_as_a_bare_request(stack) -> None:
    customer = bench_api.signed_in(stack.output("api_endpoint"))
    assert bench_api.compare(customer) <= bench_api.BAR
    bench_api.settle(customer, bench_api.WARM_UP + bench_api.ROUNDS)


def test_a_burst_of_orders_is_confirmed_whole_each_once_with_exact_stock(stack) -> None:
    customer = bench_api.signed_in(stack.output("api_endpoint"))
    assert bench_api.burst(Target(stack.local.outputs(), stack.local.endpoint), customer, BURST) == []


def test_a_burst_while_aws_calls_fail_is_confirmed_each_once_beside_a_workflow_of_one_pass(stack) -> None:
    sqs, queue = stack.client("sqs"), stack.output("order_queue_url")
    given = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    # A message that failed comes again after seconds, not after the three minutes that production waits.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "35"})
    try:
        assert bench_storm.run(stack.local, FAULTY, 0.05) == []
    finally:
        stack.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes=given)


def test_a_confirmed_order_takes_eleven_transitions_at_most_and_its_bill_has_every_item(stack) -> None:
    measured = cost.run(stack.local, 10)
    prices = price_list()
    lines = {line.key: line.per_order for line in bill(measured.used, measured.orders, prices)}
    assert lines["stepfunctions-transition"] <= MOST_TRANSITIONS
    assert (lines["apigateway-request"], lines["sns-publish"]) == (1, 1)
    assert lines["lambda-request"] >= 3
    assert lines["dynamodb-write-unit"] > lines["dynamodb-read-unit"] > 0
    assert {"sqs-request", "logs-gb"} < lines.keys()
