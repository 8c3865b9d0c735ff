"""What the functions ask of AWS, written down on the way: DynamoDB accesses with their keys, the rest as counts."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.cost.units import Read, Write
from tools.forwarder import Answer, Call

Schema = Callable[[str], tuple[str, ...]]


@dataclass
class Meter:
    """Keeps the calls that pass, since the last `reset`; `keys_of` names the key attributes of a table."""

    keys_of: Schema
    accesses: list[Read | Write] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def reset(self) -> None:
        with self._lock:
            self.accesses.clear()
            self.calls.clear()

    def before(self, _call: Call, /) -> Answer | None:
        return None

    def after(self, call: Call, answer: Answer, /) -> Answer:
        found = list(self._accesses(call, answer)) if call.service == "dynamodb" else []
        with self._lock:
            self.calls[f"{call.service}:{call.operation}"] += 1
            self.accesses += found
        return answer

    def _accesses(self, call: Call, answer: Answer) -> Iterator[Read | Write]:
        asked = json.loads(call.body or b"{}")
        match call.operation:
            case "GetItem":
                yield Read(asked["TableName"], (asked["Key"],), 1 if asked.get("ConsistentRead") else 0.5)
            case "BatchGetItem":
                for table, wanted in asked["RequestItems"].items():
                    for key in wanted["Keys"]:  # each is rounded up by itself
                        yield Read(table, (key,), 1 if wanted.get("ConsistentRead") else 0.5)
            case "Query" | "Scan":
                told = json.loads(answer.body or b"{}").get("Items", [])
                keys = tuple(self._key(asked["TableName"], item) for item in told)
                yield Read(asked["TableName"], keys, 1 if asked.get("ConsistentRead") else 0.5)
            case "PutItem" | "UpdateItem" | "DeleteItem":
                yield self._write(asked, transactional=False)
            case "TransactWriteItems":
                for action in asked["TransactItems"]:
                    [part] = action.values()
                    yield self._write(part, transactional=True)
            case "TransactGetItems":
                for action in asked["TransactItems"]:
                    yield Read(action["Get"]["TableName"], (action["Get"]["Key"],), 2)

    def _write(self, asked: Mapping[str, Any], *, transactional: bool) -> Write:
        table, put = asked["TableName"], asked.get("Item")
        key = asked["Key"] if put is None else self._key(table, put)
        return Write(table, key, transactional, put, expression(asked))

    def _key(self, table: str, item: Mapping[str, Any]) -> dict[str, Any]:
        return {name: item[name] for name in self.keys_of(table) if name in item}


def expression(asked: Mapping[str, Any]) -> str:
    """Return an update's expression with the names that its placeholders stand for."""
    names = asked.get("ExpressionAttributeNames", {})
    return re.sub(r"#\w+", lambda found: names.get(found[0], found[0]), asked.get("UpdateExpression", ""))
