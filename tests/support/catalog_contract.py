"""What every implementation of the catalogue's stores must do; run for the fakes and for DynamoDB."""

import pytest

from orderflow.catalog.browsing import Selection, Sort
from orderflow.catalog.errors import (
    InsufficientStockError,
    OutOfStockError,
    ProductExistsError,
    ProductNotFoundError,
    ReservationMismatchError,
    ReservationReleasedError,
    ReservationShippedError,
    StockMoveTooLargeError,
    UnknownProductError,
    VersionConflictError,
)
from orderflow.catalog.images import Attachment, attach_product_image
from orderflow.catalog.maintenance import delete_product, update_product
from orderflow.catalog.pricing import PricedProduct, price_items
from orderflow.catalog.stock import StockLine, StockMove, StockMoveKind
from orderflow.runtime.errors import InvalidRequestError
from tests.support.catalog_world import ADMIN, CatalogWorld


class ReservationContract:
    """Stock moves once per order, all lines or none, and back once."""

    def test_reserving_moves_every_line_from_available_to_reserved(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.product("B", stock=3)
        world.reserve("order-1", ("A", 2), ("B", 3))
        assert (world.counts("A"), world.counts("B")) == ((3, 2, 0), (0, 3, 0))

    def test_lines_of_one_product_are_added_up(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2), ("A", 3))
        assert world.counts("A") == (0, 5, 0)

    def test_lines_of_one_product_are_refused_together_when_only_each_alone_would_fit(
        self, world: CatalogWorld
    ) -> None:
        world.product("A", stock=4)
        with pytest.raises(OutOfStockError):
            world.reserve("order-1", ("A", 3), ("A", 3))
        assert world.counts("A") == (4, 0, 0)

    def test_repeating_a_reservation_moves_nothing_even_when_it_took_the_last_units(self, world: CatalogWorld) -> None:
        world.product("A", stock=2)
        world.reserve("order-1", ("A", 2))
        world.reserve("order-1", ("A", 1), ("A", 1))
        assert world.counts("A") == (0, 2, 0)

    def test_a_line_that_is_out_of_stock_moves_nothing_and_is_named(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.product("B", stock=2)
        with pytest.raises(OutOfStockError) as refusal:
            world.reserve("order-1", ("A", 1), ("B", 3))
        assert (refusal.value.product_id, refusal.value.requested) == ("B", 3)
        assert (world.counts("A"), world.counts("B")) == ((5, 0, 0), (2, 0, 0))
        assert world.reservations.find("order-1") is None

    def test_an_unknown_product_is_refused_and_moves_nothing(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        with pytest.raises(UnknownProductError) as refusal:
            world.reserve("order-1", ("A", 1), ("GONE", 1))
        assert refusal.value.product_ids == ("GONE",)
        assert world.counts("A") == (5, 0, 0)

    def test_a_withdrawn_product_is_refused_but_a_reservation_made_before_stands(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 1))
        delete_product(ADMIN, "A", store=world.products, clock=world.clock)
        world.reserve("order-1", ("A", 1))
        with pytest.raises(UnknownProductError):
            world.reserve("order-2", ("A", 1))
        assert world.counts("A") == (4, 1, 0)

    def test_an_order_cannot_reserve_other_lines_beside_its_own(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 1))
        with pytest.raises(ReservationMismatchError):
            world.reserve("order-1", ("A", 2))
        assert world.counts("A") == (4, 1, 0)

    def test_releasing_gives_everything_back_once(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2))
        world.reserve("order-2", ("A", 1))
        assert [world.release("order-1"), world.release("order-1")] == [True, True]
        assert world.counts("A") == (4, 1, 0)

    def test_of_two_releases_at_once_one_moves_the_stock(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2))
        world.reserve("order-2", ("A", 2))
        read_by_both = world.reservations.find("order-1")
        released = [world.reservations.release(read_by_both, world.clock()) for _ in range(2)]
        assert (released, world.counts("A")) == ([True, False], (3, 2, 0))

    def test_a_released_order_cannot_reserve_again(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2))
        world.release("order-1")
        with pytest.raises(ReservationReleasedError):
            world.reserve("order-1", ("A", 2))
        assert world.counts("A") == (5, 0, 0)

    def test_a_reservation_that_comes_after_its_release_is_refused(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        assert [world.release("order-1"), world.release("order-1")] == [False, False]
        with pytest.raises(ReservationReleasedError):
            world.reserve("order-1", ("A", 2))
        assert world.counts("A") == (5, 0, 0)


class StockMoveContract:
    """What an order was given leaves the shop and comes back, each move once."""

    def test_shipped_units_are_sold_and_a_repeat_ships_nothing(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.product("B", stock=3)
        world.reserve("order-1", ("A", 3), ("B", 1))
        for _ in range(2):
            world.stock_room().ship("order-1", "shp-1", [StockLine("A", 2), StockLine("B", 1)])
        assert (world.counts("A"), world.counts("B")) == ((2, 1, 2), (2, 0, 1))
        assert world.reservations.find("order-1").held == {"A": 1}

    def test_returned_units_are_available_and_a_repeat_returns_nothing(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 3))
        world.stock_room().ship("order-1", "shp-1", [StockLine("A", 3)])
        for _ in range(2):
            world.stock_room().take_back("order-1", "ret-1", [StockLine("A", 2)])
        assert world.counts("A") == (4, 0, 1)
        assert world.reservations.find("order-1").sold == {"A": 1}

    def test_no_more_is_shipped_or_returned_than_the_order_was_given(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2))
        world.reserve("order-2", ("A", 2))
        world.stock_room().ship("order-2", "shp-2", [StockLine("A", 2)])
        room = world.stock_room()
        for move in (
            lambda: room.ship("order-1", "shp-1", [StockLine("A", 3)]),
            lambda: room.ship("order-1", "shp-1", [StockLine("B", 1)]),
            lambda: room.ship("unknown", "shp-1", [StockLine("A", 1)]),
            lambda: room.take_back("order-1", "ret-1", [StockLine("A", 1)]),
        ):
            with pytest.raises(StockMoveTooLargeError):
                move()
        assert world.counts("A") == (1, 2, 2)

    def test_of_two_shipments_at_once_each_moves_its_own_units(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 3))
        read_by_both = world.reservations.find("order-1")
        moves = [StockMove(f"shp-{i}", StockMoveKind.SHIPPED, (StockLine("A", 1),)) for i in (1, 2)]
        taken = [world.reservations.move(read_by_both, move, world.clock()) for move in moves]
        assert (taken, world.counts("A")) == ([True, False], (2, 2, 1))
        world.stock_room().ship("order-1", "shp-2", [StockLine("A", 1)])
        read_again = world.reservations.find("order-1")
        late = StockMove("shp-3", StockMoveKind.SHIPPED, (StockLine("A", 1),))
        assert [world.reservations.move(each, late, world.clock()) for each in (read_by_both, read_again)] == [
            False,
            True,
        ]
        assert world.counts("A") == (2, 0, 3)

    def test_a_released_order_ships_nothing(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2))
        world.release("order-1")
        with pytest.raises(StockMoveTooLargeError):
            world.stock_room().ship("order-1", "shp-1", [StockLine("A", 1)])
        assert world.counts("A") == (5, 0, 0)

    def test_what_left_the_shop_cannot_be_released(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2))
        read_before = world.reservations.find("order-1")
        world.stock_room().ship("order-1", "shp-1", [StockLine("A", 1)])
        with pytest.raises(ReservationShippedError):
            world.release("order-1")
        assert not world.reservations.release(read_before, world.clock())
        assert world.counts("A") == (3, 1, 1)


class StockContract:
    """Administrators change what is available, never below zero, and nothing else."""

    def test_a_change_is_relative_and_a_count_absolute(self, world: CatalogWorld) -> None:
        world.product("A", stock=5)
        world.reserve("order-1", ("A", 2))
        assert world.adjust("A", change=-3).available == 0
        assert world.adjust("A", change=4).available == 4
        world.adjust("A", exact=9)
        assert world.counts("A") == (9, 2, 0)

    def test_a_change_below_zero_is_refused_and_changes_nothing(self, world: CatalogWorld) -> None:
        world.product("A", stock=2)
        with pytest.raises(InsufficientStockError, match="has 2 units"):
            world.adjust("A", change=-3)
        assert world.counts("A") == (2, 0, 0)

    @pytest.mark.parametrize("change", [{}, {"change": 1, "exact": 1}, {"exact": -1}])
    def test_an_adjustment_needs_exactly_one_meaning(self, world: CatalogWorld, change: dict[str, int]) -> None:
        world.product("A", stock=2)
        with pytest.raises(InvalidRequestError):
            world.adjust("A", **change)
        assert world.counts("A") == (2, 0, 0)

    def test_what_is_not_sold_has_no_stock_to_adjust(self, world: CatalogWorld) -> None:
        world.product("A", stock=2)
        delete_product(ADMIN, "A", store=world.products, clock=world.clock)
        for product_id in ("A", "NEVER"):
            with pytest.raises(ProductNotFoundError):
                world.adjust(product_id, change=1)
        assert world.counts("A") == (2, 0, 0)


class ProductContract:
    """Products are added once, changed on their version, and withdrawn for good."""

    def test_a_product_comes_back_as_it_was_added(self, world: CatalogWorld) -> None:
        added = world.product("A", stock=7, name="Ünïcode ß", description="d", price=1)
        assert world.products.find("A") == added
        assert world.counts("A") == (7, 0, 0)

    def test_an_id_is_taken_for_good_and_the_first_stock_stays(self, world: CatalogWorld) -> None:
        world.product("A", stock=7)
        delete_product(ADMIN, "A", store=world.products, clock=world.clock)
        with pytest.raises(ProductExistsError):
            world.product("A", stock=1)
        assert world.counts("A") == (7, 0, 0)

    def test_a_change_keeps_what_it_does_not_name_and_counts_the_version(self, world: CatalogWorld) -> None:
        world.product("A", name="Old", price=100)
        world.clock.advance(seconds=1)
        changed = update_product(ADMIN, "A", 1, {"price": 200}, store=world.products, clock=world.clock)
        assert world.products.find("A") == changed
        assert (changed.facts.name, changed.facts.price, changed.version) == ("Old", 200, 2)
        assert (changed.created_at, changed.updated_at) == ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:06.678Z")

    def test_a_change_of_an_old_version_is_refused_with_the_current_one(self, world: CatalogWorld) -> None:
        world.product("A", price=100)
        update_product(ADMIN, "A", 1, {"price": 200}, store=world.products, clock=world.clock)
        with pytest.raises(VersionConflictError) as refusal:
            update_product(ADMIN, "A", 1, {"price": 300}, store=world.products, clock=world.clock)
        assert refusal.value.current == 2
        assert world.products.find("A").facts.price == 200

    def test_of_two_changes_of_one_version_one_is_written(self, world: CatalogWorld) -> None:
        product = world.product("A")
        assert world.products.change(product, product, pictures=False) is True
        update_product(ADMIN, "A", 1, {"price": 2}, store=world.products, clock=world.clock)
        assert world.products.change(product, product, pictures=False) is False

    def test_a_withdrawn_product_is_in_no_list_and_has_no_price(self, world: CatalogWorld) -> None:
        world.product("A")
        world.product("B")
        delete_product(ADMIN, "A", store=world.products, clock=world.clock)
        with pytest.raises(ProductNotFoundError):
            delete_product(ADMIN, "A", store=world.products, clock=world.clock)
        for sort in Sort:
            assert world.pages(Selection(sort=sort), 10) == [["B"]]
            assert world.pages(Selection(category="samples", sort=sort), 10) == [["B"]]
        with pytest.raises(UnknownProductError):
            price_items(["A"], world.prices)
        assert world.products.find("A").facts.category == "samples"

    def test_a_product_is_withdrawn_at_the_version_that_was_read(self, world: CatalogWorld) -> None:
        read = world.product("A")
        update_product(ADMIN, "A", 1, {"price": 2}, store=world.products, clock=world.clock)
        assert world.products.withdraw(read, read.updated_at) is False
        assert world.products.withdraw(world.products.find("A"), read.updated_at) is True
        assert world.products.withdraw(world.products.find("A"), read.updated_at) is False

    def test_prices_are_the_catalogues_now(self, world: CatalogWorld) -> None:
        world.product("A", name="Alpha", price=1999)
        world.product("B", name="Beta", price=750)
        assert price_items(["B", "A", "B"], world.prices) == {
            "B": PricedProduct("B", "Beta", 750, "EUR", "samples"),
            "A": PricedProduct("A", "Alpha", 1999, "EUR", "samples"),
        }

    def test_every_unknown_product_is_named(self, world: CatalogWorld) -> None:
        world.product("A")
        with pytest.raises(UnknownProductError) as refusal:
            price_items(["X", "A", "Y"], world.prices)
        assert refusal.value.product_ids == ("X", "Y")


class ImageContract:
    """A picture is attached once, to a product on sale, at most ten."""

    def test_a_picture_is_attached_once(self, world: CatalogWorld) -> None:
        world.product("A")
        key = "products/A/01.png"
        assert attach_product_image(key, store=world.products, clock=world.clock) is Attachment.ATTACHED
        assert attach_product_image(key, store=world.products, clock=world.clock) is Attachment.ATTACHED_BEFORE
        assert world.products.find("A").image_keys == (key,)

    def test_the_eleventh_picture_is_left_out(self, world: CatalogWorld) -> None:
        world.product("A")
        outcomes = [
            attach_product_image(f"products/A/{n}.png", store=world.products, clock=world.clock) for n in range(11)
        ]
        assert outcomes == [Attachment.ATTACHED] * 10 + [Attachment.FULL]
        assert len(world.products.find("A").image_keys) == 10

    def test_a_picture_of_nothing_on_sale_is_left_out(self, world: CatalogWorld) -> None:
        world.product("A")
        delete_product(ADMIN, "A", store=world.products, clock=world.clock)
        for key in ("products/A/1.png", "products/NEVER/1.png", "uploads/me/1.png", "products/1.png"):
            assert attach_product_image(key, store=world.products, clock=world.clock) is Attachment.NO_PRODUCT

    def test_a_picture_that_arrives_during_a_change_is_kept(self, world: CatalogWorld) -> None:
        read = world.product("A")
        attach_product_image("products/A/1.png", store=world.products, clock=world.clock)
        assert world.products.change(read, read, pictures=False) is True
        assert world.products.find("A").image_keys == ("products/A/1.png",)

    def test_the_merchant_may_choose_and_order_the_pictures(self, world: CatalogWorld) -> None:
        world.product("A")
        keys = ["products/A/2.png", "products/A/1.png"]
        update_product(ADMIN, "A", 1, {}, image_keys=keys, store=world.products, clock=world.clock)
        assert world.products.find("A").image_keys == tuple(keys)


class ListingContract:
    """Every product of a list is shown once, in order, page by page."""

    def test_each_page_goes_on_where_the_last_one_ended(self, world: CatalogWorld) -> None:
        for number, name in enumerate(["delta", "Alpha", "charlie", "Bravo", "echo"]):
            world.product(f"P{number}", name=name, price=100 - number % 2, category="c" if number < 4 else "d")
        assert world.pages(Selection(), 2) == [["P1", "P3"], ["P2", "P0"], ["P4"]]
        assert world.pages(Selection(sort=Sort.NAME_DESCENDING), 5) == [["P4", "P0", "P2", "P3", "P1"]]
        assert world.pages(Selection(category="c", sort=Sort.NAME), 3) == [["P1", "P3", "P2"], ["P0"]]
        by_price = world.walk(Selection(sort=Sort.PRICE), 2)
        assert [set(by_price[:2]), set(by_price[2:])] == [{"P1", "P3"}, {"P0", "P2", "P4"}]
        assert set(world.walk(Selection(sort=Sort.PRICE_DESCENDING), 2)[:3]) == {"P0", "P2", "P4"}

    def test_a_search_finds_names_in_which_each_word_begins_a_word(self, world: CatalogWorld) -> None:
        world.product("A", name="Blue STRASSE shirt", price=30)
        world.product("B", name="blue Straße", price=20)
        world.product("C", name="Crème-coloured shirt", category="kitchen", price=10)
        assert world.pages(Selection(search="straSSe"), 10) == [["B", "A"]]
        assert world.pages(Selection(search="SHIRT", sort=Sort.NAME_DESCENDING), 1) == [["C"], ["A"]]
        assert world.walk(Selection(search="s b", sort=Sort.PRICE), 10) == ["B", "A"]
        assert world.walk(Selection(search="s", sort=Sort.PRICE_DESCENDING), 2) == ["A", "B", "C"]
        assert world.walk(Selection(search="shirt creme", category="kitchen"), 10) == ["C"]
        for nothing in ("hirt", "straßen", "blue red", "blue creme", "%", " "):
            assert world.pages(Selection(search=nothing), 10) == [[]]
        assert world.walk(Selection(search="creme", category="samples"), 10) == []

    def test_a_product_is_found_by_what_it_is_called_and_costs_now(self, world: CatalogWorld) -> None:
        world.product("A", name="Blue mug", price=3)
        world.product("B", name="Blue cup", price=2)
        update_product(ADMIN, "A", 1, {"name": "Blau mug", "price": 1}, store=world.products, clock=world.clock)
        assert world.walk(Selection(search="blue"), 10) == ["B"]
        assert world.walk(Selection(search="bl", sort=Sort.PRICE), 10) == ["A", "B"]
        update_product(ADMIN, "A", 2, {"category": "kitchen"}, store=world.products, clock=world.clock)
        assert world.walk(Selection(search="mug", category="kitchen"), 10) == ["A"]
        assert world.walk(Selection(search="mug", category="samples"), 10) == []
        delete_product(ADMIN, "A", store=world.products, clock=world.clock)
        assert world.walk(Selection(search="bl"), 10) == ["B"]

    def test_a_token_of_another_list_is_refused(self, world: CatalogWorld) -> None:
        world.product("A")
        world.product("B")
        _, token = world.page(Selection(), 1)
        for other in (Selection(sort=Sort.PRICE), Selection(category="samples"), Selection(search="x")):
            with pytest.raises(InvalidRequestError, match="nextToken"):
                world.page(other, 1, token)
