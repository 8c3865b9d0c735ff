"""Sessions end by themselves: judged where the server tells when, and the run may wait for it."""

import time
from datetime import datetime

from acp_conformance.dialect import Json
from acp_conformance.profile import Item
from acp_conformance.requirement import NotApplicableError, expect, requirement
from acp_conformance.shop import Shop, succeeded

EXPIRY = "schema CheckoutSession.expires_at, .status"
# A server may take a moment to notice.
GRACE_SECONDS = 0.2


def ends_at(session: Json) -> float:
    told = session.get("expires_at")
    if not told:
        raise NotApplicableError("The session tells no expires_at: it is optional.")
    return datetime.fromisoformat(str(told).replace("Z", "+00:00")).timestamp()


def expired(shop: Shop) -> tuple[Json, Json]:
    """Return a session that was ready to be paid and whose time has run out, and a payment made out before."""
    soon = shop.profile.expiry.item
    session = shop.ready(shop.new([Item(soon)]) if soon else None)
    left = ends_at(session) - shop.setting.now()
    if left > shop.profile.expiry.wait_seconds:
        raise NotApplicableError(
            f"The session expires in {left:.0f} s, the profile waits {shop.profile.expiry.wait_seconds} s."
        )
    payment = shop.payment(session)
    time.sleep(max(0.0, ends_at(session) - shop.setting.now()) + GRACE_SECONDS)
    return session, payment


@requirement("expiry.future", "A new session expires in the future", EXPIRY, older=None)
def a_new_session_has_time(shop: Shop) -> None:
    left = ends_at(shop.made()) - shop.setting.now()
    expect(left > 0, f"A new session expired {-left:.0f} s ago.")


@requirement("expiry.status", "After expires_at the status is expired", EXPIRY, older=None)
def an_expired_session_says_so(shop: Shop) -> None:
    session, _ = expired(shop)
    status = shop.seen(session["id"])["status"]
    expect(status == "expired", f"After expires_at the session is {status!r}.")


@requirement("expiry.complete", "An expired session makes no order", EXPIRY, older=None)
def an_expired_session_makes_no_order(shop: Shop) -> None:
    session, payment = expired(shop)
    answer = shop.complete(session["id"], payment)
    expect(answer.status < 500, f"No server error expected: {answer}")
    expect(not (answer.ok and answer.document.get("order")), f"An expired session was completed: {answer}")
    expect("order" not in succeeded(shop.read(session["id"]), "get"), "An expired session got an order.")
