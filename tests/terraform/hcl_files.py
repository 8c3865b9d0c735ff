"""Terraform's files as plain values, for the rules that `terraform test` cannot ask."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

ROOT = Path(__file__).parents[2]
TERRAFORM = ROOT / "terraform"
MODULES = sorted({path.parent for path in (ROOT / "modules").glob("*/*.tf")})
FOLDERS = [TERRAFORM, *MODULES]


def name_of(folder: Path) -> str:
    return folder.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> dict[str, Any]:
    """Return one file without the quotes that python-hcl2 keeps around strings and labels."""
    with path.open() as file:
        content: dict[str, Any] = _unquoted(hcl2.load(file))
    return content


def blocks(folder: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield label and body of each block of `kind` in a folder; two labels are joined by a dot, as Terraform does."""
    for path in sorted(folder.glob("*.tf")):
        for block in parsed(path).get(kind, []):
            for label, body in block.items():
                if "__is_block__" in body:
                    yield label, body
                else:
                    yield from ((f"{label}.{name}", inner) for name, inner in body.items())


def _unquoted(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip('"')
    if isinstance(value, list):
        return [_unquoted(inner) for inner in value]
    if isinstance(value, dict):
        return {_unquoted(key): _unquoted(inner) for key, inner in value.items()}
    return value
