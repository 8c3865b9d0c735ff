"""Which settings Terraform gives each function, read from the modules' files."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

from tests.rules.architecture.source import ROOT

_MODULES = ROOT / "modules"
_FOLDERS = (ROOT / "terraform", *sorted(path for path in _MODULES.iterdir() if path.is_dir()))
_LOCAL = re.compile(r"\blocal\.(\w+)")
_KEY = re.compile(r"\b([A-Z][A-Z0-9_]*)\s*[=:]")


@dataclass(frozen=True)
class Function:
    """A function as a module declares it."""

    context: str
    operation: str
    settings: frozenset[str]


@cache
def functions() -> tuple[Function, ...]:
    """Return every function that the root or a module makes."""
    found = []
    for folder in _FOLDERS:
        parsed = _parsed(folder)
        for block in (block for each in parsed for block in each.get("module", ())):
            ((_, arguments),) = block.items()
            if _text(arguments["source"]).endswith("/lambda_function"):
                names = frozenset(_names(arguments.get("environment", {}), _locals(parsed)))
                found.append(Function(_text(arguments["context"]), _text(arguments["operation"]), names))
    assert found, f"no module below {ROOT} makes a function: the rules would check nothing"
    return tuple(found)


@cache
def common_settings() -> frozenset[str]:
    """Return what every function gets."""
    return frozenset(_names("local.common_environment", _locals(_parsed(_MODULES / "lambda_function"))))


def _parsed(folder: Path) -> list[dict[str, Any]]:
    # Only what makes functions, or may name what they get.
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
    return [hcl2.loads(text) for text in texts if '/lambda_function"' in text or "locals {" in text]


def _locals(parsed: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for each in parsed for block in each.get("locals", ()) for key, value in block.items()}


def _names(value: Any, local_values: dict[str, Any]) -> set[str]:
    """Return the keys of a map, whether written out, named by a local or merged from several."""
    if isinstance(value, dict):
        return {_text(key) for key in value if _KEY.match(f"{_text(key)}=")}
    names = set(_KEY.findall(str(value)))
    for name in _LOCAL.findall(str(value)):
        names |= _names(local_values[name], local_values)
    return names


def _text(value: Any) -> str:
    return str(value).strip('"')
