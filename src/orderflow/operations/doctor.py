"""The doctor: the invariants of the whole shop, checked over the real tables, page by page.

It reads an order before its payment and its reservation, as the workflow settles those before it records an ending, and
looks a second time at whatever seems broken: so a shop at work gives no false findings.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orderflow.catalog.audit import StockAudit, check_stock
from orderflow.catalog.rating_audit import RatingAudit
from orderflow.catalog.stock import Reservation, ReservationStatus
from orderflow.feedback.audit import FeedbackAudit, check_feedback
from orderflow.operations.paid_orders import check_money, check_units
from orderflow.operations.rated_products import check_ratings
from orderflow.orders.audit import OrderAudit, OrderRecord, check_order
from orderflow.orders.executions import Executions
from orderflow.orders.status import OrderStatus
from orderflow.payments.audit import PaymentAudit
from orderflow.payments.payment import LIVE, Payment, PaymentStatus
from orderflow.runtime.audit import Finding

_PAID = frozenset({OrderStatus.CONFIRMED, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RETURNED})
_GIVEN_BACK = frozenset({OrderStatus.REJECTED, OrderStatus.PAYMENT_FAILED, OrderStatus.CANCELLED, OrderStatus.FAILED})
_HELD_BY_EXECUTION = frozenset({OrderStatus.PROCESSING, OrderStatus.REVIEW})
_HOLDING_MONEY = LIVE | {PaymentStatus.CAPTURED}
_RUNNING = "RUNNING"


@dataclass
class Doctor:
    """Examines orders, payments, stock and feedback; `examined` counts the rows that were read, by their kind.

    `open_for` is how long an order may be on its way, and how long a cancelled one may take to give everything back.
    """

    orders: OrderAudit
    stock: StockAudit
    payments: PaymentAudit
    executions: Executions
    clock: Callable[[], datetime]
    open_for: timedelta
    ratings: RatingAudit
    feedback: FeedbackAudit
    examined: Counter[str] = field(default_factory=Counter)

    def examine(self) -> Iterator[Finding]:
        """Return every invariant that does not hold, as it is found."""
        yield from self._orders()
        yield from self._payments_without_order()
        yield from self._reservations_without_order()
        yield from check_stock(self.stock)
        yield from self._feedback()
        yield from check_ratings(self.ratings, self.feedback)

    def _orders(self) -> Iterator[Finding]:
        for page in self.orders.pages():
            yield from page.unreadable
            self.examined["orders"] += len(page.records) + len(page.unreadable)
            ids = [record.order.order_id for record in page.records]
            payments, reservations = self.payments.payments_of(ids), self.stock.reservations_of(ids)
            for record in page.records:
                order_id = record.order.order_id
                if any(self._judge(record, payments.get(order_id), reservations.get(order_id))):
                    yield from self._second_look(order_id)

    def _second_look(self, order_id: str) -> Iterator[Finding]:
        record = self.orders.record(order_id)
        if record is None:
            yield Finding("orders-are-never-removed", f"order {order_id}", "it was there and is gone")
            return
        payment = self.payments.payments_of([order_id]).get(order_id)
        yield from self._judge(record, payment, self.stock.reservations_of([order_id]).get(order_id))

    def _judge(
        self, record: OrderRecord, payment: Payment | None, reservation: Reservation | None
    ) -> Iterator[Finding]:
        order, now = record.order, self.clock()
        subject = f"order {order.order_id}"
        yield from check_order(record, now, self.open_for)
        if order.status in _HELD_BY_EXECUTION and (status := self.executions.status(record.execution)) != _RUNNING:
            message = f"{order.status}, and its execution is {status or 'not there'}: nobody moves it on"
            yield Finding("orders-end-in-time", subject, message)
        if order.status in _PAID:
            yield from check_money(record, payment)
            yield from check_units(record, reservation)
        if order.status in _GIVEN_BACK and not self._is_settling(record, now):
            if payment and payment.status in _HOLDING_MONEY:
                message = f"the order is {order.status}, its payment {payment.status}: refund or void it"
                yield Finding("money-is-given-back", subject, message)
            if reservation and reservation.status is ReservationStatus.RESERVED:
                message = f"the order is {order.status} and still holds its units: release them"
                yield Finding("stock-is-given-back", subject, message)

    def _is_settling(self, record: OrderRecord, now: datetime) -> bool:
        # A cancellation is recorded first and gives back afterwards; every other ending is recorded last.
        cancelled = record.order.status is OrderStatus.CANCELLED
        return cancelled and now - datetime.fromisoformat(record.order.updated_at) <= self.open_for

    def _payments_without_order(self) -> Iterator[Finding]:
        for page in self.payments.pages():
            yield from page.unreadable
            self.examined["payments"] += len(page.records) + len(page.unreadable)
            known = self.orders.known(
                sorted({payment.order_id for payment in page.records})
            )  # an order has an attempt or more
            for payment in page.records:
                if payment.order_id not in known and payment.status in _HOLDING_MONEY:
                    message = f"{payment.payment_id} is {payment.status} and there is no such order"
                    yield Finding("money-belongs-to-an-order", f"order {payment.order_id}", message)

    def _reservations_without_order(self) -> Iterator[Finding]:
        for page in self.stock.reservation_pages():
            yield from page.unreadable
            self.examined["reservations"] += len(page.records) + len(page.unreadable)
            known = self.orders.known([reservation.order_id for reservation in page.records])
            for reservation in page.records:
                if reservation.order_id not in known and reservation.status is ReservationStatus.RESERVED:
                    message = "units are reserved for it and there is no such order"
                    yield Finding("stock-belongs-to-an-order", f"order {reservation.order_id}", message)

    def _feedback(self) -> Iterator[Finding]:
        for page in self.feedback.pages():
            yield from page.unreadable
            self.examined["feedback rows"] += len(page.records) + len(page.unreadable)
            for row in page.records:
                yield from check_feedback(row, self.clock())
