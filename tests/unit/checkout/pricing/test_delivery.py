"""Where goods go and how: what is offered, what is missing, and what keeps a checkout from being paid."""

from datetime import UTC, datetime

import pytest

from orderflow.checkout.pricing.quote_view import fulfillment_options
from orderflow.checkout.pricing.quoting import Tables
from orderflow.orders.limits import MAX_TOTAL
from tests.support.quotes import TABLES, line, priced, shipping_table, to

_ADDRESS = "$.fulfillment_details.address"


def told(**sale: object) -> list[tuple[str, str]]:
    quote = priced(**sale)
    assert quote.is_ready is (not quote.messages)
    assert all(message["type"] == "error" and message["content"] for message in quote.messages)
    return [(message["code"], message["param"]) for message in quote.messages]


def test_goods_with_an_address_and_a_chosen_option_can_be_paid() -> None:
    assert told() == []


def test_without_an_address_there_is_nothing_to_choose_and_the_goods_have_their_price() -> None:
    quote = priced(address=None)
    assert told(address=None) == [("missing", _ADDRESS)]
    assert (quote.options, quote.total) == ((), 1999)


def test_with_an_address_the_options_are_offered_and_one_has_to_be_chosen() -> None:
    assert told(chosen=None) == [("missing", "$.selected_fulfillment_options")]
    assert fulfillment_options(priced(chosen=None)) == [
        {
            "type": "shipping",
            "id": "standard",
            "title": "Standard",
            "carrier": "DHL",
            "earliest_delivery_time": "2026-01-04T00:00:00Z",
            "latest_delivery_time": "2026-01-06T23:59:59Z",
            "totals": [
                {"type": "fulfillment", "display_text": "Standard", "amount": 490},
                {"type": "total", "display_text": "Total", "amount": 490},
            ],
        },
        {
            "type": "shipping",
            "id": "express",
            "title": "Express",
            "description": "Tomorrow.",
            "carrier": "DHL",
            "earliest_delivery_time": "2026-01-03T00:00:00Z",
            "latest_delivery_time": "2026-01-03T23:59:59Z",
            "totals": [
                {"type": "fulfillment", "display_text": "Express", "amount": 1470},
                {"type": "total", "display_text": "Total", "amount": 1470},
            ],
        },
    ]


def test_delivery_days_are_counted_in_utc() -> None:
    late = datetime.fromisoformat("2026-01-02T23:30:00-05:00")
    assert priced(now=late).options[1].earliest == datetime(2026, 1, 4, tzinfo=UTC)


def test_an_option_that_is_not_offered_is_invalid_and_costs_nothing() -> None:
    assert told(chosen="gone") == [("invalid", "$.selected_fulfillment_options[0].option_id")]
    assert priced(chosen="gone").fulfillment == 0


@pytest.mark.parametrize("sale", [{}, {"chosen": None}])
def test_a_country_that_is_not_served_is_restricted_whatever_is_chosen(sale: dict) -> None:
    assert told(address=to("BR"), **sale) == [("region_restricted", f"{_ADDRESS}.country")]


def test_a_country_that_is_taxed_and_not_delivered_to_is_restricted() -> None:
    nowhere = Tables(shipping_table(currency="USD"), TABLES.tax)
    assert told(tables=nowhere) == [("region_restricted", f"{_ADDRESS}.country")]


def test_a_region_that_does_not_exist_is_invalid_and_nothing_is_offered_there() -> None:
    assert told(address=to("US", "XX")) == [("invalid", f"{_ADDRESS}.state")]
    assert priced(address=to("US", "XX")).options == ()
    assert priced(address=to("US", "XX")).total == 1999


def test_shipping_is_free_from_an_amount_of_goods() -> None:
    tables = Tables(shipping_table(490, free_from=2000), TABLES.tax)
    assert priced(line(price=1999), tables=tables).fulfillment == 490
    assert priced(line(price=2000), tables=tables).fulfillment == 0


def test_an_order_above_what_one_payment_carries_cannot_be_paid() -> None:
    just = line(price=MAX_TOTAL - 490)
    assert priced(just).is_ready
    (message,) = priced(line(price=MAX_TOTAL - 489)).messages
    assert (message["code"], message["param"]) == ("maximum_exceeded", "$.line_items")
    assert "999999.99 EUR" in message["content"]
