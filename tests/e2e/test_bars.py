"""Under load: orders come in about as fast as a bare request, none is lost or doubled, and stock ends where it must."""

from tools import bench_api
from tools.target import Target

BURST = 500


def test_placing_an_order_takes_at_most_twice_as_long_as_a_bare_request(stack) -> None:
    customer = bench_api.signed_in(stack.output("api_endpoint"))
    assert bench_api.compare(customer) <= bench_api.BAR
    bench_api.settle(customer, bench_api.WARM_UP + bench_api.ROUNDS)


def test_a_burst_of_orders_is_confirmed_whole_each_once_with_exact_stock(stack) -> None:
    customer = bench_api.signed_in(stack.output("api_endpoint"))
    assert bench_api.burst(Target(stack.local.outputs(), stack.local.endpoint), customer, BURST) == []
