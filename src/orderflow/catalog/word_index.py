"""The index of words in DynamoDB: written only as a part of the transaction that changes the product."""

from collections.abc import Iterable, Mapping
from typing import Any

from orderflow.catalog.product import Product
from orderflow.catalog.search_words import WordEntry, entries_of
from orderflow.runtime.dynamo import to_item


class DynamoWordIndex:
    """The words table (IAM: dynamodb:PutItem and DeleteItem on it, for whoever runs the transaction)."""

    def __init__(self, table: str) -> None:
        self._table = table

    def changes(self, before: Product | None, after: Product | None) -> list[dict[str, Any]]:
        """Return the elements of TransactItems that lead from one product to the other.

        None where both are found alike, at most 96: the rows of two names.
        """
        return self.differences(entries_of(before), entries_of(after))

    def differences(self, there: Iterable[WordEntry], wanted: Iterable[WordEntry]) -> list[dict[str, Any]]:
        """Return the elements of TransactItems that replace the entries of one product by others."""
        old, new = ({entry.stem: entry for entry in entries} for entries in (there, wanted))
        gone = [old[stem] for stem in sorted(old.keys() - new.keys())]
        written = [new[stem] for stem in sorted(new) if new[stem] != old.get(stem)]
        return [
            *({"Delete": {"TableName": self._table, "Key": to_item(key_of(entry))}} for entry in gone),
            *({"Put": {"TableName": self._table, "Item": to_item(to_row(entry))}} for entry in written),
        ]


def key_of(entry: WordEntry) -> dict[str, str]:
    """Return the key of the entry's row."""
    return {"stem": entry.stem, "productId": entry.product_id}


def to_row(entry: WordEntry) -> dict[str, Any]:
    """Return the entry as a row; each of its words has a space before it, so that a filter can ask how words begin."""
    return {
        **key_of(entry),
        "categoryStem": category_stem(entry.stem, entry.category),
        "nameKey": entry.name_key,
        "price": entry.price,
        "words": "".join(f" {word}" for word in entry.words),
    }


def from_row(row: Mapping[str, Any]) -> WordEntry:
    """Return the entry in a row."""
    return WordEntry(
        stem=row["stem"],
        product_id=row["productId"],
        words=tuple(row["words"].split()),
        name_key=row["nameKey"],
        price=row["price"],
        category=row["categoryStem"].partition("#")[2],
    )


def category_stem(stem: str, category: str) -> str:
    """Return the key under which a stem's products of one category are; no stem holds a `#`."""
    return f"{stem}#{category}"
