"""The mock files are what the cases and the functions' own code make of them."""

import pytest

from tests.workflow.order_cancellation import cases as cancellation_cases
from tests.workflow.order_processing import cases as processing_cases

every_machine = pytest.mark.parametrize(
    "cases", [processing_cases, cancellation_cases], ids=lambda cases: str(cases.MACHINE)
)


@every_machine
def test_the_mock_file_is_as_the_functions_answer_today(cases):
    assert cases.MOCKS.read_text(encoding="utf-8") == cases.mock_text(), (
        f"run: PYTHONPATH=src .venv/bin/python -m tests.workflow.{cases.MACHINE}.cases"
    )


@every_machine
def test_no_mock_holds_a_payment_token_or_an_address(cases):
    text = cases.mock_text()
    assert [word for word in ("sandbox_", "paymentToken", "shippingAddress") if word in text] == []
