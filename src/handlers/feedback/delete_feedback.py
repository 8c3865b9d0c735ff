"""DELETE /feedback/{feedbackId}: who gave it for a day, administrators at any time."""

from orderflow.catalog.rating_store import DynamoRatings
from orderflow.feedback.changing import delete_feedback
from orderflow.feedback.feedback_store import DynamoFeedbackStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log


@api_handler
def handler(request: Request) -> Response:
    caller, feedback_id = request.caller, request.path("feedbackId")
    delete_feedback(
        caller,
        feedback_id,
        store=DynamoFeedbackStore(
            client("dynamodb"),
            settings.text("FEEDBACK_TABLE"),
            ratings=DynamoRatings(settings.text("PRODUCTS_TABLE")).changes,
        ),
        clock=utc_now,
    )
    log(LogEvent.FEEDBACK_REMOVED, feedback_id=feedback_id, by=caller.user_id)
    return Response(204)
