"""`audit`: who changed one thing, when and how."""

from itertools import chain

import click

from orderflow.operations.changes import changes
from orderflow.runtime.clock import iso
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import json_option

_COLUMNS = ("at", "source", "action", "by", "request", "before", "after")
# What groups somebody is in is a thing of its own, and concerns the user.
_SUBJECTS = {"user": ("user", "permission"), "order": ("order",), "product": ("product",)}


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("show")
@click.argument("kind", type=click.Choice(sorted(_SUBJECTS)))
@click.argument("thing_id")
@json_option
@with_desk
def show_(desk: Desk, kind: str, thing_id: str, as_json: bool) -> None:
    """Every change of a user, an order or a product: the trail, what operators did, and what workflows wrote."""
    told = chain.from_iterable(desk.trail.of_subject(f"{each}#{thing_id}") for each in _SUBJECTS[kind])
    done = desk.journal.of_subject(f"{kind} {thing_id}")
    found = changes(told, done, desk.orders.find(thing_id) if kind == "order" else None)
    lines = [
        {
            "at": iso(each.at),
            "source": each.source,
            "action": each.action,
            "by": each.by,
            "request": each.request,
            "before": each.before,
            "after": each.after,
        }
        for each in found
    ]
    show.rows(lines, _COLUMNS, as_json=as_json, nothing=f"Nothing is known of {kind} {thing_id}.")
