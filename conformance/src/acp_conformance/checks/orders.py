"""One session, one order: whatever is sent at once, again, or afterwards."""

from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.exchange import Exchange
from acp_conformance.requirement import expect, requirement
from acp_conformance.shop import Shop, fresh_key, succeeded

# As many completes of one session as are sent at once.
AT_ONCE = 8


def order_ids(answers: list[Exchange]) -> set[str]:
    return {str(answer.document["order"]["id"]) for answer in answers if answer.ok and answer.document.get("order")}


def no_server_errors(answers: list[Exchange]) -> None:
    broken = [str(answer) for answer in answers if answer.status >= 500 or answer.trouble]
    expect(not broken, f"{len(broken)} of {len(answers)} requests broke: {broken[:2]}")


@requirement(
    "orders.concurrent",
    "Completes at once under keys of their own make one order",
    f"{CHECKOUT} §4.4, §6.8",
    known_defect="two concurrent completes create two orders",
)
def concurrent_completes_make_one_order(shop: Shop) -> None:
    session = shop.ready()
    body = shop.payment(session)
    answers = shop.at_once([lambda: shop.complete(session["id"], body, fresh_key())] * AT_ONCE)
    no_server_errors(answers)
    orders = order_ids(answers)
    expect(len(orders) == 1, f"{AT_ONCE} completes at once answered the orders {sorted(orders)}: one expected.")
    seen = shop.seen(session["id"])["order"]["id"]
    expect(orders == {seen}, f"The completes answered order {orders}, a GET shows {seen!r}.")


@requirement(
    "orders.concurrent.key", "Completes at once under one key make one order and get one answer", f"{CHECKOUT} §6.3"
)
def one_key_at_once_makes_one_order(shop: Shop) -> None:
    session = shop.ready()
    body, key = shop.payment(session), fresh_key()
    answers = shop.at_once([lambda: shop.complete(session["id"], body, key)] * AT_ONCE)
    no_server_errors(answers)
    expect(any(answer.ok for answer in answers), f"None of {AT_ONCE} succeeded: {answers[0]}")
    others = [str(answer) for answer in answers if not answer.ok and answer.status != 409]
    expect(not others, f"Beside the answer and 409 these came: {others[:3]}")
    orders = order_ids(answers)
    expect(len(orders) == 1, f"One key at once answered the orders {sorted(orders)}: one expected.")


@requirement("orders.again", "Completing a completed session makes no second order", f"{CHECKOUT} §4.4")
def completing_again_makes_no_order(shop: Shop) -> None:
    session = shop.bought()
    again = shop.complete(session["id"], shop.payment(session))
    expect(again.status < 500, f"No server error expected: {again}")
    seen = shop.seen(session["id"])
    expect(
        seen.get("order", {}).get("id") == session["order"]["id"],
        f"The order was {session['order']['id']!r}; after a second complete it is {seen.get('order')}.",
    )
    if again.ok:
        expect(order_ids([again]) <= {session["order"]["id"]}, f"A second complete answered another order: {again}")


@requirement("orders.closed", "A completed session cannot be changed", f"{CHECKOUT} §4.2, §4.4")
def a_completed_session_cannot_be_changed(shop: Shop) -> None:
    session = shop.bought()
    answer = shop.update(session["id"], shop.dialect.items(shop.items[-1:]))
    expect(answer.status < 500, f"No server error expected: {answer}")
    seen = shop.seen(session["id"])
    changed = [name for name in ("status", "line_items", "totals") if seen.get(name) != session.get(name)]
    expect(not changed, f"An update after complete changed {', '.join(changed)}.")


@requirement(
    "orders.lost_answer",
    "A complete whose answer was lost makes one order when it is repeated",
    f"{CHECKOUT} §6.3, §6.8",
)
def a_lost_answer_makes_one_order(shop: Shop) -> None:
    """What can be seen from outside of key record and business write being one transaction, with recovery points."""
    session = shop.ready()
    body, key = shop.payment(session), fresh_key()
    shop.complete(session["id"], body, key, give_up_after=0.002)
    answer = shop.settled(lambda: shop.complete(session["id"], body, key))
    first = succeeded(answer, "the repeat of a complete")
    again = succeeded(shop.complete(session["id"], body, key), "its second repeat")
    seen = shop.seen(session["id"])
    orders = {each.get("order", {}).get("id") for each in (first, again, seen)}
    expect(len(orders) == 1, f"Repeat, second repeat and GET name different orders: {orders}")
