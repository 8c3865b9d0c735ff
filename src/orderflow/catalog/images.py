"""Product pictures: uploaded straight to the private bucket, then found in the product."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from orderflow.catalog.errors import TooManyImagesError
from orderflow.catalog.maintenance import ProductFinder, ProductStore, product_on_sale
from orderflow.catalog.product import MAX_IMAGES, ProductStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import Detail, InvalidRequestError

MAX_IMAGE_BYTES = 5 * 1024 * 1024
UPLOAD_SECONDS = 300
# The endings that a file of each media type may have; the first one is used for the key.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
}
_FILENAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,255}")
_PRODUCT_IMAGE_KEY = re.compile(r"products/(?P<product_id>[A-Za-z0-9_-]{1,64})/[A-Za-z0-9_-]+\.[a-z]+")


@dataclass(frozen=True)
class UploadTarget:
    """Where and with which form fields to POST one picture, for `expires_in` seconds."""

    url: str
    fields: Mapping[str, str]
    key: str
    expires_in: int


class UploadSigner(Protocol):
    """Signs forms that upload one object."""

    def form(self, key: str, content_type: str, max_bytes: int, expires_in: int) -> tuple[str, Mapping[str, str]]:
        """Return the address and the form fields that upload 1 to `max_bytes` bytes of `content_type` to `key`."""
        ...


class ImageShelf(ProductStore, Protocol):
    """Products, and their pictures."""

    def add_image(self, product_id: str, key: str, at: datetime) -> bool:
        """Append the picture; False when the product is not on sale, is full or has the picture already."""
        ...


class Attachment(Enum):
    """What became of an uploaded object."""

    ATTACHED = "attached"
    ATTACHED_BEFORE = "attached before"
    NO_PRODUCT = "belongs to no product on sale"
    FULL = "the product has as many pictures as it may"


def create_upload_url(
    caller: Caller,
    filename: str,
    content_type: str,
    product_id: str | None,
    *,
    store: Callable[[], ProductFinder],
    signer: UploadSigner,
    new_id: Callable[[], str],
) -> UploadTarget:
    """Return a signed upload of one picture, for a product (administrators) or for the caller's own use.

    Raises InvalidRequestError, ForbiddenError, ProductNotFoundError, TooManyImagesError.
    """
    ending = _ending(filename, content_type)
    if product_id is None:
        folder = f"uploads/{caller.user_id}"
    else:
        caller.require_admin()
        product = product_on_sale(product_id, store())
        if len(product.image_keys) >= MAX_IMAGES:
            raise TooManyImagesError(product_id, MAX_IMAGES)
        folder = f"products/{product_id}"
    key = f"{folder}/{new_id()}.{ending}"
    url, fields = signer.form(key, content_type, MAX_IMAGE_BYTES, UPLOAD_SECONDS)
    return UploadTarget(url, fields, key, UPLOAD_SECONDS)


def attach_product_image(key: str, *, store: ImageShelf, clock: Callable[[], datetime]) -> Attachment:
    """Make an uploaded object a picture of the product that its key names; repeating changes nothing."""
    match = _PRODUCT_IMAGE_KEY.fullmatch(key)
    if not match:
        return Attachment.NO_PRODUCT
    product_id = match["product_id"]
    if store.add_image(product_id, key, clock()):
        return Attachment.ATTACHED
    product = store.find(product_id)
    if product is None or product.status is ProductStatus.WITHDRAWN:
        return Attachment.NO_PRODUCT
    return Attachment.ATTACHED_BEFORE if key in product.image_keys else Attachment.FULL


def _ending(filename: str, content_type: str) -> str:
    endings = ENDINGS.get(content_type)
    if endings is None:
        field, issue = "contentType", f"must be one of {', '.join(ENDINGS)}"
    elif not _FILENAME.fullmatch(filename):
        field, issue = "filename", "must be a file name without folders or control characters"
    elif filename.rpartition(".")[2].lower() not in endings or "." not in filename:
        field, issue = "filename", f"must end in {' or '.join('.' + ending for ending in endings)} for {content_type}"
    else:
        return endings[0]
    raise InvalidRequestError(f"{field} {issue}.", [Detail(field=field, issue=issue)])
