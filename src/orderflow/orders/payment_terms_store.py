"""Payment terms read from the orders table."""

from typing import Any

from orderflow.orders.payment_terms import PaymentTerms
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import from_item, to_item, translated_errors

# Terraform grants exactly these (condition key dynamodb:Attributes): asking for more is denied.
_NAMES = {
    f"#{position}": name
    for position, name in enumerate(("orderId", "userId", "status", "total", "currency", "paymentToken"))
}


class DynamoPaymentTermsStore:
    """Terms from DynamoDB (IAM: dynamodb:GetItem on the orders table, limited to the six attributes)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, order_id: str) -> PaymentTerms | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table,
                Key=to_item({"orderId": order_id}),
                ConsistentRead=True,
                ProjectionExpression=", ".join(_NAMES),
                ExpressionAttributeNames=_NAMES,
            )
        if "Item" not in answer:
            return None
        record = from_item(answer["Item"])
        return PaymentTerms(
            order_id=record["orderId"],
            user_id=record["userId"],
            amount=record["total"],
            currency=record["currency"],
            token=record["paymentToken"],
            status=OrderStatus(record["status"]),
        )
