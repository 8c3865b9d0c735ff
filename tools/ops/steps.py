"""The workflow's compensations as an operator runs them: the deployed function, with its own rights and its provider.

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


class LambdaSteps:
    """Step functions on Lambda (IAM: lambda:InvokeFunction on refund_payment and release_stock)."""

    def __init__(self, client: Any, names: Mapping[str, str]) -> None:
        self._client, self._names = client, names

    def run(self, key: str, order_id: str, operation_id: str) -> str:
        # Its history and its logs name the operation, and the journal tells the rest.
        payload = {"orderId": order_id, "reason": f"OPERATION {operation_id}", "correlationId": operation_id}
        answer = self._client.invoke(FunctionName=self._names[key], Payload=json.dumps(payload).encode())
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise ToolError(
                f"{self._names[key]} failed with {told.get('errorType')}: {told.get('errorMessage')}. "
                "It may have done part of its work; repeating it is safe."
            )
        return str(told["status"])
