"""PUT /users/{userId}/picture: a signed form that uploads one's own picture."""

from orderflow.catalog.image_store import S3ImageStore
from orderflow.contract import create_picture_upload_request
from orderflow.customers.pictures import create_picture_upload
from orderflow.customers.user_store import DynamoUserReader
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.ids import new_ulid


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = create_picture_upload_request.validate(request.json())
    target = create_picture_upload(
        caller,
        request.path("userId"),
        body["contentType"],
        profiles=DynamoUserReader(client("dynamodb"), settings.text("CUSTOMERS_TABLE")),
        signer=S3ImageStore(lambda: client("s3"), settings.text("PROFILE_PICTURES_BUCKET")),
        new_id=new_ulid,
    )
    answer = {
        "uploadUrl": target.url,
        "fields": dict(target.fields),
        "key": target.key,
        "expiresIn": target.expires_in,
    }
    return Response(200, answer)
