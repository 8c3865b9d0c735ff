"""POST /register: create an account."""

from orderflow.contract import register_customer_request
from orderflow.customers.access import NewCustomer, normalised_email
from orderflow.customers.answers import registration_json
from orderflow.customers.registering import register_customer
from orderflow.customers.user_pool import CognitoUserPool
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    body = register_customer_request.validate(request.json())
    registration = register_customer(
        NewCustomer(
            email=normalised_email(body["email"]),
            password=body["password"],
            first_name=body["firstName"],
            last_name=body["lastName"],
            phone_number=body.get("phoneNumber"),
        ),
        pool=CognitoUserPool(
            client("cognito-idp"),
            client_id=settings.text("USER_POOL_CLIENT_ID"),
            pool_id=settings.text("USER_POOL_ID"),
        ),
        auto_confirm=settings.flag("AUTO_CONFIRM_CUSTOMERS"),
        store_of=lambda user_id: DynamoUserStore(
            client("dynamodb"),
            settings.text("CUSTOMERS_TABLE"),
            Author(settings.text("AUDIT_TRAIL_TABLE"), user_id, request.request_id),
        ),
        clock=utc_now,
    )
    log(LogEvent.CUSTOMER_REGISTERED, user_id=registration.user_sub)
    count("CustomerRegistered")
    return Response(201, registration_json(registration))
