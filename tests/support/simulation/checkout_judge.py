"""Whether the checkout's rules hold in a simulated shop that came to rest: sessions, their orders, and webhooks."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from orderflow.checkout.audit_store import DynamoSessionAudit
from orderflow.checkout.session import Session, SessionStatus
from orderflow.checkout.verifying import verified
from orderflow.checkout.webhooks.delivery_records import lane_of
from orderflow.runtime.dynamo import from_item
from tests.support.simulation.account import Shop, plain
from tests.support.webhook_pipeline import Got

Order = dict[str, Any]
Told = list[tuple[str, Mapping[str, Any]]]  # event ids, each with the order after it


def breaches(shop: Shop, orders: list[Order], ends: tuple[str, ...], deliveries: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong, as sentences that begin with the rule."""
    placed = [order for order in orders if "checkoutSessionId" in order]
    audit = DynamoSessionAudit(plain("dynamodb"), shop.tables["checkout-sessions"])
    sessions: list[Session] = []
    told: dict[str, Told] = {}
    for session_id in audit.session_ids():
        if fault := verified(session_id, audit).fault:
            yield f"a session is what happened to it: {fault}"
        history = list(audit.history(session_id))
        sessions.append(history[-1][1])
        told |= _told((event.event_id, state.order) for event, state in history if state.order)
    if ends != tuple(sorted(session.status.value for session in sessions)):
        yield f"a session ends as its agent is told: {[session.status.value for session in sessions]}, not {ends}"
    for session in sessions:
        yield from _sold(session, [order for order in placed if order["checkoutSessionId"] == session.session_id])
    yield from _used(shop, placed, sessions)
    yield from _claimed(shop)
    yield from _arrived(shop, told, deliveries)
    set_aside = {json.loads(letter)["record"] for letter in shop.letters.messages.values()}
    if set_aside != {record["eventID"] for record in shop.agents.unreadable}:
        yield f"nothing is lost: {sorted(set_aside)} of the stream are set aside"


def _told(states: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Told]:
    """Return by order what happened to it: the states in which it is not what it was before."""
    happened = [next(same) for _, same in groupby(states, key=lambda state: state[1])]
    found: dict[str, Told] = defaultdict(list)
    for event_id, order in happened:
        found[order["id"]].append((event_id, order))
    return found


def _sold(session: Session, placed: list[Order]) -> Iterator[str]:
    stands = [order for order in placed if order["status"] not in ("PAYMENT_FAILED", "REJECTED", "FAILED")]
    if len(stands) != (session.status is SessionStatus.COMPLETED):
        yield f"once: {len(stands)} orders stand for a session that is {session.status.value}"
    if session.status is not SessionStatus.COMPLETED:
        return
    if {session.order_id, (session.order or {}).get("id")} != {order["orderId"] for order in stands}:
        yield f"once: the session has order {session.order_id}, the shop {[order['orderId'] for order in stands]}"
    for order in stands:
        if order["total"] != session.offer.total:
            yield f"the server prices: {order['total']} is asked for, the session says {session.offer.total}"


def _used(shop: Shop, placed: list[Order], sessions: list[Session]) -> Iterator[str]:
    tokens = [from_item(row).get("usedFor") for row in shop.rows("payment-tokens")]
    used = sorted(order_id for order_id in tokens if order_id)
    if used != sorted(order["orderId"] for order in placed):
        yield f"once: tokens were used for {used}, and {len(placed)} orders are there"
    done = [session for session in sessions if session.status is SessionStatus.COMPLETED]
    for row in map(from_item, shop.rows("discounts")):
        uses = [session for session in done if row["code"] in session.offer.codes_used]
        if row.get("timesUsed", 0) != len(uses):
            yield f"once: {row['code']} counts {row.get('timesUsed', 0)} uses for {row['holder']}, not {len(uses)}"


def _claimed(shop: Shop) -> Iterator[str]:
    """Compare the endpoints with the claims to their URLs, and with what the trail tells of them."""
    rows = [from_item(row) for row in shop.rows("webhook-endpoints")]
    endpoints = {row["endpointId"]: row for row in rows if "url" in row}
    claims = sorted(row["takenBy"] for row in rows if "takenBy" in row)
    if claims != sorted(endpoints):
        yield f"an endpoint has its URL: {claims} are claimed, {sorted(endpoints)} are there"
    trail: dict[str, list[str]] = defaultdict(list)
    for entry in map(from_item, shop.rows("audit-trail")):
        if entry["subject"].startswith("webhook#"):
            trail[entry["subject"].removeprefix("webhook#")].append(entry["action"])
    for endpoint_id, actions in trail.items():
        removed = actions.count("webhook.deleted")
        if removed != (endpoint_id not in endpoints) or actions.count("webhook.created") != 1:
            yield f"the trail tells what happened: {actions} of an endpoint"
        elif not removed and len(actions) != endpoints[endpoint_id]["version"]:
            yield f"the trail tells what happened: {actions} of version {endpoints[endpoint_id]['version']}"


def _arrived(shop: Shop, told: Mapping[str, Told], deliveries: frozenset[str]) -> Iterator[str]:
    rows = [from_item(row) for row in shop.rows("webhook-deliveries")]
    if any("dueAt" in row for row in rows) or any(queue.messages for queue in shop.agents.queues.values()):
        yield "every event arrives: webhooks are still on their way"
    ends = {row["state"] for row in rows if row["row"].startswith("state#")}
    if not ends <= deliveries:
        yield f"every event arrives: webhooks end {sorted(ends)}, not {sorted(deliveries)}"
    bodies = defaultdict(set)
    for got in shop.agents.got:
        bodies[got.url, got.headers["Webhook-Id"]].add(got.body)
    if many := [key for key, each in bodies.items() if len(each) > 1]:
        yield f"byte-identical: {many} came with more than one body"
    endpoints = [row for row in map(from_item, shop.rows("webhook-endpoints")) if row.get("status") == "ENABLED"]
    for endpoint in endpoints:
        well = [got for got in shop.agents.got if got.url == endpoint["url"] and got.status == 200]
        # Each event that came, once, by its first arrival; the body is the newest protocol's for one endpoint only.
        came: dict[str, Got] = {}
        for got in well:
            came.setdefault(got.headers["Webhook-Id"], got)
        for order_id, events in told.items():
            yield from _in_sequence(endpoint, order_id, events, came)
        if strays := set(came) - {event_id for events in told.values() for event_id, _ in events}:
            yield f"every event arrives: {sorted(strays)} came, and nothing like that happened"
    lanes = {lane_of(row["lane"]) for row in rows if row["row"].startswith("state#")}
    missing = {(each["endpointId"], order_id) for each in endpoints for order_id in told} - lanes
    if missing:
        yield f"every event arrives: nothing is kept for {sorted(missing)}"


def _in_sequence(endpoint: Order, order_id: str, events: Told, came: Mapping[str, Got]) -> Iterator[str]:
    wanted = [event_id for event_id, _ in events]
    found = [event_id for event_id in came if event_id in wanted]
    if found != wanted:
        yield f"every event arrives: {found} came of {order_id}, and {wanted} happened, in this sequence"
        return
    types = ["order_create", *["order_update"] * (len(events) - 1)]
    for (event_id, order), kind in zip(events, types, strict=True):
        body = json.loads(came[event_id].body)
        newest = endpoint["apiVersion"] == "2026-04-17"
        if body["type"] != kind or (newest and body["data"] != order):
            yield f"every event arrives: {event_id} of {order_id} tells something else than what happened"
