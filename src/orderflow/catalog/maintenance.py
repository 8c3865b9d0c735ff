"""The catalogue kept by administrators: products added, changed and withdrawn. Stock is not theirs to write here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from orderflow.catalog.errors import ProductBusyError, ProductNotFoundError, VersionConflictError, WrongCurrencyError
from orderflow.catalog.product import Product, ProductFacts, ProductStatus, existing_id, new_id, own_images
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso

_ATTEMPTS = 5


class ProductFinder(Protocol):
    """Where products are looked up."""

    def find(self, product_id: str) -> Product | None:
        """Return the product as it is now, withdrawn ones included."""
        ...


class ProductStore(ProductFinder, Protocol):
    """Where products are kept."""

    def add(self, product: Product, initial_stock: int) -> None:
        """Keep a new product together with its stock, or nothing; raises ProductExistsError."""
        ...

    def change(self, before: Product, after: Product, *, pictures: bool) -> bool:
        """Write the product's facts and version, and its pictures only when asked to: they also arrive by themselves.

        False when it is not at `before`'s version or withdrawn.
        """
        ...

    def withdraw(self, product: Product, at: str) -> bool:
        """Take the product off the lists; False when it is not at this version or was withdrawn."""
        ...


def create_product(
    caller: Caller,
    product_id: str,
    facts: ProductFacts,
    *,
    currency: str,
    priced_in: str | None = None,
    initial_stock: int = 0,
    image_keys: Sequence[str] = (),
    store: ProductStore,
    clock: Callable[[], datetime],
) -> Product:
    """Add a product with its first stock, priced in the shop's `currency`, which is all that `priced_in` may name.

    Raises ForbiddenError, InvalidRequestError, WrongCurrencyError, ProductExistsError.
    """
    caller.require_admin()
    if priced_in not in (None, currency):
        raise WrongCurrencyError(currency)
    now = iso(clock())
    product = Product(
        new_id(product_id),
        facts,
        currency=currency,
        created_at=now,
        updated_at=now,
        image_keys=own_images(product_id, image_keys),
    )
    store.add(product, initial_stock)
    return product


def update_product(
    caller: Caller,
    product_id: str,
    version: int,
    changes: Mapping[str, Any],
    *,
    image_keys: Sequence[str] | None = None,
    store: ProductStore,
    clock: Callable[[], datetime],
) -> Product:
    """Change some of a product's facts (`changes` by the name of the fact) and return it with its next version.

    `image_keys` replaces its pictures, None leaves them alone. Raises ForbiddenError, InvalidRequestError,
    ProductNotFoundError, and VersionConflictError when `version` is not the product's.
    """
    caller.require_admin()
    product = product_on_sale(product_id, store)
    if product.version != version:
        raise VersionConflictError(product_id, product.version)
    changed = replace(
        product,
        facts=replace(product.facts, **changes),
        version=version + 1,
        updated_at=iso(clock()),
        image_keys=product.image_keys if image_keys is None else own_images(product_id, image_keys),
    )
    if not store.change(product, changed, pictures=image_keys is not None):
        raise VersionConflictError(product_id, product_on_sale(product_id, store).version)
    return changed


def delete_product(caller: Caller, product_id: str, *, store: ProductStore, clock: Callable[[], datetime]) -> None:
    """Withdraw a product: it leaves the lists and can no longer be ordered, while orders that name it stay whole.

    Raises ForbiddenError, ProductNotFoundError, and ProductBusyError when others change it all the time.
    """
    caller.require_admin()
    for _ in range(_ATTEMPTS):
        if store.withdraw(product_on_sale(product_id, store), iso(clock())):
            return
    raise ProductBusyError(product_id)


def product_on_sale(product_id: str, store: ProductFinder) -> Product:
    """Return the product; raises ProductNotFoundError when there is none, or no longer."""
    product = store.find(existing_id(product_id))
    if product is None or product.status is ProductStatus.WITHDRAWN:
        raise ProductNotFoundError(product_id)
    return product
