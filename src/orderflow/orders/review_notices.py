"""Reviews are asked for on SNS: one order event of its own topic, which only the shop's people hear."""

import json
from datetime import datetime
from typing import Any

from botocore import exceptions

from orderflow.orders.errors import ReviewNoticeUnavailableError
from orderflow.orders.review_request import ReviewRequest
from orderflow.runtime.clock import iso

_TYPE, _STATUS = "order.review_requested", "REVIEW"
# docs.aws.amazon.com/sns/latest/api/API_Publish.html: what may pass by itself.
_TRANSIENT = frozenset(
    {
        "InternalError",
        "KMSThrottling",
        "KMSThrottlingException",
        "Throttled",
        "ThrottledException",
        "ThrottlingException",
    }
)
_SERVER_ERROR = 500


class SnsReviewNotices:
    """Notices on one topic (IAM: sns:Publish; with a customer-managed key also kms:GenerateDataKey and kms:Decrypt)."""

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client, self._topic_arn = client, topic_arn

    def ask(self, request: ReviewRequest, at: datetime, deadline: str) -> None:
        message = {
            "schema": "order-event/1",
            "eventId": f"{request.order_id}#{_STATUS}",
            "type": _TYPE,
            "orderId": request.order_id,
            "userId": request.user_id,
            "status": _STATUS,
            "total": request.total,
            "currency": request.currency,
            "reviewDeadline": deadline,
            "correlationId": request.correlation_id,
            "at": iso(at),
        }
        attributes = {"type": _TYPE, "status": _STATUS, "correlationId": request.correlation_id}
        try:
            self._client.publish(
                TopicArn=self._topic_arn,
                Message=json.dumps(message),
                MessageAttributes={k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()},
            )
        except exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                raise ReviewNoticeUnavailableError("The review topic asked to slow down; try again.") from error
            raise
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise ReviewNoticeUnavailableError("The review topic could not be reached; try again.") from error
