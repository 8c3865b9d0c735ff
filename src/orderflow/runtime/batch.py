"""Many DynamoDB items by key in one request, with what the table could not answer at once asked again, boundedly."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orderflow.runtime.dynamo import StoreUnavailableError, from_item, to_item, translated_errors

# docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MAX_KEYS = 100
_ATTEMPTS = 4
_FIRST_PAUSE = 0.05  # seconds; doubles at each attempt, with full jitter


def read_batch(
    client: Any,
    table: str,
    *,
    key: str,
    values: Sequence[str],
    attributes: Sequence[str],
    consistent: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> list[dict[str, Any]]:
    """Return the `attributes` of the items whose partition key is among `values` (distinct, at most 100).

    Items that do not exist are left out, and the order is DynamoDB's. Raises StoreUnavailableError when the table
    still leaves keys unprocessed after four attempts.
    """
    return read_items(
        client,
        table,
        keys=[{key: value} for value in values],
        attributes=attributes,
        consistent=consistent,
        sleep=sleep,
    )


def read_items(
    client: Any,
    table: str,
    *,
    keys: Sequence[Mapping[str, str]],
    attributes: Sequence[str] | None,
    consistent: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> list[dict[str, Any]]:
    """Return what `read_batch` does for whole keys, of one attribute or two; attributes None: all of them."""
    if len(keys) > MAX_KEYS:
        raise ValueError(f"BatchGetItem reads at most {MAX_KEYS} keys, not {len(keys)}")
    asked: dict[str, Any] = {"Keys": [to_item(key) for key in keys], "ConsistentRead": consistent}
    if attributes is not None:
        names = {f"#{i}": attribute for i, attribute in enumerate(attributes)}
        asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    wanted: dict[str, Any] = {table: asked}
    found: list[dict[str, Any]] = []
    if not keys:
        return found
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))
        with translated_errors():
            answer = client.batch_get_item(RequestItems=wanted)
        found += [from_item(item) for item in answer["Responses"].get(table, ())]
        wanted = answer.get("UnprocessedKeys") or {}
        if not wanted:
            return found
    raise StoreUnavailableError("The store could not answer for every item asked for; try again.")
