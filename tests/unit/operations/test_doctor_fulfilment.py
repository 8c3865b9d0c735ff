"""The doctor over orders on their way: quiet about what is half done, loud about what does not fit together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from orderflow.catalog.stock import StockLine
from orderflow.operations.doctor import Doctor
from orderflow.payments.payment import Payment, PaymentStatus
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.desk import (
    ExecutionsInMemory,
    FeedbackPages,
    InMemoryAudits,
    OrderPages,
    PaymentPages,
    RatingPages,
    StockPages,
    record_of,
)
from tests.support.fulfilment import ORDER_ID, TOTAL, Depot

Break = Callable[[InMemoryAudits], None]


def audits_of(depot: Depot) -> InMemoryAudits:
    """Return what the tables hold."""
    account = depot.account
    payment = Payment(
        account.payment_id, ORDER_ID, account.status, 1, TOTAL, "EUR", "ledger_charge", refunded=account.refunded
    )
    return InMemoryAudits(
        records={ORDER_ID: record_of(depot.order)},
        stocks=dict(depot.catalog.stocks),
        reservations=dict(depot.catalog.reservations),
        payments={ORDER_ID: payment},
    )


def found(audits: InMemoryAudits, depot: Depot) -> set[str]:
    pages = OrderPages(audits), StockPages(audits), PaymentPages(audits), ExecutionsInMemory(audits)
    doctor = Doctor(*pages, depot.clock, timedelta(minutes=15), RatingPages(audits), FeedbackPages(audits))
    return {finding.rule for finding in doctor.examine()}


def everything(depot: Depot) -> None:
    first = depot.ship(("MUG", 1)).movement.movement_id
    depot.deliver(first)
    depot.deliver(depot.ship().movement.movement_id)
    depot.take_back(("MUG", 2))
    depot.take_back(("PEN", 1), restock=False)
    depot.refund(700)
    depot.ledger.refusal = "charge_disputed"
    depot.refund(100)
    depot.ledger.refusal = None
    depot.refund(TOTAL - 700)


def test_an_order_killed_anywhere_on_its_way_is_sound_until_it_is_late() -> None:
    worlds: list[Depot] = []

    def run(trap: Trap) -> None:
        worlds.append(Depot(trap=trap))
        everything(worlds[-1])

    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        depot = worlds[-1]
        assert found(audits_of(depot), depot) == set()
        depot.clock.advance(hours=1)
        assert found(audits_of(depot), depot) == set()
        depot.clock.advance(seconds=1)
        late = bool(depot.movements.check_after)
        assert found(audits_of(depot), depot) == ({"movements-are-carried-out"} if late else set())


def test_a_journey_to_the_end_is_sound() -> None:
    depot = Depot()
    everything(depot)
    assert depot.account.status is PaymentStatus.REFUNDED
    assert found(audits_of(depot), depot) == set()


def _order(**changes: object) -> Break:
    return lambda audits: audits.records.update(
        {ORDER_ID: replace(audits.records[ORDER_ID], order=replace(audits.records[ORDER_ID].order, **changes))}
    )


def _payment(**changes: object) -> Break:
    return lambda audits: audits.payments.update({ORDER_ID: replace(audits.payments[ORDER_ID], **changes)})


def _stock(**changes: int) -> Break:
    return lambda audits: audits.stocks.update(MUG=replace(audits.stocks["MUG"], **changes))


def _forget_a_move(audits: InMemoryAudits) -> None:
    kept = audits.reservations[ORDER_ID]
    audits.reservations[ORDER_ID] = replace(kept, moves=kept.moves[:-1])


def _move_more(audits: InMemoryAudits) -> None:
    kept = audits.reservations[ORDER_ID]
    foreign = replace(kept.moves[0], move_id="shp_foreign", lines=(StockLine("PEN", 1),))
    audits.reservations[ORDER_ID] = replace(kept, moves=(*kept.moves, foreign))


CASES: dict[str, tuple[Break, str]] = {
    "an order that says more was refunded": (_order(refunded=501), "refunds-are-what-was-given-back"),
    "a payment that gave back less": (_payment(refunded=499), "refunds-are-what-was-given-back"),
    "a payment that gave back more": (_payment(refunded=501), "refunds-are-what-was-given-back"),
    "a payment that is closed too early": (_payment(status=PaymentStatus.REFUNDED), "paid-orders-are-paid-exactly"),
    "sold units that nobody took": (_stock(sold=3), "sold-is-what-orders-took"),
    "taken units that are not sold": (_stock(sold=1), "sold-is-what-orders-took"),
    "units that came back for the order alone": (_forget_a_move, "units-move-with-their-order"),
    "units that left without the order": (_move_more, "units-move-with-their-order"),
    "a reservation that is gone": (
        lambda audits: audits.reservations.pop(ORDER_ID) and None,
        "orders-hold-their-units",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_fit_together_is_named(case: str) -> None:
    depot = Depot()
    depot.delivered()
    depot.take_back(("MUG", 1))
    depot.refund(500)
    audits = audits_of(depot)
    assert found(audits, depot) == set()
    broken, rule = CASES[case]
    broken(audits)
    assert rule in found(audits, depot)


def test_units_still_held_after_a_settled_shipment_are_named() -> None:
    depot = Depot()
    depot.ship(("MUG", 1))
    audits = audits_of(depot)
    kept = audits.reservations[ORDER_ID]
    audits.reservations[ORDER_ID] = replace(kept, moves=())
    assert {"orders-hold-their-units", "units-move-with-their-order"} <= found(audits, depot)
