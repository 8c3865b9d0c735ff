"""Tell whether anything that Terraform would apply has changed."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from tools.paths import ROOT

# Folders and kinds of files that the root reads: its own code, modules, the OpenAPI document, workflow definitions.
_SOURCES = ("terraform", "modules", "workflows")
_KINDS = frozenset({".tf", ".tfvars", ".tfbackend", ".hcl", ".json", ".yaml", ".yml", ".tftpl"})
_SKIPPED = frozenset({".terraform", "tests"})


def _files(root: Path) -> Iterable[Path]:
    for source in _SOURCES:
        for path in sorted((root / source).rglob("*")):
            if path.suffix in _KINDS and not _SKIPPED & set(path.relative_to(root).parts) and path.is_file():
                yield path


def of_inputs(manifest: dict, settings: dict[str, str], root: Path = ROOT) -> str:
    """Hash Terraform's files, the zips (by the manifest) and the settings it is run with (endpoint, variables)."""
    variables = {name: value for name, value in os.environ.items() if name.startswith("TF_VAR_")}
    digest = hashlib.sha256()
    for path in _files(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode() + content)
    zips = {key: entry["sha256"] for key, entry in manifest["functions"].items()}
    digest.update(json.dumps([zips, settings, variables], sort_keys=True).encode())
    return digest.hexdigest()
