"""The API's page: one HTML file with everything in it, which works from a disk without a network.

Redoc draws it. Its bundle comes from PyPI by hash (drf-spectacular-sidecar: a Django app of which only the files are
read, see docs/decisions/0024-docs-people-use.md). A Content-Security-Policy forbids the page to load anything.
"""

import json
import re
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from string import Template
from typing import Any

from tools.apidocs.calls import calls
from tools.apidocs.curl import curl
from tools.apidocs.files import FOLDER
from tools.apidocs.prose import prose
from tools.terminal import ToolError

PAGE = FOLDER / "index.html"
_PARTS = Path(__file__).parent
_BUNDLE = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
# The one thing that Redoc would fetch: the logo beside its own name.
_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
_NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


def page(document: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document, with our prose before its operations and a curl line beside each."""
    info = document["info"]
    return Template((_PARTS / "page.html").read_text(encoding="utf-8")).substitute(
        title=f"{info['title']} API {info['version']}",
        document=_json(json.dumps(_told(document), ensure_ascii=False)),
        options=_json((_PARTS / "redoc.json").read_text(encoding="utf-8")),
        redoc=bundle(),
    )


def bundle() -> str:
    """Return Redoc without the one picture that it would fetch; raises ToolError when the bundle is another one."""
    path = Path(str(distribution("drf-spectacular-sidecar").locate_file(_BUNDLE)))
    if not path.exists():
        raise ToolError(f"drf-spectacular-sidecar has no {_BUNDLE} any more: find Redoc's bundle and say where it is.")
    text = path.read_text(encoding="utf-8").removesuffix("\n")
    if text.count(_LOGO) != 1:
        raise ToolError(f"Redoc names {_LOGO} {text.count(_LOGO)} times instead of once: see what it fetches now.")
    return re.sub(r"\n//# sourceMappingURL=.*$", "", text.replace(_LOGO, _NO_PICTURE))


def _told(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with our prose in its description and a sample of each call."""
    description = f"{document['info']['description']}\n\n{prose(PAGE)}"
    samples: dict[str, str] = {}
    for call in calls(document):
        samples.setdefault(call.operation, curl(call))
    return {
        **document,
        "info": {**document["info"], "description": description},
        "paths": {path: _sampled(item, samples) for path, item in document["paths"].items()},
    }


def _sampled(item: Mapping[str, Any], samples: Mapping[str, str]) -> dict[str, Any]:
    def sampled(operation: Any) -> Any:
        source = samples.get(operation["operationId"]) if "operationId" in operation else None
        return {**operation, "x-codeSamples": [{"lang": "curl", "source": source}]} if source else operation

    return {key: sampled(part) if isinstance(part, dict) else part for key, part in item.items()}


def _json(text: str) -> str:
    """Return JSON that nothing in it can leave the script element with."""
    return text.replace("<", r"\u003c")
