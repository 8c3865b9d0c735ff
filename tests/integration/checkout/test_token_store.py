"""Tokens in DynamoDB: kept with the answer of their request, used for one order, forgotten after a while."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from orderflow.checkout.vault.errors import VaultUnavailableError
from orderflow.checkout.vault.token import VaultToken
from orderflow.checkout.vault.token_store import DynamoTokenReader, DynamoVault
from orderflow.runtime.dynamo import TransactionRefusedError, from_item, translated_errors
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.record_store import DynamoRecords
from tests.support.idempotency import CREATED, asked, keys_on
from tests.support.vault import token


@pytest.fixture
def vault(dynamodb: Any, tables: dict[str, str]) -> DynamoVault:
    return DynamoVault(dynamodb, tables["payment-tokens"], idempotency=tables["idempotency"])


@pytest.fixture
def reader(dynamodb: Any, tables: dict[str, str]) -> DynamoTokenReader:
    return DynamoTokenReader(dynamodb, tables["payment-tokens"])


@pytest.fixture
def use(dynamodb: Any, reader: DynamoTokenReader) -> Callable[[str, str], None]:
    def used(token_id: str, order_id: str) -> None:
        with translated_errors():
            dynamodb.transact_write_items(TransactItems=[reader.used(token_id, order_id)])

    return used


@pytest.mark.parametrize("held", [token(), token(challenge=True, max_amount=0), token(payment_token="sandbox_decline")])
def test_a_token_is_found_as_it_was_added(vault: DynamoVault, reader: DynamoTokenReader, held: VaultToken) -> None:
    vault.add(held)
    assert reader.find("vt_1") == held
    assert reader.find("vt_2") is None


def test_a_stumbling_token_is_asked_for_in_vain_once_and_then_found_as_any_other(
    vault: DynamoVault, reader: DynamoTokenReader
) -> None:
    vault.add(token(stumbles=True))
    with pytest.raises(VaultUnavailableError) as refused:
        reader.find("vt_1")
    assert refused.value.http_status == 503
    assert reader.find("vt_1") == token()


def test_a_token_is_kept_a_week_longer_than_it_may_be_used(
    dynamodb: Any, tables: dict[str, str], vault: DynamoVault
) -> None:
    ends = datetime(2026, 3, 1, tzinfo=UTC)
    vault.add(token(token_id="vt_late", expires_at=ends))
    vault.add(token(token_id="vt_over", expires_at=datetime(2020, 1, 1, tzinfo=UTC)))
    vault.add(token(token_id="vt_ever", expires_at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)))
    found = {
        item["tokenId"]: item["purgeAt"]
        for item in map(from_item, dynamodb.scan(TableName=tables["payment-tokens"])["Items"])
    }
    week = 7 * 24 * 3600
    assert found["vt_late"] == ends.timestamp() + week
    assert found["vt_over"] == int(token().created_at.timestamp()) + week


def test_a_token_pays_one_order_and_that_one_as_often_as_it_is_repeated(
    vault: DynamoVault, reader: DynamoTokenReader, use: Callable[[str, str], None]
) -> None:
    # Given
    vault.add(token())
    # When
    use("vt_1", "order-1")
    use("vt_1", "order-1")
    # Then
    with pytest.raises(TransactionRefusedError):
        use("vt_1", "order-2")
    assert reader.find("vt_1") == token(used_for="order-1")


def test_a_token_that_there_is_not_is_not_made_by_using_it(
    reader: DynamoTokenReader, use: Callable[[str, str], None], tables: dict[str, str]
) -> None:
    with pytest.raises(TransactionRefusedError):
        use("vt_9", "order-1")
    assert reader.find("vt_9") is None


def test_token_and_answer_are_written_both_or_none(
    dynamodb: Any, tables: dict[str, str], vault: DynamoVault, reader: DynamoTokenReader
) -> None:
    # Given the first request of a key
    keys = keys_on(DynamoRecords(dynamodb, tables["idempotency"]))
    vault.add(token(), keys.fresh(asked()).finished(CREATED))
    # When it is repeated
    with pytest.raises(KeyTakenError):
        vault.add(token(token_id="vt_2"), keys.fresh(asked()).finished(CREATED))
    # Then
    assert reader.find("vt_2") is None
    assert keys.taken(asked()).answer == CREATED
