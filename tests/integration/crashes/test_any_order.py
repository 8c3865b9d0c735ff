"""Whatever is done to a shop in whatever order, with deaths in between: money and stock balance after every step."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from orderflow.runtime.dynamo import from_item
from tests.integration.crashes.scenarios import (
    PRICE,
    PRODUCT,
    QUANTITY,
    asks_as_admin,
    cancelled,
    paid,
    placed,
    readdressed,
    stocked,
)
from tests.support.simulation.account import Region, Shop, simulated_region
from tests.support.simulation.judge import Expected, breaches
from tests.support.simulation.trap import Trap

STOCKED = 5  # for two orders, and one unit is left
TOKENS = (
    "sandbox_approve",
    "sandbox_decline",
    "sandbox_timeout",
    "sandbox_timeout_then_success",
    "sandbox_rate_limited",
)
KEPT = ("CONFIRMED", "SHIPPED", "DELIVERED", "RETURNED")
ENDS = frozenset({*KEPT, "REJECTED", "PAYMENT_FAILED", "FAILED", "CANCELLED"})
PIECE = [{"productId": PRODUCT, "quantity": 1}]

some_order = st.integers(min_value=0, max_value=9)


class AnyOrder(RuleBasedStateMachine):
    """People, schedules and workflows act one after the other; the next write may be the last of its process."""

    region: Region

    @initialize()
    def opens(self) -> None:
        self.shop: Shop = self.region.open()
        stocked(self.shop, STOCKED)
        self.accepted: list[str] = []
        self.shipments: list[tuple[str, str]] = []
        self.asked = 0

    def order(self, number: int) -> str:
        return self.accepted[number % len(self.accepted)]

    @rule(token=st.sampled_from(TOKENS))
    def place(self, token: str) -> None:
        self.asked += 1
        self.accepted += placed(self.shop, token, key=f"the-key-of-order-{self.asked}")

    @precondition(lambda self: self.accepted)
    @rule(number=some_order, token=st.sampled_from(TOKENS))
    def pay(self, number: int, token: str) -> None:
        paid(self.shop, self.order(number), token)

    @precondition(lambda self: self.accepted)
    @rule(number=some_order)
    def cancel(self, number: int) -> None:
        cancelled(self.shop, self.order(number))

    @precondition(lambda self: self.accepted)
    @rule(number=some_order, house=st.integers(min_value=1, max_value=9))
    def send_elsewhere(self, number: int, house: int) -> None:
        readdressed(self.shop, self.order(number), f"Holzmarkt {house}")

    def admin(self, function: str, order_id: str, **body: Any) -> Any:
        self.asked += 1
        return asks_as_admin(self.shop, function, order_id, str(self.asked), **body)

    @precondition(lambda self: self.accepted)
    @rule(number=some_order)
    def ship_a_piece(self, number: int) -> None:
        order_id = self.order(number)
        answer = self.admin("ship_order", order_id, lines=PIECE)
        if answer and "shipmentId" in answer:
            self.shipments.append((order_id, answer["shipmentId"]))

    @precondition(lambda self: self.shipments)
    @rule(number=some_order)
    def arrive(self, number: int) -> None:
        order_id, shipment_id = self.shipments[number % len(self.shipments)]
        self.admin("deliver_order", order_id, shipmentId=shipment_id)

    @precondition(lambda self: self.shipments)
    @rule(number=some_order, restock=st.booleans())
    def take_back(self, number: int, restock: bool) -> None:
        order_id, _ = self.shipments[number % len(self.shipments)]
        self.admin("return_order", order_id, lines=PIECE, restock=restock, reason="broken")

    @precondition(lambda self: self.accepted)
    @rule(number=some_order)
    def refund(self, number: int) -> None:
        self.admin("refund_order", self.order(number), amount=PRICE, reason="broken")

    @rule()
    def deliver(self) -> None:
        self.shop.deliver()

    @precondition(lambda self: self.shop.states.running())
    @rule(number=some_order, steps=st.integers(min_value=1, max_value=6))
    def go_on(self, number: int, steps: int) -> None:
        running = self.shop.states.running()
        run = running[number % len(running)]
        for _ in range(steps):
            if run.status == "RUNNING" and not run.waits_for:
                run.step()

    @precondition(lambda self: any(run.machine == "order_processing" for run in self.shop.states.running()))
    @rule(number=some_order)
    def stop(self, number: int) -> None:
        running = [run for run in self.shop.states.running() if run.machine == "order_processing"]
        running[number % len(running)].stop()

    @rule()
    def sweep(self) -> None:
        self.shop.advance(minutes=16)
        self.shop.dies("sweep_orders", {})

    @rule()
    def rest(self) -> None:
        """Leave the shop alone for a while."""
        self.shop.settle(sweeps=2)

    @rule(writes=st.integers(min_value=0, max_value=4), after=st.booleans())
    def die_soon(self, writes: int, after: bool) -> None:
        """Kill at one of the next writes, whoever makes it."""
        self.shop.trap = Trap(writes, after)

    @invariant()
    def balances(self) -> None:
        (stock,) = (from_item(row) for row in self.shop.rows("stock"))
        counters = (stock["available"], stock["reserved"], stock["sold"])
        assert sum(counters) == STOCKED
        assert min(counters) >= 0
        orders = [from_item(row) for row in self.shop.rows("orders")]
        confirmed = [order for order in orders if order["status"] == "CONFIRMED"]
        assert stock["reserved"] + stock["sold"] >= QUANTITY * len(confirmed), "a confirmed order holds its units"
        least = sum(order["total"] - order["refunded"] for order in orders if order["status"] in KEPT)
        most = sum(order["total"] for order in orders)
        assert least <= self.shop.ledger.balance <= most, "an order that stands is paid, and nothing is paid twice"

    def teardown(self) -> None:
        """Left alone, everything ends, and all six rules hold."""
        if not hasattr(self, "shop"):
            return
        self.shop.trap = Trap()
        self.shop.settle(sweeps=12)
        expected = Expected(ENDS, orders=frozenset({len(self.accepted)}), stocked=STOCKED)
        assert list(breaches(self.shop, expected, self.accepted)) == []


def test_money_and_stock_balance_after_every_step_of_any_history() -> None:
    with simulated_region() as region:
        machine: Any = type("AnyOrderHere", (AnyOrder,), {"region": region})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=50, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
