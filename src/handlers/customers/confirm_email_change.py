"""POST /users/{userId}/email-verification: the code that makes a new e-mail address count."""

from orderflow.contract import confirm_email_change_request
from orderflow.customers.account_pool import CognitoSession
from orderflow.customers.changing import confirm_email_change
from orderflow.customers.user_reading import as_json
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = confirm_email_change_request.validate(request.json())
    user = confirm_email_change(
        caller,
        request.path("userId"),
        body["code"],
        session=CognitoSession(client("cognito-idp"), body["accessToken"]),
        store=DynamoUserStore(
            client("dynamodb"),
            settings.text("CUSTOMERS_TABLE"),
            Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id),
        ),
        clock=utc_now,
    )
    log(LogEvent.PROFILE_CHANGED, user_id=user.user_id, version=user.version)
    return Response(200, as_json(user))
