"""What holds for any history of feedback."""

from collections import defaultdict
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from orderflow.orders.status import OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import OrderflowError
from tests.support.feedback import in_memory
from tests.support.frozen import FrozenClock
from tests.support.orders import ADMIN

PRODUCTS = ("A", "B", "C", "GONE")
USERS = tuple(Caller(f"customer-{number}") for number in range(3))
ORDERS = {f"01JFR0ZEN{number:017d}": USERS[number % 3] for number in range(5)}
order_ids, ratings = st.sampled_from(sorted(ORDERS)), st.integers(1, 5)
moves = st.one_of(
    st.tuples(st.just("give"), order_ids, ratings),
    st.tuples(st.just("edit"), order_ids, ratings),
    st.tuples(st.just("remove"), order_ids, st.booleans()),
    st.tuples(st.just("order"), order_ids, st.sampled_from(OrderStatus)),
    st.tuples(st.just("settle"), order_ids, st.integers(0, 2000)),
)


@given(
    st.lists(st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=4), min_size=len(ORDERS), max_size=len(ORDERS)),
    st.lists(moves, max_size=30),
)
def test_every_rating_is_what_the_feedback_that_counts_adds_up_to(
    bought: list[list[str]], history: list[tuple]
) -> None:
    # Given
    world = in_memory(FrozenClock())
    world.product(*PRODUCTS[:-1])
    ids = {}
    for (order_id, user), products in zip(ORDERS.items(), bought, strict=True):
        world.order(*products, order_id=order_id, user=user)
    for kind, order_id, detail in history:
        # When
        user, known = ORDERS[order_id], world.store.find(ids.get(order_id, ""))
        with suppress(OrderflowError):
            if kind == "give":
                ids[order_id] = world.give(detail, order_id=order_id, user=user).feedback_id
            elif kind == "edit" and known:
                world.edit(known, user, rating=detail)
            elif kind == "remove" and known:
                world.remove(known, ADMIN if detail else user)
            elif kind == "order":
                world.moves(detail, order_id)
            elif kind == "settle":
                world.clock.advance(minutes=detail)
                world.settle()
        # Then
        expected: dict[str, list[int]] = defaultdict(list)
        for feedback in filter(None, world.store.kept.values()):
            for product_id in feedback.counted:
                expected[product_id].append(feedback.rating)
        for product_id in PRODUCTS[:-1]:
            assert world.rating(product_id) == (sum(expected[product_id]), len(expected[product_id]))
            assert len(world.listed(product_id)) == len(expected[product_id])
    # Then what is left alone follows its order
    world.clock.advance(days=2)
    world.settle()
    for feedback in filter(None, world.store.kept.values()):
        status = world.orders.find(feedback.order_id).status
        paid = status in (OrderStatus.CONFIRMED, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RETURNED)
        if feedback.check_after is not None:
            assert bool(feedback.counted) is (paid and set(feedback.product_ids) != {"GONE"})
