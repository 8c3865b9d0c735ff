"""POST /auth: everything about an account's access behind one door; `action` says which."""

from collections.abc import Callable, Mapping

from orderflow.contract import authenticate_customer_request
from orderflow.customers.access import (
    NewCustomer,
    UserPool,
    confirm_customer,
    normalised_email,
    reset_password,
    set_first_password,
)
from orderflow.customers.answers import registration_json, sign_in_json
from orderflow.customers.registering import register_customer
from orderflow.customers.user_pool import CognitoUserPool
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.errors import Detail, InvalidRequestError
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.trail import Author

Fields = Mapping[str, str]
_CODE_SENT = Response(202, {"deliveryMedium": "EMAIL"})
_DONE = Response(204)


@api_handler
def handler(request: Request) -> Response:
    body = authenticate_customer_request.validate(request.json())
    needed, action = _ACTIONS[body["action"]]
    missing = [name for name in needed if name not in body]
    if missing:
        raise InvalidRequestError(
            f"The action {body['action']} also needs {', '.join(missing)}.",
            [Detail(field=name, issue=f"is required for the action {body['action']}") for name in missing],
        )
    if "email" in body:
        body["email"] = normalised_email(body["email"])
    pool = CognitoUserPool(
        client("cognito-idp"),
        client_id=settings.text("USER_POOL_CLIENT_ID"),
        pool_id=settings.text("USER_POOL_ID"),
    )
    return action(pool, body, request.request_id)


def _register(pool: UserPool, fields: Fields, request_id: str) -> Response:
    customer = NewCustomer(
        email=fields["email"],
        password=fields["password"],
        first_name=fields["firstName"],
        last_name=fields["lastName"],
        phone_number=fields.get("phoneNumber"),
    )
    registration = register_customer(
        customer,
        pool=pool,
        auto_confirm=settings.flag("AUTO_CONFIRM_CUSTOMERS"),
        store_of=lambda user_id: DynamoUserStore(
            client("dynamodb"),
            settings.text("CUSTOMERS_TABLE"),
            Author(settings.text("AUDIT_TRAIL_TABLE"), user_id, request_id),
        ),
        clock=utc_now,
    )
    log(LogEvent.CUSTOMER_REGISTERED, user_id=registration.user_sub)
    count("CustomerRegistered")
    return Response(201, registration_json(registration))


def _confirm(pool: UserPool, fields: Fields, _: str) -> Response:
    confirm_customer(fields["email"], fields["code"], pool=pool)
    return _DONE


def _resend(pool: UserPool, fields: Fields, _: str) -> Response:
    pool.resend_code(fields["email"])
    return _CODE_SENT


def _login(pool: UserPool, fields: Fields, _: str) -> Response:
    outcome = pool.sign_in(fields["email"], fields["password"])
    log(LogEvent.CUSTOMER_SIGNED_IN)
    return Response(200, sign_in_json(outcome))


def _mfa(pool: UserPool, fields: Fields, _: str) -> Response:
    outcome = pool.answer_code_challenge(fields["email"], fields["session"], fields["code"])
    log(LogEvent.CUSTOMER_SIGNED_IN)
    return Response(200, sign_in_json(outcome))


def _first_password(pool: UserPool, fields: Fields, _: str) -> Response:
    outcome = set_first_password(fields["email"], fields["session"], fields["newPassword"], pool=pool)
    log(LogEvent.CUSTOMER_SIGNED_IN)
    return Response(200, sign_in_json(outcome))


def _refresh(pool: UserPool, fields: Fields, _: str) -> Response:
    return Response(200, sign_in_json(pool.refresh(fields["refreshToken"])))


def _forgot(pool: UserPool, fields: Fields, _: str) -> Response:
    pool.send_reset_code(fields["email"])
    return _CODE_SENT


def _reset(pool: UserPool, fields: Fields, _: str) -> Response:
    reset_password(fields["email"], fields["code"], fields["newPassword"], pool=pool)
    return _DONE


_ACTIONS: Mapping[str, tuple[tuple[str, ...], Callable[[UserPool, Fields, str], Response]]] = {
    "register": (("email", "password", "firstName", "lastName"), _register),
    "confirm": (("email", "code"), _confirm),
    "resend": (("email",), _resend),
    "login": (("email", "password"), _login),
    "mfa": (("email", "session", "code"), _mfa),
    "newPassword": (("email", "session", "newPassword"), _first_password),
    "refresh": (("refreshToken",), _refresh),
    "forgot": (("email",), _forgot),
    "reset": (("email", "code", "newPassword"), _reset),
}
