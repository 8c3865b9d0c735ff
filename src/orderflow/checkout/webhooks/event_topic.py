"""Order events of checkout sessions on SNS: the message in JSON, two attributes to filter by."""

from typing import Any

from botocore import exceptions

from orderflow.checkout.webhooks.event import OrderEvent
from orderflow.runtime.errors import TransientError

# docs.aws.amazon.com/sns/latest/api/API_Publish.html: what may pass by itself.
_TRANSIENT = frozenset({"InternalError", "KMSThrottling", "Throttled", "ThrottlingException"})
_SERVER_ERROR = 500


class EventTopicUnavailableError(TransientError):
    """The topic did not answer, or asked us to slow down; repeating is safe."""

    code = "EVENT_TOPIC_UNAVAILABLE"


class SnsEventTopic:
    """A topic (IAM: sns:Publish)."""

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client, self._topic_arn = client, topic_arn

    def publish(self, event: OrderEvent) -> None:
        """Publish an event, perhaps twice; raises EventTopicUnavailableError."""
        told = {"type": event.type.value, "clientId": event.client_id}
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
        try:
            self._client.publish(TopicArn=self._topic_arn, Message=event.as_message(), MessageAttributes=attributes)
        except exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                raise EventTopicUnavailableError("The topic asked to slow down; try again.") from error
            raise
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise EventTopicUnavailableError("The topic could not be reached; try again.") from error
