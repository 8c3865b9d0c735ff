"""The Python of src/, as syntax trees: nothing is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SRC = ROOT / "src"


@dataclass(frozen=True)
class Module:
    """One module by its dotted name, with its source."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    @property
    def room(self) -> str:
        """`orderflow.orders`, `handlers.orders`: the first two words of the name."""
        return ".".join(self.name.split(".")[:2])

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Dotted names imported anywhere in the module; `from a import b` is `a` and `a.b`, since b may be a module."""
        return tuple(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or ""
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


Sources = dict[str, Module]


@cache
def sources() -> Sources:
    """Return every module of src/ by its name."""
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path.read_text(encoding="utf-8"))
    assert found, f"no Python below {SRC}: the rules would check nothing"
    return found
