"""The rules of Idempotency-Key: what is needed, what is repeated, what is refused, what is kept."""

import functools
import json
from collections.abc import Callable
from typing import Any

from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.checks.orders import AT_ONCE, no_server_errors, order_ids
from acp_conformance.exchange import Exchange
from acp_conformance.requirement import SHOULD, NonconformityError, NotApplicableError, expect, requirement
from acp_conformance.shop import Shop, fresh_key, succeeded

# How often completes are sent at once before it is said that none ran into another.
ROUNDS = 3
# A repeat this late still has to be known; later than the upper bound it need not be.
AGED_SECONDS = (20 * 3600, 24 * 3600)


def require_a_key(shop: Shop, what: str) -> None:
    """Fail unless a POST without a key is refused and has no effect."""
    session = shop.ready()
    session_id = session["id"]
    sent = {
        "create": lambda: shop.create(shop.new(), None),
        "update": lambda: shop.update(session_id, shop.dialect.items(shop.items[-1:]), None),
        "complete": lambda: shop.complete(session_id, shop.payment(session), None),
        "cancel": lambda: shop.cancel(session_id, None, None),
    }
    answer = sent[what]()
    said = (answer.status, answer.code)
    expect(said == (400, "idempotency_key_required"), f"400 idempotency_key_required expected: {answer}")
    shop.schemas.require("Error", answer.document)
    seen = shop.seen(session_id)
    kept = (seen["status"], seen["line_items"]) == (session["status"], session["line_items"])
    expect(kept, f"A {what} without a key had an effect.")


for _what in ("create", "update", "complete", "cancel"):
    requirement(
        f"idempotency.required.{_what}",
        f"{_what.capitalize()} without Idempotency-Key is refused: 400 idempotency_key_required",
        f"{CHECKOUT} §6.1",
        # 2025-09-29 has the header as optional.
        older=None,
        known_defect="a missing key is invented",
    )(functools.partial(require_a_key, what=_what))


def same_again(send: Callable[[], Exchange], what: str) -> tuple[Exchange, Exchange]:
    """Send twice and fail unless the second answer is the first."""
    first = send()
    succeeded(first, what)
    again = send()
    expect(again.status == first.status, f"{what} answered {first.status}, its repeat {again}.")
    expect(again.document == first.document, f"The repeat of {what} answered another body.")
    return first, again


@requirement(
    "idempotency.replay.create",
    "A repeated create gets the first answer and makes no second session",
    f"{CHECKOUT} §6.3",
)
def create_is_replayed(shop: Shop) -> None:
    body, key = shop.new(), fresh_key()
    same_again(lambda: shop.create(body, key), "create")


@requirement(
    "idempotency.replay.update", "A repeated update gets the first answer and has no second effect", f"{CHECKOUT} §6.3"
)
def update_is_replayed(shop: Shop) -> None:
    session_id = shop.made()["id"]
    first, second = shop.dialect.items(shop.items[-1:]), shop.dialect.items(shop.items)
    key = fresh_key()
    before = succeeded(shop.update(session_id, first, key), "update")
    later = succeeded(shop.update(session_id, second), "another update")
    again = shop.update(session_id, first, key)
    expect((again.status, again.document) == (200, before), f"The repeat is not the first answer: {again}")
    lines = shop.seen(session_id)["line_items"]
    expect(lines == later["line_items"], "The repeat of an older update undid a newer one.")


@requirement(
    "idempotency.replay.complete", "A repeated complete gets the first answer, order and all", f"{CHECKOUT} §6.3"
)
def complete_is_replayed(shop: Shop) -> None:
    session = shop.ready()
    body, key = shop.payment(session), fresh_key()
    same_again(lambda: shop.complete(session["id"], body, key), "complete")


@requirement("idempotency.replay.cancel", "A repeated cancel gets the first answer, not 405", f"{CHECKOUT} §6.3")
def cancel_is_replayed(shop: Shop) -> None:
    session_id, key = shop.made()["id"], fresh_key()
    same_again(lambda: shop.cancel(session_id, None, key), "cancel")


@requirement(
    "idempotency.replay.marked",
    "A replay says Idempotent-Replayed: true, a first answer does not",
    f"{CHECKOUT} §6.3",
    SHOULD,
)
def a_replay_is_marked(shop: Shop) -> None:
    body, key = shop.new(), fresh_key()
    first, again = same_again(lambda: shop.create(body, key), "create")
    expect(not first.replayed, "The first answer already says Idempotent-Replayed: true.")
    expect(again.replayed, f"The repeat's Idempotent-Replayed is {again.headers.get('idempotent-replayed')!r}.")


@requirement(
    "idempotency.conflict",
    "Another body under a used key is refused: 422 idempotency_conflict",
    f"{CHECKOUT} §6.4",
    known_defect="another body with the same key replays",
)
def another_body_is_refused(shop: Shop) -> None:
    key = fresh_key()
    succeeded(shop.create(shop.new(), key), "create")
    other = shop.dialect.create(shop.items[:1], shop.profile.shop.currency, shop.profile.buyer, None)
    answer = shop.create(other, key)
    said = (answer.status, answer.code)
    expect(said == (422, "idempotency_conflict"), f"422 idempotency_conflict expected: {answer}")
    shop.schemas.require("Error", answer.document)


@requirement("idempotency.scope.path", "The same key on another path is another request", f"{CHECKOUT} §6.1")
def a_key_belongs_to_its_path(shop: Shop) -> None:
    key = fresh_key()
    session = succeeded(shop.create(shop.new(), key), "create")
    other = shop.made()
    update = shop.dialect.items(shop.items[-1:])
    for each in (session, other):
        answer = shop.update(each["id"], update, key)
        expect(answer.ok and answer.document["id"] == each["id"], f"An update of its own expected: {answer}")


@requirement("idempotency.scope.identity", "The same key of another caller is another request", f"{CHECKOUT} §6.1")
def a_key_belongs_to_its_caller(shop: Shop) -> None:
    if not shop.setting.other_key:
        raise NotApplicableError("No second caller: give --other-key.")
    body, key = shop.new(), fresh_key()
    first = succeeded(shop.create(body, key), "create")
    answer = shop.create(body, key, authorization=f"Bearer {shop.setting.other_key}")
    second = succeeded(answer, "create by the other caller")
    expect(second["id"] != first["id"], "Another caller's key was answered with the first caller's session.")


@requirement("idempotency.key.255", "A key of 255 characters is accepted", f"{CHECKOUT} §6.1")
def a_long_key_is_accepted(shop: Shop) -> None:
    key = (fresh_key() * 8)[:255]
    answer = shop.create(shop.new(), key)
    expect(answer.status == 201, f"201 expected: {answer}")
    again = shop.create(shop.new(), key)
    expect(again.ok and again.document["id"] == answer.document["id"], f"Its replay expected: {again}")


@requirement("idempotency.key.256", "A key of 256 characters is refused", f"{CHECKOUT} §6.1", SHOULD)
def a_longer_key_is_refused(shop: Shop) -> None:
    answer = shop.create(shop.new(), (fresh_key() * 8)[:256])
    expect(answer.status == 400, f"400 expected: {answer}")


def collided(shop: Shop) -> list[Exchange]:
    """Send completes of one key at once, until some ran into the first; return those that did."""
    for _ in range(ROUNDS):
        session = shop.ready()
        body, key = shop.payment(session), fresh_key()
        again = functools.partial(shop.complete, session["id"], body, key)
        answers = shop.at_once([again] * AT_ONCE)
        no_server_errors(answers)
        if not any(answer.ok for answer in answers):
            raise NonconformityError(f"It could not be judged, because no complete succeeded: {answers[0]}")
        if odd := [answer for answer in answers if not answer.ok]:
            return odd
    raise NotApplicableError(
        f"None of {ROUNDS} times {AT_ONCE} completes at once met the first one running: all got its answer. A server"
        " that serialises them, or is quicker than the network, shows nothing."
    )


@requirement(
    "idempotency.in_flight",
    "While the first still runs the same key gets 409 idempotency_in_flight",
    f"{CHECKOUT} §6.4",
)
def in_flight_is_409(shop: Shop) -> None:
    for answer in collided(shop):
        said = (answer.status, answer.code)
        expect(said == (409, "idempotency_in_flight"), f"409 idempotency_in_flight expected: {answer}")
        shop.schemas.require("Error", answer.document)


@requirement(
    "idempotency.in_flight.retry_after",
    "409 in flight says Retry-After in seconds",
    f"{CHECKOUT} §6.4, OpenAPI IdempotencyInFlight",
)
def in_flight_says_when(shop: Shop) -> None:
    for answer in collided(shop):
        wait = answer.headers.get("retry-after", "")
        expect(wait.isdigit(), f"Retry-After should be whole seconds, it is {wait!r}: {answer}")


@requirement("idempotency.concurrent_create", "Creates at once under one key make one session", f"{CHECKOUT} §6.3")
def concurrent_creates_make_one_session(shop: Shop) -> None:
    body, key = shop.new(), fresh_key()
    answers = shop.at_once([lambda: shop.create(body, key)] * AT_ONCE)
    no_server_errors(answers)
    ids = {answer.document["id"] for answer in answers if answer.ok}
    expect(len(ids) == 1, f"{AT_ONCE} creates under one key answered the sessions {sorted(ids)}: one expected.")


@requirement("idempotency.5xx", "A 5xx is not stored: the repeat is processed afresh", f"{CHECKOUT} §6.5")
def a_server_error_is_not_stored(shop: Shop) -> None:
    session = shop.ready()
    body, key = shop.failing(session), fresh_key()
    first = shop.complete(session["id"], body, key)
    if first.status < 500:
        raise NotApplicableError(f"The profile's failing payment did not make the server fail: {first}")
    again = shop.settled(lambda: shop.complete(session["id"], body, key))
    expect(not again.replayed, f"The stored 5xx was replayed: {again}")
    expect(
        again.ok and order_ids([again]),
        f"A fresh complete expected, the profile says that this token fails once: {again}",
    )


@requirement("idempotency.kept", "A key is known for 24 hours", f"{CHECKOUT} §6.6")
def a_key_is_known_for_a_day(shop: Shop) -> None:
    """No run lasts a day: the first one notes a create in a file, one of the next day repeats it."""
    path = shop.setting.memory
    if path is None:
        raise NotApplicableError("A day does not fit into a run: give --memory FILE now and again in 20 to 24 hours.")
    try:
        notes: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        notes = {}
    place = f"{shop.client.base_url} {shop.version}"
    note = notes.get(place)
    age = shop.setting.now() - note["at"] if note else 0.0
    if note and AGED_SECONDS[0] <= age < AGED_SECONDS[1]:
        again = shop.create(note["body"], note["key"])
        known = again.ok and again.document.get("id") == note["id"]
        expect(known and again.status == note["status"], f"After {age / 3600:.1f} h the key is not known: {again}")
        return
    if note is None or age >= AGED_SECONDS[1]:
        body, key = shop.new(), fresh_key()
        answer = shop.create(body, key)
        made = succeeded(answer, "create")
        notes[place] = {"at": shop.setting.now(), "key": key, "body": body, "id": made["id"], "status": answer.status}
        path.write_text(json.dumps(notes, indent=1), encoding="utf-8")
        age = 0.0
    raise NotApplicableError(
        f"A create {age / 3600:.1f} h old stands in {path}: run again with it 20 to 24 hours after it was made."
    )
