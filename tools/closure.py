"""Find statically which modules a handler reaches, so that its zip carries those and nothing else.

Imports are read from the syntax tree at any depth, so a lazy import inside a function counts too.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# Part of the Lambda Python runtime: boto3 with what it depends on, and the runtime client itself.
# docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included
RUNTIME_PROVIDED = frozenset(
    {"boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six", "awslambdaric"},
)

# Packages that import their own plugins by a computed name: only the whole is safe.
INDIVISIBLE = frozenset({"aws_xray_sdk", "wrapt"})

_NAMED_IMPORTERS = frozenset({"import_module", "__import__", "LazyLoader"})


class UnknownModuleError(Exception):
    """Our own code imports something that is neither ours, the runtime's nor vendored."""


@dataclass(frozen=True)
class Imports:
    """What one file asks for by dotted name: all, those it cannot load without, and whether it computes others."""

    names: frozenset[str]
    required: frozenset[str]
    computed: bool


@dataclass
class Closure:
    """Modules reached from an entry point: dotted name -> file, split by where they come from."""

    own: dict[str, Path] = field(default_factory=dict)
    vendored: dict[str, Path] = field(default_factory=dict)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node except those that only a type checker ever executes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_type_checking(child.test):
            for other in child.orelse:
                yield other
                yield from _walk(other)
            continue
        yield child
        yield from _walk(child)


def _absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join([*kept, node.module] if node.module else kept)


@cache
def imports_of(path: Path, module: str) -> Imports:
    """Read the imports of one file; `from a import b` yields `a` and `a.b`, since b may be a module."""
    names: set[str] = set()
    required: set[str] = set()
    computed = False
    tree = ast.parse(path.read_bytes(), filename=str(path))
    for node in _walk(tree):
        if isinstance(node, ast.Import):
            asked = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, path.name == "__init__.py")
            asked = {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in _NAMED_IMPORTERS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    names.add(first.value)
                elif called != "LazyLoader":
                    computed = True
            continue
        else:
            continue
        names |= asked
        if node in tree.body:
            required |= asked
    return Imports(frozenset(names), frozenset(required), computed)


@cache
def _file_of(root: Path, module: str) -> Path | None:
    base = root.joinpath(*module.split("."))
    for candidate in (base / "__init__.py", base.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


@cache
def _subtree(root: Path, package: str) -> tuple[str, ...]:
    paths = root.joinpath(*package.split(".")).rglob("*.py")
    names = (path.relative_to(root).with_suffix("").parts for path in paths)
    return tuple(sorted(".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in names))


def _parents(module: str) -> Iterable[str]:
    parts = module.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))


@cache
def _is_known(top: str, own_root: Path, vendor_root: Path) -> bool:
    return (
        top in sys.stdlib_module_names
        or top in RUNTIME_PROVIDED
        or (own_root / top).is_dir()
        or _file_of(vendor_root, top) is not None
    )


@cache
def _can_never_load(module: str, own_root: Path, vendor_root: Path) -> bool:
    """Tell whether a third-party module needs, at its top level, a library that no zip carries (pydantic, redis)."""
    for name in _parents(module):
        path = _file_of(vendor_root, name)
        if path and any(
            not _is_known(required.partition(".")[0], own_root, vendor_root)
            for required in imports_of(path, name).required
        ):
            return True
    return False


def forget() -> None:
    """Drop what was read of the files, which may have changed since."""
    for remembering in (imports_of, _file_of, _subtree, _is_known, _can_never_load):
        remembering.cache_clear()


def closure(entry: str, own_root: Path, vendor_root: Path) -> Closure:
    """Return every module that importing `entry` can reach.

    Raises UnknownModuleError when our own code names a module that would be missing on Lambda. A third party's import
    of something absent is one of its optional integrations and is left out.
    """
    found = Closure()
    waiting = [entry]
    seen: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        if wanted in seen or _can_never_load(wanted, own_root, vendor_root):
            continue
        for module in _parents(wanted):
            if module in seen:
                continue
            seen.add(module)
            path, home = _file_of(own_root, module), found.own
            if path is None:
                path, home = _file_of(vendor_root, module), found.vendored
            if path is None:
                continue
            home[module] = path
            imports = imports_of(path, module)
            waiting.extend(imports.names)
            if home is found.vendored:
                top = module.partition(".")[0]
                package = module if path.name == "__init__.py" else module.rpartition(".")[0]
                if top in INDIVISIBLE:
                    waiting.extend(_subtree(vendor_root, top))
                elif imports.computed and package:
                    waiting.extend(_subtree(vendor_root, package))
            else:
                _refuse_unknown(module, path, imports, own_root, vendor_root)
    return found


def _refuse_unknown(module: str, path: Path, imports: Imports, own_root: Path, vendor_root: Path) -> None:
    for top in sorted({name.partition(".")[0] for name in imports.names}):
        if not _is_known(top, own_root, vendor_root):
            raise UnknownModuleError(
                f"{module} ({path.name}) imports '{top}', which is not ours, not in the Lambda runtime and not in "
                "requirements/lambda.txt: add it to requirements/lambda.in and run `make lock`, or drop the import."
            )
