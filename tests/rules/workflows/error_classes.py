"""Exception classes of src/orderflow, and what each step can raise: read from the source, nothing is imported."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.rules.workflows.machine import ROOT

SOURCE = ROOT / "src"
STORE = SOURCE / "orderflow" / "runtime" / "dynamo.py"
_RAISED = re.compile(r"\b([A-Z][A-Za-z]+Error)\b")
_SECTION = re.compile(r"\b[Rr]aises:?\s")


@cache
def error_classes() -> dict[str, tuple[str, ...]]:
    """Return every exception class of src/orderflow with its direct bases."""
    found = {}
    for path in sorted((SOURCE / "orderflow").rglob("*.py")):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                found[node.name] = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
    if not found:
        raise AssertionError(f"no exception class below {SOURCE}: the rules would check nothing")
    return found


def is_a(name: str, category: str) -> bool:
    """Tell whether the class of that name is, or descends from, `category`."""
    return name == category or any(is_a(base, category) for base in error_classes().get(name, ()))


def is_transient(name: str) -> bool:
    """Tell whether repeating a step that raised this is safe and useful."""
    return is_a(name, "TransientError")


def is_refusal(name: str) -> bool:
    """Tell whether this is a business answer that the workflow must know by name."""
    return is_a(name, "UnprocessableError")


@cache
def declared_by_step(function_key: str) -> frozenset[str]:
    """Return the errors that a step can raise.

    They are those in the Raises sections of its handler and its use cases, those that the use cases' modules raise by
    name, and the stores' passing failures unless a use case translates every TransientError into its own.
    """
    handlers = sorted((SOURCE / "handlers").glob(f"*/{function_key}.py"))
    if len(handlers) != 1:
        raise AssertionError(f"step {function_key} has {len(handlers)} handlers below src/handlers, not one")
    tree = _tree(handlers[0])
    raised = {error for node in _functions(tree) for error in raises_of(node)}
    shielded = reaches_store = False
    for module, name in _imported(tree):
        path = SOURCE / (module.replace(".", "/") + ".py")
        if not path.exists() or ".runtime" in module:
            continue
        inner = _tree(path)
        reaches_store |= any(isinstance(n, ast.Name) and n.id == "translated_errors" for n in ast.walk(inner))
        if name.islower():  # a use case; classes are stores and providers
            raised |= {error for node in _functions(inner) if node.name == name for error in raises_of(node)}
            raised |= {error for error in _raised_by_name(inner) if error in error_classes()}
            shielded |= any(
                isinstance(n, ast.ExceptHandler) and _name(n.type) == "TransientError" for n in ast.walk(inner)
            )
    if reaches_store and not shielded:
        raised |= _store_failures()
    return frozenset(error for error in raised if is_a(error, "OrderflowError"))


def _store_failures() -> set[str]:
    classes = {node.name for node in ast.walk(_tree(STORE)) if isinstance(node, ast.ClassDef)}
    return {name for name in classes if is_transient(name)}


def _raised_by_name(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            yield _name(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)


def _name(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def raises_of(node: ast.FunctionDef) -> set[str]:
    """Return the errors of a docstring's `Raises` section: one a line, or in one sentence."""
    docstring = ast.get_docstring(node) or ""
    section = _SECTION.search(docstring)
    return set(_RAISED.findall(docstring[section.start() :])) if section else set()


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("orderflow."):
            yield from ((str(node.module), alias.name) for alias in node.names)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
