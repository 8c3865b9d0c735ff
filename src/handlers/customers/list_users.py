"""GET /users: profiles for administrators, newest first or by the beginning of an e-mail address or a name."""

from orderflow.customers.user_listing import DynamoUserListing
from orderflow.customers.user_reading import Selection, list_users, page_as_json
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler, invalid_field
from orderflow.runtime.aws import client
from orderflow.runtime.paging import cursor_key, page_limit


@api_handler
def handler(request: Request) -> Response:
    users, token = list_users(
        request.caller,
        _selection(request),
        limit=page_limit(request.query("limit")),
        token=request.query("nextToken"),
        listing=DynamoUserListing(client("dynamodb"), settings.text("CUSTOMERS_TABLE")),
        cursor_key=cursor_key,
    )
    return Response(200, page_as_json(users, token))


def _selection(request: Request) -> Selection:
    email, name = (request.query(parameter) for parameter in ("email", "name"))
    for parameter, prefix in (("email", email), ("name", name)):
        if prefix is not None and not (prefix.strip() and len(prefix) <= 100):
            raise invalid_field(parameter, "must have 1 to 100 characters, not only spaces")
    if email is not None and name is not None:
        raise invalid_field("name", "cannot be searched together with email")
    return Selection(email, name)
