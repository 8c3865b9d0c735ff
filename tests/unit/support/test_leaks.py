"""The reader of everything that leaves the system knows a secret when it sees one, and nothing else."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from tests.support.leaks import CARD_NUMBER, CLIENT_KEY, EMAIL, PAYMENT_TOKEN, SIGN_IN_TOKEN, WEBHOOK_SECRET, secrets_in

ROOT = Path(__file__).resolve().parents[3]
KEY = f"ofk_01JFR0ZEN00000000000000001_{'0123456789abcdef' * 4}"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


def kinds(text: str) -> list[str]:
    return [secret.kind for secret in secrets_in(text)]


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        (PAYMENT_TOKEN, "sandbox_approve"),
        (PAYMENT_TOKEN, "sandbox_insufficient_funds"),
        (PAYMENT_TOKEN, "pm_1NXWPnCo6bFb1KQtoBDdeNXX"),
        (PAYMENT_TOKEN, "pm_card_visa"),
        (PAYMENT_TOKEN, "tok_visa"),
        (PAYMENT_TOKEN, "card_1MvoiELkdIwHu7ixOeFGbN9D"),
        (PAYMENT_TOKEN, "sk_test_51Hxyz"),
        (PAYMENT_TOKEN, "whsec_abc123"),
        (PAYMENT_TOKEN, "pi_3MtwBwLk_secret_YrKJUKribcBj"),
        (SIGN_IN_TOKEN, JWT),
        (SIGN_IN_TOKEN, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."),
        (CLIENT_KEY, KEY),
        (WEBHOOK_SECRET, f"ofwh_{'0123456789abcdef' * 4}"),
        (CLIENT_KEY, "ofk_01JFR0ZEN00000000000000001_0123456789"),
        (CARD_NUMBER, "4242424242424242"),
        (CARD_NUMBER, "4242 4242 4242 4242"),
        (CARD_NUMBER, "5555-5555-5555-4444"),
        (CARD_NUMBER, "378282246310005"),
        (CARD_NUMBER, "3782 822463 10005"),
        (CARD_NUMBER, "2223003122003222"),
        (CARD_NUMBER, "6011111111111117"),
        (EMAIL, "ada@example.com"),
        (EMAIL, "ada.lovelace+shop@mail.example.co.uk"),
        (EMAIL, "ada%40example.com"),
    ],
)
@pytest.mark.parametrize("around", ["{}", '{{"a":"{}","b":1}}', "failed for {}.", "?x={}&y=1"])
def test_a_secret_is_found_and_never_repeated(kind, secret, around):
    [found] = secrets_in(around.format(secret))
    assert found.kind == kind
    assert secret not in found.excerpt
    assert "***(" in found.excerpt


def test_several_secrets_are_all_masked_in_each_excerpt():
    found = secrets_in(f"ada@example.com paid with sandbox_approve and {JWT}")
    assert [secret.kind for secret in found] == [EMAIL, PAYMENT_TOKEN, SIGN_IN_TOKEN]
    assert not re.search("example|approve|eyJ", " ".join(secret.excerpt for secret in found).replace("***", ""))


@pytest.mark.parametrize(
    "text",
    [
        "01JZX4T9R8V3K2M7N5P6Q1W0YB#CONFIRMED",
        "5f0c6a52-6c1b-4d7e-9d0a-3f1f2b7c9e11",
        "00000000-4242-4242-4242-424242424242",
        "arn:aws:states:eu-central-1:123456789012:execution:orderflow-local-order-processing",
        "2026-01-02T03:04:05.678901+00:00",
        '{"CloudWatchMetrics":[],"Timestamp":1767323045678}',
        '"duration":0.4242424242424242',
        "pay_01JZX4T9R8V3K2M7N5P6Q1W0YB",
        '  File "src/orderflow/payments/sandbox_provider.py", line 7, in authorize',
        "orderflow.payments.sandbox_provider:charge",
        "4242424242424243",
        "eyJwIjoxfQ.c2lnbmF0dXJl",
        "ofk_...",
        "ofwh_...",
        "client key 01JFR0ZEN00000000000000001 of ofk_01JFR0ZEN00000000000000001",
        "Product @home has 3 units; ask @you",
        "git@localhost",
        "custom_card_id",
        '"decline_code":"card_declined"',
        "Content-Type: application/json; token_use=id",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text):
    assert kinds(text) == []


@given(st.integers(min_value=0, max_value=2**128 - 1).map(lambda number: str(ULID.from_int(number))))
def test_no_order_id_is_taken_for_a_card_number(order_id):
    assert CARD_NUMBER not in kinds(f'"orderId":"{order_id}"')


@pytest.mark.parametrize("word", ["a" * 200_000, "a.b-" * 50_000, "@" * 20_000, "4242" * 50_000])
def test_a_long_text_is_read_in_a_moment(word):
    # A pattern that backtracks would take minutes here, and pytest would never come back.
    assert kinds(word) == []


PLANTED = """
import json
import time
import boto3
import pytest
import requests
from moto import mock_aws
from orderflow.runtime.api import Response, api_handler
from orderflow.runtime.observability import LogEvent, count, flush_metrics, log
from tests.support.asl.mocked import MockedEngine
from tests.support.gateway import call

def test_log(): log(LogEvent.ORDER_PLACED, order_id="o", user_id="ada@example.com")
def test_exception():
    try: raise ValueError("declined: pm_1NXWPnCo6bFb1KQto")
    except ValueError: log(LogEvent.STEP_CRASHED, exc_info=True)
def test_answer(): assert call(api_handler(lambda request: Response(200, {"card": "4242424242424242"}))).status == 200
def test_header(): call(api_handler(lambda request: Response(204, None, {"Location": "/x?t=TOKEN"})))
def test_printed(): print(json.dumps({"_aws": {}, "customer": "ada@example.com"}))
def test_event(): publish("sandbox_approve")
def test_received(): assert received(body='{"email": "ada@example.com"}')
def test_function_log(): assert logged(message="card 4242 4242 4242 4242")
def test_key_answer(): get("/client-keys", '{"items": [{"key": "KEY"}]}', "get")
def test_history(): executed(message={"type": "order.completed", "email": "ada@example.com"})
def test_http_answer(): get("/orders", '{"token": "tok_visa"}')
@pytest.fixture
def leaking_on_its_way_out():
    yield
    log(LogEvent.ORDER_PLACED, order_id="TOKEN")
def test_teardown(leaking_on_its_way_out): pass
def test_own_failure():
    log(LogEvent.ORDER_PLACED, order_id="TOKEN")
    assert 1 == 2
def test_clean():
    log(LogEvent.ORDER_PLACED, order_id="01JZX4T9R8V3K2M7N5P6Q1W0YB")
    assert call(api_handler(lambda request: Response(200, {"total": 3998}))).status == 200
    count("OrderPlaced"); flush_metrics()
    publish("order.completed")
    executed(message={"type": "order.completed"})
    assert received(body='{"orderId": "o"}') and logged(message="started")
    get("/login", '{"idToken": "TOKEN"}')
    get("/client-keys/01JFR0ZEN00000000000000001/rotate", '{"key": "KEY"}')

@mock_aws
def publish(message):
    sns = boto3.client("sns", region_name="eu-central-1")
    sns.publish(TopicArn=sns.create_topic(Name="t")["TopicArn"], Message=json.dumps({"type": message}))

@mock_aws
def received(body):
    sqs = boto3.client("sqs", region_name="eu-central-1")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body)
    return sqs.receive_message(QueueUrl=url)["Messages"]

@mock_aws
def logged(message):
    logs = boto3.client("logs", region_name="eu-central-1")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    now = int(time.time() * 1000)
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[{"timestamp": now, "message": message}])
    return logs.filter_log_events(logGroupName="g")["events"]

def executed(message):
    resource, parameters = "arn:aws:states:::sns:publish", {"Message": message}
    notify = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    cases = {"m": {"TestCases": {"c": {"Notify": "r"}}}}
    engine = MockedEngine({"StateMachines": cases, "MockedResponses": {"r": {"0": {"Return": {}}}}})
    machine = engine.create("m", {"StartAt": "Notify", "States": {"Notify": notify}})
    assert engine.finished(engine.start(machine, "c", "e", {}), 1).status == "SUCCEEDED"

class Shop(requests.adapters.BaseAdapter):
    def __init__(self, body): self.body = body
    def close(self): pass
    def send(self, request, **options):
        answer = requests.Response()
        answer.status_code, answer.url, answer._content = 200, request.url, self.body.encode()
        return answer

def get(path, body, method="post"):
    session = requests.Session()
    session.mount("shop://", Shop(body))
    assert session.request(method, f"shop://api/restapis/x/local/_user_request_{path}").ok
""".replace("TOKEN", JWT).replace("KEY", KEY)

CONFTEST = """
from tests.support.leak_watch import LeakWatch
def pytest_configure(config): config.pluginmanager.register(LeakWatch())
"""


def test_a_test_that_lets_a_secret_out_fails_under_its_name_with_a_masked_excerpt(tmp_path):
    # Given tests that pass, but for what they let out
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_planted.py").write_text(PLANTED)
    # When
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rA",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            ".",
            "-c",
            "/dev/null",
            ".",
        ],
        cwd=tmp_path,
        env={
            # In CI pytest tells each failure a second time, uncut.
            **{name: value for name, value in os.environ.items() if name not in ("CI", "BUILD_NUMBER")},
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # Then
    spoken = {"log", "exception", "printed", "function_log"}
    answered = {"answer", "header", "http_answer", "key_answer"}
    published = {"event", "received", "history"}
    leaky = {f"test_{each}" for each in spoken | answered | published}
    assert set(re.findall(r"^FAILED test_planted\.py::(\w+)", run.stdout, re.MULTILINE)) == {*leaky, "test_own_failure"}
    assert re.findall(r"^ERROR test_planted\.py::(\w+)", run.stdout, re.MULTILINE) == ["test_teardown"]
    assert re.findall(r"^PASSED test_planted\.py::(\w+)", run.stdout, re.MULTILINE) == ["test_teardown", "test_clean"]
    told = re.findall(r"^(?:log line|API answer|event) of .* holds .*$", run.stdout, re.MULTILINE)
    assert len(told) == len(leaky) + 1, run.stdout
    assert all("***(" in line and not re.search(r"example\.com|4242|NXWP|approve|visa", line) for line in told)
    assert "test_planted.py::test_log let out what nobody may read:" in run.stdout
    assert "assert 1 == 2" in run.stdout
