"""docs/order-status.md says of the status machine what the code says."""

import pytest

from orderflow.orders.status import TRANSITIONS, OrderStatus
from tools import status_diagram
from tools.terminal import ToolError


def test_the_page_is_what_the_status_machine_says() -> None:
    text = status_diagram.PAGE.read_text(encoding="utf-8")
    assert text == status_diagram.page(text), "run `make contract`"


def test_every_move_and_every_status_is_drawn() -> None:
    lines = status_diagram.drawn().splitlines()
    arrows = {line.strip().partition(":")[0] for line in lines if " --> " in line}
    assert {f"{move.source} --> {move.target}" for move in TRANSITIONS} <= arrows
    assert all(any(status.value in arrow for arrow in arrows) for status in OrderStatus)
    assert len([line for line in lines if line.startswith("| ")]) == len(TRANSITIONS) + 1


def test_a_page_that_says_something_else_is_found_and_mended() -> None:
    text = status_diagram.PAGE.read_text(encoding="utf-8")
    assert status_diagram.page(text.replace("SHIPPED", "SENT")) == text.replace("SHIPPED", "SENT").replace(
        "SENT", "SHIPPED"
    )


def test_a_page_without_its_marks_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ToolError, match="has lost its marks"):
        status_diagram.page("# An empty page")
