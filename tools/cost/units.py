"""DynamoDB's request units, from the sizes of items.

Rules: docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (sizes) and
.../read-write-operations.html (units). A write unit is 1 KB, a read unit 4 KB of a strongly consistent read, half as
much of an eventually consistent one, twice in a transaction. Each index that an item is in is written, too.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
_WRITE_BYTES, _READ_BYTES = 1024, 4096
_NESTED = 3  # bytes of a list or map besides its content; one more for each element


@dataclass(frozen=True)
class Index:
    """A global secondary index: its key attributes, and whether it holds whole items (else keys alone)."""

    keys: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Write:
    """One write of an item as a request asked for it; `put` is the new item, `expression` what an update says."""

    table: str
    key: Item
    transactional: bool = False
    put: Item | None = None
    expression: str = ""


@dataclass(frozen=True)
class Read:
    """One read of items that are rounded up together; `consistency` is 0.5 eventual, 1 strong, 2 transactional."""

    table: str
    keys: tuple[Item, ...]
    consistency: float


def size_of(item: Item) -> int:
    """Return an item's size in bytes, given in DynamoDB's JSON."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            digits = len(re.sub(r"[-+.]|^0+|[eE].*$", "", content))
            return math.ceil(max(digits, 1) / 2) + 1
        case "B":
            return len(content) * 3 // 4
        case "M":
            return _NESTED + sum(1 + len(name.encode()) + _size(each) for name, each in content.items())
        case "L":
            return _NESTED + sum(1 + _size(each) for each in content)
        case "SS" | "BS":
            return sum(len(each.encode()) for each in content)
        case "NS":
            return sum(_size({"N": each}) for each in content)
    return 1  # BOOL, NULL


def read_units(sizes: Iterable[int], consistency: float) -> float:
    """Return the units of one read whose items are rounded up together; an item that is not there is read, too."""
    return max(1, math.ceil(sum(sizes) / _READ_BYTES)) * consistency


def write_units(write: Write, item: Item | None, indexes: Iterable[Index]) -> int:
    """Return the units of one write; `item` is what is stored in the end, so an update's size is that at most.

    An index is written once when an item comes or goes or changes in it, twice when its key in it changes.
    """
    stored = write.put or item or write.key
    units = max(1, math.ceil(size_of(stored) / _WRITE_BYTES))
    total = units * (2 if write.transactional else 1)
    for index in indexes:
        if write.put is not None or index.whole:
            total += (units if index.whole else 1) * all(key in stored for key in index.keys)
        else:
            total += _key_writes(write.expression, index.keys, stored)
    return total


def _key_writes(expression: str, keys: tuple[str, ...], stored: Item) -> int:
    """Return how often an update writes an index of keys: a key that is removed once, one that is set or adds twice."""
    removes, sets, adds = (
        any(re.search(rf"\b{key}\b", part) for key in keys for part in re.findall(rf"{verb}\b(.*?){_END}", expression))
        for verb in ("REMOVE", "SET", "ADD")
    )
    # Other attributes may begin with a key's name, and other items of the table are not in the index.
    adds = adds and all(key in stored for key in keys)
    return 2 if sets or adds else int(removes)


_END = r"(?=\b(?:SET|REMOVE|ADD|DELETE)\b|$)"
