"""Discount codes in DynamoDB: read in one request, used by the transaction of a purchase and never beyond a limit."""

import dataclasses
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from orderflow.checkout.pricing.discount_book import DynamoDiscountBook
from orderflow.checkout.pricing.discount_store import DynamoDiscounts
from orderflow.checkout.pricing.discounts import Discount
from orderflow.runtime.dynamo import TransactionRefusedError, translated_errors
from tests.support.discount_book import FIVE_OFF, WHOLE_TERMS, DiscountBookContract
from tests.support.quotes import NOW, discount

LIMITED = discount("LIMITED", limit=2, limit_per_client=1)


@pytest.fixture
def book(dynamodb: Any, tables: dict[str, str]) -> DynamoDiscountBook:
    return DynamoDiscountBook(dynamodb, tables["discounts"])


@pytest.fixture
def codes(dynamodb: Any, tables: dict[str, str]) -> DynamoDiscounts:
    return DynamoDiscounts(dynamodb, tables["discounts"])


class TestDiscountsInDynamo(DiscountBookContract):
    @pytest.fixture
    def book(self, book: DynamoDiscountBook) -> DynamoDiscountBook:
        return book


def buy(dynamodb: Any, codes: DynamoDiscounts, *discounts: Discount, client: str = "agent-1", now: Any = NOW) -> None:
    """Use the codes as a completing transaction does; raises TransactionRefusedError."""
    with translated_errors():
        dynamodb.transact_write_items(TransactItems=codes.used(discounts, client, now))


def test_codes_are_read_by_any_letter_case_with_the_uses_of_all_and_of_the_client(
    dynamodb: Any, book: DynamoDiscountBook, codes: DynamoDiscounts
) -> None:
    for terms in (WHOLE_TERMS, FIVE_OFF):
        book.add(terms)
    buy(dynamodb, codes, FIVE_OFF)
    buy(dynamodb, codes, FIVE_OFF, client="agent-2")
    found = codes.of(["spring", " Five ", "FIVE", "never", "no code at all", ""], "agent-1")
    assert found == {"SPRING": WHOLE_TERMS, "FIVE": dataclasses.replace(FIVE_OFF, used=2, used_by_client=1)}


def test_no_codes_cost_no_read_and_more_than_ten_are_not_looked_at(tables: dict[str, str]) -> None:
    client = mock.Mock()
    client.batch_get_item.return_value = {"Responses": {tables["discounts"]: []}}
    reader = DynamoDiscounts(client, tables["discounts"])
    assert reader.of(["not a code!", ""], "agent-1") == {}
    client.batch_get_item.assert_not_called()
    reader.of([f"CODE{number}" for number in range(50)], "agent-1")
    (asked,) = client.batch_get_item.call_args_list
    assert len(asked.kwargs["RequestItems"][tables["discounts"]]["Keys"]) == 20


def test_a_code_is_used_up_to_its_limit_and_each_client_up_to_its_own(
    dynamodb: Any, book: DynamoDiscountBook, codes: DynamoDiscounts
) -> None:
    book.add(LIMITED)
    buy(dynamodb, codes, LIMITED, client="agent-1")
    with pytest.raises(TransactionRefusedError) as own:
        buy(dynamodb, codes, LIMITED, client="agent-1")
    assert own.value.failed == (1,)
    buy(dynamodb, codes, LIMITED, client="agent-2")
    with pytest.raises(TransactionRefusedError) as everyones:
        buy(dynamodb, codes, LIMITED, client="agent-3")
    assert everyones.value.failed == (0,)
    assert book.find("LIMITED").used == 2
    assert codes.of(["LIMITED"], "agent-3")["LIMITED"].used_by_client == 0


def test_one_refused_code_of_two_uses_neither(dynamodb: Any, book: DynamoDiscountBook, codes: DynamoDiscounts) -> None:
    spent = discount("SPENT", limit=1, used=1)
    for terms in (FIVE_OFF, spent):
        book.add(terms)
    with pytest.raises(TransactionRefusedError) as refused:
        buy(dynamodb, codes, FIVE_OFF, spent)
    assert refused.value.failed == (2,)
    assert book.find("FIVE").used == 0


@pytest.mark.parametrize(
    ("terms", "counts"),
    [
        ({"starts_at": NOW}, True),
        ({"starts_at": NOW + timedelta(seconds=1)}, False),
        ({"ends_at": NOW + timedelta(seconds=1)}, True),
        ({"ends_at": NOW}, False),
        ({"is_enabled": False}, False),
    ],
)
def test_a_code_is_used_within_its_period_and_while_it_is_enabled(
    dynamodb: Any, book: DynamoDiscountBook, codes: DynamoDiscounts, terms: dict[str, Any], counts: bool
) -> None:
    made = discount(**terms)
    book.add(made)
    if counts:
        buy(dynamodb, codes, made)
    else:
        with pytest.raises(TransactionRefusedError):
            buy(dynamodb, codes, made)
    assert book.find("SAVE").used == counts


def test_a_code_that_was_disabled_after_it_was_priced_is_refused(
    dynamodb: Any, book: DynamoDiscountBook, codes: DynamoDiscounts
) -> None:
    book.add(FIVE_OFF)
    priced_with = codes.of(["FIVE"], "agent-1")["FIVE"]
    book.disable("FIVE")
    with pytest.raises(TransactionRefusedError):
        buy(dynamodb, codes, priced_with)


def test_a_use_that_was_given_back_can_be_used_again_and_nothing_is_given_back_twice(
    dynamodb: Any, book: DynamoDiscountBook, codes: DynamoDiscounts
) -> None:
    book.add(LIMITED)
    buy(dynamodb, codes, LIMITED)
    dynamodb.transact_write_items(TransactItems=codes.given_back([LIMITED.code], "agent-1"))
    buy(dynamodb, codes, LIMITED)
    dynamodb.transact_write_items(TransactItems=codes.given_back([LIMITED.code], "agent-1"))
    with pytest.raises(TransactionRefusedError), translated_errors():
        dynamodb.transact_write_items(TransactItems=codes.given_back([LIMITED.code], "agent-1"))
    assert book.find("LIMITED").used == 0


def test_uses_of_a_code_never_touch_the_index_of_codes(
    dynamodb: Any, book: DynamoDiscountBook, codes: DynamoDiscounts, tables: dict[str, str]
) -> None:
    book.add(FIVE_OFF)
    buy(dynamodb, codes, FIVE_OFF)
    listed = dynamodb.query(
        TableName=tables["discounts"],
        IndexName="by-code",
        KeyConditionExpression="listing = :listing",
        ExpressionAttributeValues={":listing": {"S": "discounts"}},
    )
    assert [set(item) for item in listed["Items"]] == [{"listing", "code", "holder"}]
