"""Discount codes: which count, in which order, what each takes off what."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import pytest

from orderflow.checkout.pricing.discounts import MAX_CODES, Discount, DiscountKind, Rejection
from orderflow.checkout.pricing.quote_view import discounts
from orderflow.checkout.pricing.quoting import Quoting
from tests.support.quotes import ADDRESS, LONG_AGO, NOW, TABLES, discount, line, priced

FIVE_OFF = discount("FIVE", kind=DiscountKind.AMOUNT, amount=500, is_combinable=True)
TENTH_OFF = discount("TENTH", is_combinable=True)
FREE = discount("FREE", kind=DiscountKind.SHIPPING, is_combinable=True)
SECOND = timedelta(seconds=1)


def reasons(*codes: str, known: list, **sale: object) -> list[str]:
    return [each.reason.value for each in priced(codes=codes, known=known, **sale).rejected]


def test_a_percentage_is_taken_off_the_goods_and_rounded_half_up() -> None:
    quote = priced(line(price=1995), codes=["TENTH"], known=[TENTH_OFF])
    assert (quote.items_discount, quote.discount, quote.subtotal) == (200, 0, 1795)


def test_an_amount_is_shared_by_the_lines_in_proportion_and_sums_to_itself() -> None:
    basket = (line("a", price=1000), line("b", price=1000), line("c", price=1000))
    quote = priced(*basket, codes=["FIVE"], known=[FIVE_OFF])
    assert [quote.line_discount(each.line_id) for each in basket] == [167, 167, 166]


def test_an_amount_takes_off_no_more_than_there_is() -> None:
    quote = priced(line(price=300), codes=["FIVE"], known=[FIVE_OFF])
    assert (quote.items_discount, quote.subtotal) == (300, 0)
    assert quote.total == 490


def test_free_shipping_takes_off_what_the_chosen_option_costs_and_nothing_before_one_is() -> None:
    assert priced(codes=["FREE"], known=[FREE]).discount == 490
    assert priced(codes=["FREE"], known=[FREE], chosen="express").discount == 1470
    assert priced(codes=["FREE"], known=[FREE], chosen=None).discount == 0
    assert priced(codes=["FREE"], known=[FREE], address=None).discount == 0


def test_two_codes_for_free_shipping_take_it_off_once() -> None:
    again = discount("GRATIS", kind=DiscountKind.SHIPPING, is_combinable=True)
    quote = priced(codes=["FREE", "GRATIS"], known=[FREE, again])
    assert (quote.discount, quote.total) == (490, 1999)


def test_codes_that_leave_nothing_to_pay_are_said_to() -> None:
    whole = discount("WHOLE", basis_points=10_000, is_combinable=True)
    assert priced(codes=["WHOLE"], known=[whole]).is_ready  # shipping is left
    quote = priced(codes=["WHOLE", "FREE"], known=[whole, FREE])
    assert quote.total == 0
    assert not quote.is_ready
    assert [(each["code"], each["param"]) for each in quote.messages] == [("unsupported", "$.discounts.codes")]


def test_percentages_come_before_amounts_whatever_the_order_of_the_codes() -> None:
    known = [FIVE_OFF, TENTH_OFF, FREE]
    one = priced(line(price=10_000), codes=["FIVE", "FREE", "TENTH"], known=known)
    other = priced(line(price=10_000), codes=["TENTH", "FIVE", "FREE"], known=known)
    assert one.items_discount == other.items_discount == 1000 + 500
    assert [each["code"] for each in discounts(one)["applied"]] == ["TENTH", "FIVE", "FREE"]
    assert [each["priority"] for each in discounts(one)["applied"]] == [1, 2, 3]


def test_letter_case_and_blanks_around_a_code_do_not_count_and_the_code_is_echoed_as_sent() -> None:
    quote = priced(codes=[" tenth "], known=[TENTH_OFF])
    assert discounts(quote)["codes"] == [" tenth "]
    assert [each["code"] for each in discounts(quote)["applied"]] == ["TENTH"]


def test_an_unknown_or_disabled_code_and_one_of_another_currency_are_invalid() -> None:
    off, dollars = discount("OFF", is_enabled=False), discount("USD", currency="USD")
    assert reasons("NEVER", "OFF", "USD", known=[off, dollars]) == [Rejection.INVALID] * 3


def test_a_code_counts_from_its_start_to_before_its_end() -> None:
    future, current = discount(starts_at=NOW + SECOND), discount(starts_at=NOW, ends_at=NOW + SECOND)
    over = discount(ends_at=NOW)
    assert reasons("SAVE", known=[future]) == [Rejection.INVALID]
    assert reasons("SAVE", known=[current]) == []
    assert reasons("SAVE", known=[over]) == [Rejection.EXPIRED]


def test_a_code_that_reached_its_limit_is_refused_and_one_before_counts() -> None:
    assert reasons("SAVE", known=[discount(limit=3, used=2)]) == []
    assert reasons("SAVE", known=[discount(limit=3, used=3)]) == [Rejection.LIMIT]
    assert reasons("SAVE", known=[discount(limit_per_client=1, used=9, used_by_client=0)]) == []
    assert reasons("SAVE", known=[discount(limit_per_client=1, used=9, used_by_client=1)]) == [Rejection.LIMIT]


def test_a_minimum_is_what_the_goods_cost_before_any_discount() -> None:
    known = [discount(minimum=2000, is_combinable=True), FIVE_OFF]
    assert reasons("SAVE", known=known, currency="EUR") == [Rejection.MINIMUM]
    assert [*priced(line(price=2000), codes=["FIVE", "SAVE"], known=known).rejected] == []
    (told,) = priced(codes=["SAVE"], known=known).rejected
    assert "20.00 EUR" in told.message


def test_a_code_sent_twice_is_taken_off_once() -> None:
    quote = priced(codes=["TENTH", "tenth"], known=[TENTH_OFF])
    assert [(each.position, each.reason) for each in quote.rejected] == [(1, Rejection.ALREADY_APPLIED)]
    assert quote.items_discount == 200


@pytest.mark.parametrize("codes", [["ALONE", "TENTH"], ["TENTH", "ALONE"]])
def test_of_codes_that_cannot_be_combined_the_first_counts(codes: list[str]) -> None:
    quote = priced(codes=codes, known=[discount("ALONE"), TENTH_OFF])
    assert [each.discount.code for each in quote.applied] == codes[:1]
    assert [each.reason for each in quote.rejected] == [Rejection.COMBINATION]


def test_a_refused_code_stands_in_nobodys_way() -> None:
    quote = priced(codes=["NEVER", "TENTH"], known=[TENTH_OFF])
    assert [each.discount.code for each in quote.applied] == ["TENTH"]


def test_a_checkout_looks_at_ten_codes() -> None:
    quote = priced(codes=[*["NEVER"] * MAX_CODES, "TENTH"], known=[TENTH_OFF])
    assert quote.applied == ()
    assert quote.rejected[-1].reason is Rejection.COMBINATION


def test_a_rejected_code_is_a_warning_that_keeps_nobody_from_paying() -> None:
    quote = priced(codes=["TENTH", "never"], known=[TENTH_OFF])
    assert quote.is_ready
    assert discounts(quote)["rejected"] == [
        {
            "code": "never",
            "reason": "discount_code_invalid",
            "message": "The code never is not a discount code of this shop.",
        }
    ]
    (warning,) = quote.messages
    assert (warning["type"], warning["code"], warning["param"]) == (
        "warning", "discount_code_invalid", "$.discounts.codes[1]",
    )  # fmt: skip


def test_an_applied_discount_tells_its_terms_and_where_it_went() -> None:
    known = [discount("TENTH", ends_at=NOW + SECOND, is_combinable=True), FIVE_OFF, FREE]
    basket = (line("a", price=3000), line("b", price=1000))
    quote = priced(*basket, codes=["TENTH", "FIVE", "FREE"], known=known)
    tenth, five, free = discounts(quote)["applied"]
    assert tenth == {
        "id": "discount-TENTH",
        "code": "TENTH",
        "coupon": {"id": "TENTH", "name": "A tenth off", "duration": "once", "percent_off": Decimal(10)},
        "amount": 400,
        "automatic": False,
        "start": LONG_AGO.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end": "2026-01-02T03:04:06Z",
        "method": "across",
        "priority": 1,
        "allocations": [{"path": "$.line_items[0]", "amount": 300}, {"path": "$.line_items[1]", "amount": 100}],
    }
    assert (five["coupon"]["amount_off"], five["coupon"]["currency"]) == (500, "eur")
    assert "percent_off" not in five["coupon"]
    assert free["allocations"] == [{"path": "$.totals.shipping", "amount": 490}]


def test_a_clients_quote_knows_the_codes_that_the_shop_has_with_that_clients_uses() -> None:
    asked = []

    class Shop:
        def of(self, codes: Iterable[str], client_id: str) -> dict[str, Discount]:
            asked.append((tuple(codes), client_id))
            return {"TENTH": TENTH_OFF}

    quoted = Quoting(TABLES, Shop(), "agent-1")([line()], ADDRESS, "standard", ["tenth"], "EUR", NOW)
    assert asked == [(("tenth",), "agent-1")]
    assert quoted == priced(codes=["tenth"], known=[TENTH_OFF])
