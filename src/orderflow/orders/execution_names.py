"""How the executions of an order's workflows are named: a name is taken once, so it says what was started."""

from collections.abc import Iterator

# Each failed with the one before it. More would repeat the same failure.
MAX_REPAIRS = 5
# The sweeper stops after MAX_REPAIRS, when nobody has changed anything in between; a person has.
MAX_RETRIES = 4 * MAX_REPAIRS


def repair_names(order_id: str, repairs: int = MAX_REPAIRS) -> Iterator[str]:
    """Yield the names of the executions that may finish an order after its first, in their order."""
    return (f"{order_id}-repair-{attempt}" for attempt in range(1, repairs + 1))


def first_cancellation(order_id: str) -> str:
    """Return the name of the execution that cancel_order starts."""
    return f"cancel-{order_id}"


def cancellation_names(order_id: str, repairs: int = MAX_RETRIES) -> Iterator[str]:
    """Yield the names of the executions that may cancel an order, in their order."""
    yield first_cancellation(order_id)
    yield from repair_names(first_cancellation(order_id), repairs)
