"""Whole tables page by page, for audits only: no request of a customer ever scans."""

from collections.abc import Iterator, Sequence
from typing import Any

from orderflow.runtime.dynamo import from_item, translated_errors

PAGE = 100  # items: what one BatchGetItem can look up beside them


def pages(client: Any, table: str, attributes: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
    """Yield a table's items as plain dicts of these attributes (None: all), at most 100 at a time, strongly consistent.

    What is written while this runs may or may not be seen.
    """
    request: dict[str, Any] = {"TableName": table, "ConsistentRead": True, "Limit": PAGE}
    if attributes is not None:
        names = {f"#{position}": name for position, name in enumerate(attributes)}
        request |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    while True:
        with translated_errors():
            answer = client.scan(**request)
        yield [from_item(item) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
