"""What holds for any history of the stock and any catalogue that is listed."""

from collections import Counter
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from orderflow.catalog.browsing import Selection, Sort
from orderflow.catalog.errors import InsufficientStockError
from orderflow.catalog.stock import ReservationStatus, StockLine, merged
from orderflow.runtime.errors import OrderflowError
from tests.support.frozen import FrozenClock
from tests.unit.catalog.conftest import in_memory

PRODUCTS = ("A", "B", "C")
lines = st.lists(st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 4)), min_size=1, max_size=4)
orders = st.sampled_from(["o1", "o2", "o3"])
moves = st.one_of(
    st.tuples(st.just("reserve"), orders, lines),
    st.tuples(st.just("release"), orders),
    st.tuples(st.just("adjust"), st.sampled_from(PRODUCTS), st.integers(-5, 5)),
)


@given(st.lists(moves, max_size=25))
def test_stock_balances_after_any_history(history: list[tuple]) -> None:
    world = in_memory(FrozenClock())
    totals = dict.fromkeys(PRODUCTS, 6)
    for product in PRODUCTS:
        world.product(product, stock=6)
    for kind, subject, *details in history:
        with suppress(OrderflowError):
            if kind == "reserve":
                world.reserve(subject, *details[0])
            elif kind == "release":
                world.release(subject)
            else:
                with suppress(InsufficientStockError):
                    world.adjust(subject, change=details[0])
                    totals[subject] += details[0]
        held: Counter[str] = Counter()
        for reservation in world.products.reservations.values():
            if reservation.status is ReservationStatus.RESERVED:
                held.update({line.product_id: line.quantity for line in reservation.lines})
        for product in PRODUCTS:
            available, reserved, sold = world.counts(product)
            assert available >= 0
            assert reserved == held[product]
            assert available + reserved + sold == totals[product]


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 999))))
def test_merging_lines_keeps_every_unit_and_names_each_product_once(sent: list[tuple[str, int]]) -> None:
    result = merged(StockLine(*line) for line in sent)
    assert [line.product_id for line in result] == sorted({product for product, _ in sent})
    assert {line.product_id: line.quantity for line in result} == {
        product: sum(quantity for other, quantity in sent if other == product) for product, _ in sent
    }


catalogues = st.lists(
    st.tuples(st.text("abß", min_size=1, max_size=4), st.integers(1, 3), st.sampled_from(["c1", "c2"])), max_size=12
)


@given(
    catalogues,
    st.sampled_from(Sort),
    st.integers(1, 5),
    st.sampled_from([None, "c1"]),
    st.sampled_from([None, "A", "ss"]),
)
def test_every_product_of_a_list_is_shown_exactly_once_and_in_order(
    catalogue: list[tuple[str, int, str]], sort: Sort, limit: int, category: str | None, search: str | None
) -> None:
    # Given
    world = in_memory(FrozenClock())
    for number, (name, price, its_category) in enumerate(catalogue):
        world.product(f"P{number}", name=name, price=price, category=its_category)
    # When
    pages = world.pages(Selection(category, search, sort), limit)
    # Then
    shown = [product for page in pages for product in page]
    wanted = {
        f"P{number}": (name.casefold(), price)
        for number, (name, price, its_category) in enumerate(catalogue)
        if category in (None, its_category) and name.casefold().startswith((search or "").lower())
    }
    assert sorted(shown) == sorted(wanted)
    keys = [wanted[product][sort.value.endswith("price")] for product in shown]
    assert keys == sorted(keys, reverse=sort.value.startswith("-"))
    assert all(len(page) == limit for page in pages[:-1])
