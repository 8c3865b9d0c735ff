"""AI assistants shop at the running system, by a client that others wrote: the SDK of the Model Context Protocol."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.agent import Agent
from tests.e2e.shop import Shop
from tests.support.acp import CURRENT
from tests.support.checkout import ADDRESS, by_type, paid_by
from tools.paths import ROOT

PYTHON = ROOT / ".venv-assistant" / "bin" / "python"
CLIENT = Path(__file__).with_name("assistant_client.py")

needs_the_sdk = pytest.mark.skipif(
    not PYTHON.exists(), reason="the SDK is not installed: `make .venv-assistant/.installed` makes its environment"
)


class Assistant:
    """The SDK's client in a process of its own, spoken to line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.met = self._heard()

    def use(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool; return what it answered."""
        meta = {"api_version": CURRENT} | ({} if tool == "get_checkout_session" else {"idempotency_key": uuid4().hex})
        asked = {"tool": tool, "arguments": {"meta": meta, **arguments}}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        heard = self._heard()
        assert heard["isError"] is False, heard["text"]
        assert json.loads(heard["text"]) == heard["structuredContent"]
        return dict(heard["structuredContent"])

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the client ended: {self._process.communicate(timeout=30)[1][-2000:]}"
        return dict(json.loads(line))


@contextmanager
def connected(agent: Agent, mode: str) -> Iterator[Assistant]:
    """Connect as an assistant does: with a URL and a key."""
    command = [str(PYTHON), str(CLIENT), f"{agent.url}/mcp", mode]
    pipe = subprocess.PIPE
    environment = {**os.environ, "ASSISTANT_KEY": agent.key}
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)
    try:
        yield Assistant(process)
    finally:
        process.kill()
        process.communicate(timeout=30)


@needs_the_sdk
@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_an_assistant_shops_from_the_list_of_tools_to_a_confirmed_order(
    agent: Agent, admin: Shop, mode: str, version: str
) -> None:
    (currency,) = agent.ask("GET", "/.well-known/acp.json").json()["capabilities"]["supported_currencies"]
    with connected(agent, mode) as assistant:
        # Given the version that both speak, and the tools
        assert assistant.met["version"] == version
        assert len(assistant.met["tools"]) == 5
        # When the assistant puts a session together and pays for it
        items = [{"id": "test_1", "quantity": 2}]
        begun = {
            "currency": currency,
            "capabilities": {},
            "line_items": items,
            "fulfillment_details": {"address": ADDRESS},
        }
        session = assistant.use("create_checkout_session", payload=begun)
        option = session["fulfillment_options"][0]["id"]
        chosen = [{"type": "shipping", "option_id": option, "item_ids": []}]
        change = {"buyer": {"email": "jane@example.com"}, "selected_fulfillment_options": chosen}
        session = assistant.use("update_checkout_session", id=session["id"], payload=change)
        assert session["status"] == "ready_for_payment", session["messages"]
        payment = {"payment_data": paid_by(agent.delegated(session))}
        assistant.use("complete_checkout_session", id=session["id"], payload=payment)
        done = agent.seen(session, "completed")
        # Then the session has its order, by the tool as by the route
        assert assistant.use("get_checkout_session", id=session["id"])["order"]["id"] == done["order"]["id"]
    order = admin.finished(done["order"]["id"])
    assert (order["status"], order["total"]) == ("CONFIRMED", by_type(session["totals"])["total"])


def test_there_is_neither_a_stream_nor_a_session_to_end(agent: Agent) -> None:
    for method in ("GET", "DELETE"):
        answer = requests.request(method, f"{agent.url}/mcp", timeout=30)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert (answer.json()["type"], answer.json()["code"]) == ("invalid_request", "method_not_allowed")


def test_a_wrong_key_is_refused_before_any_message_is_read(agent: Agent) -> None:
    wrong = {"Authorization": f"Bearer {agent.key[:-4]}0000"}
    answer = requests.post(
        f"{agent.url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers=wrong, timeout=30
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_what_is_no_message_is_told_so_by_the_function_and_not_by_the_edge(agent: Agent) -> None:
    answer = agent.ask("POST", "/mcp", [{"jsonrpc": "2.0", "id": 1, "method": "ping"}])
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600)
