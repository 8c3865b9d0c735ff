"""Under load: orders come in about as fast as a bare request, none is lost or doubled, and stock ends where it must."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.shop import Shop
from tools import bench_api
from tools.target import Target

BURST = 500
BUYERS = 40
ENDS = {"CONFIRMED": 10, "REJECTED": BUYERS - 10}


def test_placing_an_order_takes_at_most_twice_as_long_as_a_bare_request(stack) -> None:
    customer = bench_api.signed_in(stack.output("api_endpoint"))
    assert bench_api.compare(customer) <= bench_api.BAR
    bench_api.settle(customer, bench_api.WARM_UP + bench_api.ROUNDS)


def test_a_burst_of_orders_is_confirmed_whole_each_once_with_exact_stock(stack) -> None:
    customer = bench_api.signed_in(stack.output("api_endpoint"))
    assert bench_api.burst(Target(stack.local.outputs(), stack.local.endpoint), customer, BURST) == []


def test_of_many_buyers_exactly_as_many_are_served_as_there_are_pieces(shop: Shop, admin: Shop) -> None:
    # Given ten pieces
    stock = admin.post("/products/LIMITED-1/stock", {"set": 10, "reason": "a storm begins"})
    assert stock.status_code == 200, stock.text
    customer = shop.new_customer()
    # When forty want one each, at once
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: customer.order(("LIMITED-1", 1)), range(BUYERS)))
    # Then
    assert {answer.status_code for answer in answers} == {202}
    orders = [customer.finished(answer.json()["orderId"], 120) for answer in answers]
    assert Counter(order["status"] for order in orders) == ENDS
    assert customer.stock_of("LIMITED-1") == 0
    assert admin.post("/products/LIMITED-1/stock", {"set": 10, "reason": "the storm is over"}).status_code == 200
