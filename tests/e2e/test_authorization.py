"""Who may call what: every route of the OpenAPI document, called by everyone, answers as docs/authorization.md says."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.machines import machine_keys
from tests.e2e.shop import PASSWORD, Shop
from tests.e2e.tokens import Pool, forged
from tests.support.authorization import (
    IDENTITIES,
    MACHINES,
    NOBODYS_IDS,
    OWNERS_IDS,
    PAGE,
    Table,
    as_row,
    read_table,
    request_for,
)

# One request a cell; more at a time would measure how fast the emulator starts functions.
AT_ONCE = 8


@pytest.fixture(scope="module")
def owner(shop: Shop) -> Shop:
    return shop.new_customer()


@pytest.fixture(scope="module")
def callers(shop: Shop, stack, owner: Shop, admin: Shop) -> dict[str, Shop]:
    """Everyone of docs/authorization.md."""
    assert owner.token
    tokens = {
        "no token": None,
        "garbage": "not-a-token",
        "forged": forged(owner.token, **{"cognito:groups": ["admin"]}),
        "expired": Pool(stack).expired(owner.token),
        "access token": owner.access_token,
        "other customer": shop.new_customer().token,
        "owner": owner.token,
        "admin": admin.token,
        **dict(zip(MACHINES, machine_keys(admin) if MACHINES else (), strict=True)),
    }
    assert tuple(tokens) == IDENTITIES
    return {identity: Shop(shop.url, token) for identity, token in tokens.items()}


@pytest.fixture(scope="module")
def ids(owner: Shop) -> dict[str, str]:
    """Objects of the owner in a state in which nothing can be done to them any more."""
    order_id = owner.order(("test_1", 1), token="sandbox_decline").json()["orderId"]
    assert owner.finished(order_id)["status"] == "PAYMENT_FAILED"
    assert owner.user_id
    found = {"orderId": order_id, "paymentId": f"pay_{order_id}", "userId": owner.user_id}
    assert tuple(found) == OWNERS_IDS
    return NOBODYS_IDS | found


def answer(caller: Shop, route: str, ids: dict[str, str]) -> str:
    """Return the cell: the status, and the code of an error."""
    asked = request_for(route, ids)
    body = {} if asked.body is None else {"json": asked.body}
    told = caller.call(asked.method, asked.path, headers=asked.headers, **body)
    return f"{told.status_code} {told.json()['code']}" if told.status_code >= 400 else str(told.status_code)


def test_every_route_answers_everyone_as_the_table_says(callers: dict[str, Shop], ids: dict[str, str]) -> None:
    # Given
    expected = read_table(PAGE.read_text(encoding="utf-8"))
    # When
    cells = [(route, identity) for route in expected for identity in IDENTITIES]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda cell: answer(callers[cell[1]], cell[0], ids), cells))
    # Then
    found: Table = {route: {} for route in expected}
    for (route, identity), told in zip(cells, answers, strict=True):
        found[route][identity] = told
    different = [as_row(route, row) for route, row in found.items() if row != expected[route]]
    assert different == [], "these rows were answered so:\n" + "\n".join(different)


def test_a_token_signed_as_the_expired_one_but_in_time_is_let_in(stack, owner: Shop) -> None:
    """Without this the column `expired` would prove no more than `forged`."""
    assert owner.token
    assert Shop(owner.url, Pool(stack).signed(owner.token)).get("/orders").status_code == 200


def test_a_token_of_another_pool_is_nobodys(stack, owner: Shop) -> None:
    # Given somebody of that name in a pool that is not the shop's
    cognito = stack.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="elsewhere")["UserPool"]["Id"]
    try:
        client = cognito.create_user_pool_client(
            UserPoolId=pool, ClientName="elsewhere", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        cognito.admin_create_user(UserPoolId=pool, Username="somebody", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username="somebody", Password=PASSWORD, Permanent=True)
        # When they come with their own id token
        token = cognito.initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "somebody", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]["IdToken"]
        told = Shop(owner.url, token).get("/orders")
    finally:
        cognito.delete_user_pool(UserPoolId=pool)
    # Then
    assert (told.status_code, told.json()["code"]) == (401, "NOT_AUTHENTICATED")


def test_a_word_in_front_of_the_token_changes_nothing_and_another_word_is_no_token(owner: Shop) -> None:
    told = [Shop(owner.url, f"{word}{owner.token}").get("/orders").status_code for word in ("", "Bearer ", "Basic ")]
    assert told == [200, 200, 401]
