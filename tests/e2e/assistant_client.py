"""An assistant's client as others wrote it: the official SDK of the Model Context Protocol.

`python assistant_client.py <url> <mode>`, in an environment of its own: mode `auto` speaks without a handshake where
the server can, `legacy` begins with one. The client key stands in ASSISTANT_KEY. Each line read is a call, `{"tool",
"arguments"}`, each line written its result, `{"isError", "structuredContent", "text"}`; the first one is `{"version",
"tools"}`.
"""

import asyncio
import json
import os
import sys
from typing import Any

import httpx2  # type: ignore[import-not-found]  # requirements/assistant.txt
from mcp import Client  # type: ignore[import-not-found]  # installed in .venv-assistant alone
from mcp.client.streamable_http import streamable_http_client  # type: ignore[import-not-found]  # installed in .venv-assistant alone

_TIMEOUT_SECONDS = 60


async def main(url: str, mode: str) -> None:
    headers = {"Authorization": f"Bearer {os.environ['ASSISTANT_KEY']}"}
    async with httpx2.AsyncClient(headers=headers, timeout=_TIMEOUT_SECONDS) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, mode=mode, read_timeout_seconds=_TIMEOUT_SECONDS) as client:
            tools = await client.list_tools()
            said(version=client.protocol_version, tools=[tool.model_dump(by_alias=True) for tool in tools.tools])
            for line in sys.stdin:
                asked = json.loads(line)
                result = await client.call_tool(asked["tool"], asked["arguments"])
                said(
                    isError=result.is_error,
                    structuredContent=result.structured_content,
                    text="".join(content.text for content in result.content),
                )


def said(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
