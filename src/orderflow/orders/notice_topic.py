"""Order events on SNS, as the workflows publish them: the message in JSON, three attributes to filter by."""

import json
from typing import Any

from botocore import exceptions

from orderflow.orders.errors import NoticesUnavailableError

# docs.aws.amazon.com/sns/latest/api/API_Publish.html: what may pass by itself.
_TRANSIENT = frozenset({"InternalError", "KMSThrottling", "Throttled", "ThrottlingException"})
_SERVER_ERROR = 500


class SnsNotices:
    """A topic (IAM: sns:Publish; with a customer-managed key also kms:GenerateDataKey and kms:Decrypt)."""

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client, self._topic_arn = client, topic_arn

    def publish(self, message: dict[str, Any]) -> None:
        attributes = {
            name: {"DataType": "String", "StringValue": message[name]} for name in ("type", "status", "correlationId")
        }
        try:
            self._client.publish(TopicArn=self._topic_arn, Message=json.dumps(message), MessageAttributes=attributes)
        except exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                raise NoticesUnavailableError("The topic asked to slow down; try again.") from error
            raise
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise NoticesUnavailableError("The topic could not be reached; try again.") from error
