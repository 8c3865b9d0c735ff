"""GET /users/{userId}/audit: what was changed of a person's data, newest first."""

from typing import Any

from orderflow.customers.listing_changes import as_json, list_changes
from orderflow.customers.trail_store import DynamoTrail
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.paging import cursor_key, page_limit


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    entries, token = list_changes(
        caller,
        request.path("userId"),
        limit=page_limit(request.query("limit")),
        token=request.query("nextToken"),
        trail=DynamoTrail(client("dynamodb"), settings.text("AUDIT_TRAIL_TABLE")),
        cursor_key=cursor_key,
    )
    page: dict[str, Any] = {"items": [as_json(entry, caller) for entry in entries]}
    if token:
        page["nextToken"] = token
    return Response(200, page)
