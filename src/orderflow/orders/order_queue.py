"""The order queue on SQS: what intake sends and what the workflow's starter reads."""

import json
from typing import Any

from botocore import exceptions

from orderflow.orders.errors import QueueUnavailableError

# docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html: what may pass by itself.
_TRANSIENT = frozenset({"KmsThrottled", "RequestThrottled", "ThrottlingException"})
_SERVER_ERROR = 500


class SqsOrderQueue:
    """Intake's queue (IAM: sqs:SendMessage; with a customer-managed key also kms:GenerateDataKey and kms:Decrypt)."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def send(self, order_id: str, correlation_id: str) -> None:
        try:
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps({"orderId": order_id, "correlationId": correlation_id}),
                MessageAttributes={"correlationId": {"DataType": "String", "StringValue": correlation_id}},
            )
        except exceptions.ClientError as error:
            code = error.response["Error"]["Code"].rpartition(".")[2]
            if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                raise QueueUnavailableError("The order queue asked to slow down; try again.") from error
            raise
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise QueueUnavailableError("The order queue could not be reached; try again.") from error
