"""The mock file is what the cases and the functions' own code make of it."""

from tests.workflow.order_processing import cases


def test_the_mock_file_is_as_the_functions_answer_today():
    assert cases.MOCKS.read_text(encoding="utf-8") == cases.mock_text(), (
        "run: PYTHONPATH=src .venv/bin/python -m tests.workflow.order_processing.cases"
    )


def test_no_mock_holds_a_payment_token_or_an_address():
    text = cases.mock_text()
    assert [word for word in ("sandbox_", "paymentToken", "shippingAddress") if word in text] == []
