"""A function that starts too slowly or weighs too much fails the bench, and is named."""

from pathlib import Path

import pytest

from tools.bench_cold import BAR, MOST_BYTES, Cold, first_call, judged
from tools.terminal import ToolError

FLOOR = 200.0


def test_what_stays_within_both_bars_passes() -> None:
    judged([Cold("get_order", BAR * FLOOR, FLOOR, MOST_BYTES)])


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (Cold("place_order", BAR * FLOOR + 1, FLOOR, 1), "Above 1.5 times the floor: place_order"),
        (Cold("place_order", FLOOR, FLOOR, MOST_BYTES + 1), "Zips over 3,000,000 bytes: place_order"),
    ],
)
def test_what_is_above_a_bar_is_named_and_nothing_else(bad: Cold, told: str) -> None:
    with pytest.raises(ToolError, match=told) as error:
        judged([Cold("get_order", FLOOR, FLOOR, 1), bad])
    assert "get_order" not in str(error.value)


def test_a_client_is_made_only_where_the_zip_holds_what_makes_one(tmp_path: Path) -> None:
    assert first_call("handlers.checkout.discover_checkout.handler", tmp_path) == (
        "import handlers.checkout.discover_checkout"
    )
    aws = tmp_path / "orderflow" / "runtime" / "aws.py"
    aws.parent.mkdir(parents=True)
    aws.touch()
    assert first_call("handlers.orders.get_order.handler", tmp_path).endswith("aws.client('dynamodb')")
