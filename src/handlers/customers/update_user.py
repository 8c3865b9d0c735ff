"""PUT /users/{userId}: some facts of a profile; a new e-mail address waits for its code."""

from orderflow.contract import update_user_request
from orderflow.customers.account_pool import CognitoAccounts
from orderflow.customers.changing import update_user
from orderflow.customers.user_reading import as_json
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author

_FIELDS = {"name": "name", "age": "age", "phoneNumber": "phone_number"}


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = update_user_request.validate(request.json())
    user = update_user(
        caller,
        request.path("userId"),
        body["version"],
        {field: body[name] for name, field in _FIELDS.items() if name in body},
        email=body.get("email"),
        auto_confirm=settings.flag("AUTO_CONFIRM_CUSTOMERS"),
        store=DynamoUserStore(
            client("dynamodb"),
            settings.text("CUSTOMERS_TABLE"),
            Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id),
        ),
        accounts=CognitoAccounts(client("cognito-idp"), settings.text("USER_POOL_ID")),
        clock=utc_now,
    )
    log(LogEvent.PROFILE_CHANGED, user_id=user.user_id, version=user.version)
    return Response(200, as_json(user))
