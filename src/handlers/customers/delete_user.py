"""DELETE /users/{userId}: the profile is hidden and the account ended at once; what is kept goes by itself."""

from datetime import timedelta

from orderflow.customers.account_pool import CognitoAccounts
from orderflow.customers.deleting import delete_user
from orderflow.customers.picture_store import S3PictureShelf
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    caller, user_id = request.caller, request.path("userId")
    delete_user(
        caller,
        user_id,
        retention=timedelta(days=int(settings.text("DELETED_USER_RETENTION_DAYS"))),
        store=DynamoUserStore(
            client("dynamodb"),
            settings.text("CUSTOMERS_TABLE"),
            Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id),
        ),
        accounts=CognitoAccounts(client("cognito-idp"), settings.text("USER_POOL_ID")),
        pictures=S3PictureShelf(client("s3"), settings.text("PROFILE_PICTURES_BUCKET")),
        clock=utc_now,
    )
    log(LogEvent.PROFILE_DELETED, user_id=user_id)
    return Response(204)
