"""The arithmetic of a session: integer minor units that add up, in the currency asked for."""

import re

from acp_conformance.dialect import Json, amounts
from acp_conformance.profile import Item
from acp_conformance.requirement import SHOULD, NonconformityError, NotApplicableError, expect, requirement
from acp_conformance.shop import Shop, succeeded

MONEY = "rfc.agentic_checkout §5, §8"
# The full list that the protocol's text names; 2026-04-17 adds optional ones.
ADDED = ("fulfillment", "tax", "fee", "gift_wrap", "tip")
TAKEN = ("discount", "store_credit")


def part(session: Json, kind: str) -> int:
    return amounts(session["totals"], kind) or 0


def total(session: Json) -> int:
    amount = amounts(session["totals"], "total")
    if amount is None:
        raise NonconformityError(f"The session has no total: {session['totals']}")
    return amount


def adds_up(session: Json, when: str) -> None:
    """Fail unless the subtotal, without discounts, with everything added, is the total.

    Published examples write a discount as a positive amount that is taken off; no text says so, and either sign is read
    as taken off.
    """
    subtotal = part(session, "subtotal")
    expected = subtotal + sum(part(session, kind) for kind in ADDED) - sum(abs(part(session, kind)) for kind in TAKEN)
    shown = {entry["type"]: entry["amount"] for entry in session["totals"]}
    expect(expected == total(session), f"{when} the parts make {expected}, the total says {total(session)}: {shown}")


@requirement("totals.total", "A session has exactly one total", MONEY, SHOULD)
def one_total(shop: Shop) -> None:
    kinds = [entry["type"] for entry in shop.ready()["totals"]]
    expect(kinds.count("total") == 1, f"One entry of type total expected: {kinds}")


@requirement("totals.sum", "The parts add up to the total: after create, update and complete", MONEY)
def the_parts_add_up(shop: Shop) -> None:
    session = shop.ready()
    adds_up(session, "After create")
    changed = succeeded(shop.update(session["id"], shop.dialect.items(shop.items)), "update")
    adds_up(changed, "After update")
    adds_up(shop.bought(), "After complete")


@requirement("totals.subtotal", "subtotal is items_base_amount without items_discount", MONEY)
def the_subtotal_adds_up(shop: Shop) -> None:
    session = shop.ready()
    base = amounts(session["totals"], "items_base_amount")
    if base is None:
        raise NonconformityError("The session tells no items_base_amount.")
    expected = base - abs(part(session, "items_discount"))
    expect(
        part(session, "subtotal") == expected, f"subtotal is {part(session, 'subtotal')}, its parts make {expected}."
    )


@requirement("totals.lines", "The lines add up to the session's items_base_amount and items_discount", MONEY)
def the_lines_add_up(shop: Shop) -> None:
    session = shop.ready(shop.new(shop.items))
    lines = [shop.dialect.line(line) for line in session["line_items"]]
    for kind in ("items_base_amount", "items_discount"):
        # A line may tell its subtotal only: what it costs before anything is taken off.
        instead = "subtotal" if kind == "items_base_amount" else ""
        in_lines = sum(abs(line.get(kind, line.get(instead, 0))) for line in lines)
        in_session = abs(part(session, kind))
        expect(in_lines == in_session, f"{kind}: the lines make {in_lines}, the session says {in_session}.")


@requirement("totals.line", "A line adds up: base amount, discount, subtotal, tax, total", MONEY)
def a_line_adds_up(shop: Shop) -> None:
    for line in shop.ready(shop.new(shop.items))["line_items"]:
        told = shop.dialect.line(line)
        off = abs(told.get("items_discount", 0))
        subtotal = told.get("items_base_amount", told.get("subtotal", 0)) - off
        if "items_base_amount" in told:
            # Without it, published examples take the discount off a line's subtotal only on the way to its total.
            expect(
                told.get("subtotal", subtotal) == subtotal, f"Line {line['id']}: subtotal should be {subtotal}: {told}"
            )
        whole = subtotal - abs(told.get("discount", 0)) + told.get("tax", 0)
        expect(told.get("total", whole) == whole, f"Line {line['id']}: total should be {whole}: {told}")


@requirement(
    "totals.fulfillment",
    "What the chosen fulfilment option costs is in the totals",
    MONEY,
    known_defect="totals leave out the shipping chosen",
)
def the_chosen_option_is_paid(shop: Shop) -> None:
    session = shop.ready()
    chosen = shop.dialect.chosen(session)
    if not chosen:
        raise NotApplicableError("The session needs no fulfilment option.")
    figures = [shop.dialect.option_amounts(shop.dialect.option_named(session, each)) for each in chosen]
    net, gross = (sum(column) for column in zip(*figures, strict=True))
    told = part(session, "fulfillment")
    expect(told in (net, gross), f"The chosen option costs {net} ({gross} with tax), totals say fulfillment {told}.")
    adds_up(session, "With its fulfilment option")


@requirement("totals.fulfillment.other", "Another fulfilment option changes the total by what it costs more", MONEY)
def another_option_changes_the_total(shop: Shop) -> None:
    session = shop.ready()
    chosen = shop.dialect.chosen(session)
    prices = {
        each: shop.dialect.option_amounts(shop.dialect.option_named(session, each))[0]
        for each in shop.dialect.option_ids(session)
    }
    other = next((each for each in prices if chosen and prices[each] != prices[chosen[0]]), None)
    if other is None:
        raise NotApplicableError("The merchant offers no second fulfilment option at another price.")
    changed = succeeded(shop.update(session["id"], shop.dialect.option(session, other)), "update")
    expect(
        shop.dialect.chosen(changed) == [other], f"Chose {other!r}, the session says {shop.dialect.chosen(changed)}."
    )
    expect(
        part(changed, "fulfillment") != part(session, "fulfillment") and total(changed) != total(session),
        f"fulfillment stays {part(session, 'fulfillment')} and total {total(session)} though the prices are {prices}.",
    )
    adds_up(changed, "With another option")


@requirement("totals.quantity", "Two of an item cost twice as much as one", MONEY)
def two_cost_twice(shop: Shop) -> None:
    item = shop.items[0].id
    one = shop.made(shop.new([Item(item, 1)]))
    answer = shop.create(shop.new([Item(item, 2)]))
    if 400 <= answer.status < 500 and shop.dialect.has_extensions:
        raise NotApplicableError("The server keeps to the published Item of this version, which has no quantity.")
    two = succeeded(answer, "create with quantity 2")
    quantity = shop.dialect.line(two["line_items"][0])["quantity"]
    expect(quantity == 2, f"Asked for 2, the line says {quantity}.")
    figures = part(one, "items_base_amount"), part(two, "items_base_amount")
    expect(figures[1] == 2 * figures[0], f"One costs {figures[0]}, two cost {figures[1]}.")


@requirement("totals.coupon", "A discount code lowers the total and is shown", "rfc.discount_extension §8", older=None)
def a_code_lowers_the_total(shop: Shop) -> None:
    code = shop.profile.shop.coupon
    if not code:
        raise NotApplicableError("The profile names no shop.coupon.")
    plain, cheaper = shop.ready(), shop.ready(shop.new() | {"discounts": {"codes": [code]}})
    applied = [each.get("code") for each in cheaper.get("discounts", {}).get("applied", [])]
    expect(code.lower() in [str(each).lower() for each in applied], f"{code!r} is not in discounts.applied: {applied}")
    expect(total(cheaper) < total(plain), f"The total is {total(cheaper)} with the code, {total(plain)} without.")
    adds_up(cheaper, "With a code")


@requirement(
    "totals.coupon.unknown",
    "An unknown discount code is a rejected discount, no HTTP error",
    "rfc.discount_extension",
    older=None,
)
def an_unknown_code_is_rejected(shop: Shop) -> None:
    code = "acp-conformance-no-such-code"
    answer = shop.create(shop.new() | {"discounts": {"codes": [code]}})
    expect(answer.ok, f"A session expected: {answer}")
    session = answer.document
    rejected = [each.get("code") for each in session.get("discounts", {}).get("rejected", [])]
    warned = [
        each.get("code") for each in session["messages"] if str(each.get("code", "")).startswith("discount_code_")
    ]
    expect(
        rejected or warned or "coupon_invalid" in str(session["messages"]),
        "No rejected discount and no message about it.",
    )


@requirement(
    "totals.order", "An order's totals are those of the session that it came of", "rfc.orders §4.6", older=None
)
def an_order_keeps_the_total(shop: Shop) -> None:
    session = shop.bought()
    if not session["order"].get("totals"):
        raise NotApplicableError("The order tells no totals: they are optional.")
    expect(total(session["order"]) == total(session), f"Order {total(session['order'])}, session {total(session)}.")


@requirement("currency.form", "The currency is a lowercase ISO 4217 code", "rfc.agentic_checkout §8", SHOULD)
def the_currency_is_a_code(shop: Shop) -> None:
    currency = shop.made()["currency"]
    expect(re.fullmatch("[a-z]{3}", currency), f"currency is {currency!r}.")


@requirement(
    "currency.asked",
    "A session is in the currency asked for",
    "schema CheckoutSessionCreateRequest",
    older=None,
    known_defect="currency is fixed to usd",
)
def the_currency_asked_for_is_answered(shop: Shop) -> None:
    currencies = [each for each in (shop.profile.shop.currency, *shop.profile.shop.other_currencies) if each != "usd"]
    if not currencies:
        raise NotApplicableError("The profile names usd only: a server that knows nothing else looks the same.")
    for currency in currencies:
        answered = shop.made(shop.new(currency=currency))["currency"]
        expect(answered == currency, f"Asked for {currency!r}, the session is in {answered!r}.")


@requirement(
    "currency.unknown",
    "A currency that the merchant does not take is not silently another",
    "schema CheckoutSessionCreateRequest",
    older=None,
)
def an_unknown_currency_is_not_replaced(shop: Shop) -> None:
    answer = shop.create(shop.new(currency="xts"))
    expect(answer.status < 500, f"No server error expected: {answer}")
    if answer.ok:
        session = answer.document
        told = [message for message in session["messages"] if message["type"] == "error"]
        expect(
            session["currency"] == "xts" or told,
            f"Asked for 'xts', got {session['currency']!r} without a word about it.",
        )
    else:
        expect(400 <= answer.status < 500, f"4xx expected: {answer}")
