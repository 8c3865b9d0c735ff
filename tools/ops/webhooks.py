"""`webhooks`: what agents were told of their orders, and sending it again."""

import itertools
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from orderflow.checkout.webhooks.delivery import Delivery, DeliveryState
from orderflow.checkout.webhooks.event import EventType
from orderflow.checkout.webhooks.replaying import replay
from orderflow.operations.journal import recorded
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing, confirmed, json_option, operation

_COLUMNS = ("eventId", "type", "orderId", "endpointId", "state", "attempts", "last", "takenAt")
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])
_LONGEST_LIST = 1000


def _chosen(command: Any) -> Any:
    for option in (
        click.option("--state", type=click.Choice([each.value for each in DeliveryState]), help="Only these."),
        click.option("--type", "kind", type=click.Choice([each.value for each in EventType]), help="Only these."),
        click.option("--since", type=_MOMENT, help="Events since this day or moment in UTC."),
        click.option("--order", help="Events of this order."),
    ):
        command = option(command)
    return command


@click.group()
def webhooks() -> None:
    """Order events on their way to agents' endpoints, and those that arrived."""


@webhooks.command("list")
@_chosen
@click.option("--limit", type=click.IntRange(1, _LONGEST_LIST), default=100, show_default=True, help="At most so many.")
@json_option
@with_desk
def list_(
    desk: Desk,
    order: str | None,
    since: datetime | None,
    kind: str | None,
    state: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """What was sent, or is to be: of an order, or since a moment; the oldest first."""
    found = itertools.islice(_found(desk, order, since, kind, state), limit)
    show.rows([_row(each) for each in found], _COLUMNS, as_json=as_json, nothing="No event was for any endpoint.")


@webhooks.command("show")
@click.argument("order_id")
@json_option
@with_desk
def show_(desk: Desk, order_id: str, as_json: bool) -> None:
    """Every attempt at telling of an order, the oldest event first."""
    rows = [
        {"eventId": each.event_id, "endpointId": each.endpoint_id, "state": each.state.value, **_said(asdict(attempt))}
        for each in desk.webhooks.of_order(order_id)
        for attempt in each.attempts
    ]
    columns = ("eventId", "endpointId", "state", "at", "status", "error", "milliseconds")
    show.rows(rows, columns, as_json=as_json, nothing="Nothing was ever sent.")


@webhooks.command("replay")
@_chosen
@changing
@with_desk
def replay_(
    desk: Desk,
    order: str | None,
    since: datetime | None,
    kind: str | None,
    state: str | None,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Send events again, byte for byte under the same ids, but without buyers who were forgotten since.

    What is on its way is left alone.
    """
    found = [each for each in _found(desk, order, since, kind, state) if each.state is not DeliveryState.PENDING]
    rows = [_row(each) for each in found]
    if dry_run or not found:
        show.say("would be sent again:" if found else "Nothing to send again.")
        show.rows(rows, _COLUMNS, as_json=as_json, nothing="None.")
        return
    confirmed(f"Send {len(found)} events again?", yes=yes)
    made = operation(desk, f"webhooks of {order or since}", reason)
    with recorded(made, {"events": len(found)}, journal=desk.journal, clock=desk.clock) as outcome:
        again = replay(found, desk.webhooks, desk.clock())
        outcome.after = {"sentAgain": len(again)}
    show.rows([_row(each) for each in again], _COLUMNS, as_json=as_json, nothing="None.")


def _found(
    desk: Desk, order: str | None, since: datetime | None, kind: str | None, state: str | None
) -> Iterator[Delivery]:
    if order is None and since is None:
        raise click.UsageError("Say which: --order, --since, or both.")
    first = since.replace(tzinfo=UTC) if since else None
    every = desk.webhooks.of_order(order) if order else desk.webhooks.since(first or desk.clock(), desk.clock())
    for each in every:
        if first and datetime.fromisoformat(each.taken_at) < first:
            continue
        if kind in (None, each.type) and state in (None, each.state.value):
            yield each


def _row(delivery: Delivery) -> dict[str, Any]:
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "eventId": delivery.event_id,
        "type": delivery.type,
        "orderId": delivery.order_id,
        "endpointId": delivery.endpoint_id,
        "state": delivery.state.value,
        "attempts": len(delivery.attempts),
        "last": (last.status or last.error or "no word") if last else None,
        "takenAt": delivery.taken_at,
    }


def _said(attempt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attempt.items() if value is not None}
