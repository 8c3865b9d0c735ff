"""What a client of MCP is answered: results and errors of JSON-RPC, who this server is, what a tool's call came to."""

import json
from collections.abc import Mapping
from typing import Any

from orderflow.checkout.assistants.messages import Message
from orderflow.checkout.assistants.versions import LEGACY, SUPPORTED
from orderflow.runtime.json_text import JsonText, json_text

# What is told to the model: how the tools belong together. What each does stands with the tool.
INSTRUCTIONS = (
    "A shop's checkout. Create a session with the items to buy, then update it until its status is "
    "ready_for_payment: messages say what is missing, fulfillment_options how it can be sent, totals what it costs, in "
    "the smallest unit of its currency. Ask the buyer before you complete: that pays, and places one order. "
    "A session that is complete_in_progress is read again until it says what became of the order. "
    "Every call that changes something takes a new meta.idempotency_key; the very same call with the same key may be "
    "repeated without harm."
)
_CACHED_MS = 3_600_000
# Refusals of what the routes take in headers, and where a tool takes it.
_IN_META = {
    "missing_api_version": "$.meta.api_version",
    "unsupported_api_version": "$.meta.api_version",
    "idempotency_key_required": "$.meta.idempotency_key",
    "idempotency_key_invalid": "$.meta.idempotency_key",
}
_SERVER = "io.modelcontextprotocol/serverInfo"


def result(message: Message, value: Mapping[str, Any], server: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to a request; `server` is its name and version."""
    told = dict(value)
    if message.modern:
        told = {"resultType": "complete", **told, "_meta": {**told.get("_meta", {}), _SERVER: dict(server)}}
    return {"jsonrpc": "2.0", "id": message.id, "result": told}


def failure(message_id: str | int | None, error: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a request that is none, or that nothing here can do."""
    return {"jsonrpc": "2.0", "id": message_id, "error": dict(error)}


def initialized(asked: str, server: Mapping[str, str]) -> dict[str, Any]:
    """Return what a handshake comes to: the version that was asked for, else the newest that has one."""
    version = asked if asked in LEGACY else LEGACY[0]
    return {
        "protocolVersion": version,
        "capabilities": {"tools": {}},
        "serverInfo": dict(server),
        "instructions": INSTRUCTIONS,
    }


def discovered() -> dict[str, Any]:
    """Return what a client without a handshake may ask first."""
    told = {"supportedVersions": list(SUPPORTED), "capabilities": {"tools": {}}, "instructions": INSTRUCTIONS}
    return {**told, "ttlMs": _CACHED_MS, "cacheScope": "public"}


def listed(message: Message, tools: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the tools, all on one page; which ones depends on the key, so nobody may share them."""
    return {"tools": tools, **({"ttlMs": _CACHED_MS, "cacheScope": "private"} if message.modern else {})}


def called(status: int, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return a tool's answer as a value and as text; `_meta` holds its headers, named as in the tool's own `meta`."""
    text = body if isinstance(body, JsonText) else json_text(body)
    told: dict[str, Any] = {
        "content": [{"type": "text", "text": text}],
        "structuredContent": json.loads(text),
        "isError": status >= 400,
    }
    if headers:
        told["_meta"] = {name.lower().replace("-", "_"): value for name, value in headers.items()}
    return told


def located(refused: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checkout's error with `param` as a path into the tool's arguments, not into a route's body."""
    told = dict(refused)
    if at := _IN_META.get(told["code"]):
        told["param"] = at
    elif told["code"] != "invalid_arguments" and "param" in told:
        told["param"] = f"$.payload{told['param'].removeprefix('$')}"
    return told
