"""A pytest plugin that reads along: every event, API answer and log line of the whole suite.

The test during which a payment token, sign-in token, card number or e-mail address appears in one of them fails, with a
masked excerpt. What may appear is in ALLOWED, with its reason.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.leaks import CLIENT_KEY, EMAIL, SIGN_IN_TOKEN, WEBHOOK_SECRET, secrets_in

LOG, ANSWER, EVENT = "log line", "API answer", "event"


@dataclass(frozen=True)
class Allowed:
    """One kind of secret that one place may hold, and why."""

    channel: str
    source: str
    kind: str
    reason: str


ALLOWED = (
    *(
        Allowed(ANSWER, source, SIGN_IN_TOKEN, "signing in is asking for these tokens: the schema SignIn")
        for source in ("login_customer", "authenticate_customer", "POST /login", "POST /auth")
    ),
    *(
        Allowed(ANSWER, source, EMAIL, "one's own address, or anybody's for administrators: the schema User")
        for source in (
            *("create_user", "get_user", "list_users", "update_user", "confirm_email_change"),
            *("POST /users", "GET /users", "GET /users/{id}", "PUT /users/{id}"),
        )
    ),
    *(
        Allowed(ANSWER, source, EMAIL, "an agent's own session comes back with its buyer, as the protocol says")
        for source in (
            *("create_checkout_session", "update_checkout_session", "cancel_checkout_session", "get_checkout_session"),
            *("POST /checkout_sessions", "POST /checkout_sessions/cs_{id}", "GET /checkout_sessions/cs_{id}"),
            *("POST /checkout_sessions/cs_{id}/cancel", "POST /checkout_sessions/cs_{id}/complete"),
            *("complete_checkout_session", "serve_checkout_tools", "POST /mcp"),
        )
    ),
    *(
        Allowed(ANSWER, source, CLIENT_KEY, "issuing a key is showing it this once: the schema IssuedClientKey")
        for source in (
            *("create_client_key", "rotate_client_key"),
            *("POST /client-keys", "POST /client-keys/{id}/rotate"),
        )
    ),
    *(
        Allowed(ANSWER, source, WEBHOOK_SECRET, "who verifies webhooks is shown it this once: IssuedWebhookEndpoint")
        for source in (
            *("create_webhook_endpoint", "rotate_webhook_secret"),
            *("POST /webhook_endpoints", "POST /webhook_endpoints/{id}/rotate"),
        )
    ),
)

# What an AWS call sends or answers that is an event or a log line; other calls are between a store and its table.
_SENT = {"Publish": EVENT, "PublishBatch": EVENT, "PutEvents": EVENT}
_ANSWERED = {
    "ReceiveMessage": EVENT,
    "GetExecutionHistory": EVENT,
    "FilterLogEvents": LOG,
    "GetLogEvents": LOG,
}
_API = "/_user_request_"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}")


class LeakWatch:
    """Collects what each phase of a test let out, and fails it."""

    def __init__(self) -> None:
        self._leaks: dict[str, str] = {}  # where what was seen: the first excerpt of it
        self._restore: list[Callable[[], None]] = []
        self._watched: set[str] = set()
        self._texts, self._seconds = 0, 0.0

    def saw(self, channel: str, source: str, text: str) -> None:
        """Look at one text of a channel."""
        begun = time.perf_counter()
        found = secrets_in(text)
        self._texts, self._seconds = self._texts + 1, self._seconds + time.perf_counter() - begun
        for secret in found:
            if not any((each.channel, each.source, each.kind) == (channel, source, secret.kind) for each in ALLOWED):
                self._leaks.setdefault(f"{channel} of {source} holds a {secret.kind}", secret.excerpt)

    def pytest_configure(self) -> None:
        import requests

        from orderflow.runtime import api, observability

        self._watch_log(observability.logger)
        self._wrap(api, "_proxy_answer", self._answered(observability.logger))
        self._wrap(requests.Session, "send", self._received)

    def pytest_unconfigure(self) -> None:
        while self._restore:
            self._restore.pop()()

    def pytest_runtest_setup(self) -> None:
        # What a layer does not need is not ours to import: boto takes longer than many a test.
        for module, name, method, wrapper in (
            ("botocore.client", "BaseClient", "_make_api_call", self._called),
            ("tests.support.step_functions", "StepFunctions", "finished", self._executed),
            ("tests.support.asl.mocked", "MockedEngine", "finished", self._executed),
        ):
            if module in sys.modules and module not in self._watched:
                self._watched.add(module)
                self._wrap(getattr(sys.modules[module], name), method, wrapper)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail a phase that let something out; one that failed for another reason keeps it."""
        report = yield
        for title, text in report.sections:
            if title == f"Captured stdout {call.when}":
                # Metrics are log lines as well, and printed.
                for line in text.splitlines():
                    if line.startswith('{"_aws"'):
                        self.saw(LOG, "metrics", line)
        leaks, self._leaks = [f"{what}: {excerpt}" for what, excerpt in self._leaks.items()], {}
        if leaks and report.passed:
            report.outcome = "failed"
            report.longrepr = "\n".join([f"{item.nodeid} let out what nobody may read:", *leaks])
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how much was read: a watch that saw nothing proves nothing."""
        if self._texts:
            terminalreporter.write_line(
                f"{self._texts} events, answers and log lines were read for secrets, in {self._seconds:.2f} s"
            )

    def _watch_log(self, logger: Any) -> None:
        def watch(original: Callable[..., str]) -> Callable[..., str]:
            def format_record(record: Any) -> str:
                line = original(record)
                self.saw(LOG, record.getMessage(), line)
                return line

            return format_record

        self._wrap(logger.registered_handler, "format", watch)

    def _answered(self, logger: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def watch(original: Callable[..., Any]) -> Callable[..., Any]:
            def proxy_answer(*arguments: Any) -> Any:
                answer = original(*arguments)
                source = str(logger.get_current_keys().get("operation"))
                self.saw(ANSWER, source, f"{json.dumps(answer['headers'])} {answer['body']}")
                return answer

            return proxy_answer

        return watch

    def _received(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def send(session: Any, request: Any, **options: Any) -> Any:
            response = original(session, request, **options)
            path = urlsplit(request.url).path
            if _API in path:
                source = f"{request.method} {_ID.sub('{id}', path.partition(_API)[2])}"
                self.saw(ANSWER, source, f"{dict(response.headers)} {response.text}")
            return response

        return send

    def _called(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def make_api_call(client: Any, operation: str, parameters: Any) -> Any:
            if channel := _SENT.get(operation):
                self.saw(channel, operation, json.dumps(parameters, default=str))
            answer = original(client, operation, parameters)
            if channel := _ANSWERED.get(operation):
                source = f"{operation} {parameters.get('logGroupName', '')}".strip()
                self.saw(channel, source, json.dumps(answer, default=str))
            return answer

        return make_api_call

    def _executed(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def finished(engine: Any, *arguments: Any) -> Any:
            # The history holds what each state published, and all that it was given to do so.
            execution = original(engine, *arguments)
            self.saw(EVENT, "a workflow's history", json.dumps([execution.cause, *execution.events], default=str))
            return execution

        return finished

    def _wrap(self, owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
        original = getattr(owner, name)
        own = name in vars(owner)
        setattr(owner, name, wrapper(original))
        self._restore.append(lambda: setattr(owner, name, original) if own else delattr(owner, name))
