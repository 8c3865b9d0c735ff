"""Ledger and counters in one DynamoDB table, written together.

The ledger of a day is the book `counted#<day>`, a line an order or a rating. Every row carries a `revision`, which
whoever corrects it compares.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orderflow.analytics.change import Change
from orderflow.analytics.counted import Row, from_record
from orderflow.analytics.counting import Counted, Step
from orderflow.analytics.errors import CountedMeanwhileError, UncountableError
from orderflow.runtime.batch import read_items
from orderflow.runtime.dynamo import TransactionRefusedError, to_item, translated_errors

LEDGER = "counted#"


class DynamoCounterStore:
    """The counters' writer (IAM: dynamodb:BatchGetItem, PutItem, UpdateItem on the analytics table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def counted(self, changes: Sequence[Change]) -> Mapping[str, Counted]:
        found = read_items(
            self._client,
            self._table,
            keys=[ledger_key(change.day, change.subject) for change in changes],
            attributes=("line", "version", "facts", "revision"),
            consistent=True,
        )
        return {record["line"]: counted_in(record) for record in found}

    def record(self, step: Step) -> None:
        items = [{"Put": self._remember(change, counted)} for change, counted in step.changes]
        items += [{"Update": self._add(row, figures)} for row, figures in step.rows.items()]
        try:
            with translated_errors():
                # botocore adds a ClientRequestToken, so its own repetition of a landed write succeeds.
                self._client.transact_write_items(TransactItems=items)
        except TransactionRefusedError as refused:
            raise CountedMeanwhileError from refused
        except RuntimeError as defect:
            raise UncountableError(str(defect)) from defect

    def _remember(self, change: Change, counted: Counted | None) -> dict[str, Any]:
        record = {
            **ledger_key(change.day, change.subject),
            "version": change.version,
            "facts": change.facts.as_record() if change.facts else None,
            "revision": (counted.revision if counted else 0) + 1,
        }
        return {"TableName": self._table, "Item": to_item(record), **unchanged(counted.revision if counted else None)}

    def _add(self, row: Row, figures: Mapping[str, int]) -> dict[str, Any]:
        added = {**figures, "revision": 1}
        return {
            "TableName": self._table,
            "Key": to_item(row._asdict()),
            "UpdateExpression": "ADD " + ", ".join(f"#{number} :{number}" for number in range(len(added))),
            "ExpressionAttributeNames": {f"#{number}": name for number, name in enumerate(added)},
            "ExpressionAttributeValues": to_item({f":{number}": value for number, value in enumerate(added.values())}),
        }


def ledger_key(day: str, subject: str) -> dict[str, str]:
    """Return the key of an entry in the ledger."""
    return {"book": f"{LEDGER}{day}", "line": subject}


def counted_in(record: Mapping[str, Any]) -> Counted:
    """Return the entry in a record of the ledger."""
    facts = record.get("facts")
    return Counted(record["version"], from_record(facts) if facts else None, record["revision"])


def unchanged(revision: int | None) -> dict[str, Any]:
    """Return the condition that a row is as it was read; None: it was not there."""
    if revision is None:
        return {"ConditionExpression": "attribute_not_exists(revision)"}
    return {
        "ConditionExpression": "revision = :read",
        "ExpressionAttributeValues": to_item({":read": revision}),
    }
