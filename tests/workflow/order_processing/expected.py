"""What order_processing must send to each service, written out."""

import re
from typing import Any

from tests.support.step_functions import execution_arn
from tests.workflow.order_processing import cases, steps
from tests.workflow.rendering import supplied


def timed(request: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the request and the moment it names, which must be one moment in UTC."""
    moments = set(re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|\+00:00)", str(request)))
    (moment,) = moments
    return request, moment


def history(status: str, at: str, reason: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the history entry that a write appends; `reason` is the attribute statusReason gets too."""
    entry = {"status": {"S": status}, "at": {"S": at}, "by": {"S": "workflow"}}
    return {"L": [{"M": {**entry, **({"reason": reason} if reason else {})}}]}


def recorded(case: str, status: str, at: str, reason: tuple[str, str] | None = None) -> dict[str, Any]:
    """Return the write that ends a processing order in `status`, with the reason's code and message."""
    told = {"M": {"code": {"S": reason[0]}, "message": {"S": reason[1]}}} if reason else None
    values = {
        ":processing": {"S": "PROCESSING"},
        ":status": {"S": status},
        ":one": {"N": "1"},
        ":now": {"S": at},
        ":execution": {"S": execution_arn(cases.MACHINE, case)},
        ":entry": history(status, at, told),
        **({":reason": told} if told else {}),
    }
    expression = (
        "SET #status = :status, #version = #version + :one, updatedAt = :now, history = list_append(history, :entry)"
    )
    if reason:
        expression += ", statusReason = :reason"
    expression += " REMOVE openGroup, checkAfter"
    return {
        "TableName": supplied("orders_table"),
        "Key": {"orderId": {"S": steps.ORDER_ID}},
        "ConditionExpression": "#status = :processing AND executionArn = :execution",
        "UpdateExpression": expression,
        "ExpressionAttributeNames": {"#status": "status", "#version": "version"},
        "ExpressionAttributeValues": values,
    }


def notice(topic: str, kind: str, status: str, at: str, reason: tuple[str, str] | None = None) -> dict[str, Any]:
    """Return the publication of one order event."""
    message = {
        "schema": "order-event/1",
        "eventId": f"{steps.ORDER_ID}#{status}",
        "type": kind,
        "orderId": steps.ORDER_ID,
        "userId": steps.ORDER["userId"]["S"],
        "status": status,
        "total": int(steps.ORDER["total"]["N"]),
        "currency": "EUR",
        "correlationId": steps.CORRELATION_ID,
        "at": at,
    }
    if reason:
        message["reason"] = {"code": reason[0], "message": reason[1]}
    attributes = {"type": kind, "status": status, "correlationId": steps.CORRELATION_ID}
    return {
        "TopicArn": supplied(topic),
        "Message": message,
        "MessageAttributes": {k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()},
    }


def counted(metric: str) -> dict[str, Any]:
    """Return the metric that pages."""
    return {
        "Namespace": supplied("metrics_namespace"),
        "MetricData": [{"MetricName": metric, "Value": 1, "Unit": "Count"}],
    }
