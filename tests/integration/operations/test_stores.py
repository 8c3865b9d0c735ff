"""The journal, the recorded correction, the dead letters and the audits against AWS semantics."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from orderflow.catalog.audit import check_stock
from orderflow.catalog.audit_store import DynamoStockAudit
from orderflow.catalog.errors import ProductNotFoundError
from orderflow.catalog.maintenance import create_product
from orderflow.catalog.price_store import DynamoPriceStore
from orderflow.catalog.product import ProductFacts
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.catalog.reservations import reserve_stock
from orderflow.catalog.stock import Reservation, ReservationStatus, Stock, StockLine
from orderflow.catalog.stock_keeping import Adjustment, AdjustmentRefusedError
from orderflow.catalog.stock_store import AlreadyRecordedError, DynamoStockBook
from orderflow.operations.journal import Entry, Operation, OperationExistsError, Phase
from orderflow.operations.journal_store import DynamoJournal
from orderflow.orders.audit_store import DynamoOrderAudit
from orderflow.orders.dead_letter_queue import SqsDeadLetters
from orderflow.orders.dead_letters import replay
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.payments.audit import payment_of
from orderflow.payments.audit_store import DynamoPaymentAudit
from orderflow.payments.payment import THE_ORDER, PaymentStatus, payment_id_of
from orderflow.payments.payment_store import DynamoChargeStore
from orderflow.runtime.aws import client
from orderflow.runtime.caller import Caller
from orderflow.runtime.dynamo import to_item
from tests.support.frozen import START, FrozenClock
from tests.support.orders import new_order, payment_terms
from tests.support.trail import author
from tools.ops.desk import stock_facts

# A ULID of 2026-01-02T23:59:59Z: its day is the id's, not the entry's.
OPERATION = Operation("01KE0S3R7R0000000000000001", "arn:aws:iam::123456789012:user/x", "dlq drop", "message m", "why")
FIRST, SECOND = "01JFR0ZEN00000000000000001", "01JFR0ZEN00000000000000002"


@pytest.fixture
def journal(dynamodb: Any, tables: dict[str, str]) -> DynamoJournal:
    return DynamoJournal(dynamodb, tables["operations"])


@pytest.fixture
def product(dynamodb: Any, tables: dict[str, str], clock: FrozenClock) -> None:
    """Put 10 ITEM001 on sale."""
    store = DynamoProductStore(
        dynamodb, tables["products"], author=author(tables), words=tables["product-words"], stock=tables["stock"]
    )
    facts = ProductFacts("Item", "things", 1999)
    admin = Caller("admin", frozenset({"admin"}))
    create_product(admin, "ITEM001", facts, currency="EUR", initial_stock=10, store=store, clock=clock)


@pytest.fixture
def audit(dynamodb: Any, tables: dict[str, str]) -> DynamoStockAudit:
    return DynamoStockAudit(dynamodb, stock=tables["stock"], reservations=tables["reservations"])


def day_of(operation: Operation) -> date:
    from ulid import ULID

    return ULID.from_str(operation.operation_id).datetime.date()


def test_entries_come_back_whole_and_in_the_order_of_their_writing(journal: DynamoJournal) -> None:
    begun = Entry(OPERATION, Phase.BEGUN, START, {"body": "x", "received": 3})
    done = replace(begun, phase=Phase.DONE, at=START + timedelta(seconds=1), after={"waits": False})
    journal.add(begun)
    journal.add(done)
    assert list(journal.of_day(day_of(OPERATION))) == [begun, done]
    assert list(journal.of_day(date(2000, 1, 1))) == []


def test_entries_are_found_by_what_they_changed(journal: DynamoJournal) -> None:
    later = replace(OPERATION, operation_id="01KF0S3R7R0000000000000001")
    other = replace(OPERATION, operation_id="01KF0S3R7R0000000000000002", subject="product OTHER")
    entries = [Entry(each, Phase.DONE, START, {}, {}) for each in (OPERATION, later, other)]
    for entry in entries:
        journal.add(entry)
    assert list(journal.of_subject(OPERATION.subject)) == entries[:2]
    assert list(journal.of_subject("product NEVER")) == []


def test_an_entry_is_never_replaced(journal: DynamoJournal) -> None:
    first = Entry(OPERATION, Phase.DONE, START, {"available": 1}, {"available": 2})
    journal.add(first)
    with pytest.raises(OperationExistsError):
        journal.add(replace(first, after={"available": 99}))
    assert list(journal.of_day(day_of(OPERATION))) == [first]


def book(dynamodb: Any, tables: dict[str, str], journal: DynamoJournal) -> DynamoStockBook:
    def entry(before: Stock, after: Stock) -> dict[str, Any]:
        return journal.put(Entry(OPERATION, Phase.DONE, START, stock_facts(before), stock_facts(after)))

    return DynamoStockBook(dynamodb, products=tables["products"], stock=tables["stock"], entry=entry)


def adjustment(**what: int) -> Adjustment:
    return Adjustment("counted", OPERATION.by, START + timedelta(minutes=1), **what)


@pytest.mark.parametrize(("what", "after"), [({"change": -3}, 7), ({"change": 5}, 15), ({"exact": 0}, 0)])
def test_a_correction_and_its_entry_are_written_together_and_once(
    dynamodb: Any, tables: dict[str, str], journal: DynamoJournal, product: None, what: dict[str, int], after: int
) -> None:
    recorded = book(dynamodb, tables, journal)
    recorded.adjust("ITEM001", adjustment(**what))
    with pytest.raises(AlreadyRecordedError):
        recorded.adjust("ITEM001", adjustment(**what))
    kept = recorded.stock("ITEM001")
    [entry] = journal.of_day(day_of(OPERATION))
    assert kept
    assert kept.available == after
    assert (entry.before["available"], entry.after) == (10, stock_facts(kept))


def test_a_correction_that_is_refused_leaves_no_entry(
    dynamodb: Any, tables: dict[str, str], journal: DynamoJournal, product: None
) -> None:
    recorded = book(dynamodb, tables, journal)
    with pytest.raises(AdjustmentRefusedError):
        recorded.adjust("ITEM001", adjustment(change=-11))
    with pytest.raises(ProductNotFoundError):
        recorded.adjust("unknown", adjustment(change=1))
    dynamodb.update_item(
        TableName=tables["products"],
        Key=to_item({"productId": "ITEM001"}),
        UpdateExpression="SET #s = :w",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues=to_item({":w": "WITHDRAWN"}),
    )
    with pytest.raises(ProductNotFoundError):
        recorded.adjust("ITEM001", adjustment(change=1))
    assert list(journal.of_day(day_of(OPERATION))) == []
    kept = recorded.stock("ITEM001")
    assert kept
    assert kept.available == 10


def test_a_correction_counts_on_when_an_order_takes_units_in_between(
    dynamodb: Any, tables: dict[str, str], journal: DynamoJournal, product: None
) -> None:
    class Overtaken(DynamoStockBook):
        overtaken = False

        def stock(self, product_id: str) -> Stock | None:
            found = super().stock(product_id)
            if not self.overtaken:
                self.overtaken = True
                reserve(dynamodb, tables, FIRST, 4)
            return found

    def entry(before: Stock, after: Stock) -> dict[str, Any]:
        return journal.put(Entry(OPERATION, Phase.DONE, START, stock_facts(before), stock_facts(after)))

    recorded = Overtaken(dynamodb, products=tables["products"], stock=tables["stock"], entry=entry)
    recorded.adjust("ITEM001", adjustment(change=1))
    [written] = journal.of_day(day_of(OPERATION))
    assert written.after is not None
    assert (written.before["available"], written.after["available"], written.after["reserved"]) == (6, 7, 4)
    kept = recorded.stock("ITEM001")
    assert kept
    assert (kept.available, kept.reserved) == (7, 4)


def reserve(dynamodb: Any, tables: dict[str, str], order_id: str, units: int) -> None:
    store = DynamoReservationStore(dynamodb, reservations=tables["reservations"], stock=tables["stock"])
    prices = DynamoPriceStore(dynamodb, tables["products"])
    reserve_stock(order_id, [StockLine("ITEM001", units)], store=store, prices=prices, clock=FrozenClock())


def test_the_stock_audit_reads_what_reservations_wrote_and_names_a_counter_that_was_changed_by_hand(
    dynamodb: Any, tables: dict[str, str], audit: DynamoStockAudit, product: None
) -> None:
    reserve(dynamodb, tables, FIRST, 4)
    reserve(dynamodb, tables, SECOND, 1)
    assert list(check_stock(audit)) == []
    assert audit.reservations_of([FIRST, "unknown"]) == {
        FIRST: Reservation(FIRST, (StockLine("ITEM001", 4),), ReservationStatus.RESERVED)
    }
    dynamodb.update_item(
        TableName=tables["stock"],
        Key=to_item({"productId": "ITEM001"}),
        UpdateExpression="SET reserved = :units",
        ExpressionAttributeValues=to_item({":units": 4}),
    )
    [finding] = check_stock(audit)
    assert (finding.rule, finding.subject) == ("reserved-is-what-orders-hold", "product ITEM001")
    assert finding.message == "the stock row says reserved 4, reservations say 5"


def test_a_row_that_was_broken_by_hand_is_a_finding_and_the_others_are_read_on(
    dynamodb: Any, tables: dict[str, str]
) -> None:
    DynamoIntakeStore(dynamodb, orders=tables["orders"], idempotency=tables["idempotency"], author=author(tables)).add(
        new_order(FIRST)
    )
    dynamodb.put_item(TableName=tables["orders"], Item=to_item({"orderId": SECOND, "status": "LOST"}))
    pages = list(DynamoOrderAudit(dynamodb, tables["orders"]).pages())
    assert [record.order.order_id for page in pages for record in page.records] == [FIRST]
    [finding] = [finding for page in pages for finding in page.unreadable]
    assert (finding.rule, finding.subject) == ("row-is-readable", f"orderId {SECOND}")


def test_the_order_audit_knows_orders_as_they_are_stored_and_never_the_payment_token(
    dynamodb: Any, tables: dict[str, str]
) -> None:
    new = new_order(FIRST)
    DynamoIntakeStore(dynamodb, orders=tables["orders"], idempotency=tables["idempotency"], author=author(tables)).add(
        new
    )
    store = DynamoOrderAudit(dynamodb, tables["orders"])
    record = store.record(FIRST)
    assert record is not None
    assert (record.order, record.total, record.subtotal, record.line_totals) == (new.order, 3998, 3998, (3998,))
    assert (record.correlation_id, record.execution_arn) == ("correlation-1", None)
    assert "sandbox_approve" not in repr(record)
    assert (store.record(SECOND), store.known([FIRST, SECOND])) == (None, {FIRST})


def test_pages_hold_at_most_a_hundred_rows_and_together_every_one(dynamodb: Any, tables: dict[str, str]) -> None:
    store = DynamoIntakeStore(
        dynamodb, orders=tables["orders"], idempotency=tables["idempotency"], author=author(tables)
    )
    ids = [f"01JFR0ZEN{number:017d}" for number in range(101)]
    for order_id in ids:
        store.add(new_order(order_id))
    pages = [
        [record.order.order_id for record in page.records]
        for page in DynamoOrderAudit(dynamodb, tables["orders"]).pages()
    ]
    assert sorted(len(page) for page in pages if page) == [1, 100]
    assert sorted(order_id for page in pages for order_id in page) == ids


def test_a_payment_is_read_with_its_history(dynamodb: Any, tables: dict[str, str]) -> None:
    charges = DynamoChargeStore(dynamodb, tables["payments"])
    payment = charges.begin_attempt(payment_id_of(FIRST), payment_terms(FIRST), THE_ORDER, START)
    charges.record_authorized(payment.payment_id, "reference-1", START + timedelta(seconds=1))
    audit = DynamoPaymentAudit(dynamodb, tables["payments"])
    record = audit.record(payment.payment_id)
    assert record is not None
    assert [(move.status, move.detail) for move in record.history] == [
        (PaymentStatus.AUTHORIZING, None),
        (PaymentStatus.AUTHORIZED, "reference-1"),
    ]
    assert audit.payments_of([FIRST, SECOND]) == {FIRST: record.payment}
    assert [each for page in audit.pages() for each in page.records] == [record.payment]
    assert audit.record("pay_unknown") is None


@pytest.fixture
def queues(moto: None) -> tuple[str, str]:
    sqs = client("sqs")
    return sqs.create_queue(QueueName="dead")["QueueUrl"], sqs.create_queue(QueueName="orders")["QueueUrl"]


def messages(url: str) -> list[dict[str, Any]]:
    answer = client("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
    )
    return answer.get("Messages", [])


def test_looking_at_dead_letters_leaves_them_where_they_are(queues: tuple[str, str]) -> None:
    dead, orders = queues
    for number in range(12):
        client("sqs").send_message(QueueUrl=dead, MessageBody=json.dumps({"orderId": str(number)}))
    letters = SqsDeadLetters(client("sqs"), dead_letters=dead, queue=orders)
    for _ in range(2):
        with letters.waiting() as waiting:
            assert sorted(int(letter.facts()["orderId"]) for letter in waiting) == list(range(12))
    assert len(messages(dead)) == 10


def test_a_replayed_letter_reaches_the_order_queue_as_it_was_and_the_others_stay(queues: tuple[str, str]) -> None:
    dead, orders = queues
    attributes = {
        "correlationId": {"DataType": "String", "StringValue": "c-1"},
        "tries": {"DataType": "Number", "StringValue": "3"},
    }
    client("sqs").send_message(QueueUrl=dead, MessageBody='{"orderId": "a"}', MessageAttributes=attributes)
    client("sqs").send_message(QueueUrl=dead, MessageBody="b")
    letters = SqsDeadLetters(client("sqs"), dead_letters=dead, queue=orders)
    with letters.waiting() as waiting:
        for letter in waiting:
            if letter.matches({"correlationId": "c-1", "orderId": "a"}):
                assert letter.sent_at > datetime(2020, 1, 1, tzinfo=UTC)
                replay(letter, letters)
    [sent] = messages(orders)
    assert (sent["Body"], sent["MessageAttributes"]) == ('{"orderId": "a"}', attributes)
    assert [message["Body"] for message in messages(dead)] == ["b"]


def test_of_several_attempts_the_last_one_is_the_orders_payment_with_the_history_of_all(
    dynamodb: Any, tables: dict[str, str]
) -> None:
    charges = DynamoChargeStore(dynamodb, tables["payments"])
    first = charges.begin_attempt(payment_id_of(FIRST), payment_terms(FIRST), THE_ORDER, START)
    charges.record_declined(first, "card_declined", START)
    declined = charges.find(first.payment_id)
    assert declined is not None
    second_id = payment_id_of(FIRST, 2)
    charges.follow(declined, second_id, START)
    second = charges.begin_attempt(second_id, payment_terms(FIRST), "request-1", START)
    audit = DynamoPaymentAudit(dynamodb, tables["payments"])
    assert audit.payments_of([FIRST, SECOND]) == {FIRST: second}
    found = payment_of(FIRST, audit)
    assert found is not None
    assert found.payment == second
    assert [(move.status, move.detail) for move in found.history] == [
        (PaymentStatus.AUTHORIZING, None),
        (PaymentStatus.DECLINED, "card_declined"),
        (PaymentStatus.AUTHORIZING, None),
    ]
