"""What commands print: a table for people, JSON for programs. Both hold the same facts."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_NOTHING = "-"
_PIPED_WIDTH = 160


def rows(found: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, nothing: str) -> None:
    """Print mappings as one JSON array, or as a table of these columns; `nothing` is said when there is none."""
    if as_json:
        click.echo(json.dumps(list(found), indent=2))
        return
    if not found:
        click.echo(nothing)
        return
    table = Table()
    for column in columns:
        # What one copies must stay in one piece.
        table.add_column(column, overflow="fold", no_wrap=column.endswith(("Id", "at", "At")))
    for each in found:
        table.add_row(*(_cell(each.get(column)) for column in columns))
    _console().print(table)


def facts(found: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: JSON, or a line for each of its facts."""
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    table = Table(show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in found.items():
        table.add_row(escape(name), _cell(value))
    _console().print(table)


def say(message: str) -> None:
    """Tell the person at the terminal; never part of the answer that a program reads."""
    click.echo(message, err=True)


def _console() -> Console:
    # Made for each answer: click's test runner exchanges standard output.
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console


def _cell(value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    return escape(value if isinstance(value, str) else json.dumps(value))
