"""Which errors a handler can raise, as far as its source tells: what its code names, followed through calls.

A method counts when its class is named and some reached code uses its name, whichever object it is called on: an
over-approximation, since a port hides which store answers. Errors that a caller catches count as well.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tools.paths import ROOT

SOURCE = ROOT / "src"
Place = tuple[str, str]  # module, and a name that it defines


@dataclass
class _Module:
    defined: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    libraries: set[str] = field(default_factory=set)


def named_by(handler: str, source: Path = SOURCE) -> frozenset[str]:
    """Return the names of all classes and functions of ours that `handlers.<context>.<operation>` can reach."""
    walk = _Walk(source)
    walk.reach((handler, "handler"))
    walk.run()
    return frozenset(name for _, name in walk.seen)


@cache
def _module(source: Path, name: str) -> _Module | None:
    base = source.joinpath(*name.split("."))
    path = next((each for each in (base.with_suffix(".py"), base / "__init__.py") if each.is_file()), None)
    if path is None:
        return None
    found, tree = _Module(), ast.parse(path.read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found.defined[statement.name] = statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            found.defined |= dict.fromkeys(names, statement.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.imported |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found.libraries |= {alias.asname or alias.name for alias in node.names}
    return found


class _Walk:
    def __init__(self, source: Path) -> None:
        self._source = source
        self.seen: set[Place] = set()
        self._waiting: list[tuple[str, ast.AST]] = []
        self._attributes: set[str] = set()
        self._methods: dict[str, list[tuple[str, ast.FunctionDef]]] = {}

    def reach(self, place: Place) -> None:
        """Take a definition in, wherever it really stands; what is not ours is none."""
        module, name = place
        if place in self.seen or not (found := _module(self._source, module)):
            return
        if name in found.defined:
            self.seen.add(place)
            self._take(module, found.defined[name])
        elif name in found.imported:
            self.reach(found.imported[name])

    def _take(self, module: str, node: ast.AST) -> None:
        if not isinstance(node, ast.ClassDef):
            self._waiting.append((module, node))
            return
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef) and not self._runs(statement.name):
                self._methods.setdefault(statement.name, []).append((module, statement))
            else:
                self._waiting.append((module, statement))
        self._waiting += [(module, base) for base in node.bases if not _is_error(node.name)]

    def _runs(self, method: str) -> bool:
        return method.startswith("__") or method in self._attributes

    def run(self) -> None:
        """Follow everything that waits to its end."""
        while self._waiting:
            module, node = self._waiting.pop()
            for inner in _evaluated(node):
                if isinstance(inner, ast.Name):
                    self.reach((module, inner.id))
                elif isinstance(inner, ast.Attribute):
                    self._use(module, inner)

    def _use(self, module: str, node: ast.Attribute) -> None:
        found = _module(self._source, module)
        if isinstance(node.value, ast.Name) and found and node.value.id in found.libraries:
            return  # boto3.client is no method of ours
        if node.attr not in self._attributes:
            self._attributes.add(node.attr)
            self._waiting += self._methods.pop(node.attr, [])
        if isinstance(node.value, ast.Name) and found and node.value.id in found.imported:
            parent, name = found.imported[node.value.id]
            self.reach((f"{parent}.{name}", node.attr))


def _is_error(name: str) -> bool:
    return name.endswith("Error")


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that name what may run: no annotations, nothing that an error is only compared with."""
    yield node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
        yield from _evaluated(node.args[0])
        return
    for field_name, value in ast.iter_fields(node):
        skipped = field_name in ("annotation", "returns") or (
            isinstance(node, ast.ExceptHandler) and field_name == "type"
        )
        for inner in [] if skipped else value if isinstance(value, list) else [value]:
            if isinstance(inner, ast.AST):
                yield from _evaluated(inner)
