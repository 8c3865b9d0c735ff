"""POST /users: the caller's own profile, or anybody's by an administrator."""

from orderflow.contract import create_user_request
from orderflow.customers.account_pool import CognitoAccounts
from orderflow.customers.opening import NewUser, create_user
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
    body = create_user_request.validate(request.json())
    user = create_user(
        caller,
        NewUser(body["name"], body["email"], age=body.get("age"), phone_number=body.get("phoneNumber")),
        store=DynamoUserStore(
            client("dynamodb"),
            settings.text("CUSTOMERS_TABLE"),
            Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id),
        ),
        accounts=CognitoAccounts(client("cognito-idp"), settings.text("USER_POOL_ID")),
        clock=utc_now,
    )
    log(LogEvent.PROFILE_OPENED, user_id=user.user_id)
    return Response(201, as_json(user))
