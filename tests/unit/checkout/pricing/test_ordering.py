"""An order placed from a session is charged what the session showed."""

from hypothesis import given

from orderflow.checkout.pricing import quote_view
from orderflow.checkout.pricing.ordering import order_charges, order_line
from orderflow.checkout.pricing.quote import GoodsLine, Quote
from orderflow.orders.intake import OrderRequest
from orderflow.orders.order import Order
from tests.support.orders import ADDRESS, CUSTOMER, InMemoryPrices, InMemoryShop
from tests.support.quotes import baskets, priced, sales


def placed(quote: Quote) -> Order:
    lines = tuple(
        order_line(line.product_id, line.quantity, line.unit_price, quote_view.line_totals(quote, line))
        for line in quote.lines
    )
    shop = InMemoryShop(InMemoryPrices({line.product_id: line.unit_price for line in quote.lines}, quote.currency))
    request = OrderRequest(lines, ADDRESS, charges=order_charges(quote_view.totals(quote)))
    accepted = shop.intake(currency=quote.currency).place_order(request, CUSTOMER, correlation_id="c")
    return shop.store.orders[accepted.order_id].order


@given(baskets, sales())
def test_the_order_of_a_quote_comes_to_the_quotes_total_and_adds_up(basket: tuple[GoodsLine, ...], sale: dict) -> None:
    quote = priced(*basket, **sale)
    order = placed(quote)
    assert order.adds_up
    assert order.total == quote.total
    assert (order.subtotal, order.shipping, order.tax) == (quote.items_base, quote.fulfillment, quote.tax)
    assert order.discount == quote.items_discount + quote.discount
