"""Calls as a Postman collection (format 2.1), a folder for each chapter.

https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tools.apidocs.calls import FRESH_ID, Call, variables
from tools.apidocs.journey import UNSET

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
# How often, and how long apart, a request that waits for the order asks again.
_ATTEMPTS = 60
_PAUSE_MILLISECONDS = 500


def collection(title: str, description: str, calls: Sequence[Call]) -> str:
    """Return the collection's JSON; the same calls give the same bytes."""
    folders = groupby(calls, lambda call: call.chapter)
    content = {
        "info": {
            # An import of a newer version offers to replace the older one.
            "_postman_id": str(uuid5(NAMESPACE_URL, title)),
            "name": title,
            "description": description.strip(),
            "schema": _SCHEMA,
        },
        "item": [{"name": chapter, "item": [_item(call) for call in inside]} for chapter, inside in folders],
        "variable": [{"key": name, "value": value, "type": "string"} for name, value in variables(calls).items()],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _item(call: Call) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": call.method,
        "header": [
            {"key": name, "value": value.replace(FRESH_ID, "{{$guid}}")} for name, value in call.headers.items()
        ],
        "url": _url(call),
    }
    if call.description:
        request["description"] = call.description
    if call.body is not None:
        request["body"] = {
            "mode": "raw",
            "raw": json.dumps(call.body, indent=2, ensure_ascii=False),
            "options": {"raw": {"language": "json"}},
        }
    scripts = {"prerequest": list(_condition(call)), "test": list(_script(call))}
    return {
        "name": call.title,
        "event": [
            {"listen": event, "script": {"type": "text/javascript", "exec": lines}}
            for event, lines in scripts.items()
            if lines
        ],
        "request": request,
        "response": [],
    }


def _url(call: Call) -> Mapping[str, Any]:
    query: list[dict[str, Any]] = [{"key": name, "value": value} for name, value in call.query.items()]
    query += [
        {"key": option.name, "value": option.value, "description": option.description, "disabled": True}
        for option in call.options
    ]
    return {
        "raw": f"{{{{baseUrl}}}}{call.target}",
        "host": ["{{baseUrl}}"],
        "path": call.path.strip("/").split("/"),
        **({"query": query} if query else {}),
    }


def _condition(call: Call) -> Iterator[str]:
    """Yield what keeps back a request that needs what only the reader can know."""
    if call.needs:
        yield f'if (pm.variables.get("{call.needs}") === "{UNSET}") pm.execution.skipRequest();'


def _script(call: Call) -> Iterator[str]:
    """Yield what runs after the answer: its test, what later requests need, and the wait for an order."""
    yield f'pm.test("answers {call.status}", () => pm.response.to.have.status({call.status}));'
    for variable, field in call.keep.items():
        yield f'pm.collectionVariables.set("{variable}", pm.response.json().{field});'
    if call.until:
        yield 'const asked = Number(pm.collectionVariables.get("asked") || 0) + 1;'
        yield f'const waits = pm.response.json().status !== "{call.until}" && asked < {_ATTEMPTS};'
        yield 'pm.collectionVariables.set("asked", waits ? asked : 0);'
        yield f"if (waits) setTimeout(() => pm.execution.setNextRequest(pm.info.requestId), {_PAUSE_MILLISECONDS});"
        yield f'else pm.test("is {call.until}", () => pm.expect(pm.response.json().status).to.eql("{call.until}"));'
