"""The examples say to the API what the older client says: the scale-up guide's eleven steps, in three languages."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Parser

from tests.support.examples import COMMANDS, LANGUAGES
from tools.paths import ROOT

TIMEOUT_SECONDS = 60
# What the guide's commands send; a pattern stands for what differs in each run.
USER, ORDER, TOKEN = "4f1c2d3e-0000-4000-8000-1234567890ab", "01JGKQ5T9ZXA3V0M2N4P6R8S1T", "eyJ.eyJ.sig"
EMAIL, PASSWORD = re.compile(r"[a-z0-9-]+@example\.com"), re.compile(r"CmdP@\$\$wOrd[0-9]{3}!")
CONVERSATION = [
    ("POST", "/dev/register", None,
     {"email": EMAIL, "password": PASSWORD, "firstName": re.compile("[A-Z][A-Za-z]+"),
      "lastName": re.compile("[A-Z][A-Za-z]+"), "phoneNumber": re.compile(r"\+1[0-9]{10}")}),
    ("POST", "/dev/login", None, {"email": EMAIL, "password": PASSWORD}),
    ("POST", "/dev/orders", TOKEN,
     {"userId": USER,
      "items": [{"productId": "ITEM001", "productName": "Test Item Alpha", "quantity": 1, "price": 19.99},
                {"productId": "ITEM002", "productName": "Test Item Beta", "quantity": 2, "price": 7.5}],
      "shippingAddress": {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}}),
    ("GET", f"/dev/orders?userId={USER}", TOKEN, None),
    ("GET", f"/dev/orders/{ORDER}", TOKEN, None),
    ("POST", "/dev/feedback", TOKEN,
     {"userId": USER, "orderId": ORDER, "rating": 4, "category": "Direct Test",
      "comment": re.compile(r"Testing feedback with direct commands\. API Time: .+")}),
    ("GET", "/dev/analytics", TOKEN, None),
]  # fmt: skip
ANSWERS = [
    {"userSub": USER, "userConfirmed": True},
    {"idToken": TOKEN, "accessToken": "eyJ.eyJ.other", "refreshToken": "eyJ", "expiresIn": 3600},
    {"orderId": ORDER, "status": "PENDING", "total": 3499, "currency": "EUR"},
    {"items": [{"orderId": ORDER}]},
    {"orderId": ORDER, "status": "PROCESSING"},
    {"feedbackId": "1", "rating": 4},
    {"orders": {"PROCESSING": 1}},
]
REFUSAL = {"code": "EMAIL_TAKEN", "message": "There is an account with this e-mail.", "requestId": "r-1"}


class Api(ThreadingHTTPServer):
    """Answers one request after the other with what it was given, and remembers what it heard."""

    def __init__(self, answers: list[tuple[int, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.answers, self.heard = list(answers), []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/dev"


class Desk(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(text) if text else None
        self.server.heard.append((self.command, self.path, self.headers.get("Authorization"), body))
        status, answer = self.server.answers.pop(0)
        payload = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Any]:
    apis: list[Api] = []

    def serving(*answers: tuple[int, Any]) -> Api:
        apis.append(Api(list(answers)))
        threading.Thread(target=apis[-1].serve_forever, daemon=True).start()
        return apis[-1]

    yield serving
    for api in apis:
        api.shutdown()
        api.server_close()


def run(language: str, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    return subprocess.run(
        [*COMMANDS[language], *arguments], cwd=ROOT, env=path | (environment or {}), capture_output=True, text=True,
        timeout=TIMEOUT_SECONDS, check=False,
    )  # fmt: skip


def same(wanted: Any, said: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(said, str) and wanted.fullmatch(said) is not None
    if isinstance(wanted, dict):
        return isinstance(said, dict) and wanted.keys() == said.keys() and all(same(wanted[k], said[k]) for k in wanted)
    if isinstance(wanted, list | tuple):
        return len(wanted) == len(said) and all(map(same, wanted, said))
    return wanted == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_says_what_the_older_client_says(language: str, serve) -> None:
    # Given an API that answers everything well
    api = serve(*((200, answer) for answer in ANSWERS))
    # When the example runs against it
    done = run(language, f"{api.url}/")
    # Then it said the guide's conversation, whole and in order, as one and the same customer
    assert (done.returncode, done.stderr) == (0, "")
    assert [line[:2] for line in api.heard] == [line[:2] for line in CONVERSATION]
    for wanted, said in zip(CONVERSATION, api.heard, strict=True):
        assert same(wanted, said), said
    registered, signed_in = api.heard[0][3], api.heard[1][3]
    assert signed_in == {name: registered[name] for name in ("email", "password")}
    # And it showed each answer, but not the token and not the password
    assert re.findall(r"^(\d+)\.", done.stdout, re.MULTILINE) == ["4", "6", "7", "8", "9", "10", "11"]
    assert ORDER in done.stdout
    assert TOKEN not in done.stdout
    assert registered["password"] not in done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_stops_at_the_first_refusal_and_says_what_the_api_said(language: str, serve) -> None:
    api = serve((409, REFUSAL))
    done = run(language, api.url)
    assert done.returncode == 1
    assert "/dev/register" in done.stderr
    assert REFUSAL["message"] in done.stderr
    assert len(api.heard) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_takes_the_api_s_url_from_the_environment(language: str, serve) -> None:
    api = serve((409, REFUSAL))
    assert run(language, environment={"API_ENDPOINT": api.url}).returncode == 1
    assert [line[:2] for line in api.heard] == [("POST", "/dev/register")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_without_an_api_says_how_to_name_one(language: str) -> None:
    done = run(language)
    assert (done.returncode, "API_ENDPOINT=<base URL>" in done.stderr) == (1, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_that_gets_no_answer_says_so(language: str, serve) -> None:
    # Given a port that nobody listens on any more
    api = serve()
    api.shutdown()
    api.server_close()
    # When, then
    done = run(language, api.url)
    assert (done.returncode, f"{api.url}/register" in done.stderr) == (1, True)


def parses(script: str) -> bool:
    return not Parser(Language(tree_sitter_powershell.language())).parse(script.encode()).root_node.has_error


def test_powershells_example_parses_also_where_there_is_no_powershell() -> None:
    script = Path(ROOT / "examples/powershell/order_and_rate.ps1").read_text(encoding="utf-8")
    assert parses(script)
    assert script.isascii(), "Windows PowerShell reads a file without a byte order mark in the machine's code page"
    for broken in (script.replace("param(", "param((", 1), script.replace("exit 1\n}", "exit 1\n", 1)):
        assert not parses(broken)


@pytest.mark.parametrize("step", CONVERSATION, ids=lambda step: f"{step[0]} {step[1]}")
def test_powershells_example_names_every_route_and_field_of_the_conversation(step) -> None:
    script = Path(ROOT / "examples/powershell/order_and_rate.ps1").read_text(encoding="utf-8")
    method, path, _, body = step
    route = path.removeprefix("/dev").replace(USER, "$userId").replace(ORDER, "$orderId")
    assert re.search(rf"Send-Request {method.title()} ['\"]{re.escape(route)}['\"]", script)
    for name in body or {}:
        assert re.search(rf"\b{name}\s*=", script)
