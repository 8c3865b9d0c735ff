"""A product, and what makes one valid."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from orderflow.catalog.errors import ProductNotFoundError
from orderflow.catalog.rating import UNRATED, Rating
from orderflow.runtime.errors import Detail, InvalidRequestError

MAX_IMAGES = 10
_PRODUCT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RESERVED_IDS = frozenset({"upload"})  # GET /products/upload is a route of its own
_MAX_SORT_KEY_BYTES = 1024  # docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html


class ProductStatus(Enum):
    """Whether a product is sold. Withdrawn products stay readable for the orders that name them."""

    ACTIVE = "ACTIVE"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True)
class ProductFacts:
    """What the merchant says about a product; `price` in minor units. Raises InvalidRequestError when it cannot be."""

    name: str
    category: str
    price: int
    description: str = ""

    def __post_init__(self) -> None:
        findings = [
            Detail(field=field, issue=issue)
            for field, wrong, issue in (
                ("name", not self.name.strip(), "must not be blank"),
                ("name", len(name_key(self.name).encode()) > _MAX_SORT_KEY_BYTES, "is too long"),
                ("category", not self.category.strip(), "must not be blank"),
                ("price", self.price < 1, "must be at least 1"),
            )
            if wrong
        ]
        if findings:
            told = "; ".join(f"{finding['field']} {finding['issue']}" for finding in findings)
            raise InvalidRequestError(f"The product cannot be kept: {told}.", findings)


@dataclass(frozen=True)
class Product:
    """A product of the catalogue. `version` counts the merchant's changes, `rating` changes by itself.

    Timestamps are ISO 8601 in UTC.
    """

    product_id: str
    facts: ProductFacts
    currency: str
    created_at: str
    updated_at: str
    image_keys: tuple[str, ...] = ()
    version: int = 1
    status: ProductStatus = ProductStatus.ACTIVE
    rating: Rating = UNRATED


def name_key(name: str) -> str:
    """Return the form in which names are compared: letter case and compatibility forms do not count."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def own_images(product_id: str, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the keys as this product's pictures; raises InvalidRequestError for more than ten or another's object."""
    if len(keys) > MAX_IMAGES or not all(key.startswith(f"products/{product_id}/") for key in keys):
        issue = f"must be at most {MAX_IMAGES} keys under products/{product_id}/"
        raise InvalidRequestError(f"imageKeys {issue}.", [Detail(field="imageKeys", issue=issue)])
    return tuple(keys)


def existing_id(product_id: str) -> str:
    """Return an id that a product could have; raises ProductNotFoundError for one that none can have."""
    if not _PRODUCT_ID.fullmatch(product_id):
        raise ProductNotFoundError(product_id[:64])
    return product_id


def new_id(product_id: str) -> str:
    """Return an id that a new product may take; raises InvalidRequestError."""
    if not _PRODUCT_ID.fullmatch(product_id):
        issue = "must be 1 to 64 letters, digits, '-' and '_'"
    elif product_id in _RESERVED_IDS:
        issue = "is the name of a route"
    else:
        return product_id
    raise InvalidRequestError(f"productId {issue}.", [Detail(field="productId", issue=issue)])
