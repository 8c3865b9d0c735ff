"""A confirmed order on its way to the customer and back, in memory: its row, stock, money and notices."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orderflow.catalog.stock import Reservation, ReservationStatus, Stock, StockLine
from orderflow.catalog.stock_moving import StockRoom
from orderflow.orders import fulfilment
from orderflow.orders.finishing import Finisher
from orderflow.orders.fulfilling import Asked, Fulfilling, Moved
from orderflow.orders.open_orders import next_look
from orderflow.orders.order import Order, OrderLine
from orderflow.orders.settling import OrderChangedError, Settlement
from orderflow.orders.status import TRANSITIONS, OrderStatus
from orderflow.payments.errors import RefundRefusedError
from orderflow.payments.partial_refunds import Account, AccountChangedError, Till
from orderflow.payments.payment import PaymentStatus, payment_id_of
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.idempotency.once import Once, once
from tests.support.catalog_fake import InMemoryCatalog, InMemoryReservations
from tests.support.crashes import Trap
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.orders import ADMIN, order

ORDER_ID = "01JFR0ZEN00000000000000001"
LINES = (OrderLine("MUG", "Mug", 3, 1000), OrderLine("PEN", "Pen", 2, 250))
TOTAL = 3500
STOCKED = {"MUG": 10, "PEN": 10}


@dataclass
class InMemoryMovements:
    """Order rows, each written on the version that was read and only along the status machine."""

    orders: dict[str, Order] = field(default_factory=dict)
    check_after: dict[str, str] = field(default_factory=dict)

    def find(self, order_id: str) -> Order | None:
        return self.orders.get(order_id)

    def save(self, before: Order, after: Order, now: datetime) -> None:
        if self.orders[before.order_id].version != before.version:
            raise OrderChangedError
        moves = {(move.source, move.target) for move in TRANSITIONS}
        assert before.status is after.status or (before.status, after.status) in moves
        self.orders[after.order_id] = after
        if fulfilment.pending(after):
            self.check_after[after.order_id] = next_look(now)
        else:
            self.check_after.pop(after.order_id, None)

    def due(self, now: datetime, limit: int) -> list[str]:
        due = sorted((at, order_id) for order_id, at in self.check_after.items() if at <= iso(now))
        return [order_id for _, order_id in due][:limit]

    def put_off(self, order: Order, now: datetime) -> None:
        if self.orders[order.order_id].version == order.version and order.order_id in self.check_after:
            self.check_after[order.order_id] = next_look(now)

    def page(self, *_: Any) -> Any:
        raise AssertionError("fulfilment lists no orders")


@dataclass
class InMemoryAccounts:
    """Payments whose refunds are written only where nothing has changed."""

    accounts: dict[str, Account] = field(default_factory=dict)

    def find(self, payment_id: str) -> Account | None:
        return self.accounts.get(payment_id)

    def save(self, before: Account, after: Account, at: datetime) -> None:
        if self.accounts[before.payment_id] != before:
            raise AccountChangedError
        self.accounts[after.payment_id] = after


@dataclass
class RefundLedger:
    """A provider that gives back once per key, never more than it took, and may refuse for good."""

    taken: int = TOTAL
    given: dict[str, int] = field(default_factory=dict)
    refusal: str | None = None

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:
        if idempotency_key not in self.given:
            if self.refusal:
                raise RefundRefusedError(self.refusal)
            assert sum(self.given.values()) + amount <= self.taken, "more is given back than was taken"
        assert self.given.setdefault(idempotency_key, amount) == amount
        return f"ledger_{idempotency_key}"


@dataclass
class InMemoryNotices:
    sent: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, message: dict[str, Any]) -> None:
        self.sent.append(message)


@dataclass
class Depot:
    """Everything there is; with a trap, every call to the world is counted by it."""

    movements: InMemoryMovements = field(default_factory=InMemoryMovements)
    catalog: InMemoryCatalog = field(default_factory=InMemoryCatalog)
    accounts: InMemoryAccounts = field(default_factory=InMemoryAccounts)
    ledger: RefundLedger = field(default_factory=RefundLedger)
    notices: InMemoryNotices = field(default_factory=InMemoryNotices)
    clock: FrozenClock = field(default_factory=FrozenClock)
    ids: CountingIds = field(default_factory=CountingIds)
    trap: Trap | None = None

    def __post_init__(self) -> None:
        self.confirm(order(ORDER_ID, status=OrderStatus.CONFIRMED, lines=LINES, version=3))

    def confirm(self, confirmed: Order) -> None:
        """Hold and charge an order of the same units as `LINES`."""
        self.movements.orders[ORDER_ID] = confirmed
        self.ledger.taken = confirmed.total
        held = tuple(StockLine(line.product_id, line.quantity) for line in LINES)
        self.catalog.reservations[ORDER_ID] = Reservation(ORDER_ID, held, ReservationStatus.RESERVED)
        for line in held:
            left = STOCKED[line.product_id] - line.quantity
            self.catalog.stocks[line.product_id] = Stock(left, line.quantity, 0, "")
        payment = Account(payment_id_of(ORDER_ID), PaymentStatus.CAPTURED, confirmed.total, "EUR", "ledger_charge")
        self.accounts.accounts[payment.payment_id] = payment

    # What administrators do.
    def ship(self, *lines: tuple[str, int], key: str | None = None, caller: Caller = ADMIN, **told: Any) -> Moved:
        asked = self._asked("shipments", key, lines, caller)
        facts = {"carrier": None, "tracking_number": None} | told
        return self.fulfilling().ship(asked, _lines(lines) or None, **facts)

    def deliver(self, shipment_id: str, key: str | None = None, caller: Caller = ADMIN) -> Moved:
        return self.fulfilling().deliver(self._asked("deliveries", key, shipment_id, caller), shipment_id)

    def take_back(self, *lines: tuple[str, int], restock: bool = True, key: str | None = None) -> Moved:
        asked = self._asked("returns", key, [lines, restock], ADMIN)
        return self.fulfilling().take_back(asked, _lines(lines), restock=restock, reason="Too small")

    def refund(self, amount: int | None = None, *lines: tuple[str, int], key: str | None = None) -> Moved:
        asked = self._asked("refunds", key, [amount, lines], ADMIN)
        return self.fulfilling().refund(asked, amount=amount, lines=_lines(lines) or None, reason="Scratched")

    def shipped(self) -> str:
        """Ship everything and return the shipment's id."""
        return self.ship().movement.movement_id

    def delivered(self) -> str:
        """Ship and deliver everything and return the shipment's id."""
        shipment_id = self.shipped()
        self.deliver(shipment_id)
        return shipment_id

    def sweep(self) -> None:
        """Let time pass and finish_movements run, with nothing in its way."""
        self.trap = None
        self.clock.now += timedelta(minutes=16)
        finisher = self.finisher()
        for order_id in finisher.due():
            finisher.finish(order_id)

    def fulfilling(self) -> Fulfilling:
        orders = self._guarded(self.movements)
        return Fulfilling(orders=orders, store=orders, settlement=self.settlement(), clock=self.clock, ids=self.ids)

    def finisher(self) -> Finisher:
        return Finisher(store=self._guarded(self.movements), settlement=self.settlement(), clock=self.clock)

    def settlement(self) -> Settlement:
        return Settlement(
            store=self._guarded(self.movements),
            notices=self._guarded(self.notices),
            clock=self.clock,
            stock=StockRoom(self._guarded(InMemoryReservations(self.catalog)), self.clock),
            till=Till(self._guarded(self.accounts), self._guarded(self.ledger), self.clock),
        )

    # What can be seen.
    @property
    def order(self) -> Order:
        return self.movements.orders[ORDER_ID]

    @property
    def account(self) -> Account:
        return self.accounts.accounts[payment_id_of(ORDER_ID)]

    def counts(self, product_id: str) -> tuple[int, int, int]:
        stock = self.catalog.stocks[product_id]
        return stock.available, stock.reserved, stock.sold

    @property
    def told(self) -> set[str]:
        """The ids of the events that went out."""
        return {notice["eventId"] for notice in self.notices.sent}

    def check(self) -> None:
        """Look at what must hold at any moment, also in the middle of something."""
        for product_id, stocked in STOCKED.items():
            stock = self.catalog.stocks[product_id]
            assert stock.total == stocked
            assert min(stock.available, stock.reserved, stock.sold) >= 0
        given = sum(self.ledger.given.values())
        assert 0 <= self.order.refunded <= self.account.refunded <= given <= self.ledger.taken
        assert 0 <= fulfilment.to_refund(self.order) <= TOTAL
        assert bool(fulfilment.pending(self.order)) == (ORDER_ID in self.movements.check_after)

    def check_settled(self) -> None:
        """Look at what must hold once nothing is pending: stock, money and notices say what the order says."""
        self.check()
        assert fulfilment.pending(self.order) == ()
        reservation = self.catalog.reservations[ORDER_ID]
        for product_id, stocked in STOCKED.items():
            stock = self.catalog.stocks[product_id]
            assert stock.reserved == reservation.held[product_id] == fulfilment.to_ship(self.order)[product_id]
            assert stock.sold == reservation.sold[product_id]
            assert stock.available == stocked - stock.reserved - stock.sold
        assert self.order.refunded == self.account.refunded == sum(self.ledger.given.values())
        assert {notice["correlationId"] for notice in self.notices.sent} <= {"correlation-7"}
        done = [each for each in self.order.movements if each.state is not fulfilment.MovementState.FAILED]
        assert len(self.told) == len(done)

    def _asked(self, route: str, key: str | None, body: Any, caller: Caller) -> Asked:
        return Asked(ORDER_ID, caller, "correlation-7", _once(route, key, body, caller))

    def _guarded(self, part: Any) -> Any:
        return self.trap.guard(part) if self.trap else part


def as_it_was(depot: Depot) -> Depot:
    """Return a copy that shares nothing which could change."""
    copied = Depot(ids=CountingIds(list(depot.ids.made)), clock=FrozenClock(depot.clock.now))
    copied.movements = InMemoryMovements(dict(depot.movements.orders), dict(depot.movements.check_after))
    copied.catalog = dataclasses.replace(
        depot.catalog, stocks=dict(depot.catalog.stocks), reservations=dict(depot.catalog.reservations)
    )
    copied.accounts = InMemoryAccounts(dict(depot.accounts.accounts))
    copied.ledger = dataclasses.replace(depot.ledger, given=dict(depot.ledger.given))
    copied.notices = InMemoryNotices(list(depot.notices.sent))
    return copied


def _once(route: str, key: str | None, body: Any, caller: Caller) -> Once | None:
    return once(caller.user_id, route, key, {"body": repr(body)}) if key else None


def _lines(lines: tuple[tuple[str, int], ...]) -> list[StockLine]:
    return [StockLine(*line) for line in lines]


Step = Callable[[Depot], Any]
