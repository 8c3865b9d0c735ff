"""GET /products/upload: a signed form that uploads one picture."""

from orderflow.catalog.image_store import S3ImageStore
from orderflow.catalog.images import create_upload_url
from orderflow.catalog.product_store import DynamoProductReader
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler, invalid_field
from orderflow.runtime.aws import client
from orderflow.runtime.ids import new_ulid


@api_handler
def handler(request: Request) -> Response:
    target = create_upload_url(
        request.caller,
        _required(request, "filename"),
        _required(request, "contentType"),
        request.query("productId"),
        store=lambda: DynamoProductReader(client("dynamodb"), settings.text("PRODUCTS_TABLE")),
        signer=S3ImageStore(lambda: client("s3"), settings.text("PRODUCT_IMAGES_BUCKET")),
        new_id=new_ulid,
    )
    answer = {
        "uploadUrl": target.url,
        "fields": dict(target.fields),
        "key": target.key,
        "expiresIn": target.expires_in,
    }
    return Response(200, answer)


def _required(request: Request, name: str) -> str:
    value = request.query(name)
    if not value:
        raise invalid_field(name, "is required")
    return value
