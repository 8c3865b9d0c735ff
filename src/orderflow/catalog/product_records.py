"""A product as a record of the products table, with the keys that put it into the listing indexes."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.product import Product, ProductFacts, ProductStatus, name_key
from orderflow.catalog.rating import Rating

LISTING = "active"


def fact_attributes(facts: ProductFacts) -> dict[str, Any]:
    """Return the attributes that hold the facts."""
    return {
        "name": facts.name,
        "nameKey": name_key(facts.name),
        "description": facts.description,
        "category": facts.category,
        "price": facts.price,
    }


def told(product: Product) -> dict[str, Any]:
    """Return what the audit trail tells of a product, by the API's names."""
    return {
        "name": product.facts.name,
        "description": product.facts.description,
        "category": product.facts.category,
        "price": product.facts.price,
        "currency": product.currency,
        "imageKeys": list(product.image_keys),
        "status": product.status.value,
        "version": product.version,
    }


def to_record(product: Product) -> dict[str, Any]:
    """Return a product that is on sale as a whole record."""
    return {
        "productId": product.product_id,
        **fact_attributes(product.facts),
        "currency": product.currency,
        "imageKeys": list(product.image_keys),
        "listing": LISTING,
        "version": product.version,
        "status": product.status.value,
        "createdAt": product.created_at,
        "updatedAt": product.updated_at,
    }


def from_record(record: Mapping[str, Any]) -> Product:
    """Return the product in a record; a withdrawn one has its category under `withdrawnCategory`."""
    return Product(
        product_id=record["productId"],
        facts=ProductFacts(
            name=record["name"],
            category=record.get("category") or record["withdrawnCategory"],
            price=record["price"],
            description=record["description"],
        ),
        currency=record["currency"],
        created_at=record["createdAt"],
        updated_at=record["updatedAt"],
        image_keys=tuple(record["imageKeys"]),
        version=record["version"],
        status=ProductStatus(record["status"]),
        rating=rating_of(record),
    )


def rating_of(record: Mapping[str, Any]) -> Rating:
    """Return the rating in a record; a product without one was never rated."""
    return Rating(record.get("ratingTotal", 0), record.get("ratingCount", 0))
