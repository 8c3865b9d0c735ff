"""What every store of payments must do while parts of them are given back; run for the fake and for DynamoDB."""

import dataclasses
from typing import Any

import pytest

from orderflow.payments.partial_refunds import AccountChangedError, PartialRefund, RefundState
from orderflow.payments.payment import PaymentStatus, payment_id_of
from tests.support.frozen import START

PAYMENT_ID = payment_id_of("01JFR0ZEN00000000000000001")
FIRST = PartialRefund("ref_1", 500, "REFUND", "2026-01-02T03:04:05.678Z")
SECOND = PartialRefund("ref_2", 3000, "REFUND", "2026-01-02T03:04:05.678Z")


class AccountContract:
    """`accounts` holds one payment of 35.00 EUR that nothing was given back of."""

    def test_a_payment_that_was_never_begun_is_not_found(self, accounts: Any) -> None:
        assert accounts.find("pay_unknown") is None

    def test_refunds_come_back_as_they_were_written(self, accounts: Any) -> None:
        account = accounts.find(PAYMENT_ID)
        assert (account.status, account.amount, account.left, account.refunds) == ("CAPTURED", 3500, 3500, ())
        asked = account.put(FIRST)
        accounts.save(account, asked, START)
        done = asked.put(dataclasses.replace(FIRST, state=RefundState.DONE, detail="reference"))
        accounts.save(asked, done, START)
        assert accounts.find(PAYMENT_ID) == done
        assert (done.refunded, done.left) == (500, 3000)

    def test_of_two_refunds_begun_at_once_the_second_is_refused(self, accounts: Any) -> None:
        account = accounts.find(PAYMENT_ID)
        accounts.save(account, account.put(FIRST), START)
        with pytest.raises(AccountChangedError):
            accounts.save(account, account.put(SECOND), START)
        account = accounts.find(PAYMENT_ID)
        accounts.save(account, account.put(SECOND), START)
        with pytest.raises(AccountChangedError):
            accounts.save(account, account.put(dataclasses.replace(FIRST, state=RefundState.DONE)), START)
        assert accounts.find(PAYMENT_ID).refunds == (FIRST, SECOND)

    def test_a_payment_with_everything_given_back_is_refunded(self, accounts: Any) -> None:
        account = accounts.find(PAYMENT_ID)
        whole = account.put(dataclasses.replace(FIRST, amount=3500, state=RefundState.DONE))
        accounts.save(account, whole, START)
        assert accounts.find(PAYMENT_ID).status is PaymentStatus.REFUNDED
        with pytest.raises(AccountChangedError):
            accounts.save(account, account.put(SECOND), START)
