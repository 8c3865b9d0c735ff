"""PUT /feedback/{feedbackId}: who gave it changes it, for a day."""

from orderflow.catalog.rating_store import DynamoRatings
from orderflow.contract import update_feedback_request
from orderflow.feedback.changing import update_feedback
from orderflow.feedback.feedback_store import DynamoFeedbackStore
from orderflow.feedback.reading import as_json
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = update_feedback_request.validate(request.json())
    changed = update_feedback(
        caller,
        request.path("feedbackId"),
        body["version"],
        {word: body[word] for word in ("rating", "comment", "category") if word in body},
        store=DynamoFeedbackStore(
            client("dynamodb"),
            settings.text("FEEDBACK_TABLE"),
            ratings=DynamoRatings(settings.text("PRODUCTS_TABLE")).changes,
        ),
        clock=utc_now,
    )
    log(LogEvent.FEEDBACK_CHANGED, feedback_id=changed.feedback_id, version=changed.version)
    return Response(200, as_json(changed, caller))
