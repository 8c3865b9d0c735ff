"""Many DynamoDB items by key in one request, with what the table could not answer at once asked again, boundedly."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from orderflow.runtime.dynamo import StoreUnavailableError, from_item, to_value, translated_errors

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
    if len(values) > MAX_KEYS:
        raise ValueError(f"BatchGetItem reads at most {MAX_KEYS} keys, not {len(values)}")
    names = {f"#{i}": attribute for i, attribute in enumerate(attributes)}
    wanted: dict[str, Any] = {
        table: {
            "Keys": [{key: to_value(value)} for value in values],
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
            "ConsistentRead": consistent,
        }
    }
    found: list[dict[str, Any]] = []
    if not values:
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
