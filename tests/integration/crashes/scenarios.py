"""What happens in a shop, for the crash matrix: together these reach every write there is.

A write that no scenario reaches fails the build: add a scenario, or lead one there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orderflow.catalog import product_records
from orderflow.catalog.product import Product, ProductFacts
from orderflow.feedback.feedback import feedback_id_of
from orderflow.runtime.dynamo import to_item
from tests.support.asl.run import Run, TaskError
from tests.support.gateway import event
from tests.support.simulation.account import Shop, plain
from tests.support.simulation.judge import Expected
from tests.support.simulation.states import stamp

APPROVED = "sandbox_approve"
CUSTOMER, PRODUCT, PRICE, QUANTITY = "customer-1", "ITEM001", 1999, 2
DENIED = TaskError("DynamoDB.AccessDeniedException", "not authorized")
GONE = TaskError("SNS.NotFoundException", "Topic does not exist")
BUG = TaskError("TypeError", '{"errorMessage": "a defect nobody foresaw", "errorType": "TypeError"}')

Act = Callable[[Shop], list[str]]


@dataclass(frozen=True)
class Scenario:
    """`act` does what people do, and returns the orders that were answered 202; then the shop is left alone."""

    name: str
    act: Act
    expected: Expected
    broken: Mapping[tuple[str, str], TaskError] = field(default_factory=dict)


def stocked(shop: Shop, units: int) -> None:
    """Put the one product on sale."""
    at = stamp(shop.now)
    product = Product(PRODUCT, ProductFacts("Enamel mug", "kitchen", PRICE, ""), "EUR", at, at)
    counters = {"productId": PRODUCT, "available": units, "reserved": 0, "sold": 0, "updatedAt": at}
    dynamodb = plain("dynamodb")
    dynamodb.put_item(TableName=shop.tables["products"], Item=to_item(product_records.to_record(product)))
    dynamodb.put_item(TableName=shop.tables["stock"], Item=to_item(counters))


def placed(shop: Shop, token: str = APPROVED, *, key: str | None = "a-key-of-the-client") -> list[str]:
    """Place an order; a client with a key repeats what is not answered, one without must not."""
    body = {
        "items": [{"productId": PRODUCT, "quantity": QUANTITY}],
        "shippingAddress": {"street": "Am Markt 1", "city": "Jena", "zipCode": "07743", "country": "DE"},
        "paymentMethod": {"token": token},
    }
    headers = {"Idempotency-Key": key} if key else {}
    answer = shop.ask("place_order", event(user=CUSTOMER, body=body, headers=headers), tries=3 if key else 1)
    return [answer["body"]["orderId"]] if answer and answer["statusCode"] == 202 else []


def cancelled(shop: Shop, order_id: str, tries: int = 3) -> Any:
    """Ask for the order to be cancelled."""
    return shop.ask("cancel_order", event(user=CUSTOMER, path={"orderId": order_id}), tries)


def readdressed(shop: Shop, order_id: str, street: str) -> None:
    """Read the order, and have it sent elsewhere on what was read."""
    path = {"orderId": order_id}
    read = shop.ask("get_order", event(user=CUSTOMER, path=path))
    if read:
        address = {"street": street, "city": "Jena", "zipCode": "07743", "country": "DE"}
        body = {"version": read["body"]["version"], "shippingAddress": address}
        shop.ask("update_order", event(user=CUSTOMER, path=path, body=body))


def run_of(shop: Shop, order_id: str) -> Run:
    """Dispatch the order and return its first execution."""
    for _ in range(3):
        shop.deliver()
    (run,) = (run for run in shop.states.runs.values() if run.arn.endswith(f":{order_id}"))
    return run


def until(run: Run, state: str) -> Run:
    """Let an execution go on until it stands before a state, or ended."""
    while run.status == "RUNNING" and run.state != state:
        run.step()
    return run


def buys(token: str, *, key: str | None = "a-key-of-the-client") -> Act:
    return lambda shop: placed(shop, token, key=key)


def cancels_before(state: str, *, first: bool, tries: int = 3) -> Act:
    """Cancel when order_processing stands before a state; `first`: the cancellation runs before it goes on."""

    def act(shop: Shop) -> list[str]:
        (order_id,) = placed(shop)
        run = until(run_of(shop, order_id), state)
        cancelled(shop, order_id, tries)
        if first:
            finish(shop, f"cancel-{order_id}")
        run.go()
        return [order_id]

    return act


def finish(shop: Shop, name: str) -> None:
    """Let the execution of that name run to its end, when it was started."""
    for run in list(shop.states.runs.values()):
        if run.arn.endswith(f":{name}"):
            run.go()


def is_readdressed(shop: Shop) -> list[str]:
    """Change the address while the order is processed, and again when it is confirmed."""
    (order_id,) = placed(shop)
    run = until(run_of(shop, order_id), "ConfirmOrder")
    readdressed(shop, order_id, "Holzmarkt 2")
    run.go()
    readdressed(shop, order_id, "Holzmarkt 3")
    return [order_id]


def cancels_at_once(shop: Shop) -> list[str]:
    (order_id,) = placed(shop)
    cancelled(shop, order_id)
    return [order_id]


def cancels_slowly(shop: Shop) -> list[str]:
    """Cancel, and let the cancellation's execution write before the function does."""
    (order_id,) = placed(shop)
    shop.states.eager = "order_cancellation"
    cancelled(shop, order_id)
    return [order_id]


def paid(shop: Shop, order_id: str, token: str) -> Any:
    """Pay an order on request, as a client does who repeats what is not answered."""
    body = {"orderId": order_id, "paymentMethod": {"token": token}}
    return shop.ask("pay_order", event(user=CUSTOMER, body=body, headers={"Idempotency-Key": "a-key-for-paying"}))


def pays(token: str) -> Act:
    """Pay on request before the order comes to its own payment."""

    def act(shop: Shop) -> list[str]:
        (order_id,) = placed(shop)
        run = until(run_of(shop, order_id), "ReserveStock")
        paid(shop, order_id, token)
        run.go()
        return [order_id]

    return act


def cancels_before_capture(shop: Shop) -> list[str]:
    """Cancel while the amount is held, and not yet taken."""
    (order_id,) = placed(shop)
    run = until(run_of(shop, order_id), "ReserveStock")
    shop.pays_while_asked = False
    paid(shop, order_id, APPROVED)
    payments = [each for each in shop.states.running() if each.machine == "payment"]
    for payment in payments:
        until(payment, "CapturePayment")
    cancelled(shop, order_id)
    finish(shop, f"cancel-{order_id}")
    for each in (*payments, run):
        each.go()
    return [order_id]


def stops_before(state: str, token: str = APPROVED) -> Act:
    """Stop the execution from outside: only the sweeper can help."""

    def act(shop: Shop) -> list[str]:
        (order_id,) = placed(shop, token)
        run = until(run_of(shop, order_id), state)
        if run.status == "RUNNING":
            run.stop()
        return [order_id]

    return act


def asks_as_admin(shop: Shop, function: str, order_id: str, key: str, **body: Any) -> Any:
    """Send an administrator's request, again when nobody answers; return the answer's body, None without one."""
    headers = {"Idempotency-Key": f"a-key-of-the-admin-{key}"}
    request = event(user="admin-1", groups="[admin staff]", path={"orderId": order_id}, headers=headers, body=body)
    answer = shop.ask(function, request)
    return answer["body"] if answer else None


def is_fulfilled(shop: Shop) -> list[str]:
    """Ship everything, deliver it, take one piece back and refund it."""
    (order_id,) = placed(shop)
    shop.settle()
    shipped = asks_as_admin(shop, "ship_order", order_id, "ship")
    if shipped:
        asks_as_admin(shop, "deliver_order", order_id, "deliver", shipmentId=shipped["shipmentId"])
        piece = [{"productId": PRODUCT, "quantity": 1}]
        asks_as_admin(shop, "return_order", order_id, "return", lines=piece, restock=True, reason="broken")
        asks_as_admin(shop, "refund_order", order_id, "refund", amount=PRICE, reason="broken")
    return [order_id]


def is_counted(shop: Shop) -> list[str]:
    """Count the order when it is confirmed, and again when it is shipped."""
    shop.streamed = {}
    (order_id,) = placed(shop)
    shop.settle()
    shop.count()
    asks_as_admin(shop, "ship_order", order_id, "ship")
    shop.count()
    return [order_id]


def ships_while_the_topic_is_busy(shop: Shop) -> list[str]:
    (order_id,) = placed(shop)
    shop.settle()
    shop.topics.busy = 1
    asks_as_admin(shop, "ship_order", order_id, "ship")
    return [order_id]


def judged(shop: Shop, order_id: str) -> str:
    """Judge the order; return the feedback's id, which is also known without an answer."""
    shop.ask("give_feedback", event(user=CUSTOMER, body={"orderId": order_id, "rating": 4, "comment": "sturdy"}))
    return feedback_id_of(order_id)


def is_judged(shop: Shop) -> list[str]:
    """Judge an order on its way, change one's mind once it is confirmed, and have it removed."""
    (order_id,) = placed(shop)
    path = {"feedbackId": judged(shop, order_id)}
    shop.settle()
    shop.ask("update_feedback", event(user=CUSTOMER, path=path, body={"version": 1, "rating": 1}))
    shop.ask("delete_feedback", event(user="admin-1", groups="[admin staff]", path=path))
    return [order_id]


def is_judged_and_counted(shop: Shop) -> list[str]:
    """Count the rating when it is given, when it is changed, and once more when its order is cancelled."""
    shop.streamed = {}
    (order_id,) = placed(shop)
    run_of(shop, order_id).go()
    path = {"feedbackId": judged(shop, order_id)}
    shop.count()
    shop.ask("update_feedback", event(user=CUSTOMER, path=path, body={"version": 1, "rating": 1}))
    shop.count()
    cancelled(shop, order_id)
    shop.settle()
    shop.count()
    return [order_id]


def is_judged_and_cancelled(shop: Shop) -> list[str]:
    """Cancel an order whose feedback counts."""
    (order_id,) = placed(shop)
    run_of(shop, order_id).go()
    judged(shop, order_id)
    cancelled(shop, order_id)
    shop.settle()  # a run that is killed while the order comes to rest leaves its feedback to the next
    return [order_id]


def is_reviewed(decision: str | None, *, busy: int = 0) -> Act:
    """Let a person decide about the order; None when nobody does in time. `busy`: messages that are turned away."""

    def act(shop: Shop) -> list[str]:
        shop.numbers["review_threshold"] = 1
        shop.topics.busy = busy
        (order_id,) = placed(shop)
        run_of(shop, order_id).go()
        shop.advance(minutes=16)
        shop.dies("sweep_orders", {})
        if decision:
            asks_as_admin(shop, "review_order", order_id, "review", decision=decision, reason="looked at")
        else:
            shop.advance(days=3)
        return [order_id]

    return act


def stops_its_cancellation(shop: Shop) -> list[str]:
    """Stop the execution that gives back when half of it is done: only the sweeper can help."""
    (order_id,) = placed(shop)
    run_of(shop, order_id).go()
    cancelled(shop, order_id)
    for run in list(shop.states.runs.values()):
        if run.arn.endswith(f":cancel-{order_id}") and until(run, "ReleaseStock").status == "RUNNING":
            run.stop()
    return [order_id]


def loses_the_message(shop: Shop) -> list[str]:
    order_ids = placed(shop)
    shop.queue.messages.clear()
    return order_ids


def delivers_twice(shop: Shop) -> list[str]:
    (order_id,) = placed(shop)
    run_of(shop, order_id).go()
    shop.queue.send_message(MessageBody={"orderId": order_id, "correlationId": "request-1"})
    return [order_id]


def is_left_in_the_index(shop: Shop) -> list[str]:
    (order_id,) = placed(shop)
    shop.settle()
    plain("dynamodb").update_item(
        TableName=shop.tables["orders"],
        Key=to_item({"orderId": order_id}),
        UpdateExpression="SET openGroup = :group, checkAfter = :at",
        ExpressionAttributeValues=to_item({":group": "open", ":at": stamp(shop.now)}),
    )
    return [order_id]


def generates(shop: Shop) -> list[str]:
    for _ in range(3):  # Lambda repeats an event that failed twice
        if not shop.dies("generate_orders", {"seed": 7, "count": 1}):
            break
    return []


def ends(*statuses: str, **facts: Any) -> Expected:
    return Expected(frozenset(statuses), **facts)


_LOST = frozenset({"OrderNoticesLost"})
_OWED = frozenset({"money-is-given-back", "cancellations-are-finished"})
_STATES = ("ReserveStock", "ProcessPayment", "ConfirmOrder", "NotifyOrderCompleted", "the end")

SCENARIOS = (
    Scenario("approved", buys(APPROVED), ends("CONFIRMED")),
    Scenario(
        "placed without a key, and the client gives up",
        buys(APPROVED, key=None),
        ends("CONFIRMED", orders=frozenset({0, 1})),
    ),
    Scenario("the provider fails twice", buys("sandbox_error_500_2"), ends("CONFIRMED")),
    Scenario("declined", buys("sandbox_decline"), ends("PAYMENT_FAILED")),
    Scenario("out of stock", buys(APPROVED), ends("REJECTED", stocked=QUANTITY - 1)),
    Scenario("the provider never answers", buys("sandbox_timeout"), ends("FAILED")),
    Scenario("delivered twice", delivers_twice, ends("CONFIRMED")),
    Scenario("the message is lost", loses_the_message, ends("CONFIRMED")),
    Scenario("left in the index", is_left_in_the_index, ends("CONFIRMED")),
    Scenario("shipped, delivered, returned and refunded", is_fulfilled, ends("DELIVERED")),
    Scenario("shipped, and counted meanwhile", is_counted, ends("SHIPPED")),
    Scenario("shipped while the topic is busy", ships_while_the_topic_is_busy, ends("SHIPPED")),
    Scenario("reviewed and approved", is_reviewed("approve"), ends("CONFIRMED")),
    Scenario("reviewed, and asked for twice", is_reviewed("approve", busy=1), ends("CONFIRMED")),
    Scenario("reviewed and rejected", is_reviewed("reject"), ends("REJECTED")),
    Scenario("never reviewed", is_reviewed(None), ends("REJECTED")),
    Scenario("judged, changed and removed", is_judged, ends("CONFIRMED")),
    Scenario("judged and cancelled", is_judged_and_cancelled, ends("CANCELLED")),
    Scenario("judged, changed, cancelled, and counted meanwhile", is_judged_and_counted, ends("CANCELLED")),
    Scenario("generated", generates, ends("CONFIRMED", customer="generator")),
    Scenario("sent elsewhere while it is processed", is_readdressed, ends("CONFIRMED")),
    Scenario("cancelled at once", cancels_at_once, ends("CANCELLED")),
    Scenario("cancelled by an execution that is faster than its function", cancels_slowly, ends("CANCELLED")),
    Scenario("cancelled between hold and capture", cancels_before_capture, ends("CANCELLED")),
    Scenario("paid on request", pays(APPROVED), ends("CONFIRMED")),
    Scenario("declined on request, then paid", pays("sandbox_decline"), ends("CONFIRMED")),
    Scenario(
        "the payment cannot be let go of",
        buys("sandbox_timeout"),
        ends("FAILED", counted=frozenset({"PaymentsUnsettled"})),
        {("payment", "VoidPayment"): BUG},
    ),
    *(
        Scenario(f"cancelled before {state}, {order}", cancels_before(state, first=first), ends("CANCELLED"))
        for state, first, order in (
            *((state, True, "cancellation first") for state in _STATES),
            *((state, False, "order first") for state in _STATES[1:3]),
        )
    ),
    Scenario(
        "cancelled before ConfirmOrder, and the client gives up",
        cancels_before("ConfirmOrder", first=False, tries=1),
        ends("CANCELLED", "CONFIRMED"),
    ),
    *(Scenario(f"stopped before {state}", stops_before(state), ends("FAILED")) for state in _STATES[:-2]),
    Scenario("stopped before ValidateOrder", stops_before("ValidateOrder"), ends("CONFIRMED")),
    Scenario("stopped before ReleaseStock", stops_before("ReleaseStock", "sandbox_timeout"), ends("FAILED")),
    Scenario(
        "the topic is gone",
        buys(APPROVED),
        ends("CONFIRMED", counted=_LOST),
        {("order_processing", "NotifyOrderCompleted"): GONE},
    ),
    Scenario(
        "the confirmation can neither be written nor read",
        buys(APPROVED),
        ends("FAILED", counted=frozenset({"OrdersFailed"})),
        {("order_processing", "ConfirmOrder"): DENIED, ("order_processing", "LoadConfirmation"): DENIED},
    ),
    Scenario(
        "the rejection cannot be written",
        buys(APPROVED),
        ends("FAILED", stocked=QUANTITY - 1, counted=frozenset({"OrdersFailed"})),
        {("order_processing", "RejectOrder"): DENIED},
    ),
    Scenario("the cancellation's execution is stopped", stops_its_cancellation, ends("CANCELLED")),
    Scenario(
        "the refund fails for good",
        cancels_before("the end", first=False),
        ends("CANCELLED", owed=_OWED, counted=frozenset({"CancellationsIncomplete"})),
        {("order_cancellation", "RefundPayment"): BUG},
    ),
    Scenario(
        "the topic of cancellations is gone",
        cancels_at_once,
        ends("CANCELLED", counted=_LOST),
        {("order_cancellation", "NotifyOrderCancelled"): GONE},
    ),
)
