"""`checkout follow`: finds the sessions that still wait although their orders ended, and lets them go on."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from orderflow.checkout.following import Follower
from orderflow.checkout.session import SessionStatus
from orderflow.orders.status import OrderStatus
from tests.support.completing import World as Checkout
from tests.support.completing import ended
from tests.support.desk import World
from tests.support.sessions import SESSION, ledger
from tools.ops.cli import cli

LONG_AGO = timedelta(hours=1)


@pytest.fixture
def checkout() -> Checkout:
    """Give a session whose order ended and whose notice was lost."""
    checkout = Checkout(outcome=None)
    checkout.begin()
    checkout.complete(patience=0)
    assert checkout.session.status is SessionStatus.COMPLETE_IN_PROGRESS
    return checkout


def shop(checkout: Checkout, status: OrderStatus, reason: str | None = None, *, since: timedelta = LONG_AGO) -> World:
    """Return the shop of the session, in which its order has had a status for a while."""
    (placed,) = checkout.orders.values()
    world = World(sessions=checkout.sessions)
    world.keep(ended(placed, status, reason) if status is not OrderStatus.PENDING else placed)
    world.clock.now = checkout.clock.now + since
    follower = Follower(ledger(checkout.sessions), checkout, world.orders.find, "https://shop.example.com")
    world.following = follower.follow_order
    return world


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["checkout", "follow", "--reason", "lost notices", *arguments], obj=world.desk())


def test_a_session_whose_notice_was_lost_is_completed_and_the_journal_says_so(checkout: Checkout) -> None:
    world = shop(checkout, OrderStatus.CONFIRMED)
    result = run(world, "--yes", "--json")
    assert result.exit_code == 0, result.output
    (line,) = json.loads(result.stdout)
    assert (line["sessionId"], line["status"]) == (SESSION, "CONFIRMED")
    assert checkout.session.status is SessionStatus.COMPLETED
    begun, done = world.journal.entries
    assert (begun.operation.subject, done.after) == (f"session {SESSION}", {"status": "completed"})
    # And once only: there is nothing left to find
    assert "No session is behind its order." in run(world, "--yes").output
    assert world.ran == [("follow_orders", line["orderId"])]


def test_a_session_whose_order_came_to_nothing_can_be_paid_again(checkout: Checkout) -> None:
    run(shop(checkout, OrderStatus.PAYMENT_FAILED, "PAYMENT_DECLINED"), "--yes")
    assert checkout.session.status is SessionStatus.READY_FOR_PAYMENT


def test_a_dry_run_names_it_and_changes_nothing(checkout: Checkout) -> None:
    world = shop(checkout, OrderStatus.CONFIRMED)
    assert SESSION in run(world, "--dry-run").output
    assert (world.ran, world.journal.entries) == ([], [])


@pytest.mark.parametrize(
    ("status", "since"),
    [(OrderStatus.PENDING, LONG_AGO), (OrderStatus.REVIEW, LONG_AGO), (OrderStatus.CONFIRMED, timedelta(minutes=14))],
)
def test_an_order_on_its_way_and_a_notice_on_its_way_are_left_alone(
    checkout: Checkout, status: OrderStatus, since: timedelta
) -> None:
    world = shop(checkout, status, since=since)
    assert "No session is behind its order." in run(world, "--yes", "--session", SESSION).output
    assert world.ran == []


def test_a_session_that_was_not_asked_for_stays(checkout: Checkout) -> None:
    world = shop(checkout, OrderStatus.CONFIRMED)
    run(world, "--yes", "--session", "cs_nobody")
    assert checkout.session.status is SessionStatus.COMPLETE_IN_PROGRESS


def test_a_function_that_fails_leaves_the_operation_open_in_the_journal(checkout: Checkout) -> None:
    world = shop(checkout, OrderStatus.CONFIRMED)
    world.steps_down = True
    assert run(world, "--yes").exit_code != 0
    (begun,) = world.journal.entries
    assert begun.operation.subject == f"session {SESSION}"
