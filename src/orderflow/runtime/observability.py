"""Logger, traces and metrics of a function, and the enum of everything that Orderflow logs."""

import logging
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar, cast

from aws_lambda_powertools import Logger, Metrics

from orderflow.runtime import settings

logger = Logger()
metrics = Metrics()


Handler = TypeVar("Handler", bound=Callable[..., Any])


class LogEvent(Enum):
    """Each line that Orderflow writes: code, level, message. Facts go into keys, never into the message."""

    REQUEST_ANSWERED = ("API001", logging.INFO, "Request answered")
    REQUEST_REFUSED = ("API002", logging.INFO, "Request refused")
    REQUEST_UNAVAILABLE = ("API003", logging.WARNING, "Request failed on a dependency that may recover")
    REQUEST_CRASHED = ("API004", logging.ERROR, "Request failed on an unexpected error")
    STEP_DONE = ("STEP001", logging.INFO, "Workflow step done")
    STEP_FAILED = ("STEP002", logging.WARNING, "Workflow step raised a named error")
    STEP_CRASHED = ("STEP003", logging.ERROR, "Workflow step failed on an unexpected error")
    MESSAGE_HANDLED = ("QUEUE001", logging.INFO, "Queue message handled")
    MESSAGE_FAILED = ("QUEUE002", logging.ERROR, "Queue message failed and stays in the queue")
    NOTIFICATION_FAILED = ("NOTIFY001", logging.ERROR, "Notification failed and will be repeated")
    ORDER_PLACED = ("ORDER001", logging.INFO, "Order accepted and queued")
    ORDER_REPLAYED = ("ORDER002", logging.INFO, "Order request repeated; first answer given again")
    ORDER_WORKFLOW_STARTED = ("ORDER003", logging.INFO, "Order workflow started")
    ORDER_WORKFLOW_ALREADY_STARTED = ("ORDER004", logging.INFO, "Order workflow had been started before")
    ORDER_CANCELLED = ("ORDER005", logging.INFO, "Order cancelled; its cancellation workflow gives everything back")
    REVIEW_REQUESTED = ("ORDER006", logging.INFO, "Order waits for a person")
    ORDER_REVIEWED = ("ORDER007", logging.INFO, "Order approved or rejected by an administrator")
    ORDER_READDRESSED = ("ORDER008", logging.INFO, "Order gets another address")
    MOVEMENT_DONE = ("MOVE001", logging.INFO, "Shipment, delivery, return or refund carried out")
    MOVEMENT_REPLAYED = ("MOVE002", logging.INFO, "Movement had been asked for before; first answer given again")
    MOVEMENT_LEFT_PENDING = ("MOVE003", logging.WARNING, "Movement is recorded; stock, money or notice follow later")
    REFUND_FAILED = ("MOVE004", logging.ERROR, "Refund was refused for good; the money is to be given back otherwise")
    MOVEMENTS_FINISHED = ("MOVE005", logging.WARNING, "Movements that were left pending are carried out")
    MOVEMENTS_NOT_FINISHED = ("MOVE006", logging.ERROR, "Movements could not be carried out; the next run tries again")
    MOVEMENTS_LOOKED_AT = ("MOVE007", logging.INFO, "Orders with pending movements looked at")
    ORDER_LEFT_TO_ITS_EXECUTION = ("SWEEP001", logging.INFO, "Open order has a running execution; left alone")
    ORDER_QUEUED_AGAIN = ("SWEEP002", logging.WARNING, "Order was never picked up; queued again")
    ORDER_WORKFLOW_REPLACED = ("SWEEP003", logging.WARNING, "Order's execution is gone; a fresh one finishes it")
    ORDER_BEYOND_REPAIR = ("SWEEP004", logging.ERROR, "Order's fresh executions are gone as well; look at it")
    ENDED_ORDER_TAKEN_OUT = ("SWEEP005", logging.WARNING, "Ended order was still listed as open; taken out")
    ORDER_MOVED_ON = ("SWEEP006", logging.INFO, "Order moved on before it was looked at")
    ORDER_NOT_SWEPT = ("SWEEP007", logging.ERROR, "Order could not be looked at; the next run tries again")
    ORDERS_SWEPT = ("SWEEP008", logging.INFO, "Open orders looked at")
    SCHEDULED_RUN_FAILED = ("SCHEDULE001", logging.ERROR, "Scheduled run failed and will be repeated")
    ORDER_GENERATED = ("GEN001", logging.INFO, "Sample order placed")
    ORDER_NOT_GENERATED = ("GEN002", logging.WARNING, "Sample order refused")
    STOCK_RESERVED = ("STOCK001", logging.INFO, "Stock reserved")
    STOCK_RELEASED = ("STOCK002", logging.INFO, "Stock released")
    STOCK_ADJUSTED = ("STOCK003", logging.INFO, "Stock adjusted by an administrator")
    PRODUCT_CHANGED = ("PRODUCT001", logging.INFO, "Product changed by an administrator")
    IMAGE_ATTACHED = ("PRODUCT002", logging.INFO, "Product image attached")
    IMAGE_IGNORED = ("PRODUCT003", logging.WARNING, "Uploaded object belongs to no product and was ignored")
    FEEDBACK_GIVEN = ("FEED001", logging.INFO, "Feedback given")
    FEEDBACK_CHANGED = ("FEED002", logging.INFO, "Feedback changed by its giver")
    FEEDBACK_REMOVED = ("FEED003", logging.INFO, "Feedback removed by its giver or an administrator")
    FEEDBACK_SETTLED = ("FEED004", logging.INFO, "Feedback counts, or no longer, as its order stands")
    FEEDBACK_NOT_SETTLED = ("FEED005", logging.ERROR, "Feedback could not follow its order; a later run tries again")
    FEEDBACK_LOOKED_AT = ("FEED006", logging.INFO, "Feedback whose order may still change looked at")
    PAYMENT_CAPTURED = ("PAY001", logging.INFO, "Payment captured")
    PAYMENT_DECLINED = ("PAY002", logging.INFO, "Payment declined by the provider")
    PAYMENT_AUTHORIZED = ("PAY004", logging.INFO, "Payment held, or captured before")
    PAYMENT_GIVEN_UP = ("PAY005", logging.WARNING, "Payment given up; what was held is let go of")
    PAYMENT_ANSWERED = ("PAY006", logging.INFO, "Request to pay answered")
    PAYMENT_RETURNED = ("PAY003", logging.INFO, "Payment refunded or voided")
    PROVIDER_EVENT_RECEIVED = ("PAY020", logging.INFO, "Payment provider's event received")
    PROVIDER_EVENT_ACTED_ON = ("PAY021", logging.WARNING, "Payment provider's event asked for action")
    CUSTOMER_REGISTERED = ("CUST001", logging.INFO, "Customer registered")
    CUSTOMER_SIGNED_IN = ("CUST002", logging.INFO, "Customer signed in")
    PROFILE_OPENED = ("CUST003", logging.INFO, "Profile of a customer opened")
    PROFILE_CHANGED = ("CUST004", logging.INFO, "Profile of a customer changed")
    PROFILE_DELETED = ("CUST005", logging.INFO, "Profile of a customer deleted, and their account ended")
    TRIGGER_FAILED = ("TRIGGER001", logging.ERROR, "User pool's trigger failed; the customer's own repeat mends it")
    CHANGES_FORWARDED = ("COUNT001", logging.INFO, "Changes of orders queued for the counters")
    CHANGES_COUNTED = ("COUNT002", logging.INFO, "Changes of orders counted")
    CLIENT_AUTHORIZED = ("KEY001", logging.INFO, "Client key is valid")
    CLIENT_REFUSED = ("KEY002", logging.WARNING, "Client key refused")
    AUTHORIZER_CRASHED = ("KEY003", logging.ERROR, "Client key could not be judged; the request was answered 500")
    CLIENT_KEY_ISSUED = ("KEY004", logging.INFO, "Client key or another secret of it issued by an administrator")
    CLIENT_KEY_REVOKED = ("KEY005", logging.INFO, "Client key revoked by an administrator")
    WEBHOOK_ENDPOINT_CHANGED = ("HOOK001", logging.INFO, "Webhook endpoint made, changed or removed")
    STREAM_RECORD_UNREADABLE = ("HOOK008", logging.ERROR, "Stream record is no event; it is a dead letter")
    EVENTS_PUBLISHED = ("HOOK002", logging.INFO, "Order events of checkout sessions published")
    EVENT_TAKEN = ("HOOK003", logging.INFO, "Order event kept for the endpoints of its client")
    WEBHOOK_ATTEMPTED = ("HOOK004", logging.INFO, "Webhook sent, or tried to")
    WEBHOOK_GIVEN_UP = ("HOOK005", logging.ERROR, "Webhook did not arrive within 72 hours and is given up")
    WEBHOOK_ENDPOINT_GONE = ("HOOK006", logging.ERROR, "Receiver answered 410; its endpoint is disabled")
    WEBHOOKS_RELEASED = ("HOOK007", logging.INFO, "Webhooks that are due queued again")
    PICTURE_ACCEPTED = ("PICTURE001", logging.INFO, "Profile picture looked at, and shown from now on")
    PICTURE_REJECTED = ("PICTURE002", logging.WARNING, "Uploaded object is no profile picture and was removed")
    PICTURE_LEFT_OUT = ("PICTURE003", logging.INFO, "Uploaded object is gone, late or nobody's; nothing shows it")
    SESSIONS_EXPIRED = ("CHECKOUT001", logging.INFO, "Checkout sessions whose time is over looked at")
    SESSION_COMPLETION_ANSWERED = ("CHECKOUT002", logging.INFO, "Completion of a checkout session answered")
    SESSION_FOLLOWED = ("CHECKOUT003", logging.INFO, "Checkout session says what became of its order")
    SESSION_WAS_BEHIND = ("CHECKOUT004", logging.WARNING, "Checkout session missed what became of its order; it has it")
    SESSION_NOT_LOOKED_AT = ("CHECKOUT005", logging.ERROR, "Checkout session not looked at; the next run tries again")
    HEALTH_CHECK_FAILED = ("HEALTH001", logging.ERROR, "A dependency did not answer the health check")

    @property
    def code(self) -> str:
        return self.value[0]


def traced(handler: Handler) -> Handler:
    """Make X-Ray see a Lambda handler's calls; a function that is not traced does not pay the SDK's import."""
    if settings.flag("POWERTOOLS_TRACE_DISABLED"):
        return handler
    from aws_lambda_powertools import Tracer

    # Only botocore is patched: patching every known library costs cold start and finds nothing here.
    tracer = Tracer(patch_modules=("botocore",))
    # Neither answers nor error messages go into a trace: they may hold what no log may hold.
    return cast(Handler, tracer.capture_lambda_handler(handler, capture_response=False, capture_error=False))


def log(event: LogEvent, *, exc_info: bool = False, **facts: Any) -> None:
    """Write one structured line; `facts` are ids and small values, never tokens, bodies or addresses."""
    code, level, message = event.value
    extra = {"event": event.name, "code": code, **facts}
    # Powertools hands this on to the standard logger; stacklevel names our caller as the line's location.
    logger.log(level, message, exc_info=exc_info, extra=extra, stacklevel=2)  # type: ignore[attr-defined]  # delegated


def count(metric: str) -> None:
    """Count one business outcome in the function's metrics namespace."""
    metrics.add_metric(name=metric, unit="Count", value=1)


def flush_metrics() -> None:
    """Write the counted metrics, if any, in CloudWatch's embedded metric format."""
    if metrics.metric_set:
        metrics.flush_metrics()
