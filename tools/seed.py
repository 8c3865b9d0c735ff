"""Create the sample products that are missing: `python -m tools.seed`, Terraform's outputs as JSON on standard input.

Runs the catalogue's own use cases against the AWS of its environment, and prints how many products it created.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orderflow.catalog.errors import ProductExistsError
from orderflow.catalog.maintenance import ProductStore, create_product
from orderflow.catalog.product import ProductFacts
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.runtime.aws import client
from orderflow.runtime.caller import ADMIN_GROUP, Caller
from orderflow.runtime.clock import utc_now
from orderflow.runtime.trail import Author

_CATALOGUE = Path(__file__).with_name("catalogue.json")
_CURRENCY = "EUR"
_CALLER = Caller("sample-catalogue", frozenset({ADMIN_GROUP}))


def create_missing(samples: Iterable[dict[str, Any]], store: ProductStore) -> int:
    """Create those samples whose id is unknown and return how many that were; what is there stays as it is."""
    created = 0
    for sample in samples:
        if store.find(sample["productId"]) is not None:
            continue
        facts = ProductFacts(sample["name"], sample["category"], sample["price"], sample["description"])
        try:
            create_product(
                _CALLER,
                sample["productId"],
                facts,
                currency=_CURRENCY,
                initial_stock=sample["stock"],
                store=store,
                clock=utc_now,
            )
        except ProductExistsError:
            # Somebody was faster: it is there, which is all we want.
            continue
        created += 1
    return created


def main() -> None:
    outputs = json.load(sys.stdin)
    store = DynamoProductStore(
        client("dynamodb", read_timeout=20),
        outputs["products_table_name"],
        author=Author(outputs["audit_trail_table_name"], _CALLER.user_id, "seed"),
        words=outputs["product_words_table_name"],
        stock=outputs["stock_table_name"],
    )
    print(create_missing(json.loads(_CATALOGUE.read_text())["products"], store))


if __name__ == "__main__":
    main()
