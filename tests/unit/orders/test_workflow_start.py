"""A queued message starts its order's one execution, or fails alone with a reason."""

from dataclasses import dataclass, field

import pytest

from orderflow.orders.errors import MalformedMessageError
from orderflow.orders.workflow_start import QueuedOrder, start_order_workflow

ORDER_ID = "01JFR0ZEN00000000000000001"


@dataclass
class InMemoryExecutions:
    started: dict[str, QueuedOrder] = field(default_factory=dict)

    def start(self, order: QueuedOrder) -> bool:
        new = order.order_id not in self.started
        self.started.setdefault(order.order_id, order)
        return new


def test_a_duplicated_message_starts_one_execution() -> None:
    executions = InMemoryExecutions()
    message = f'{{"orderId": "{ORDER_ID}", "correlationId": "c-1"}}'
    outcomes = [start_order_workflow(message, executions)[1] for _ in range(2)]
    assert (outcomes, executions.started) == ([True, False], {ORDER_ID: QueuedOrder(ORDER_ID, "c-1")})


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no json",
        "[]",
        "null",
        "1",
        "{}",
        f'{{"orderId": "{ORDER_ID}"}}',
        f'{{"orderId": "{ORDER_ID}", "correlationId": 1}}',
        '{"orderId": 1, "correlationId": "c"}',
        '{"orderId": "not a ulid", "correlationId": "c"}',
        "[" * 100_000,
    ],
)
def test_a_message_that_is_not_ours_is_refused_and_starts_nothing(message: str) -> None:
    executions = InMemoryExecutions()
    with pytest.raises(MalformedMessageError):
        start_order_workflow(message, executions)
    assert executions.started == {}
