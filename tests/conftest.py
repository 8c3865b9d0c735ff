"""What every layer shares: an environment without AWS in it, frozen time, counted ids."""

import io
import os

import pytest
from hypothesis import settings

from tests.support.frozen import CountingIds, FrozenClock
from tests.support.leak_watch import LeakWatch

# How long one example takes says something about the machine, nothing about a rule.
settings.register_profile("orderflow", deadline=None)
settings.load_profile("orderflow")

pytest.register_assert_rewrite("tests.support.catalog_contract", "tests.support.feedback_contract")

# Before any function is imported: loggers and tracers read these once. No test may find a real account or endpoint.
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "Orderflow",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "SERVICE_VERSION": "test",
}


def pytest_configure(config: pytest.Config) -> None:
    """Read along in every layer, so that no test lets out a token, a card number or an e-mail address."""
    config.pluginmanager.register(LeakWatch(), "leak-watch")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Give what functions log, as it grows: one JSON object a line."""
    from orderflow.runtime.observability import logger

    stream = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", stream)
    return stream


@pytest.fixture
def clock() -> FrozenClock:
    """Give a clock that stands at 2026-01-02T03:04:05.678Z."""
    return FrozenClock()


@pytest.fixture
def ids() -> CountingIds:
    """Give an id factory that counts from one."""
    return CountingIds()
