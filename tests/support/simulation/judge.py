"""Whether the six rules hold in a simulated shop that came to rest."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orderflow.analytics.audit_store import DynamoCounterAudit
from orderflow.analytics.counter_store import DynamoCounterStore
from orderflow.analytics.counting import Counting
from orderflow.catalog.audit_store import DynamoRatingAudit, DynamoStockAudit
from orderflow.feedback.audit_store import DynamoFeedbackAudit
from orderflow.operations.doctor import Doctor
from orderflow.operations.recounting import Recount
from orderflow.orders.audit_store import DynamoOrderAudit
from orderflow.orders.execution_store import StepFunctionsExecutions
from orderflow.orders.open_orders import OPEN
from orderflow.orders.status import OrderStatus
from orderflow.payments.audit_store import DynamoPaymentAudit
from orderflow.runtime.dynamo import from_item
from tests.support.gateway import event
from tests.support.simulation import checkout_judge
from tests.support.simulation.account import STREAMED, Shop, plain
from tests.support.simulation.messaging import Notice
from tests.support.simulation.states import machine_arn

# Orders in these statuses owe nothing back: what was paid stays paid.
_KEPT = {"CONFIRMED", "SHIPPED", "DELIVERED", "RETURNED"}
_ENDINGS = {"CONFIRMED", "REJECTED", "PAYMENT_FAILED", "FAILED", "CANCELLED"}
_OPEN_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Expected:
    """What may be left behind.

    `orders` are the possible numbers of orders; `owed` the doctor's rules that a person must still see to, `counted`
    the metrics that call that person. An order without a notice is right only where OrderNoticesLost is counted.
    """

    ends: frozenset[str]
    customer: str = "customer-1"
    orders: frozenset[int] = frozenset({1})
    stocked: int = 10
    price: int = 1999
    owed: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    sessions: tuple[str, ...] = ()  # how the checkout's sessions end, sorted
    deliveries: frozenset[str] = frozenset({"DELIVERED"})  # how webhooks may end


def breaches(shop: Shop, expected: Expected, accepted: list[str]) -> Iterator[str]:
    """Yield what is wrong, as sentences that begin with the rule."""
    orders = [from_item(row) for row in shop.rows("orders")]
    yield from _finished(shop, orders, expected, accepted)
    yield from _once(shop, orders, expected)
    yield from _balanced(shop, orders, expected)
    for order in orders:
        lines = sum(line["quantity"] * expected.price for line in order["items"])
        if order["total"] != lines and "checkoutSessionId" not in order:
            yield f"the server prices: {order['total']} is asked for, the catalogue says {lines}"
        yield from _theirs(shop, order, expected.customer)
        yield from _told(shop, order, expected)
        yield from _recorded(shop, order)
    yield from _counted(shop)
    yield from _judged(shop, orders)
    yield from checkout_judge.breaches(shop, orders, expected.sessions, expected.deliveries)
    for metric in sorted(expected.counted - set(shop.metrics)):
        yield f"a failure is a failure: {metric} is not counted, so nobody is called"


def _finished(shop: Shop, orders: list[dict[str, Any]], expected: Expected, accepted: list[str]) -> Iterator[str]:
    known = {order["orderId"] for order in orders}
    yield from (
        f"accepted means finished: {order_id} was answered and is not there"
        for order_id in accepted
        if order_id not in known
    )
    for order in orders:
        if OrderStatus(order["status"]) in OPEN:
            yield f"accepted means finished: the order is {order['status']}"
        # What a cancellation still owes stays listed, and the sweeper tells of it at each look.
        owed = order.get("cancellation") == "INCOMPLETE" and "cancellations-are-finished" in expected.owed
        if "openGroup" in order and not owed:
            yield f"accepted means finished: the order is {order['status']} and still among the open ones"
    yield from (
        f"accepted means finished: {run.arn} still runs" for run in shop.states.runs.values() if run.status == "RUNNING"
    )
    if shop.queue.messages:
        yield "accepted means finished: a message is still queued"


def _once(shop: Shop, orders: list[dict[str, Any]], expected: Expected) -> Iterator[str]:
    if len(orders) not in expected.orders:
        yield f"once: there are {len(orders)} orders"
    for order in orders:
        runs = [run for run in shop.states.runs.values() if run.input.get("orderId") == order["orderId"]]
        firsts = [run for run in runs if run.machine == "order_processing" and "-repair-" not in run.arn]
        if len(firsts) > 1:
            yield f"once: {len(firsts)} executions process the order"
        charges = [key for key in shop.ledger.charged if order["orderId"] in key]
        if len(charges) > 1:
            yield f"once: charged by {charges}"
        # Whatever else is told of an order, it is told no ending that it never came to.
        told = {notice.message["status"] for notice in shop.topics.notices if _is_about(notice, order)}
        lies = (told & _ENDINGS) - {entry["status"] for entry in order["history"]}
        if lies:
            yield f"once: the world was told {sorted(lies)} of an order that is {order['status']}"


def _is_about(notice: Notice, order: dict[str, Any]) -> bool:
    return bool(notice.message["orderId"] == order["orderId"])


def _balanced(shop: Shop, orders: list[dict[str, Any]], expected: Expected) -> Iterator[str]:
    shop.advance(hours=1)
    found = [finding for finding in doctor(shop).examine() if finding.rule not in expected.owed]
    yield from (f"stock and money balance: the doctor says {finding.rule}: {finding.message}" for finding in found)
    kept = [order for order in orders if order["status"] in _KEPT]
    units = sum(line["quantity"] for order in kept for line in order["items"])
    (stock,) = (from_item(row) for row in shop.rows("stock"))
    counters = (stock["available"], stock["reserved"] + stock["sold"])
    moved = {order["status"] for order in kept} != {"CONFIRMED"} and bool(kept)  # then the doctor knows better
    if not moved and "stock-is-given-back" not in expected.owed and counters != (expected.stocked - units, units):
        yield f"stock and money balance: {counters} are available and taken, {units} of {expected.stocked} are owed"
    if shop.ledger.held and "money-is-given-back" not in expected.owed:
        yield f"stock and money balance: the provider still holds {sorted(shop.ledger.held)}"
    owed = sum(order["total"] - order["refunded"] for order in kept)
    if "money-is-given-back" not in expected.owed and shop.ledger.balance != owed:
        yield f"stock and money balance: the shop holds {shop.ledger.balance}, its orders owe {owed}"


def doctor(shop: Shop) -> Doctor:
    """Return the doctor of operators, for this shop."""
    dynamodb, tables = plain("dynamodb"), shop.tables
    return Doctor(
        orders=DynamoOrderAudit(dynamodb, tables["orders"]),
        stock=DynamoStockAudit(dynamodb, stock=tables["stock"], reservations=tables["reservations"]),
        payments=DynamoPaymentAudit(dynamodb, tables["payments"]),
        executions=StepFunctionsExecutions(shop.states, machine_arn("order_processing")),
        clock=lambda: shop.now,
        open_for=_OPEN_FOR,
        ratings=DynamoRatingAudit(dynamodb, tables["products"]),
        feedback=DynamoFeedbackAudit(dynamodb, tables["feedback"]),
    )


def _counted(shop: Shop) -> Iterator[str]:
    if shop.streamed is None:
        return
    shop.count()
    # Streams and queues may deliver twice, queues in any order: everything again, each alone, the oldest last.
    for table in STREAMED:
        for record in shop.stream(table)[::-1]:
            shop.count([record])
    orders, counters = DynamoOrderAudit(plain("dynamodb"), shop.tables["orders"]), plain("dynamodb")
    ratings = DynamoFeedbackAudit(plain("dynamodb"), shop.tables["feedback"])
    audit = DynamoCounterAudit(counters, shop.tables["analytics"])
    counting = Counting(DynamoCounterStore(counters, shop.tables["analytics"]))
    for each in Recount(orders, ratings, audit, counting, sleep=lambda _seconds: None).verify():
        yield f"counted once: {each.row} has {each.actual} {each.figure}, orders and ratings add up to {each.expected}"


def _judged(shop: Shop, orders: list[dict[str, Any]]) -> Iterator[str]:
    paid = {order["orderId"] for order in orders if order["status"] in _KEPT}
    for row in (from_item(row) for row in shop.rows("feedback")):
        if "removedAt" not in row and ("ratedProduct" in row) is not (row["orderId"] in paid):
            yield f"feedback counts while its order is paid for: {row['feedbackId']} does otherwise"


def _theirs(shop: Shop, order: dict[str, Any], customer: str) -> Iterator[str]:
    for who, right in ((customer, 200), ("somebody-else", 404)):
        answer = shop.ask("get_order", event(user=who, path={"orderId": order["orderId"]}))
        if answer is None or answer["statusCode"] != right:
            yield f"yours only: {who} is answered {answer and answer['statusCode']}"


def _told(shop: Shop, order: dict[str, Any], expected: Expected) -> Iterator[str]:
    status = order["status"]
    if status not in expected.ends:
        yield f"a failure is a failure: the order ends {status}, not {' or '.join(sorted(expected.ends))}"
    if status in _ENDINGS - {"CONFIRMED"} and "statusReason" not in order:
        yield f"a failure is a failure: the order is {status} and does not say why"
    if status == "FAILED" and "OrdersFailed" not in shop.metrics:
        yield "a failure is a failure: the order FAILED and nobody is called"
    codes = {entry["reason"]["code"] for entry in order["history"] if "reason" in entry}
    if "COMPENSATION_INCOMPLETE" in codes and not expected.owed:
        yield "a failure is a failure: the compensation is incomplete"
    sent = [n for n in shop.topics.notices if _is_about(n, order) and n.message["status"] == status]
    if not sent and not {"OrderNoticesLost", "CancellationsIncomplete"} & expected.counted:
        yield f"a failure is a failure: nobody was told that the order is {status}"


def _recorded(shop: Shop, order: dict[str, Any]) -> Iterator[str]:
    """Compare the audit trail with the order: an entry for every change by a person or a function, and no other."""
    entries = [from_item(row) for row in shop.rows("audit-trail")]
    found = Counter(_change(entry) for entry in entries if entry["subject"] == f"order#{order['orderId']}")
    wanted: Counter[str] = Counter(["order.placed"])
    wanted.update("order.held" for each in order["history"] if each["status"] == "REVIEW")
    if order.get("review", {}).get("verdict") in ("APPROVED", "REJECTED"):
        wanted["order.reviewed"] += 1
    for movement in order.get("movements", ()):
        wanted[f"{movement['movementId']} PENDING"] += 1
        if movement["state"] != "PENDING":
            wanted[f"{movement['movementId']} {movement['state']}"] += 1
    # Everything raises the version and is told in the history; a movement that is done only raises it, and so does
    # another address.
    done = [each["state"] for each in order.get("movements", ())].count("DONE")
    wanted["order.address_changed"] += order["version"] - len(order["history"]) - done
    # Whoever is first cancels; the machine tells it in the history only.
    cancellations = found.pop("order.cancelled", 0)
    found.pop("order.cancel_requested", 0)
    if cancellations > [each["status"] for each in order["history"]].count("CANCELLED"):
        yield f"the trail tells what happened: {cancellations} cancellations of {order['status']}"
    if found != wanted:
        yield f"the trail tells what happened: {dict(found)}, and it was {dict(wanted)}"


def _change(entry: dict[str, Any]) -> str:
    moved = entry.get("after", {})
    return f"{moved['movementId']} {moved['movementState']}" if "movementId" in moved else str(entry["action"])
