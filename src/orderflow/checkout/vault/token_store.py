"""Tokens in DynamoDB. TTL attribute `purgeAt`: a while after its expiry a token is forgotten."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from orderflow.checkout.vault.errors import VaultUnavailableError
from orderflow.checkout.vault.token import Allowance, VaultToken
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import KeyWrite
from orderflow.runtime.idempotency.record_store import DynamoRecords

# So long a token can still say that it expired, or that it was used.
_KEPT = 7 * 24 * 3600  # seconds
_FREE = "attribute_exists(tokenId) AND (attribute_not_exists(usedFor) OR usedFor = :order)"


class DynamoTokenReader:
    """Finds tokens, and marks them as used (IAM: dynamodb:GetItem and UpdateItem)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, token_id: str) -> VaultToken | None:
        """Return the token as of now; raises VaultUnavailableError at the first look at one that stumbles."""
        at = {"TableName": self._table, "Key": to_item({"tokenId": token_id})}
        with translated_errors():
            answer = self._client.get_item(**at, ConsistentRead=True)
        found = _token(from_item(answer["Item"])) if "Item" in answer else None
        if found and found.stumbles:
            with suppress(ConditionFailedError), translated_errors():
                self._client.update_item(
                    **at, UpdateExpression="REMOVE stumbles", ConditionExpression="attribute_exists(tokenId)"
                )
            raise VaultUnavailableError
        return found

    def used(self, token_id: str, order_id: str) -> dict[str, Any]:
        """Return the element of TransactItems by which the token pays this order and no other; repeats pass."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_item({"tokenId": token_id}),
                "UpdateExpression": "SET usedFor = :order",
                "ConditionExpression": _FREE,
                "ExpressionAttributeValues": to_item({":order": order_id}),
            }
        }


class DynamoVault:
    """Adds tokens (IAM: dynamodb:PutItem on the table; what `DynamoRecords` needs)."""

    def __init__(self, client: Any, table: str, *, idempotency: str) -> None:
        self._client, self._table = client, table
        self._records = DynamoRecords(client, idempotency)

    def add(self, token: VaultToken, kept: KeyWrite | None = None) -> None:
        # Token ids are random: a Put without a condition overwrites nothing but its own repetition.
        put = {"TableName": self._table, "Item": to_item(_record(token))}
        if kept is None:
            with translated_errors():
                self._client.put_item(**put)
            return
        try:
            with translated_errors():
                self._client.transact_write_items(TransactItems=[self._records.element(kept), {"Put": put}])
        except (TransactionRefusedError, TransactionConflictError) as refused:
            raise KeyTakenError from refused


def _record(token: VaultToken) -> dict[str, Any]:
    allowed = token.allowance
    return {
        "tokenId": token.token_id,
        "clientId": token.client_id,
        "maxAmount": allowed.max_amount,
        "currency": allowed.currency,
        "sessionId": allowed.session_id,
        "merchantId": allowed.merchant_id,
        "expiresAt": iso(allowed.expires_at),
        "paymentToken": token.payment_token,
        "challenge": token.challenge,
        "createdAt": iso(token.created_at),
        "usedFor": token.used_for,
        **({"stumbles": True} if token.stumbles else {}),
        "purgeAt": int(max(allowed.expires_at, token.created_at).timestamp()) + _KEPT,
    }


def _token(record: dict[str, Any]) -> VaultToken:
    return VaultToken(
        token_id=record["tokenId"],
        client_id=record["clientId"],
        allowance=Allowance(
            max_amount=record["maxAmount"],
            currency=record["currency"],
            session_id=record["sessionId"],
            merchant_id=record["merchantId"],
            expires_at=datetime.fromisoformat(record["expiresAt"]),
        ),
        payment_token=record["paymentToken"],
        challenge=record["challenge"],
        created_at=datetime.fromisoformat(record["createdAt"]),
        used_for=record.get("usedFor"),
        stumbles=record.get("stumbles", False),
    )
