"""How events arrive when the receiver is not well.

The protocol asks for signed events and says nothing of repeating them. What stands here is what a receiver needs to
lose none: at least once, the same bytes each time, an end when the receiver says so. Hence SHOULD.
"""

import functools

from acp_conformance.checks.webhooks import bought, created, creates
from acp_conformance.receiver import Delivery, Reply
from acp_conformance.requirement import SHOULD, NotApplicableError, expect, requirement
from acp_conformance.shop import Shop
from acp_conformance.signature import TOLERANCE_SECONDS, parts, verifies

DELIVERY = "openapi.agentic_checkout_webhook (no schedule published): at least once"


def attempts(shop: Shop, replies: list[Reply], enough: int) -> list[Delivery]:
    """Buy something, answer its order_create so, and return the deliveries of it once there are enough."""
    session = bought(shop, *replies)
    created(shop, session)
    within = shop.profile.webhooks.retry_within_seconds * max(1, enough - 1)
    found = creates(shop.receiver.wait(session["id"], lambda so_far: len(creates(so_far)) >= enough, within))
    said = ", ".join(str(each.answered) if each.answered else "nothing" for each in found)
    expect(
        len(found) >= enough,
        f"{len(found)} deliveries (answered {said}) where {enough} were expected within {within} s.",
    )
    return found


@requirement("delivery.retry", "An event answered with 500 or 503 is sent again", DELIVERY, SHOULD)
def a_server_error_is_retried(shop: Shop) -> None:
    attempts(shop, [Reply(500), Reply(503)], 3)


@requirement(
    "delivery.dropped", "An event whose connection was dropped without an answer is sent again", DELIVERY, SHOULD
)
def a_dropped_connection_is_retried(shop: Shop) -> None:
    attempts(shop, [Reply(0)], 2)


@requirement("delivery.same_body", "Each attempt of an event has the same bytes", DELIVERY, SHOULD)
def every_attempt_has_the_same_body(shop: Shop) -> None:
    found = attempts(shop, [Reply(500)], 2)
    expect(len({each.body for each in found}) == 1, f"{len(found)} attempts had different bodies.")


@requirement("delivery.same_id", "Each attempt of an event has the same event id, each event its own", DELIVERY, SHOULD)
def every_attempt_has_the_same_id(shop: Shop) -> None:
    name = shop.profile.webhooks.event_id_header.lower()
    if not name:
        raise NotApplicableError("The protocol defines no event id: name the merchant's header in event_id_header.")
    found = attempts(shop, [Reply(500)], 2)
    ids = {each.headers.get(name, "") for each in found}
    expect(len(ids) == 1 and "" not in ids, f"{name} of {len(found)} attempts: {sorted(ids)}")
    other = created(shop, bought(shop)).headers.get(name, "")
    expect(other not in ids, f"Another order's event has the same {name}.")


@requirement("delivery.signed_again", "Each attempt is signed, with the time at which it was sent", DELIVERY, SHOULD)
def every_attempt_is_signed(shop: Shop) -> None:
    for each in attempts(shop, [Reply(500)], 2):
        expect(verifies(each.signature, shop.setting.webhook_secret, each.body), f"{each.signature!r} does not verify.")
        found = parts(each.signature)
        off = abs(each.at - found[0]) if found else 0
        expect(off <= TOLERANCE_SECONDS, f"An attempt was signed {off:.0f} s from its arrival.")


@requirement(
    "delivery.survives",
    "An event that is refused several times in a row still arrives",
    DELIVERY,
    SHOULD,
    known_defect="the DLQ is not wired",
)
def a_refused_event_is_not_lost(shop: Shop) -> None:
    """What can be seen from outside of a dead-letter queue: what was refused as often as a queue tries is not gone."""
    refusals = shop.profile.webhooks.refusals
    attempts(shop, [Reply(503)] * refusals, refusals + 1)


@requirement(
    "delivery.alone",
    "An event that failed does not send again those that were accepted",
    DELIVERY,
    SHOULD,
    known_defect="one failed webhook in a batch sends the delivered ones again",
)
def an_accepted_event_is_not_sent_again(shop: Shop) -> None:
    receiver = shop.receiver
    sessions = [shop.ready() for _ in range(4)]
    failing = sessions[0]["id"]
    receiver.plan(failing, [Reply(500)])
    payments = {session["id"]: shop.payment(session) for session in sessions}
    shop.at_once([functools.partial(shop.complete, session_id, body) for session_id, body in payments.items()])
    within = shop.profile.webhooks.retry_within_seconds
    for session in sessions:
        created(shop, session)
    again = creates(receiver.wait(failing, lambda so_far: len(creates(so_far)) > 1, within))
    expect(len(again) > 1, f"The event that got a 500 was not sent again within {within} s.")
    for session in sessions[1:]:
        count = len(creates(receiver.received(session["id"])))
        expect(count == 1, f"An event that was accepted came {count} times, because another one failed.")


@requirement(
    "delivery.slow", "A receiver that is slow for one order does not hold up another's event", DELIVERY, SHOULD
)
def a_slow_answer_holds_up_nobody(shop: Shop) -> None:
    delay = shop.profile.webhooks.delay_seconds
    slow = bought(shop, Reply(200, delay=delay))
    first = created(shop, slow)
    other = created(shop, bought(shop))
    waited = other.at - first.at
    expect(waited < delay, f"Another order's event came {waited:.1f} s later: after the slow answer ({delay} s).")


@requirement("delivery.redirect", "A redirect is not followed", DELIVERY, SHOULD)
def a_redirect_is_not_followed(shop: Shop) -> None:
    elsewhere = "/acp-conformance-elsewhere"
    session = bought(shop, Reply(302, location=elsewhere), Reply(307, location=elsewhere))
    created(shop, session)

    def followed(deliveries: list[Delivery]) -> bool:
        return any(each.path == elsewhere for each in deliveries)

    quiet = shop.profile.webhooks.quiet_seconds
    for place in (session["id"], ""):
        expect(not followed(shop.receiver.wait(place, followed, quiet)), "The redirect was followed.")


@requirement("delivery.gone", "After 410 the event is not sent again", DELIVERY, SHOULD, older=None, last=True)
def gone_is_the_end(shop: Shop) -> None:
    """The last check of a run: a merchant may give up the whole endpoint."""
    session = bought(shop, Reply(410))
    created(shop, session)
    quiet = shop.profile.webhooks.quiet_seconds
    found = creates(shop.receiver.wait(session["id"], lambda so_far: len(creates(so_far)) > 1, quiet))
    expect(len(found) == 1, f"After 410 the event came {len(found) - 1} more times.")
