"""One POST to somebody else's server, over real sockets on loopback."""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from orderflow.checkout.webhooks import outgoing
from orderflow.checkout.webhooks.outgoing import MOST_READ
from tests.support.receiver import Receiver, raw_server, receiver

BODY = b'{"type":"order_create"}'
post = partial(outgoing.post, loopback_allowed=True)


@pytest.fixture
def agent() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def test_body_and_headers_arrive_as_they_were_given(agent: Receiver) -> None:
    answer = post(agent.url, BODY, {"Content-Type": "application/json", "Webhook-Id": "evt-1"})
    assert (answer.status, answer.error) == (200, None)
    (got,) = agent.got
    assert (got.path, got.body) == ("/hook", BODY)
    assert {name: got.headers[name] for name in ("Content-Type", "Webhook-Id", "Content-Length", "Host")} == {
        "Content-Type": "application/json",
        "Webhook-Id": "evt-1",
        "Content-Length": str(len(BODY)),
        "Host": agent.url.split("/")[2],
    }


@pytest.mark.parametrize("status", [201, 301, 307, 404, 410, 500])
def test_a_status_is_told_and_a_redirect_not_followed(agent: Receiver, status: int) -> None:
    with receiver() as elsewhere:
        agent.answer = lambda _: (status, {"Location": elsewhere.url})
        assert post(agent.url, BODY, {}).status == status
        assert (len(agent.got), elsewhere.got) == (1, [])


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), ("0", 0), ("-5", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("9" * 40, 0)]
)
def test_retry_after_is_understood_in_seconds_only(agent: Receiver, header: str, seconds: int) -> None:
    agent.answer = lambda _: (503, {"Retry-After": header})
    assert post(agent.url, BODY, {}).retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["93.184.216.34", "10.0.0.1"],
        ["::ffff:169.254.169.254"],
        [],
        ["fd00:ec2::254"],
    ],
)
def test_one_private_address_among_all_that_a_name_resolves_to_is_enough_to_send_nothing(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *arguments: connected.append(arguments))
    answer = outgoing.post(
        "https://agent.example.com/", BODY, {}, loopback_allowed=False, resolve=lambda _host, _port: addresses
    )
    assert (answer.status, answer.error, connected) == (None, "refused address", [])


def test_loopback_is_refused_where_it_is_not_allowed_also_behind_a_name(agent: Receiver) -> None:
    by_name = outgoing.post(
        "https://agent.example.com/", BODY, {}, loopback_allowed=False, resolve=lambda _host, _port: ["127.0.0.1"]
    )
    by_address = outgoing.post(agent.url, BODY, {}, loopback_allowed=False)
    assert (by_name.error, by_address.error, agent.got) == ("refused address", "refused url", [])


def test_the_connection_goes_to_the_address_that_was_judged_and_the_name_into_the_host_header(agent: Receiver) -> None:
    port = int(agent.url.split(":")[2].split("/")[0])
    asked = []

    def once(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    answer = post(f"http://agent.invalid:{port}/x", BODY, {}, resolve=once)  # .invalid resolves nowhere: RFC 6761
    assert (answer.status, asked) == (200, [("agent.invalid", port)])
    assert agent.got[0].headers["Host"] == f"agent.invalid:{port}"


def test_a_certificate_must_be_of_the_name_and_of_an_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make_certificate(certificate, key, "agent.invalid")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with receiver(server) as agent:
        port = int(agent.url.split(":")[2].split("/")[0])
        there = partial(post, body=BODY, headers={}, resolve=lambda _host, _port: ["127.0.0.1"])
        unknown = there(f"https://agent.invalid:{port}/")
        monkeypatch.setattr(outgoing, "_tls", lambda: trusting)
        right, wrong_name = there(f"https://agent.invalid:{port}/"), there(f"https://other.invalid:{port}/")
    assert (unknown.error, right.status, wrong_name.error) == (
        "certificate or TLS refused", 200, "certificate or TLS refused",
    )  # fmt: skip
    assert len(agent.got) == 1


def make_certificate(certificate: Path, key: Path, name: str) -> None:
    openssl = shutil.which("openssl")
    assert openssl
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, "req", *kind, *subject, *files], check=True, capture_output=True, timeout=30)


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    answer = post(f"http://127.0.0.1:{port}/", BODY, {})
    assert (answer.status, answer.error) == (None, "connection refused")


def test_a_name_that_resolves_nowhere_is_no_answer() -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("nothing")

    assert post("http://agent.invalid/", BODY, {}, resolve=nowhere).error == "name not resolved"


def test_a_receiver_that_never_answers_is_left_when_the_time_is_over() -> None:
    ended = Event()
    with raw_server(lambda connection: ended.wait(60)) as url:
        answer = post(url, BODY, {}, total_seconds=0.3)
        ended.set()
    assert (answer.status, answer.error) == (None, "timeout")
    assert 250 <= answer.milliseconds < 8000  # a busy machine pauses


def test_a_receiver_that_drips_is_left_as_well() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(600):
            connection.sendall(f"X-{number}: y\r\n".encode())
            time.sleep(0.05)

    with raw_server(drip) as url:
        answer = post(url, BODY, {}, total_seconds=0.4)
    assert (answer.status, answer.error, answer.milliseconds < 8000) == (None, "timeout", True)


def test_of_a_large_answer_little_is_read() -> None:
    sent = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            sent.append(connection.send(b"x" * 65536))

    with raw_server(flood) as url:
        answer = post(url, BODY, {})
    assert answer.status == 200
    assert MOST_READ == 16384
    assert sum(sent) < 50_000_000  # what fits into the sockets' own buffers


@pytest.mark.parametrize(
    "nonsense", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200]
)
def test_what_is_no_http_is_no_answer_and_nothing_of_it_is_kept(nonsense: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(nonsense)

    with raw_server(talk) as url:
        answer = post(url, BODY, {})
    assert answer.status is None
    assert answer.error in ("no HTTP answer", "connection failed")
