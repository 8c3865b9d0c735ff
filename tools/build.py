"""Build one zip per function into dist/, holding only what that function imports, and dist/manifest.json.

`python -m tools.build [key ...]`: all functions, or those named. Byte-identical when built twice or elsewhere.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import archive, closure, vendored
from tools.paths import DIST, HANDLERS, ROOT, SRC
from tools.terminal import ToolError, err, out, run_tool

# The minor version of the Lambda runtime; compiled files for another one would be ignored there.
TARGET = (3, 13)
MANIFEST = DIST / "manifest.json"
# The entry of AWS's `provided` runtimes, which the local stack uses: AWS's own runtime client, from our environment.
BOOTSTRAP = b'#!/bin/sh\nexec python3 -m awslambdaric "$_HANDLER"\n'
# A change of these may change every zip.
TOOLS = tuple(ROOT / "tools" / f"{name}.py" for name in ("build", "archive", "closure", "vendored"))
_COMPILED_LIBRARIES = frozenset({".so", ".pyd", ".dylib", ".dll"})
_LEFT_OUT = frozenset({".py", ".pyc", ".pyi", ".typed", ".md", ".c"})


@dataclass(frozen=True)
class Function:
    """One Lambda function: `key` is its operation, its Terraform key and its zip's name."""

    key: str
    context: str

    @property
    def module(self) -> str:
        return f"handlers.{self.context}.{self.key}"

    @property
    def zip_path(self) -> Path:
        return DIST / f"{self.key}.zip"


def functions() -> list[Function]:
    """Return every function there is: one file per operation under src/handlers/<context>/."""
    found = [
        Function(path.stem, path.parent.name) for path in sorted(HANDLERS.glob("*/*.py")) if path.stem != "__init__"
    ]
    keys = [function.key for function in found]
    if doubles := sorted({key for key in keys if keys.count(key) > 1}):
        raise ToolError(f"Two handlers are named {', '.join(doubles)}: a key must be one function's, rename one.")
    return found


def select(keys: list[str]) -> list[Function]:
    known = {function.key: function for function in functions()}
    if unknown := [key for key in keys if key not in known]:
        raise ToolError(f"No such function: {', '.join(unknown)}. There are: {', '.join(sorted(known))}.")
    return [known[key] for key in keys] if keys else list(known.values())


def _files_beside(modules: dict[str, Path], root: Path) -> dict[str, Path]:
    """Return the data files of the packages that are reached (the X-Ray SDK reads JSON files of its own at import)."""
    files = {}
    for folder in {path.parent for path in modules.values() if path.name == "__init__.py"}:
        for path in _data_in(folder):
            if path.suffix in _COMPILED_LIBRARIES:
                raise ToolError(
                    f"{path.name} is compiled for one processor and must not enter a zip: drop its library."
                )
            if path.suffix not in _LEFT_OUT:
                files[path.relative_to(root).as_posix()] = path
    return files


def _data_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a package and of its folders that hold data only; another package's are its own."""
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif path.name != "__pycache__" and not any(path.glob("*.py")):
            yield from _data_in(path)


def contents(function: Function) -> tuple[dict[str, bytes], dict[str, object]]:
    """Return the files of a function's zip and what the manifest says about them."""
    vendor = vendored.ensure_installed()
    try:
        reached = closure.closure(function.module, SRC, vendor)
    except (closure.UnknownModuleError, SyntaxError) as error:
        raise ToolError(str(error)) from None
    files: dict[str, bytes] = {"bootstrap": BOOTSTRAP}
    for root, modules in ((SRC, reached.own), (vendor, reached.vendored)):
        for path in modules.values():
            name, source = path.relative_to(root).as_posix(), path.read_bytes()
            files[name] = source
            if sys.version_info[:2] == TARGET:
                files[archive.compiled_name(name)] = archive.compiled(source, name)
        files |= {name: path.read_bytes() for name, path in _files_beside(modules, root).items()}
    known = vendored.distributions()
    carried = [known[top] for top in sorted({name.partition(".")[0] for name in reached.vendored})]
    for top in sorted({name.partition(".")[0] for name in reached.vendored if _asks_for_versions(name, reached)}):
        metadata = known[top].metadata
        files[metadata.relative_to(vendor).as_posix()] = metadata.read_bytes()
    return files, {"modules": sorted(reached.own), "libraries": {each.name: each.version for each in carried}}


def _asks_for_versions(module: str, reached: closure.Closure) -> bool:
    """Tell whether a library looks up its installed version, at import in the worst case (python-ulid does)."""
    return "importlib.metadata" in closure.imports_of(reached.vendored[module], module).names


def _inputs() -> str:
    """Hash everything that can change a zip, so that an unchanged tree costs nothing."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for path in [*sorted(SRC.rglob("*")), vendored.LOCK, *TOOLS]:
        if path.is_file() and path.suffix != ".pyc":
            content = path.read_bytes()
            digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_manifest() -> dict:
    """Return the manifest of the last build; without one, that of an empty dist/."""
    try:
        return dict(json.loads(MANIFEST.read_text()))
    except (FileNotFoundError, ValueError):
        return {"functions": {}}


def is_current(manifest: dict, inputs: str) -> bool:
    """Tell whether dist/ is exactly what a build would write now."""
    return manifest.get("inputs") == inputs and all(
        (DIST / entry["zip"]).is_file() and _sha256(DIST / entry["zip"]) == entry["sha256"]
        for entry in manifest["functions"].values()
    )


def build(keys: list[str] | None = None) -> dict:
    """Build the functions named (all when none is) and return the manifest; unchanged zips are not written again."""
    wanted = select(keys or [])
    if not wanted:
        raise ToolError("Nothing to build: src/handlers/<context>/<operation>.py holds no handler.")
    inputs = _inputs()
    manifest = read_manifest()
    if is_current(manifest, inputs) and all(function.key in manifest["functions"] for function in wanted):
        return manifest
    closure.forget()
    entries = dict(manifest["functions"])
    for function in wanted:
        files, facts = contents(function)
        archive.write(function.zip_path, files, programs=frozenset({"bootstrap"}))
        entries[function.key] = {
            "context": function.context,
            "handler": f"{function.module}.handler",
            "zip": function.zip_path.name,
            "bytes": function.zip_path.stat().st_size,
            "sha256": _sha256(function.zip_path),
            **facts,
        }
    existing = {function.key for function in functions()}
    for gone in set(entries) - existing:
        (DIST / entries.pop(gone)["zip"]).unlink(missing_ok=True)
    complete = len(wanted) == len(existing)
    manifest = {
        # A build of some functions leaves the others as they were: only a whole build may claim to be current.
        "inputs": inputs if complete else "",
        "python": ".".join(map(str, TARGET)),
        "compiled": sys.version_info[:2] == TARGET,
        "functions": dict(sorted(entries.items())),
    }
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def main() -> None:
    begun = time.monotonic()
    manifest = build([key for argument in sys.argv[1:] for key in argument.replace(",", " ").split()])
    if not manifest["compiled"]:
        running, target = (".".join(map(str, version)) for version in (sys.version_info[:2], TARGET))
        err.print(f"warning: Python {running} cannot compile for {target}: the zips hold source only.", style="yellow")
    for entry in manifest["functions"].values():
        size, libraries = f"{entry['bytes'] / 1024:.0f} KiB", ", ".join(entry["libraries"])
        out.print(f"{entry['zip']:<32}{size:>10}  {entry['sha256'][:12]}  {libraries}")
    out.print(f"{len(manifest['functions'])} zips in dist/, {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    run_tool(main)
