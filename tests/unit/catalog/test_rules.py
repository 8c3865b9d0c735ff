"""Who may change the catalogue, what a product must be, and what may be uploaded."""

from collections.abc import Callable
from typing import Any

import pytest

from orderflow.catalog.errors import ProductNotFoundError, StockBusyError, TooManyImagesError, WrongCurrencyError
from orderflow.catalog.images import MAX_IMAGE_BYTES, UPLOAD_SECONDS, create_upload_url
from orderflow.catalog.maintenance import create_product, delete_product, update_product
from orderflow.catalog.product import ProductFacts
from orderflow.catalog.reservation_payload import order_id, stock_lines
from orderflow.catalog.reservations import release_stock
from orderflow.catalog.stock import StockLine
from orderflow.catalog.stock_keeping import adjust_stock
from orderflow.runtime.errors import ForbiddenError, InvalidRequestError, TransientError
from tests.support.catalog_world import ADMIN, CUSTOMER, CatalogWorld
from tests.support.frozen import CountingIds

FACTS = ProductFacts("Mug", "kitchen", 100)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: create_product(CUSTOMER, "N", FACTS, currency="EUR", store=w.products, clock=w.clock),
        lambda w: update_product(CUSTOMER, "A", 1, {"price": 1}, store=w.products, clock=w.clock),
        lambda w: delete_product(CUSTOMER, "A", store=w.products, clock=w.clock),
        lambda w: adjust_stock(CUSTOMER, "A", change=1, exact=None, reason="r", book=w.book, clock=w.clock),
    ],
    ids=["create", "update", "delete", "adjust"],
)
def test_only_an_administrator_changes_the_catalogue(world: CatalogWorld, change: Callable[[Any], Any]) -> None:
    before = world.product("A", stock=1)
    with pytest.raises(ForbiddenError):
        change(world)
    assert (world.products.products, world.counts("A")) == ({"A": before}, (1, 0, 0))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "ΐ" * 200}, "name"),  # 400 bytes, but 1200 when case is folded
        ({"category": " "}, "category"),
        ({"price": 0}, "price"),
    ],
)
def test_a_product_that_cannot_be_kept_is_refused_by_field(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        ProductFacts(**{"name": "n", "category": "c", "price": 1, **facts})
    assert [detail["field"] for detail in refusal.value.details] == [field]


@pytest.mark.parametrize("product_id", ["", "a b", "x" * 65, "é", "upload", "A\n"])
def test_a_new_id_has_the_form_of_ids_and_is_no_route(world: CatalogWorld, product_id: str) -> None:
    with pytest.raises(InvalidRequestError, match="productId"):
        world.product(product_id, name="Mug")


def test_a_price_in_another_currency_is_refused(world: CatalogWorld) -> None:
    with pytest.raises(WrongCurrencyError, match="EUR"):
        create_product(ADMIN, "A", FACTS, currency="EUR", priced_in="USD", store=world.products, clock=world.clock)


@pytest.mark.parametrize("keys", [["products/B/1.png"], ["products/A/1.png"] * 11, ["uploads/A/1.png"]])
def test_pictures_of_a_product_are_its_own_and_at_most_ten(world: CatalogWorld, keys: list[str]) -> None:
    world.product("A")
    with pytest.raises(InvalidRequestError, match="imageKeys"):
        update_product(ADMIN, "A", 1, {}, image_keys=keys, store=world.products, clock=world.clock)


class Signer:
    """Remembers what it was asked to sign."""

    def form(self, *asked: Any) -> tuple[str, dict[str, str]]:
        self.asked = asked
        return "https://bucket.example/", {"key": asked[0]}


def upload(world: CatalogWorld, ids: CountingIds, *, caller: Any = ADMIN, **query: Any) -> Any:
    values = {"filename": "front.PNG", "content_type": "image/png", "product_id": None, **query}
    signer = Signer()
    target = create_upload_url(caller, **values, store=lambda: world.products, signer=signer, new_id=ids)
    return target, signer.asked


def test_an_upload_binds_key_type_and_size(world: CatalogWorld, ids: CountingIds) -> None:
    world.product("A")
    target, asked = upload(world, ids, product_id="A")
    key = "products/A/01JFR0ZEN00000000000000001.png"
    assert asked == (key, "image/png", MAX_IMAGE_BYTES, UPLOAD_SECONDS)
    assert (target.key, target.expires_in) == (key, UPLOAD_SECONDS)


def test_a_customer_uploads_only_into_their_own_folder(world: CatalogWorld, ids: CountingIds) -> None:
    world.product("A")
    target, _ = upload(world, ids, caller=CUSTOMER)
    assert target.key == "uploads/customer-1/01JFR0ZEN00000000000000001.png"
    with pytest.raises(ForbiddenError):
        upload(world, ids, caller=CUSTOMER, product_id="A")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"content_type": "text/html"}, "contentType"),
        ({"content_type": "image/jpeg"}, "filename"),
        ({"filename": "png"}, "filename"),
        ({"filename": "../x.png"}, "filename"),
        ({"filename": "x\n.png"}, "filename"),
        ({"filename": "x" * 252 + ".png"}, "filename"),
    ],
)
def test_an_upload_of_anything_but_a_picture_is_refused_by_field(
    world: CatalogWorld, ids: CountingIds, query: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        upload(world, ids, **query)
    assert refusal.value.details[0]["field"] == field


def test_an_upload_needs_a_product_on_sale_with_room_for_it(world: CatalogWorld, ids: CountingIds) -> None:
    world.product("A")
    for number in range(10):
        world.products.add_image("A", f"products/A/{number}.png", world.clock())
    with pytest.raises(TooManyImagesError):
        upload(world, ids, product_id="A")
    for product_id in ("NEVER", "../x"):
        with pytest.raises(ProductNotFoundError):
            upload(world, ids, product_id=product_id)


def test_step_lines_are_the_items_of_the_order_as_dynamodb_holds_them() -> None:
    line = {"productId": {"S": "A"}, "quantity": {"N": "2"}, "productName": {"S": "Alpha"}, "unitPrice": {"N": "1"}}
    assert stock_lines({"lines": [{"M": line}]}) == (StockLine("A", 2),)


@pytest.mark.parametrize(
    "lines",
    [
        None,
        [],
        "A",
        [{"M": {"productId": {"S": "A"}}}],
        [{"M": {"productId": {"S": "A"}, "quantity": {"N": "0"}}}],
        [{"M": {"productId": {"S": "A"}, "quantity": {"N": "1.5"}}}],
        [{"M": {"productId": {"S": "A"}, "quantity": {"S": "1"}}}],
    ],
)
def test_step_lines_of_another_form_are_refused(lines: Any) -> None:
    with pytest.raises(InvalidRequestError, match="lines"):
        stock_lines({"lines": lines})


@pytest.mark.parametrize("event", [{}, {"orderId": ""}, {"orderId": 1}])
def test_a_step_without_an_order_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError, match="orderId"):
        order_id(event)


class UnreachableReservations:
    """A store that does not answer."""

    def find(self, order: str) -> None:
        raise TransientError("no answer")


class RestlessReservations:
    """A store in which somebody else is always faster."""

    def find(self, order: str) -> None:
        return None

    def forbid(self, order: str, at: Any) -> bool:
        return False


@pytest.mark.parametrize("store", [UnreachableReservations(), RestlessReservations()])
def test_what_may_pass_is_stock_busy_which_the_workflow_repeats(world: CatalogWorld, store: Any) -> None:
    with pytest.raises(StockBusyError):
        release_stock("order-1", store=store, clock=world.clock)
