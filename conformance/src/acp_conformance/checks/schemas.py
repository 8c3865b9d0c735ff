"""Every answer is of the type that the protocol publishes for it."""

from acp_conformance.requirement import expect, requirement
from acp_conformance.shop import Shop, succeeded

SCHEMA = "schema.agentic_checkout.json"


@requirement("schema.create", "What create answers is a CheckoutSession", f"{SCHEMA} CheckoutSession")
def create_is_a_session(shop: Shop) -> None:
    shop.schemas.require_session(shop.made())


@requirement(
    "schema.bare", "What create answers without buyer and address is a CheckoutSession", f"{SCHEMA} CheckoutSession"
)
def a_bare_create_is_a_session(shop: Shop) -> None:
    body = shop.dialect.create(shop.items[:1], shop.profile.shop.currency, None, None)
    session = shop.made(body)
    shop.schemas.require_session(session)
    expect(session["status"] not in ("completed", "canceled"), f"A new session is {session['status']!r}.")


@requirement("schema.update", "What update answers is a CheckoutSession", f"{SCHEMA} CheckoutSession")
def update_is_a_session(shop: Shop) -> None:
    session = shop.made()
    shop.schemas.require_session(succeeded(shop.update(session["id"], shop.dialect.items(shop.items[-1:])), "update"))


@requirement("schema.get", "What get answers is a CheckoutSession", f"{SCHEMA} CheckoutSession")
def get_is_a_session(shop: Shop) -> None:
    shop.schemas.require_session(shop.seen(shop.made()["id"]))


@requirement(
    "schema.complete", "What complete answers is a CheckoutSessionWithOrder", f"{SCHEMA} CheckoutSessionWithOrder"
)
def complete_is_a_session_with_order(shop: Shop) -> None:
    shop.schemas.require_order(shop.bought())


@requirement("schema.cancel", "What cancel answers is a CheckoutSession", f"{SCHEMA} CheckoutSession")
def cancel_is_a_session(shop: Shop) -> None:
    shop.schemas.require_session(succeeded(shop.cancel(shop.made()["id"]), "cancel"))


@requirement("schema.declined", "What a declined complete answers is a CheckoutSession", f"{SCHEMA} CheckoutSession")
def declined_is_a_session(shop: Shop) -> None:
    session = shop.ready()
    answer = shop.complete(session["id"], shop.declined(session))
    shop.schemas.require_session(succeeded(answer, "a declined complete"))


@requirement("schema.option", "The option chosen is one of fulfillment_options", "rfc.agentic_checkout §8")
def the_chosen_option_is_offered(shop: Shop) -> None:
    session = shop.ready()
    chosen = shop.dialect.chosen(session)
    expect(
        chosen or not session["fulfillment_options"], "Options are offered, the session is ready, and none is chosen."
    )
    for option_id in chosen:
        shop.dialect.option_named(session, option_id)
