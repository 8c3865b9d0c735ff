"""POST /login: sign in with e-mail address and password."""

from orderflow.contract import login_customer_request
from orderflow.customers.access import normalised_email
from orderflow.customers.answers import sign_in_json
from orderflow.customers.user_pool import CognitoUserPool
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.observability import LogEvent, log


@api_handler
def handler(request: Request) -> Response:
    body = login_customer_request.validate(request.json())
    pool = CognitoUserPool(client("cognito-idp"), client_id=settings.text("USER_POOL_CLIENT_ID"))
    outcome = pool.sign_in(normalised_email(body["email"]), body["password"])
    log(LogEvent.CUSTOMER_SIGNED_IN)
    return Response(200, sign_in_json(outcome))
