"""The catalogue from outside: what anyone may read and only administrators may change."""

from uuid import uuid4

import requests

from tests.e2e.shop import Shop

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)


def new_product(**changes) -> dict:
    product_id = f"E2E-{uuid4().hex[:12]}"
    return {"productId": product_id, "name": f"Thing {product_id}", "category": "e2e", "price": 1234, **changes}


def all_pages(shop: Shop, **params) -> list[dict]:
    items, token = [], None
    for _ in range(50):
        page = shop.get("/products", params={**params, **({"nextToken": token} if token else {})})
        assert page.status_code == 200, page.text
        items += page.json()["items"]
        token = page.json().get("nextToken")
        if not token:
            return items
    raise AssertionError("the list does not end within 50 pages")


def test_anyone_reads_the_small_catalogue(shop: Shop) -> None:
    assert {p["productId"]: p["price"] for p in all_pages(shop, limit=100)}.items() >= {
        "ITEM001": 1999,
        "ITEM002": 750,
        "test_1": 500,
    }.items()


def test_products_are_sorted_and_filtered_page_by_page_each_once(shop: Shop, admin: Shop) -> None:
    # Given
    category = f"e2e-{uuid4().hex[:8]}"
    prices = [500, 100, 300, 200, 400]
    for price in prices:
        assert admin.post("/products", new_product(category=category, price=price)).status_code == 201
    # When
    ascending = all_pages(shop, category=category, sort="price", limit=2)
    descending = all_pages(shop, category=category, sort="-price", limit=2)
    # Then
    assert [p["price"] for p in ascending] == sorted(prices)
    assert [p["price"] for p in descending] == sorted(prices, reverse=True)


def test_a_search_finds_a_product_by_beginnings_of_its_words_for_as_long_as_it_is_called_so(
    shop: Shop, admin: Shop
) -> None:
    mark = uuid4().hex[:8]
    product = new_product(name=f"Crème Shirt {mark}")
    path = f"/products/{product['productId']}"
    assert admin.post("/products", product).status_code == 201

    def found(search: str, **query: object) -> list[str]:
        return [each["productId"] for each in all_pages(shop, search=search, **query)]

    assert found(f"{mark[:6].upper()} creme") == [product["productId"]]
    assert found(f"shir {mark}", category=product["category"], sort="-price") == [product["productId"]]
    assert found(f"hirt {mark}") == []
    assert admin.call("PUT", path, json={"version": 1, "name": f"Crème Blouse {mark}"}).status_code == 200
    assert (found(f"shirt {mark}"), found(f"blouse {mark}")) == ([], [product["productId"]])
    assert admin.call("DELETE", path).status_code == 204
    assert found(mark) == []


def test_a_product_lives_from_creation_to_withdrawal(shop: Shop, admin: Shop) -> None:
    product = new_product()
    path = f"/products/{product['productId']}"
    created = admin.post("/products", product)
    assert created.status_code == 201, created.text
    assert admin.post("/products", product).status_code == 409
    changed = admin.call("PUT", path, json={"version": created.json()["version"], "price": 999})
    assert (changed.status_code, changed.json()["price"]) == (200, 999)
    stale = admin.call("PUT", path, json={"version": created.json()["version"], "price": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "VERSION_CONFLICT")
    assert admin.post(f"{path}/stock", {"change": 5, "reason": "delivery"}).json()["available"] == 5
    assert admin.post(f"{path}/stock", {"change": -6, "reason": "count"}).status_code == 422
    assert shop.stock_of(product["productId"]) == 5
    assert admin.call("DELETE", path).status_code == 204
    assert shop.get(path).status_code == 404


def test_a_customer_may_not_change_the_catalogue(customer: Shop) -> None:
    assert customer.post("/products", new_product()).status_code == 403
    assert customer.call("PUT", "/products/ITEM001", json={"version": 1, "price": 1}).status_code == 403
    assert customer.call("DELETE", "/products/ITEM001").status_code == 403
    assert customer.post("/products/ITEM001/stock", {"change": 1, "reason": "mine"}).status_code == 403


def test_a_changed_cursor_is_refused(shop: Shop) -> None:
    token = shop.get("/products", params={"limit": 1}).json()["nextToken"]
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    assert shop.get("/products", params={"limit": 1, "nextToken": changed}).status_code == 400
    assert shop.get("/products", params={"limit": 1, "nextToken": token, "sort": "price"}).status_code == 400


def test_an_uploaded_picture_shows_up_in_the_product(shop: Shop, admin: Shop) -> None:
    # Given
    product = new_product()
    assert admin.post("/products", product).status_code == 201
    query = {"filename": "front.png", "contentType": "image/png", "productId": product["productId"]}
    upload = admin.get("/products/upload", params=query).json()
    # When
    files = {"file": ("front.png", PNG, "image/png")}
    stored = requests.post(upload["uploadUrl"], data=upload["fields"], files=files, timeout=30)
    # Then
    assert stored.status_code in (200, 201, 204), stored.text
    urls = wait_for_images(shop, product["productId"])
    picture = requests.get(urls[0], timeout=30)
    assert (picture.status_code, picture.content) == (200, PNG)


def test_an_upload_of_another_type_or_too_large_is_refused_by_the_signature(admin: Shop) -> None:
    upload = admin.get("/products/upload", params={"filename": "a.png", "contentType": "image/png"}).json()
    other_type = {**upload["fields"], "Content-Type": "text/html"}
    refused = requests.post(upload["uploadUrl"], data=other_type, files={"file": ("a.png", PNG)}, timeout=30)
    assert refused.status_code in (400, 403), refused.text
    too_large = {"file": ("a.png", b"\0" * (5 * 1024 * 1024 + 1), "image/png")}
    refused = requests.post(upload["uploadUrl"], data=upload["fields"], files=too_large, timeout=30)
    assert refused.status_code in (400, 403), refused.text


def wait_for_images(shop: Shop, product_id: str, within_seconds: float = 30) -> list[str]:
    import time

    deadline = time.monotonic() + within_seconds
    while True:
        urls = shop.get(f"/products/{product_id}").json()["imageUrls"]
        if urls:
            return urls
        assert time.monotonic() < deadline, f"no picture at {product_id} after {within_seconds} s"
        time.sleep(0.2)
