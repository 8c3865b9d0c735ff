"""An AI assistant at POST /mcp, from the gateway's event to the tables: tools that are the checkout's own routes."""

import json
from typing import Any

import pytest

from handlers.checkout import serve_checkout_tools
from orderflow.checkout.assistants.messages import CAPABILITIES, VERSION
from orderflow.runtime.api import Request
from tests.support.acp import CURRENT, faults, published
from tests.support.assistant import MODERN, Assistant, told
from tests.support.checkout import ADDRESS, Agent, by_type, keep, key, paid_by
from tests.support.gateway import call
from tests.support.till import Shop

NEW = {"currency": "eur", "capabilities": {}, "line_items": [{"id": "MUG-01", "quantity": 2}]}
TOOLS = [
    "create_checkout_session", "get_checkout_session", "update_checkout_session", "complete_checkout_session",
    "cancel_checkout_session",
]  # fmt: skip


@pytest.fixture
def assistant(agent: Agent) -> Assistant:
    return Assistant(agent.client)


def error(answer: Any) -> int:
    """Return the number of a JSON-RPC error."""
    assert "result" not in answer.body
    return int(answer.body["error"]["code"])


def test_an_assistant_shops_from_the_list_of_tools_to_a_confirmed_order(
    assistant: Assistant, agent: Agent, till: Shop
) -> None:
    # Given the tools
    tools = [tool["name"] for tool in assistant.ask("tools/list").body["result"]["tools"]]
    assert tools == TOOLS
    # When
    session = told(
        assistant.use("create_checkout_session", payload={**NEW, "fulfillment_details": {"address": ADDRESS}})
    )
    chosen = [{"type": "shipping", "option_id": session["fulfillment_options"][0]["id"], "item_ids": []}]
    change = {"buyer": {"email": "jane@example.com"}, "selected_fulfillment_options": chosen}
    session = told(assistant.use("update_checkout_session", id=session["id"], payload=change))
    assert session["status"] == "ready_for_payment", session["messages"]
    till.grant(session, agent)
    done = told(assistant.use("complete_checkout_session", id=session["id"], payload={"payment_data": paid_by("vt_1")}))
    # Then there is one order of what the session showed
    assert done["status"] == "completed"
    (order,) = till.all("orders")
    assert (done["order"]["id"], order["total"]) == (order["orderId"], by_type(session["totals"])["total"])
    assert told(assistant.use("get_checkout_session", id=session["id"]))["order"]["id"] == order["orderId"]


def test_a_tool_and_its_route_are_one_request_by_the_same_key(assistant: Assistant, agent: Agent) -> None:
    session = agent.create(("MUG-01", 2), key="the-key").body
    # When the tool is called with what the route was sent
    result = assistant.use("create_checkout_session", key="the-key", payload=NEW)
    # Then it is the repeat of that request
    assert told(result) == session
    assert result["_meta"]["idempotent_replayed"] == "true"
    # And the other way round, for a path with an id
    assistant.use("cancel_checkout_session", key="another", id=session["id"])
    assert agent.cancel(session["id"], key="another").headers["Idempotent-Replayed"] == "true"


def test_a_session_of_a_tool_is_what_the_route_reads(assistant: Assistant, agent: Agent) -> None:
    session = told(assistant.use("create_checkout_session", payload=NEW))
    assert agent.read(session["id"]).body == session


@published
def test_what_a_tool_answers_is_valid_by_the_published_schema(assistant: Assistant) -> None:
    session = told(assistant.use("create_checkout_session", payload=NEW))
    assert faults(session, "CheckoutSession", CURRENT) == []


def test_a_business_problem_is_a_result_with_messages_and_no_error(assistant: Assistant) -> None:
    items = {**NEW, "line_items": [{"id": "POT-01", "quantity": 9}]}
    result = assistant.use("create_checkout_session", payload=items)
    assert result["isError"] is False
    assert "error" in {message["type"] for message in told(result)["messages"]}


def test_what_the_route_refuses_is_a_failed_result_with_the_protocols_error(assistant: Assistant) -> None:
    result = assistant.use("get_checkout_session", id="cs_01JFR0ZEN00000000000000009")
    assert result["isError"] is True
    assert (told(result)["type"], told(result)["code"]) == ("invalid_request", "session_not_found")


def test_another_clients_session_is_not_there(assistant: Assistant, stranger: Agent) -> None:
    session = stranger.create(("MUG-01", 1)).body
    for tool, more in {"get_checkout_session": {}, "update_checkout_session": {"payload": {}}}.items():
        assert told(assistant.use(tool, id=session["id"], **more))["code"] == "session_not_found"


@pytest.mark.parametrize(
    ("tool", "arguments", "code", "param"),
    [
        ("get_checkout_session", {}, "invalid_arguments", "$.id"),
        ("get_checkout_session", {"id": 7}, "invalid_arguments", "$.id"),
        ("get_checkout_session", {"id": "cs_1", "payload": {}}, "invalid_arguments", "$.payload"),
        ("create_checkout_session", {}, "invalid_arguments", "$.payload"),
        ("create_checkout_session", {"payload": []}, "invalid_arguments", "$.payload"),
        ("create_checkout_session", {"payload": {}}, "invalid_request", "$.payload.capabilities"),
        ("create_checkout_session", {"payload": {**NEW, "line_items": [{"id": 1}]}}, "invalid_request",
         "$.payload.line_items[0].id"),
        ("create_checkout_session", {"meta": {"request_id": 1}, "payload": NEW}, "invalid_arguments",
         "$.meta.request_id"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_told_to_the_model_with_their_place(
    assistant: Assistant, tool: str, arguments: dict[str, Any], code: str, param: str
) -> None:
    result = assistant.use(tool, **arguments)
    assert result["isError"] is True
    assert (told(result)["code"], told(result)["param"]) == (code, param)


def test_what_a_route_takes_as_a_header_is_missed_in_meta(assistant: Assistant) -> None:
    keyless = told(assistant.use("create_checkout_session", key=None, payload=NEW))
    assert (keyless["code"], keyless["param"]) == ("idempotency_key_required", "$.meta.idempotency_key")
    arguments = {"meta": {"idempotency_key": "a"}, "payload": NEW}
    answer = assistant.ask("tools/call", {"name": "create_checkout_session", "arguments": arguments})
    refusal = told(answer.body["result"])
    assert (refusal["code"], refusal["param"]) == ("missing_api_version", "$.meta.api_version")
    assert refusal["supported_versions"] == ["2026-04-17", "2025-09-29"]


def test_the_same_key_for_other_arguments_is_a_conflict(assistant: Assistant) -> None:
    assistant.use("create_checkout_session", key="a", payload=NEW)
    other = {**NEW, "line_items": [{"id": "MUG-01", "quantity": 3}]}
    assert told(assistant.use("create_checkout_session", key="a", payload=other))["code"] == "idempotency_conflict"


def test_an_id_stays_one_part_of_the_path(assistant: Assistant) -> None:
    result = assistant.use("cancel_checkout_session", id="cs_1/../cs_2?x=%2e")
    assert told(result)["code"] == "session_not_found"


def test_a_request_id_comes_back(assistant: Assistant) -> None:
    result = assistant.use("create_checkout_session", key="a", meta={"request_id": "req-9"}, payload=NEW)
    assert {name: result["_meta"][name] for name in ("request_id", "idempotency_key")} == {
        "request_id": "req-9", "idempotency_key": "a",
    }  # fmt: skip


def test_a_key_is_told_of_the_tools_that_it_may_use_and_may_use_no_other(
    dynamodb: Any, tables: dict[str, str], assistant: Assistant
) -> None:
    reader = Assistant(keep(dynamodb, tables, key("01JFR0ZEN0000000000000000C", scopes=("checkout:read",))))
    assert [tool["name"] for tool in reader.ask("tools/list").body["result"]["tools"]] == ["get_checkout_session"]
    assert told(reader.use("create_checkout_session", payload=NEW))["code"] == "insufficient_scope"


def test_a_key_beyond_its_rate_is_told_to_wait(dynamodb: Any, tables: dict[str, str], assistant: Assistant) -> None:
    slow = key("01JFR0ZEN0000000000000000D")
    hasty = Assistant(keep(dynamodb, tables, type(slow)(**{**vars(slow), "rate_per_minute": 1})))
    assert hasty.ask("tools/list").status == 200
    result = hasty.use("get_checkout_session", id="cs_1")
    assert (result["isError"], int(result["_meta"]["retry_after"]) > 0) == (True, True)
    assert hasty.ask("tools/list").status == 429


def test_who_shows_no_key_is_told_so_as_everywhere(assistant: Assistant) -> None:
    answer = call(serve_checkout_tools.handler, route="POST /mcp", body={"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert (answer.status, answer.body["type"], answer.code) == (401, "invalid_request", "not_authenticated")


def test_a_failure_of_ours_is_a_failed_result_and_is_counted(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_request: Request) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("handlers.agents.operations.reading.speaking", broken)
    result = assistant.use("get_checkout_session", id="cs_1")
    assert (result["isError"], told(result)["type"]) == (True, "processing_error")
    assert "a secret" not in json.dumps(result)
    assert '"ToolsFailed"' in capsys.readouterr().out


# What is no message, or none of this server's.


def test_a_batch_is_refused(assistant: Assistant) -> None:
    answer = assistant.post([{"jsonrpc": "2.0", "id": 1, "method": "ping"}])
    assert (answer.status, error(answer), answer.body["id"]) == (400, -32600, None)


@pytest.mark.parametrize("body", ["{", "", '"a', "\ud800"])
def test_what_is_no_json_is_a_parse_error(assistant: Assistant, body: str) -> None:
    answer = assistant.post(body)
    assert (answer.status, error(answer), answer.body["id"]) == (400, -32700, None)


@pytest.mark.parametrize(
    "message",
    [
        7,
        {},
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "ping"},
        {"jsonrpc": "2.0", "id": True, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "method": 1},
        {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ],
)
def test_what_is_no_message_is_an_invalid_request_without_an_id(assistant: Assistant, message: Any) -> None:
    answer = assistant.post(message)
    assert (answer.status, error(answer), answer.body["id"]) == (400, -32600, None)


def test_a_notification_has_no_answer(assistant: Assistant) -> None:
    answer = assistant.post({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status, answer.body) == (202, None)


@pytest.mark.parametrize(("version", "status"), [(MODERN, 404), ("2025-11-25", 200)])
def test_an_unknown_method_is_none_in_the_way_of_its_version(agent: Agent, version: str, status: int) -> None:
    answer = Assistant(agent.client, version).ask("resources/list")
    assert (answer.status, error(answer), answer.body["id"]) == (status, -32601, 7)


@pytest.mark.parametrize(("version", "status"), [(MODERN, 400), ("2025-11-25", 200)])
@pytest.mark.parametrize(
    "params", [{"name": "buy"}, {"name": "get_checkout_session", "arguments": 7}, {"name": 7, "arguments": {}}]
)
def test_a_call_of_no_tool_is_invalid(agent: Agent, params: dict[str, Any], version: str, status: int) -> None:
    answer = Assistant(agent.client, version).ask("tools/call", params, Mcp_Name=str(params["name"]))
    assert (answer.status, error(answer), answer.body["id"]) == (status, -32602, 7)


def test_there_is_one_page_of_tools(assistant: Assistant) -> None:
    assert error(assistant.ask("tools/list", {"cursor": "x"})) == -32602


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", ""])
def test_a_page_of_somebody_else_is_refused(assistant: Assistant, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", "https://shop.example.com")
    assert assistant.ask("tools/list", Origin="https://shop.example.com").status == 200
    answer = assistant.ask("tools/list", Origin=origin)
    assert (answer.status, answer.code) == (403, "origin_refused")


# Versions.


@pytest.mark.parametrize(
    ("asked", "agreed"),
    [("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2024-11-05", "2025-11-25"), (MODERN, "2025-11-25")],
)
def test_a_handshake_agrees_on_a_version_that_has_one(assistant: Assistant, asked: str, agreed: str) -> None:
    params = {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    answer = assistant.post({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
    result = answer.body["result"]
    assert (answer.status, result["protocolVersion"], result["capabilities"]) == (200, agreed, {"tools": {}})
    assert result["serverInfo"]["name"] == "orderflow"
    assert "Mcp-Session-Id" not in answer.headers


def test_a_client_with_a_handshake_pings_lists_and_calls(agent: Agent) -> None:
    older = Assistant(agent.client, "2025-06-18")
    assert older.ask("ping").body == {"jsonrpc": "2.0", "id": 7, "result": {}}
    assert set(older.ask("tools/list").body["result"]) == {"tools"}
    assert told(older.use("create_checkout_session", payload=NEW))["status"] == "not_ready_for_payment"


def test_a_client_without_a_handshake_discovers_and_is_told_what_each_result_is(assistant: Assistant) -> None:
    result = assistant.ask("server/discover").body["result"]
    assert result["supportedVersions"] == [MODERN, "2025-11-25", "2025-06-18"]
    assert (result["resultType"], result["cacheScope"], result["ttlMs"] > 0) == ("complete", "public", True)
    listed = assistant.ask("tools/list").body["result"]
    # By scope: another key may see other tools.
    assert (listed["resultType"], listed["cacheScope"]) == ("complete", "private")
    assert assistant.use("get_checkout_session", id="cs_1")["resultType"] == "complete"
    assert error(assistant.ask("ping")) == error(assistant.ask("initialize")) == -32601


@pytest.mark.parametrize("version", ["2024-11-05", "2027-01-01", "x"])
def test_a_version_that_is_not_served_is_refused_with_those_that_are(assistant: Assistant, version: str) -> None:
    modern = assistant.ask("tools/list", {"_meta": {VERSION: version}}, MCP_Protocol_Version=version)
    legacy = assistant.post({"jsonrpc": "2.0", "id": 7, "method": "ping"}, {"MCP-Protocol-Version": version})
    for answer in (modern, legacy):
        assert (answer.status, error(answer)) == (400, -32022)
        supported = [MODERN, "2025-11-25", "2025-06-18"]
        assert answer.body["error"]["data"] == {"supported": supported, "requested": version}


@pytest.mark.parametrize(
    "headers",
    [
        {"MCP_Protocol_Version": None},
        {"MCP_Protocol_Version": "2025-11-25"},
        {"Mcp_Method": None},
        {"Mcp_Method": "tools/list"},
        {"Mcp_Name": None},
        {"Mcp_Name": "cancel_checkout_session"},
        {"Mcp_Name": "=?base64?####?="},
    ],
)
def test_a_header_that_says_something_else_than_the_message_is_a_mismatch(
    assistant: Assistant, headers: dict[str, str | None]
) -> None:
    params = {"name": "get_checkout_session", "arguments": {"id": "cs_1"}}
    answer = assistant.ask("tools/call", params, **headers)
    assert (answer.status, error(answer)) == (400, -32020)


def test_a_name_may_be_encoded_in_its_header(assistant: Assistant) -> None:
    encoded = "=?base64?Z2V0X2NoZWNrb3V0X3Nlc3Npb24=?="
    answer = assistant.ask("tools/call", {"name": "get_checkout_session", "arguments": {}}, Mcp_Name=encoded)
    assert told(answer.body["result"])["code"] == "invalid_arguments"


@pytest.mark.parametrize("meta", [{CAPABILITIES: None}, {VERSION: 7}])
def test_a_request_without_what_its_version_requires_is_invalid(assistant: Assistant, meta: dict[str, Any]) -> None:
    answer = assistant.ask("tools/list", {"_meta": meta})
    assert (answer.status, error(answer)) == (400, -32602)


def test_a_lenient_checkout_takes_calls_without_key_and_version(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKOUT_MODE", "lenient")
    call_ = {"name": "create_checkout_session", "arguments": {"payload": NEW}}
    assert told(assistant.ask("tools/call", call_).body["result"])["status"] == "not_ready_for_payment"
