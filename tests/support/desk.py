"""An operator's desk over a shop in memory: what the real desk does, with fakes behind every port."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from orderflow.analytics.counting import Counting
from orderflow.catalog.rating import UNRATED, Rating
from orderflow.catalog.rating_audit import RatedProduct
from orderflow.catalog.stock import Reservation, ReservationStatus, Stock, StockLine
from orderflow.catalog.stock_keeping import Adjustment
from orderflow.catalog.stock_store import AlreadyRecordedError
from orderflow.customers.audit_trail import Recorded
from orderflow.customers.erasing import People
from orderflow.feedback.audit import FeedbackRow
from orderflow.feedback.given_rating import GivenRating
from orderflow.operations.erasing import Eraser
from orderflow.operations.erasing_buyers import BuyerEraser
from orderflow.operations.journal import Entry, Operation, OperationExistsError, Phase
from orderflow.operations.recounting import Recount
from orderflow.orders.audit import OrderRecord
from orderflow.orders.dead_letters import DeadLetter
from orderflow.orders.executions import Execution, ExecutionEvent
from orderflow.orders.intake import NewOrder
from orderflow.orders.order import HistoryEntry, Order
from orderflow.orders.status import OrderStatus
from orderflow.payments.audit import PaymentMove, PaymentRecord
from orderflow.payments.payment import Payment, PaymentStatus, payment_id_of
from orderflow.runtime import trail
from orderflow.runtime.audit import Page
from orderflow.runtime.trail import Author
from tests.support.catalog_fake import InMemoryCatalog
from tests.support.client_keys import InMemoryKeys
from tests.support.counters import InMemoryCounters
from tests.support.discount_book import InMemoryDiscounts
from tests.support.erasing import InMemoryPeople, InMemoryTraces
from tests.support.feedback import InMemoryFeedback
from tests.support.frozen import START, CountingIds, FrozenClock
from tests.support.orders import InMemoryOrders, order
from tests.support.sessions import InMemorySessions
from tests.support.sweeping import RepairShop
from tests.support.webhook_deliveries import InMemoryDeliveries
from tests.support.words import InMemoryWords
from tools.ops.desk import Desk, stock_facts
from tools.terminal import ToolError

OPERATOR = "arn:aws:iam::123456789012:user/on-call"
ORDER_ID = "01JFR0ZEN00000000000000001"
AT = "2026-01-02T03:04:05.678Z"
_PROCESSED = (HistoryEntry(OrderStatus.PENDING, AT, "customer"), HistoryEntry(OrderStatus.PROCESSING, AT, "workflow"))


def record_of(kept: Order, **changes: Any) -> OrderRecord:
    """Return an order's row as the code writes it, but for `changes`."""
    lines = tuple(line.line_total for line in kept.lines)
    arn = f"arn:aws:states:eu-central-1:123456789012:execution:order-processing:{kept.order_id}"
    given_back = "COMPLETE" if kept.status is OrderStatus.CANCELLED else None
    return replace(OrderRecord(kept, lines, kept.subtotal, kept.total, "correlation-1", arn, given_back), **changes)


def ended(status: OrderStatus, order_id: str = ORDER_ID, **fields: Any) -> Order:
    """Return an order that went through its workflow to a status."""
    history = (
        (*_PROCESSED, HistoryEntry(status, AT, "workflow")) if status is not OrderStatus.PROCESSING else _PROCESSED
    )
    return order(order_id, status=status, history=history, **fields)


@dataclass
class InMemoryAudits:
    """The audits of orders, stock, payments and feedback, and the workflow's executions, for a test to break."""

    records: dict[str, OrderRecord] = field(default_factory=dict)
    stocks: dict[str, Stock] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    rated: dict[str, RatedProduct] = field(default_factory=dict)
    feedback: list[FeedbackRow] = field(default_factory=list)
    given: list[GivenRating] = field(default_factory=list)
    history: dict[str, tuple[PaymentMove, ...]] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    happened: dict[str, list[ExecutionEvent]] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)

    def confirmed(self, order_id: str = ORDER_ID) -> None:
        """Add a confirmed order of 2 ITEM001 with its payment, reservation and stock, as the shop leaves them."""
        kept = ended(OrderStatus.CONFIRMED, order_id)
        self.records[order_id] = record_of(kept)
        self.reservations[order_id] = Reservation(order_id, (StockLine("ITEM001", 2),), ReservationStatus.RESERVED)
        self.payments[order_id] = Payment(
            payment_id_of(order_id), order_id, PaymentStatus.CAPTURED, 1, kept.total, "EUR", "reference-1"
        )
        held = self.stocks.get("ITEM001", Stock(10, 0, 0, AT))
        self.stocks["ITEM001"] = replace(held, available=held.available - 2, reserved=held.reserved + 2)

    def judged(self, feedback_id: str, rating: int, product_id: str = "ITEM001") -> None:
        """Add feedback that counts at a product, and to its rating."""
        kept = self.rated.get(product_id, RatedProduct(product_id, UNRATED, 0))
        self.rated[product_id] = replace(kept, rating=kept.rating + Rating(rating, 1), changes=kept.changes + 1)
        self.feedback.append(FeedbackRow(feedback_id, product_id, rating, None))
        self.given.append(GivenRating(feedback_id, product_id, "customer-1", rating, AT, 1))


class OrderPages:
    def __init__(self, audits: InMemoryAudits) -> None:
        self._audits = audits

    def pages(self) -> Iterator[Page[OrderRecord]]:
        yield Page(list(self._audits.records.values()), [])

    def record(self, order_id: str) -> OrderRecord | None:
        return self._audits.records.get(order_id)

    def known(self, order_ids: Sequence[str]) -> set[str]:
        assert len(set(order_ids)) == len(order_ids), "BatchGetItem refuses a key that is asked for twice"
        return set(order_ids) & self._audits.records.keys()


class StockPages:
    def __init__(self, audits: InMemoryAudits) -> None:
        self._audits = audits

    def stock_pages(self) -> Iterator[Page[tuple[str, Stock]]]:
        yield Page(list(self._audits.stocks.items()), [])

    def reservation_pages(self) -> Iterator[Page[Reservation]]:
        yield Page(list(self._audits.reservations.values()), [])

    def reservations_of(self, order_ids: Sequence[str]) -> dict[str, Reservation]:
        return {each: self._audits.reservations[each] for each in order_ids if each in self._audits.reservations}

    def stock(self, product_id: str) -> Stock | None:
        return self._audits.stocks.get(product_id)


class PaymentPages:
    def __init__(self, audits: InMemoryAudits) -> None:
        self._audits = audits

    def pages(self) -> Iterator[Page[Payment]]:
        yield Page(list(self._audits.payments.values()), [])

    def payments_of(self, order_ids: Sequence[str]) -> dict[str, Payment]:
        return {each: self._audits.payments[each] for each in order_ids if each in self._audits.payments}

    def record(self, payment_id: str) -> PaymentRecord | None:
        payment = self._audits.payments.get(payment_id.removeprefix("pay_"))
        return PaymentRecord(payment, self._audits.history.get(payment.order_id, ())) if payment else None


class RatingPages:
    def __init__(self, audits: InMemoryAudits) -> None:
        self._audits = audits

    def rating_pages(self) -> Iterator[Page[RatedProduct]]:
        yield Page(list(self._audits.rated.values()), [])

    def rated(self, product_id: str) -> RatedProduct | None:
        return self._audits.rated.get(product_id)


class FeedbackPages:
    def __init__(self, audits: InMemoryAudits) -> None:
        self._audits = audits

    def pages(self) -> Iterator[Page[FeedbackRow]]:
        yield Page(list(self._audits.feedback), [])

    def ratings(self) -> Iterator[Page[GivenRating]]:
        yield Page(list(self._audits.given), [])

    def counting(self, row_ids: Sequence[str]) -> set[str]:
        return set(row_ids) & {each.row_id for each in self._audits.given}


class ExecutionsInMemory:
    def __init__(self, audits: InMemoryAudits) -> None:
        self._audits = audits

    def status(self, name: str) -> str | None:
        return self._audits.running.get(name)

    def events(self, name: str) -> Iterator[ExecutionEvent]:
        return iter(self._audits.happened.get(name, ()))

    def newest(self) -> Iterator[Execution]:
        return iter(self._audits.executions)

    def failed(self, since: datetime) -> Iterator[Execution]:
        return (each for each in self._audits.executions if each.status != "SUCCEEDED" and each.started >= since)


@dataclass
class InMemoryCancellations:
    """Executions of order_cancellation by name; what is started again runs."""

    states: dict[str, str] = field(default_factory=dict)
    started: dict[str, str] = field(default_factory=dict)
    happened: dict[str, list[ExecutionEvent]] = field(default_factory=dict)
    ended_badly: list[Execution] = field(default_factory=list)

    def status(self, name: str) -> str | None:
        return self.states.get(name)

    def events(self, name: str) -> Iterator[ExecutionEvent]:
        return iter(self.happened.get(name, ()))

    def newest(self) -> Iterator[Execution]:
        return iter(self.ended_badly)

    def failed(self, since: datetime) -> Iterator[Execution]:
        return (each for each in self.ended_badly if each.started >= since)

    def start_again(self, earlier: str, name: str) -> None:
        if self.states.setdefault(name, "RUNNING") == "RUNNING":
            self.started.setdefault(name, earlier)


@dataclass
class StepsInMemory:
    """The compensations over the audits, and what lets sessions follow orders: done once, or failing while `down`."""

    audits: InMemoryAudits
    ran: list[tuple[str, str]] = field(default_factory=list)
    down: bool = False
    following: Callable[[str], object] = lambda _: None

    def run(self, key: str, order_id: str, operation_id: str) -> str:
        if self.down:
            raise ToolError("the function failed with PaymentProviderUnavailableError")
        self.ran.append((key, order_id))
        if key == "refund_payment":
            payment = self.audits.payments[order_id]
            self.audits.payments[order_id] = replace(payment, status=PaymentStatus.REFUNDED)
            return "REFUNDED"
        held = self.audits.reservations[order_id]
        self.audits.reservations[order_id] = replace(held, status=ReservationStatus.RELEASED)
        return "RELEASED"

    def follow(self, order_id: str, user_id: str, operation_id: str) -> None:
        if self.down:
            raise ToolError("the function could not let the session follow")
        self.ran.append(("follow_orders", order_id))
        self.following(order_id)


@dataclass
class InMemoryDeadLetters:
    """The dead letter queue as a list; `sent` is what went back to the order queue. Sending fails while `down`."""

    letters: list[DeadLetter] = field(default_factory=list)
    sent: list[DeadLetter] = field(default_factory=list)
    down: bool = False

    def arrive(self, message_id: str, body: str) -> None:
        sent_at = datetime(2026, 1, 1, tzinfo=UTC)
        self.letters.append(DeadLetter(message_id, body, {}, sent_at, 1, f"handle-{message_id}"))

    @contextmanager
    def waiting(self) -> Iterator[Iterator[DeadLetter]]:
        yield iter(list(self.letters))

    def send_back(self, letter: DeadLetter) -> None:
        if self.down:
            raise ConnectionError("the order queue is down")
        self.sent.append(letter)

    def remove(self, letter: DeadLetter) -> None:
        self.letters.remove(letter)


@dataclass
class InMemoryJournal:
    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        if any(
            (e.operation.operation_id, e.phase) == (entry.operation.operation_id, entry.phase) for e in self.entries
        ):
            raise OperationExistsError(entry.operation.operation_id)
        self.entries.append(entry)

    def of_day(self, day: date) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.at.date() == day)

    def of_subject(self, subject: str) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.operation.subject == subject)


@dataclass
class InMemoryTrail:
    """Entries of the audit trail, in the order of their writing."""

    entries: list[trail.Entry] = field(default_factory=list)

    def of_subject(self, subject: str) -> Iterator[Recorded]:
        return (Recorded(str(n), entry) for n, entry in enumerate(self.entries) if entry.subject == subject)


@dataclass
class RecordingBook:
    """A stock book that keeps the entry with the change, over an InMemoryCatalog."""

    catalog: InMemoryCatalog
    journal: InMemoryJournal
    operation: Operation

    def stock(self, product_id: str) -> Stock | None:
        return self.catalog.stock(product_id)

    def adjust(self, product_id: str, adjustment: Adjustment) -> None:
        if any(entry.operation.operation_id == self.operation.operation_id for entry in self.journal.entries):
            raise AlreadyRecordedError
        before = self.catalog.stocks[product_id]
        self.catalog.adjust(product_id, adjustment)
        after = self.catalog.stocks[product_id]
        facts = stock_facts(before), stock_facts(after)
        self.journal.add(Entry(self.operation, Phase.DONE, adjustment.at, *facts))


@dataclass
class World:
    """A desk and everything behind it."""

    audits: InMemoryAudits = field(default_factory=InMemoryAudits)
    orders: InMemoryOrders = field(default_factory=InMemoryOrders)
    payment_runs: InMemoryAudits = field(default_factory=InMemoryAudits)
    cancellations: InMemoryCancellations = field(default_factory=InMemoryCancellations)
    repairs: RepairShop = field(default_factory=RepairShop)
    steps_down: bool = False
    following: Callable[[str], object] = lambda _: None
    ran: list[tuple[str, str]] = field(default_factory=list)
    dead_letters: InMemoryDeadLetters = field(default_factory=InMemoryDeadLetters)
    catalog: InMemoryCatalog = field(default_factory=InMemoryCatalog)
    counters: InMemoryCounters = field(default_factory=InMemoryCounters)
    sessions: InMemorySessions = field(default_factory=InMemorySessions)
    keys: InMemoryKeys = field(default_factory=InMemoryKeys)
    people: InMemoryPeople = field(default_factory=InMemoryPeople)
    traces: InMemoryTraces = field(default_factory=InMemoryTraces)
    judged: InMemoryFeedback = field(init=False)
    discounts: InMemoryDiscounts = field(default_factory=InMemoryDiscounts)
    webhooks: InMemoryDeliveries = field(default_factory=InMemoryDeliveries)
    journal: InMemoryJournal = field(default_factory=InMemoryJournal)
    trail: InMemoryTrail = field(default_factory=InMemoryTrail)
    words: InMemoryWords = field(init=False)
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(START))
    ids: Callable[[], str] = field(default_factory=CountingIds)

    def __post_init__(self) -> None:
        self.judged = InMemoryFeedback(self.catalog)
        self.words = InMemoryWords(self.catalog)

    def keep(self, kept: Order) -> None:
        self.orders.orders[kept.order_id] = NewOrder(kept, "correlation-1", "sandbox_approve")

    def desk(self) -> Desk:
        self.audits.stocks = self.catalog.stocks or self.audits.stocks
        return Desk(
            orders=self.orders,
            order_audit=OrderPages(self.audits),
            executions=ExecutionsInMemory(self.audits),
            cancellations=self.cancellations,
            payment_runs=ExecutionsInMemory(self.payment_runs),
            sweeper=lambda repairs: replace(self.repairs.sweeper(), repairs=repairs),
            steps=StepsInMemory(self.audits, self.ran, self.steps_down, self.following),
            dead_letters=self.dead_letters,
            payments=PaymentPages(self.audits),
            stock=StockPages(self.audits),
            ratings=RatingPages(self.audits),
            words=self.words,
            feedback=FeedbackPages(self.audits),
            stock_book=lambda operation: RecordingBook(self.catalog, self.journal, operation),
            recount=lambda period, wait: Recount(
                OrderPages(self.audits),
                FeedbackPages(self.audits),
                self.counters,
                Counting(self.counters, again=True),
                period,
                wait,
                self.clock.sleep,
            ),
            sessions=self.sessions,
            keys=self.keys,
            key_book=lambda _: self.keys,
            eraser=Eraser(People(self.people, self.people.pool, self.people), self.traces, self.judged, self.clock),
            buyer_eraser=BuyerEraser(self.sessions, self.traces, self.webhooks, self.clock, self.ids),
            author=lambda operation: Author("trail", operation.by, operation.operation_id),
            discounts=self.discounts,
            webhooks=self.webhooks,
            journal=self.journal,
            trail=self.trail,
            who=lambda: OPERATOR,
            clock=self.clock,
            ids=self.ids,
        )
