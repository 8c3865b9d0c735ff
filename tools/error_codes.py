"""Every error code, read from the source: the error classes of src/orderflow and the gateway's own answers.

Nothing is imported, so a new context is seen the moment its file is there, and what it needs to run does not matter.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

from tools.paths import ROOT

SOURCE = ROOT / "src" / "orderflow"
GATEWAY = ROOT / "modules" / "api" / "gateway_responses.tf"
BASE = "OrderflowError"


@dataclass(frozen=True)
class ErrorClass:
    """One error class: what it inherits is filled in, and `own_code` tells whether the code is its own."""

    name: str
    context: str
    code: str
    own_code: bool
    status: int
    retry_after_seconds: int | None
    meaning: str
    messages: tuple[str, ...]


@dataclass(frozen=True)
class GatewayAnswer:
    """One answer of API Gateway itself; without a status it keeps the one that API Gateway chose."""

    response_type: str
    code: str
    status: int | None
    message: str


@dataclass(frozen=True)
class _Definition:
    node: ast.ClassDef
    context: str

    def attribute(self, name: str) -> Any:
        """Return a constant of the class's own body, or None."""
        for statement in self.node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if isinstance(statement, ast.AnnAssign):
                targets = [statement.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                value = getattr(statement, "value", None)
                return value.value if isinstance(value, ast.Constant) else None
        return None


def _context(parts: tuple[str, ...]) -> str:
    """Return whose errors a file's are: a component of the runtime has its own, which not every operation uses."""
    is_component = parts[0] == "runtime" and len(parts) > len(("runtime", "file.py"))
    return parts[1] if is_component else parts[0].removesuffix(".py")


def error_classes(source: Path = SOURCE) -> list[ErrorClass]:
    """Return every descendant of OrderflowError and itself, sorted by code, context and name."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(source.rglob("*.py"))}
    known: dict[str, _Definition] = {}
    for path, tree in trees.items():
        context = _context(path.relative_to(source).parts)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                known[node.name] = _Definition(node, context)
    said = _messages_where_raised(trees.values(), known)
    found = [_error(name, known, said) for name in known if BASE in _line(name, known)]
    return sorted(found, key=lambda error: (error.code, error.context, error.name))


def _line(name: str, known: Mapping[str, _Definition]) -> list[str]:
    """Return the class and its ancestors, nearest first, as far as they are ours."""
    line = [name]
    for base in known[name].node.bases:
        if isinstance(base, ast.Name) and base.id in known:
            line += _line(base.id, known)
    return line


def _error(name: str, known: Mapping[str, _Definition], said: Mapping[str, list[str]]) -> ErrorClass:
    line = [known[ancestor] for ancestor in _line(name, known)]

    def inherited(attribute: str) -> Any:
        return next((value for each in line if (value := each.attribute(attribute)) is not None), None)

    node = known[name].node
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call) and _is_super_init(call)]
    own = [_text(call.args[0]) for call in calls if call.args]
    return ErrorClass(
        name=name,
        context=known[name].context,
        code=inherited("code"),
        own_code=known[name].attribute("code") is not None,
        status=inherited("http_status"),
        retry_after_seconds=inherited("retry_after_seconds"),
        meaning=" ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split()),
        messages=tuple(dict.fromkeys(text for text in own or said.get(name, []) if text)),
    )


def _is_super_init(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        and isinstance(node.func.value, ast.Call)
        and getattr(node.func.value.func, "id", "") == "super"
    )


def _messages_where_raised(trees: Any, known: Mapping[str, _Definition]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and node.func.id in known:
                said.setdefault(node.func.id, []).append(_text(node.args[0]))
    return said


def _text(node: ast.expr) -> str:
    """Return a string as its source has it, with `{name}` where a value goes; empty when it is computed elsewhere."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = (
        part.value.id if isinstance(part.value, ast.Name) else "…"
        for part in node.values
        if isinstance(part, ast.FormattedValue)
    )
    return "".join(str(part.value) if isinstance(part, ast.Constant) else f"{{{next(parts)}}}" for part in node.values)


@cache
def gateway_answers(file: Path = GATEWAY) -> tuple[GatewayAnswer, ...]:
    """Return what API Gateway answers by itself, as Terraform configures it, sorted by type."""
    with file.open(encoding="utf-8") as text:
        local = {key: value for block in hcl2.load(text)["locals"] for key, value in block.items()}
    return tuple(_gateway_answers(local))


def _gateway_answers(local: Mapping[str, Any]) -> Iterator[GatewayAnswer]:
    for response_type, answer in sorted(local["gateway_responses"].items()):
        if response_type.startswith("__"):
            continue
        status = answer["status"]
        named = re.fullmatch(r"\$\{local\.(\w+)\}", answer["message"])
        message = local[named[1]] if named else answer["message"]
        yield GatewayAnswer(
            response_type=response_type.strip('"'),
            code=answer["code"].strip('"'),
            status=int(status.strip('"')) if status else None,
            message=message.strip('"'),
        )
