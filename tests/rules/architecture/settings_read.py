"""Which settings a function's code reads, found by following every name that its handler can reach."""

import ast
from dataclasses import dataclass, field
from functools import cache

from tests.rules.architecture.source import Module, Sources

_SETTINGS = "orderflow.runtime.settings"
_READERS = {"text", "optional_text", "flag", "words"}
_AT_IMPORT = "<what a module runs at import>"


def settings_read(handler: str, sources: Sources) -> set[str]:
    """Return the settings that a handler's module, and each function and class it reaches, reads."""
    reach = _Reach(sources)
    reach.module(handler)
    return reach.read


@dataclass
class _Reach:
    sources: Sources
    read: set[str] = field(default_factory=set)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def module(self, name: str) -> None:
        """Follow all of a module."""
        for node in self.sources[name].tree.body:
            self._follow(self.sources[name], node)

    def _symbol(self, module_name: str, symbol: str) -> None:
        """Follow one top-level definition, and what its module runs at import."""
        if (module_name, symbol) in self._seen or module_name not in self.sources or module_name == _SETTINGS:
            return
        self._seen.add((module_name, symbol))
        module = self.sources[module_name]
        self._symbol(module_name, _AT_IMPORT)
        for node in module.tree.body:
            name = node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else _AT_IMPORT
            if name == symbol:
                self._follow(module, node)

    def _follow(self, module: Module, root: ast.AST) -> None:
        imported = _imported(module)
        for node in ast.walk(root):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported:
                self._attribute(module, node, imported[node.value.id])
            elif isinstance(node, ast.Name):
                if node.id in imported:
                    self._symbol(*imported[node.id])
                else:
                    self._symbol(module.name, node.id)
            elif isinstance(node, ast.Call):
                self._setting(module, node, imported)

    def _attribute(self, module: Module, node: ast.Attribute, origin: tuple[str, str]) -> None:
        as_module = ".".join(origin)
        if as_module in self.sources:
            self._symbol(as_module, node.attr)
        else:
            self._symbol(*origin)

    def _setting(self, module: Module, call: ast.Call, imported: dict[str, tuple[str, str]]) -> None:
        match call.func:
            case ast.Attribute(value=ast.Name(id=alias), attr=reader) if reader in _READERS:
                if ".".join(imported.get(alias, ("", ""))) != _SETTINGS:
                    return
                if not (call.args and isinstance(call.args[0], ast.Constant)):
                    raise AssertionError(f"{module.name}:{call.lineno} computes a setting's name: write it out")
                self.read.add(call.args[0].value)


@cache
def _imported(module: Module) -> dict[str, tuple[str, str]]:
    """Return each imported name with the module and the symbol it stands for."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
