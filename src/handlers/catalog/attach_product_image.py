"""S3 ObjectCreated under products/: the picture shows up in its product. What raises is repeated by Lambda."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.images import Attachment, attach_product_image
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.notification import notification_handler, object_keys, upload_request_id
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@notification_handler
def handler(event: Mapping[str, Any]) -> None:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), "function:attach_product_image", upload_request_id(event))
    store = DynamoProductStore(client("dynamodb"), settings.text("PRODUCTS_TABLE"), author=author)
    for key in object_keys(event):
        outcome = attach_product_image(key, store=store, clock=utc_now)
        kept = outcome in (Attachment.ATTACHED, Attachment.ATTACHED_BEFORE)
        log(LogEvent.IMAGE_ATTACHED if kept else LogEvent.IMAGE_IGNORED, key=key, outcome=outcome.value)
