"""cancel_order and order_cancellation write the same: whoever is first, the order says the same afterwards."""

from types import SimpleNamespace
from typing import Any

from orderflow.orders.cancellation_store import DynamoCancellationStore
from orderflow.orders.cancelling import Cancellation
from orderflow.orders.open_orders import GROUP
from orderflow.orders.order import StatusReason
from orderflow.orders.status import CANCELLABLE, Actor
from orderflow.runtime.trail import Author
from tests.rules.workflows.machine import WORKFLOWS, Machine
from tests.support.frozen import START
from tests.support.orders import order

MACHINE = Machine.read(WORKFLOWS / "order_cancellation.asl.json")
CLAIM = MACHINE.tasks["CancelOrder"]["Parameters"]


def written() -> dict[str, Any]:
    """Return the request that the function's store sends."""
    requests: list[dict[str, Any]] = []
    client = SimpleNamespace(transact_write_items=lambda **request: requests.append(request))
    store = DynamoCancellationStore(client, "orders", author=Author("trail", "customer-1", "request-1"))
    store.cancel(order(), Cancellation("an-order", Actor.CUSTOMER, StatusReason("CODE", "words"), "c-1"), START)
    update: dict[str, Any] = requests[0]["TransactItems"][0]["Update"]
    # The function also insists on what it read, for its entry in the trail.
    assert update["ExpressionAttributeValues"].pop(":read") == {"S": "PENDING"}
    assert update["ConditionExpression"].startswith("#status = :read AND (")
    return {**update, "ConditionExpression": update["ConditionExpression"].partition("(")[2].rstrip(")")}


def shape(value: Any) -> Any:
    """Return a request without its values: paths and what they are filled with are one."""
    if isinstance(value, dict):
        return {key.removesuffix(".$"): shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else "value"


def test_both_move_an_order_from_the_same_statuses_and_nothing_else() -> None:
    sources = {f":{status.value.lower()}": {"S": status.value} for status in CANCELLABLE}
    for request in (written(), CLAIM):
        values = request["ExpressionAttributeValues"]
        assert {name: values[name] for name in sources} == sources
        assert sorted(request["ConditionExpression"].split(" OR ")) == sorted(f"#status = {name}" for name in sources)


def test_both_write_the_same_attributes() -> None:
    mine, theirs = written(), CLAIM
    # The machine also assigns what it wants to be answered to itself.
    answered = ", userId = userId, #total = #total, currency = currency"
    assert theirs["UpdateExpression"] == mine["UpdateExpression"] + answered
    assert shape(mine["ExpressionAttributeValues"]) == shape(theirs["ExpressionAttributeValues"])


def test_both_list_the_order_for_the_sweeper_and_only_what_settles_it_takes_it_out() -> None:
    for request in (written(), CLAIM):
        assert request["UpdateExpression"].count("openGroup = :group, checkAfter = :now") == 1
        assert request["ExpressionAttributeValues"][":group"] == {"S": GROUP}
    settling = MACHINE.tasks["RecordCancellation"]["Parameters"]["UpdateExpression"]
    assert settling.endswith(" REMOVE openGroup, checkAfter")


def test_the_machine_looks_for_the_same_statuses_when_its_claim_was_not_answered() -> None:
    [way] = [way for way in MACHINE.states["IsOrderCancelled"]["Choices"] if "Or" in way]
    assert {test["StringEquals"] for test in way["Or"]} == {status.value for status in CANCELLABLE}
