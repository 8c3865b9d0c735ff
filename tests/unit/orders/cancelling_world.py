"""One order, its workflow and its cancellations in memory, call by call.

`process` and `give_back` walk the states of workflows/order_processing.asl.json and order_cancellation.asl.json; what
they invoke are the real use cases of payments and catalog.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderflow.catalog.errors import OutOfStockError, ReservationReleasedError
from orderflow.catalog.product import Product, ProductFacts
from orderflow.catalog.reservations import release_stock, reserve_stock
from orderflow.catalog.stock import Stock, StockLine
from orderflow.orders.cancelling import Cancellation, OrderMovedError, cancel_order
from orderflow.orders.errors import IllegalActionError, WorkflowUnavailableError
from orderflow.orders.open_orders import OPEN
from orderflow.orders.order import HistoryEntry, Order
from orderflow.orders.status import CANCELLABLE, TRANSITIONS, Actor, OrderStatus
from orderflow.payments.authorizing import authorize_payment
from orderflow.payments.capturing import capture_payment
from orderflow.payments.errors import PaymentClosedError, PaymentDeclinedError
from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import THE_ORDER, PaymentStatus, payment_id_of
from orderflow.payments.refunding import Outcome, refund_payment
from orderflow.payments.voiding import void_payment
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import StoreUnavailableError
from orderflow.runtime.errors import TransientError
from tests.support.catalog_fake import InMemoryCatalog, InMemoryReservations
from tests.support.crashes import ProcessDied
from tests.support.frozen import FrozenClock
from tests.support.orders import CUSTOMER, order, payment_terms
from tests.support.payments import InMemoryPayments, InMemoryTerms, LedgerProvider
from tests.support.turns import Turns

ORDER_ID = "01JFR0ZEN00000000000000001"
TOTAL, QUANTITY, STOCKED = 3998, 2, 5
OURS = "order_processing"


class RefusedError(Exception):
    """A conditional write found another state."""


class StoppedError(Exception):
    """Somebody stopped the order's execution, or its time was over."""


@dataclass
class OrderRow:
    """The order's item: every write is conditional, and every move must be one of the status machine's."""

    order: Order = field(default_factory=lambda: order(ORDER_ID))
    execution: str | None = None
    cancellation: str | None = None
    listed: bool = True  # whether the sweeper finds it

    def find(self, order_id: str) -> Order | None:
        return self.order if order_id == ORDER_ID else None

    def move(self, sources: tuple[OrderStatus, ...], target: OrderStatus, by: Actor, execution: str | None) -> None:
        if self.order.status not in sources or self.execution not in (None, execution):
            raise RefusedError
        [move] = [t for t in TRANSITIONS if t.source is self.order.status and t.target is target]
        assert by in move.by, f"{by} may not take {move.action}"
        self.execution = execution
        self.listed = target in OPEN
        self._write(target, by)

    def cancel(self, order: Order | None, cancellation: Cancellation, at: datetime) -> None:
        """Cancel it: a function the order that it read, the machine whichever it is."""
        if self.order.status not in CANCELLABLE or (order and order.status is not self.order.status):
            raise OrderMovedError
        self.listed = True
        self._write(OrderStatus.CANCELLED, cancellation.by)

    def tell_request(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
        """Change nothing of the order."""

    def settle(self, refunded: int) -> None:
        if self.order.status is not OrderStatus.CANCELLED or self.cancellation == "COMPLETE":
            raise RefusedError
        self.cancellation = "COMPLETE"
        self.listed = False
        self.order = dataclasses.replace(self.order, refunded=refunded)

    def _write(self, status: OrderStatus, by: Actor) -> None:
        entry = HistoryEntry(status, iso(FrozenClock()()), by.value)
        self.order = dataclasses.replace(self.order, status=status, history=(*self.order.history, entry))


@dataclass
class World:
    """Everything there is. `lost` are the calls, counted over all, that take effect but are not answered."""

    choose: Callable[[int], int]
    lost: frozenset[int] = frozenset()
    declines: bool = False
    stocked: int = STOCKED
    starts: bool = True  # whether Step Functions answers
    stops_after: int | None = None  # states that order_processing enters before it is stopped from outside
    cancellation_stops_after: int | None = None  # states that order_cancellation enters before it is
    row: OrderRow = field(default_factory=OrderRow)
    ledger: LedgerProvider = field(default_factory=LedgerProvider)
    payments: InMemoryPayments = field(default_factory=InMemoryPayments)
    catalog: InMemoryCatalog = field(default_factory=InMemoryCatalog)
    clock: FrozenClock = field(default_factory=FrozenClock)
    notices: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    started: dict[str, Cancellation] = field(default_factory=dict)
    calls: int = 0
    states: int = 0

    def __post_init__(self) -> None:
        at = iso(self.clock())
        self.catalog.products["ITEM001"] = Product("ITEM001", ProductFacts("Mug", "kitchen", 1999, ""), "EUR", at, at)
        self.catalog.stocks["ITEM001"] = Stock(self.stocked, 0, 0, at)
        self.ledger.decline_code = "card_declined" if self.declines else None
        self.turns = Turns(self.choose, self.check)
        self.terms = InMemoryTerms(payment_terms(ORDER_ID, amount=TOTAL))

    def run(self, *, processed: bool = True, requests: int = 1, dies_at: int | None = None) -> None:
        """Let the order be processed and cancelled so many times at once, to the end."""
        if processed:
            self.turns.add("processing", self.process)
        for number in range(requests):
            self.turns.add(f"request {number}", lambda: self.request(dies_at))
        self.turns.run()

    def check(self) -> None:
        """Look at what must hold between any two calls."""
        stock = self.stock
        assert stock.total == self.stocked
        assert min(stock.available, stock.reserved) >= 0
        assert 0 <= self.ledger.balance <= TOTAL
        returned = any(self.ledger.returned.values())
        assert not (self.status is OrderStatus.CONFIRMED and returned), "confirmed and refunded"

    @property
    def status(self) -> OrderStatus:
        return self.row.order.status

    @property
    def stock(self) -> Stock:
        return self.catalog.stocks["ITEM001"]

    def guard(self, target: Any) -> Any:
        """Return a stand-in that waits for its turn before every call, and may lose the answer."""
        return _Guarded(self, target)

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make one call to the world."""
        self.turns.pause()
        here = self.calls
        self.calls += 1
        result = function(*args, **kwargs)
        if here in self.lost:
            raise StoreUnavailableError("the answer was lost")
        return result

    # The order's workflow.
    def process(self) -> None:
        with suppress(StoppedError):
            self._process()

    def _process(self) -> None:
        try:
            self._state(self._move, (OrderStatus.PENDING,), OrderStatus.PROCESSING)
        except RefusedError:
            if not self._finds(OrderStatus.PROCESSING):
                return None
        try:
            self._state(self._reserve)
        except OutOfStockError:
            return self._undo(OrderStatus.REJECTED)
        except ReservationReleasedError:
            return self._undo(OrderStatus.FAILED)
        try:
            self._state(self._charge)
        except PaymentDeclinedError:
            return self._undo(OrderStatus.PAYMENT_FAILED)
        except PaymentClosedError:
            return self._undo(OrderStatus.FAILED)
        try:
            self._state(self._move, (OrderStatus.PROCESSING,), OrderStatus.CONFIRMED)
        except RefusedError:
            if not self._finds(OrderStatus.CONFIRMED):
                return self._undo(OrderStatus.FAILED)
        return self.notices.append("order.completed")

    def _undo(self, status: OrderStatus) -> None:
        self._state(self._refund)
        self._state(self._release)
        self._end(status)

    def _end(self, status: OrderStatus) -> None:
        try:
            self._state(self._move, (OrderStatus.PROCESSING,), status)
        except RefusedError:
            if not self._finds(status):
                return
        self.notices.append(f"order.{status.value.lower()}")

    def _finds(self, status: OrderStatus) -> bool:
        return bool(self._state(lambda: self._is(status)))

    def _state(self, step: Callable[..., Any], *args: Any) -> Any:
        if self.states == self.stops_after:
            raise StoppedError
        self.states += 1
        return self._repeat(step, *args)

    def _move(self, sources: tuple[OrderStatus, ...], target: OrderStatus) -> None:
        self.call(self.row.move, sources, target, Actor.WORKFLOW, OURS)

    def _is(self, status: OrderStatus) -> bool:
        found = self._repeat(lambda: self.call(self.row.find, ORDER_ID))
        return bool(found.status is status)

    # The cancellation's workflow, after its claim.
    def give_back(self, cancellation: Cancellation) -> None:
        with suppress(StoppedError):
            self._give_back(cancellation, itertools.count())

    def _give_back(self, cancellation: Cancellation, states: Iterator[int]) -> None:
        def state(step: Callable[[], Any]) -> Any:
            if next(states) == self.cancellation_stops_after:
                raise StoppedError
            return self._repeat(step)

        try:
            state(lambda: self.call(self.row.cancel, None, cancellation, self.clock()))
        except OrderMovedError:
            if not self._is(OrderStatus.CANCELLED):
                return
        outcome = state(self._refund)
        state(self._release)
        try:
            state(lambda: self.call(self.row.settle, TOTAL if outcome is Outcome.REFUNDED else 0))
        except RefusedError:
            assert self.row.cancellation == "COMPLETE"
        self.notices.append("order.cancelled")

    # The function that takes the request.
    def request(self, dies_at: int | None) -> None:
        for _ in range(10):  # the client repeats what failed on our side
            try:
                cancelled = cancel_order(
                    ORDER_ID,
                    CUSTOMER,
                    reason=None,
                    correlation_id="c",
                    orders=_Mortal(self, self.row, dies_at),
                    store=_Mortal(self, self.row, dies_at),
                    starter=_Mortal(self, self, dies_at),
                    end_wait=lambda _order_id: None,
                    clock=self.clock,
                )
            except TransientError:
                continue
            except ProcessDied:
                return
            except IllegalActionError as refusal:
                self.answers.append(refusal)
                return
            self.answers.append(cancelled.order_id)
            return

    def start(self, cancellation: Cancellation) -> None:
        """Start the cancellation's workflow, as Step Functions does: once by its name."""
        if not self.starts:
            raise WorkflowUnavailableError("Step Functions could not be reached; try again.")
        if cancellation.order_id not in self.started:
            self.started[cancellation.order_id] = cancellation
            self.turns.add("cancellation", lambda: self.give_back(cancellation))

    def sweep(self) -> None:
        """Let the sweeper start the cancellation again when it finds the order listed."""
        if self.row.listed and self.status is OrderStatus.CANCELLED:
            self.turns.add("repair", lambda: self.give_back(self.started[ORDER_ID]))
            self.turns.run()

    # Steps of both workflows, repeated as their Retry says.
    def _repeat(self, step: Callable[..., Any], *args: Any) -> Any:
        for _ in range(len(self.lost)):
            try:
                return step(*args)
            except TransientError:
                continue
        return step(*args)

    def _reserve(self) -> None:
        lines = (StockLine("ITEM001", QUANTITY),)
        prices = self.catalog
        reserve_stock(ORDER_ID, lines, store=self.guard(self._reservations), prices=prices, clock=self.clock)

    def _release(self) -> None:
        release_stock(ORDER_ID, store=self.guard(self._reservations), clock=self.clock)

    def _charge(self) -> None:
        """Do what the payment machine does; its last step is its own write."""
        store, provider = self.guard(self.payments), self.guard(self.ledger)
        try:
            payment = authorize_payment(
                ORDER_ID,
                requested_by=THE_ORDER,
                amount=TOTAL,
                currency="EUR",
                read_terms=self.terms,
                store=store,
                provider=provider,
                clock=self.clock,
            )
            capture_payment(payment.payment_id, store=store, provider=provider, clock=self.clock)
            store.record_captured(payment.payment_id)
        except (PaymentClosedError, PaymentMovedError) as failure:
            last = void_payment(
                ORDER_ID,
                requested_by=THE_ORDER,
                reason=type(failure).__name__,
                store=store,
                provider=provider,
                clock=self.clock,
            )
            if last is None or last.status is not PaymentStatus.CAPTURED:
                raise PaymentClosedError(payment_id_of(ORDER_ID), "not captured") from failure

    def _refund(self) -> Outcome:
        return refund_payment(
            ORDER_ID,
            reason="ORDER_CANCELLED",
            store=self.guard(self.payments),
            provider=self.guard(self.ledger),
            clock=self.clock,
        )[1]

    @property
    def _reservations(self) -> InMemoryReservations:
        return InMemoryReservations(self.catalog)

    @property
    def payment(self) -> str | None:
        payment = self.payments.find(payment_id_of(ORDER_ID))
        return payment.status.value if payment else None


@dataclass
class _Guarded:
    _world: World
    _target: Any

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._world.call(getattr(self._target, name), *args, **kwargs)


@dataclass
class _Mortal:
    """A guard whose caller may die just before its call `dies_at` (0 read, 1 start, 2 write)."""

    _world: World
    _target: Any
    _dies_at: int | None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._dies_at == ["find", "start", "cancel", "tell_request"].index(name):
                raise ProcessDied
            return self._world.call(getattr(self._target, name), *args, **kwargs)

        return call
