"""Yours only: what belongs to one customer does not exist for another, whatever door they try, whatever they name."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import requests

from orderflow.runtime.ids import new_ulid
from tests.e2e.shop import Shop
from tests.support.authorization import request_for
from tests.support.doors import LISTS, OWNED, Door, doors, own_pages

every_door = pytest.mark.parametrize("door", [pytest.param(door, id=door.title) for door in doors()])


@dataclass
class Belongings:
    """A customer with one of everything, by the name of its id."""

    owner: Shop
    ids: dict[str, str]

    def seen_by_the_owner(self) -> list[Any]:
        """Return all of it as its owner reads it now."""
        paths = [
            f"/orders/{self.ids['orderId']}",
            "/orders?limit=100",
            f"/payments/{self.ids['paymentId']}",
            f"/users/{self.ids['userId']}",
            f"/feedback?orderId={self.ids['orderId']}",
        ]
        answers = [self.owner.get(path) for path in paths]
        assert [answer.status_code for answer in answers] == [200] * len(paths)
        return [answer.json() for answer in answers]


@pytest.fixture(scope="module")
def hers(shop: Shop) -> Belongings:
    """What somebody else has: a confirmed order, which could still be cancelled, its payment, and feedback on it."""
    owner = shop.new_customer()
    order_ids = [owner.order(("test_1", 1)).json()["orderId"] for _ in range(3)]
    assert {owner.finished(order_id)["status"] for order_id in order_ids} == {"CONFIRMED"}
    assert owner.user_id
    given = [owner.post("/feedback", {"orderId": order_id, "rating": 4}).json() for order_id in order_ids]
    ids = {
        "orderId": order_ids[0],
        "paymentId": f"pay_{order_ids[0]}",
        "userId": owner.user_id,
        "feedbackId": given[0]["feedbackId"],
    }
    assert tuple(ids) == OWNED
    return Belongings(owner, ids)


@pytest.fixture(scope="module", autouse=True)
def _keys_of_machines_and_where_they_are_told(admin: Shop) -> None:
    for _ in range(2):
        answer = admin.post("/client-keys", {"name": f"ownership {uuid4().hex}", "scopes": []})
        assert answer.status_code == 201, answer.text
        url = f"https://agent.example.com/{uuid4().hex}"
        answer = admin.post("/webhook_endpoints", {"clientId": answer.json()["keyId"], "url": url})
        assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def stranger(shop: Shop) -> Shop:
    return shop.new_customer()


def of_nobody(name: str) -> str:
    """Return an id of the right form that no object has."""
    ids = {
        "orderId": new_ulid(),
        "paymentId": f"pay_{new_ulid()}",
        "userId": str(uuid4()),
        "feedbackId": f"fbk_{uuid4().hex}",
    }
    return ids[name]


def try_door(door: Door, caller: Shop, ids: dict[str, str]) -> requests.Response:
    """Send the operation's request with these ids; where one is allowed, but not usual, it is named all the same."""
    asked = request_for(door.operation.name, ids, harmless=False)
    query = {door.name: ids[door.name]} if door.place == "query" else {}
    body = (
        {}
        if asked.body is None
        else {"json": asked.body | ({door.name: ids[door.name]} if door.place == "body" else {})}
    )
    return caller.call(asked.method, asked.path, headers=asked.headers, params=query, **body)


def looks(answer: requests.Response, ids: dict[str, str]) -> tuple[Any, ...]:
    """Return all that an answer shows, but for the ids that were asked with."""
    body = answer.json()
    body.pop("requestId", None)
    text = str(body)
    # A payment's id holds its order's: the longer one is what was asked with.
    for name, value in sorted(ids.items(), key=lambda item: -len(item[1])):
        text = text.replace(value, f"<{name}>")
    return answer.status_code, text, sorted(set(answer.headers) - {"Date"})


@every_door
def test_what_is_anothers_looks_like_what_does_not_exist_and_stays_as_it_is(
    door: Door, hers: Belongings, stranger: Shop
) -> None:
    # Given
    before = hers.seen_by_the_owner()
    unknown = hers.ids | {"productId": "ITEM001", door.name: of_nobody(door.name)}
    # When a stranger names hers, and what nobody has
    told = try_door(door, stranger, hers.ids | {"productId": "ITEM001"})
    nothing = try_door(door, stranger, unknown)
    # Then both are refused alike, and she finds hers as it was
    assert told.status_code in (403, 404), told.text
    assert looks(told, hers.ids) == looks(nothing, unknown)
    assert hers.seen_by_the_owner() == before


@pytest.mark.parametrize("path", own_pages())
def test_a_page_of_ones_own_shows_nothing_of_anothers(path: str, hers: Belongings, stranger: Shop) -> None:
    answer = stranger.get(path)
    assert answer.status_code in (200, 403), answer.text
    assert [name for name, value in hers.ids.items() if value in answer.text] == []


@pytest.mark.parametrize("operation", LISTS)
def test_a_next_token_is_of_no_use_to_another_caller_or_for_another_list(
    operation: str, hers: Belongings, stranger: Shop, admin: Shop
) -> None:
    # Given the token of her second page
    the_list = LISTS[operation]
    reader = admin if the_list.for_admins else hers.owner
    path = f"{the_list.path.format(**hers.ids)}?{the_list.query}"
    first = reader.get(path, params={"limit": 1})
    assert first.status_code == 200, first.text
    token = first.json()["nextToken"]
    # When it is used by a stranger, by her for another list, and by her for this one
    told = stranger.get(path, params={"limit": 1, "nextToken": token})
    other = reader.get(the_list.another, params={"limit": 1, "nextToken": token})
    own = reader.get(path, params={"limit": 1, "nextToken": token})
    # Then
    assert [told.status_code, other.status_code, own.status_code] == [the_list.refused, 400, 200]
    assert own.json()["items"] != first.json()["items"]
    if not the_list.public:
        assert hers.ids["userId"] not in told.text


def test_naming_oneself_in_the_query_does_not_make_anothers_token_ones_own(hers: Belongings, stranger: Shop) -> None:
    token = hers.owner.get("/orders?limit=1").json()["nextToken"]
    for user_id in (stranger.user_id, hers.ids["userId"]):
        answer = stranger.get("/orders", params={"limit": 1, "nextToken": token, "userId": user_id})
        assert answer.status_code in (400, 403), answer.text


def test_an_administrators_token_for_a_customers_list_is_of_no_use_to_another_customer(
    hers: Belongings, stranger: Shop, admin: Shop
) -> None:
    token = admin.get("/orders", params={"limit": 1, "userId": hers.ids["userId"]}).json()["nextToken"]
    assert stranger.get("/orders", params={"limit": 1, "nextToken": token}).status_code == 400
