"""The audit trail as tests write and read it."""

from typing import Any

from orderflow.runtime.dynamo import from_item
from orderflow.runtime.trail import Author


def author(tables: dict[str, str]) -> Author:
    """Return who changes things where a test does not care who."""
    return Author(tables["audit-trail"], "admin-1", "request-1")


def trail(dynamodb: Any, tables: dict[str, str], subject: str) -> list[dict[str, Any]]:
    """Return every entry about a subject, oldest first, without its random id."""
    found = dynamodb.query(
        TableName=tables["audit-trail"],
        KeyConditionExpression="subject = :subject",
        ExpressionAttributeValues={":subject": {"S": subject}},
        ConsistentRead=True,
    )["Items"]
    entries = [from_item(item) for item in found]
    for entry in entries:
        del entry["entryId"]
    return entries
