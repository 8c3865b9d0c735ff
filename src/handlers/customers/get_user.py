"""GET /users/{userId}: one profile, the caller's own or anybody's for administrators."""

from orderflow.catalog.image_store import S3ImageStore
from orderflow.customers.user_reading import as_json, get_user
from orderflow.customers.user_store import DynamoUserReader
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client


@api_handler
def handler(request: Request) -> Response:
    user = get_user(
        request.path("userId"),
        request.caller,
        DynamoUserReader(client("dynamodb"), settings.text("CUSTOMERS_TABLE")),
    )
    pictures = S3ImageStore(lambda: client("s3"), settings.text("PROFILE_PICTURES_BUCKET"))
    return Response(200, as_json(user, pictures.address))
