"""The mock files are what the cases and the functions' own code make of them."""

import pytest

from tests.workflow.machines import MACHINES, cases_of

every_machine = pytest.mark.parametrize("machine", MACHINES)


@every_machine
def test_the_mock_file_is_as_the_functions_answer_today(machine):
    cases = cases_of(machine)
    assert cases.MOCKS.read_text(encoding="utf-8") == cases.mock_text(), (
        f"run: PYTHONPATH=src .venv/bin/python -m tests.workflow.{machine}.cases"
    )


@every_machine
def test_no_mock_holds_a_payment_token_or_an_address(machine):
    text = cases_of(machine).mock_text()
    assert [word for word in ("sandbox_", "paymentToken", "shippingAddress") if word in text] == []
