"""What the workflow sends is checked before money moves."""

from typing import Any

import pytest

from orderflow.payments import step_payload
from orderflow.runtime.errors import InvalidRequestError


@pytest.mark.parametrize(("sent", "amount"), [("1999", 1999), (1999, 1999), ("0", 0)])
def test_an_amount_is_a_whole_number_however_dynamodb_writes_it(sent: Any, amount: int) -> None:
    assert step_payload.amount({"amount": sent}) == amount


@pytest.mark.parametrize("sent", [None, True, 19.99, "19.99", "-1", -1, "", "1e3", "٣", [], "9" * 16])
def test_an_amount_that_is_none_is_refused(sent: Any) -> None:
    with pytest.raises(InvalidRequestError, match="amount"):
        step_payload.amount({"amount": sent})


@pytest.mark.parametrize("event", [{}, {"orderId": None}, {"orderId": 1}, {"orderId": "x"}])
def test_a_step_without_an_order_is_refused(event: dict) -> None:
    with pytest.raises(InvalidRequestError, match="orderId"):
        step_payload.order_id(event)


@pytest.mark.parametrize("event", [{}, {"currency": ""}, {"currency": 1}])
def test_a_text_that_must_be_there_is_named(event: dict) -> None:
    with pytest.raises(InvalidRequestError, match="currency"):
        step_payload.text(event, "currency")
