"""Parts of a payment given back: once per refund, never more than was taken, and a refusal stays one."""

from dataclasses import replace

import pytest

from orderflow.payments.errors import PaymentDeclinedError, PaymentTimeoutError, RefundRefusedError
from orderflow.payments.partial_refunds import Account, RefundState
from orderflow.payments.payment import PaymentStatus
from tests.support import account_contract as contract
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.fulfilment import ORDER_ID, TOTAL, Depot, InMemoryAccounts


class TestAccounts(contract.AccountContract):
    @pytest.fixture
    def accounts(self) -> InMemoryAccounts:
        return Depot().accounts


@pytest.fixture
def depot() -> Depot:
    return Depot()


def refund(depot: Depot, refund_id: str, amount: int, currency: str = "EUR") -> None:
    till = depot.settlement().till
    assert till is not None
    till.refund(ORDER_ID, refund_id, amount=amount, currency=currency, reason="REFUND")


def test_a_repeated_refund_asks_the_provider_for_nothing_more(depot: Depot) -> None:
    for _ in range(2):
        refund(depot, "ref_1", 500)
    assert depot.ledger.given == {"ref_1": 500}
    assert (depot.account.refunded, depot.account.left) == (500, TOTAL - 500)


@pytest.mark.parametrize(
    ("amount", "currency", "code"), [(TOTAL + 1, "EUR", "more_than_captured"), (1, "USD", "other_currency")]
)
def test_what_was_not_taken_is_not_given_back_and_the_provider_not_asked(
    depot: Depot, amount: int, currency: str, code: str
) -> None:
    with pytest.raises(RefundRefusedError) as refusal:
        refund(depot, "ref_1", amount, currency)
    assert (refusal.value.refusal_code, depot.ledger.given, depot.account.refunds) == (code, {}, ())


def test_a_pending_refund_leaves_no_room_for_another(depot: Depot) -> None:
    # Given
    depot.trap = Trap(raising(PaymentTimeoutError), at=2)  # find, save, the provider
    with pytest.raises(PaymentTimeoutError):
        refund(depot, "ref_1", TOTAL - 1)
    depot.trap = None
    # When, then
    with pytest.raises(RefundRefusedError, match="more_than_captured"):
        refund(depot, "ref_2", 2)
    refund(depot, "ref_1", TOTAL - 1)
    assert depot.ledger.given == {"ref_1": TOTAL - 1}


def test_an_order_that_was_never_charged_has_nothing_to_give_back(depot: Depot) -> None:
    depot.accounts.accounts.clear()
    with pytest.raises(RefundRefusedError, match="nothing_captured"):
        refund(depot, "ref_1", 1)


@pytest.mark.parametrize("error", [RefundRefusedError("charge_disputed"), PaymentDeclinedError("charge_disputed")])
def test_a_refusal_of_the_provider_is_remembered_and_frees_the_amount(depot: Depot, error: Exception) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise error

    depot.ledger.refund = refuse  # type: ignore[method-assign]  # a double in its place
    for _ in range(2):
        with pytest.raises(RefundRefusedError, match="charge_disputed"):
            refund(depot, "ref_1", 500)
    [refused] = depot.account.refunds
    assert (refused.state, depot.account.left, depot.account.status) == (
        RefundState.REFUSED,
        TOTAL,
        PaymentStatus.CAPTURED,
    )


def test_a_refund_killed_at_any_call_is_made_once_by_its_repeat() -> None:
    worlds: list[Depot] = []

    def run(trap: Trap) -> None:
        worlds.append(Depot(trap=trap))
        refund(worlds[-1], "ref_1", TOTAL)

    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        depot = worlds[-1]
        depot.trap = None
        refund(depot, "ref_1", TOTAL)
        assert depot.ledger.given == {"ref_1": TOTAL}
        assert (depot.account.refunded, depot.account.status) == (TOTAL, PaymentStatus.REFUNDED)


def test_a_captured_payment_without_the_providers_reference_is_a_defect(depot: Depot) -> None:
    account = depot.account
    depot.accounts.accounts[account.payment_id] = Account(account.payment_id, account.status, TOTAL, "EUR", None)
    with pytest.raises(ValueError, match="without the provider's reference"):
        refund(depot, "ref_1", 1)


def test_the_attempt_that_was_captured_is_refunded_and_not_one_that_came_to_nothing(depot: Depot) -> None:
    # Given an order whose first attempt was declined
    captured = replace(depot.account, payment_id=f"pay_{ORDER_ID}_2")
    declined = replace(depot.account, status=PaymentStatus.DECLINED, successor=captured.payment_id)
    depot.accounts.accounts = {declined.payment_id: declined, captured.payment_id: captured}
    # When
    refund(depot, "ref_1", 500)
    # Then
    assert depot.accounts.accounts[captured.payment_id].refunded == 500
    assert depot.accounts.accounts[declined.payment_id] == declined
