"""The shop's own steps as an operator runs them: the deployed function, with its own rights, settings and provider.

So nobody needs the payment provider's key to give money back.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from tools.terminal import ToolError


class Steps(Protocol):
    """Step functions of the order's workflows."""

    def run(self, key: str, order_id: str, operation_id: str) -> str:
        """Run a compensation for an order and return what it came to; raises ToolError when it failed."""
        ...

    def follow(self, order_id: str, user_id: str, operation_id: str) -> None:
        """Let an order's checkout session follow it, as its notice would have; raises ToolError when it could not."""
        ...


class LambdaSteps:
    """Step functions on Lambda (IAM: lambda:InvokeFunction on refund_payment, release_stock and follow_orders)."""

    def __init__(self, client: Any, names: Mapping[str, str]) -> None:
        self._client, self._names = client, names

    def run(self, key: str, order_id: str, operation_id: str) -> str:
        # Its history and its logs name the operation, and the journal tells the rest.
        payload = {"orderId": order_id, "reason": f"OPERATION {operation_id}", "correlationId": operation_id}
        return str(self._invoked(key, payload)["status"])

    def follow(self, order_id: str, user_id: str, operation_id: str) -> None:
        notice = {"schema": "order-event/1", "orderId": order_id, "userId": user_id}
        records = [{"messageId": operation_id, "body": json.dumps(notice)}]
        if self._invoked("follow_orders", {"Records": records})["batchItemFailures"]:
            raise ToolError(
                f"{self._names['follow_orders']} could not let the session of order {order_id} follow it: its log has "
                f"the line QUEUE002 with message_id {operation_id}. Repeating it is safe."
            )

    def _invoked(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._client.invoke(FunctionName=self._names[key], Payload=json.dumps(payload).encode())
        told: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise ToolError(
                f"{self._names[key]} failed with {told.get('errorType')}: {told.get('errorMessage')}. "
                "It may have done part of its work; repeating it is safe."
            )
        return told
