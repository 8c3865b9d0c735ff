"""What of docs/api is generated and checked in: the example requests, once for each kind of client."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.apidocs import http_file, postman
from tools.apidocs.calls import calls

FOLDER = Path(__file__).parents[2] / "docs/api"


def generated(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each generated file of docs/api by its name."""
    info = document["info"]
    made = calls(document)
    title = f"{info['title']} {info['version']}"
    return {
        "orderflow.http": http_file.rest_client(title, made),
        "orderflow.jetbrains.http": http_file.jetbrains(title, made),
        "orderflow.postman_collection.json": postman.collection(info["title"], info["description"], made),
    }


def stale(wanted: Mapping[str, str]) -> list[str]:
    """Return the names of the generated files that are missing or differ."""
    paths = {name: FOLDER / name for name in wanted}
    return sorted(
        name for name, path in paths.items() if not path.exists() or path.read_text(encoding="utf-8") != wanted[name]
    )
