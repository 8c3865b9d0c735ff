"""3-D Secure: what a session says when the buyer has to prove who they are, and what comes of the proof."""

from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.dialect import Json
from acp_conformance.requirement import MUST, SHOULD, V2025, expect, requirement
from acp_conformance.shop import Shop, succeeded

PROOF = {
    "three_ds_cryptogram": "AbCdEfGhIjKlMnOpQrStUvWxY0A=",
    "electronic_commerce_indicator": "05",
    "transaction_id": "acp-conformance",
    "version": "2.2.0",
}


def challenged(shop: Shop) -> tuple[Json, Json]:
    """Return a session that was answered with a challenge, and the payment that led to it."""
    session = shop.ready()
    payment = shop.challenged(session)
    return succeeded(shop.complete(session["id"], payment), "a complete that needs authentication"), payment


@requirement(
    "authentication.required",
    "A payment that needs 3-D Secure is a 200 that says so, without an order",
    f"{CHECKOUT} §4.4",
    older=MUST,
)
def a_challenge_is_told(shop: Shop) -> None:
    session, _ = challenged(shop)
    expect("order" not in session, "A payment that needs authentication made an order at once.")
    if shop.version == V2025:
        # This version has no status for it, only the message.
        codes = [message.get("code") for message in session["messages"]]
        expect("requires_3ds" in codes, f"No message requires_3ds; codes: {codes}.")
    else:
        status = session["status"]
        expect(status == "authentication_required", f"status is {status!r}, not 'authentication_required'.")


@requirement(
    "authentication.metadata",
    "A session in authentication_required has authentication_metadata",
    f"{CHECKOUT} §8, schema AuthenticationMetadata",
    older=None,
)
def a_challenge_has_its_metadata(shop: Shop) -> None:
    session, _ = challenged(shop)
    for seen in (session, shop.seen(session["id"])):
        expect("authentication_metadata" in seen, "The session has no authentication_metadata.")
        shop.schemas.require("AuthenticationMetadata", seen["authentication_metadata"])


@requirement(
    "authentication.missing",
    "Completing it without authentication_result is 4xx requires_3ds, param $.authentication_result",
    f"{CHECKOUT} §4.4, §9.7",
    older=None,
)
def a_result_is_needed(shop: Shop) -> None:
    session, payment = challenged(shop)
    answer = shop.complete(session["id"], payment)
    expect(400 <= answer.status < 500, f"4xx expected: {answer}")
    error = answer.document
    shop.schemas.require("Error", error)
    said = (error["type"], error["code"], error.get("param"))
    wanted = ("invalid_request", "requires_3ds", "$.authentication_result")
    expect(said == wanted, f"type, code and param should be {wanted}, they are {said}.")


@requirement(
    "authentication.completes", "An authenticated payment completes the session", f"{CHECKOUT} §4.4", SHOULD, older=None
)
def a_proof_completes(shop: Shop) -> None:
    session, payment = challenged(shop)
    result = {"outcome": "authenticated", "outcome_details": PROOF}
    answer = shop.complete(session["id"], payment | {"authentication_result": result})
    done = answer.ok and answer.document.get("status") == "completed" and answer.document.get("order")
    expect(done, f"A completed session with its order expected: {answer}")


@requirement("authentication.denied", "A denied authentication makes no order", f"{CHECKOUT} §4.4", SHOULD, older=None)
def a_denial_makes_no_order(shop: Shop) -> None:
    session, payment = challenged(shop)
    answer = shop.complete(session["id"], payment | {"authentication_result": {"outcome": "denied"}})
    expect(answer.status < 500, f"No server error expected: {answer}")
    seen = shop.seen(session["id"])
    expect("order" not in seen and seen["status"] != "completed", "A denied authentication completed the session.")
