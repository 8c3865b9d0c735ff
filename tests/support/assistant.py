"""An AI assistant's client at POST /mcp: messages of the Model Context Protocol, with and without a handshake."""

import json
from dataclasses import dataclass
from typing import Any

from handlers.checkout import serve_checkout_tools
from orderflow.checkout.assistants.messages import CAPABILITIES, VERSION
from orderflow.runtime.caller import Client
from tests.support.checkout import VERSION as CHECKOUT_VERSION
from tests.support.gateway import Answer, call

MODERN = "2026-07-28"


@dataclass
class Assistant:
    """One client; without a handshake unless `version` is an older one."""

    client: Client
    version: str = MODERN
    sent: int = 0

    def ask(self, method: str, params: dict[str, Any] | None = None, **headers: str | None) -> Answer:
        """Send one request as the version wants it; a header given as None is left out."""
        params = dict(params or {})
        own = {"MCP-Protocol-Version": self.version}
        if self.version == MODERN:
            params["_meta"] = {VERSION: MODERN, CAPABILITIES: {}, **params.get("_meta", {})}
            own |= {"Mcp-Method": method} | ({"Mcp-Name": params["name"]} if "name" in params else {})
        chosen = own | {name.replace("_", "-"): value for name, value in headers.items()}
        shown = {name: value for name, value in chosen.items() if value is not None}
        return self.post({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}, shown)

    def use(self, tool: str, *, key: str | None = "", **arguments: Any) -> dict[str, Any]:
        """Call a tool; return its result. Each call has a key of its own unless one is given, or none with None."""
        self.sent += 1
        meta = {"api_version": CHECKOUT_VERSION} | arguments.pop("meta", {})
        if key is not None and tool != "get_checkout_session":
            meta["idempotency_key"] = key or f"{self.client.key_id}-{self.sent}"
        answer = self.ask("tools/call", {"name": tool, "arguments": {"meta": meta, **arguments}})
        assert answer.status == 200, answer.body
        return dict(answer.body["result"])

    def post(self, message: Any, headers: dict[str, str] | None = None) -> Answer:
        """Send anything."""
        return call(
            serve_checkout_tools.handler, route="POST /mcp", client=self.client, body=message, headers=headers or {}
        )


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Return what a tool answered, having seen that the text says the same as the value."""
    (content,) = result["content"]
    assert content["type"] == "text"
    assert json.loads(content["text"]) == result["structuredContent"]
    return dict(result["structuredContent"])
