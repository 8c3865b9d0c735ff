"""The rules of the house, on the house."""

import pytest
import yaml

from orderflow.orders.status import ROUTES
from tests.rules.architecture.import_rules import is_handler, wrong_imports
from tests.rules.architecture.settings_read import settings_read
from tests.rules.architecture.settings_supplied import Function, common_settings, functions
from tests.rules.architecture.source import ROOT, sources
from tests.rules.architecture.speech_rules import scans, unused_events, wrong_environment_reads, wrong_speech


def test_dependencies_point_one_way() -> None:
    assert list(wrong_imports(sources())) == []


def test_code_speaks_in_log_events_only() -> None:
    assert list(wrong_speech(sources())) == []


def test_every_log_event_is_logged_somewhere() -> None:
    assert list(unused_events(sources())) == []


def test_the_environment_is_read_in_one_place() -> None:
    assert list(wrong_environment_reads(sources())) == []


def test_only_audits_read_whole_tables() -> None:
    assert list(scans(sources())) == []


def test_every_handler_is_a_function_and_every_function_has_its_handler() -> None:
    handlers = {name for name, module in sources().items() if is_handler(module, sources())}
    assert handlers == {f"handlers.{function.context}.{function.operation}" for function in functions()}


@pytest.mark.parametrize("function", functions(), ids=lambda function: function.operation)
def test_a_function_gets_exactly_the_settings_that_its_code_reads(function: Function) -> None:
    read = settings_read(f"handlers.{function.context}.{function.operation}", sources())
    # AWS_* is the runtime's own, and locally the emulator's address.
    needed = {name for name in read if not name.startswith("AWS_")} - common_settings()
    assert needed == function.settings


def test_every_action_offered_on_an_order_names_a_route_of_the_contract() -> None:
    document = yaml.safe_load((ROOT / "modules/api/openapi.yaml").read_text(encoding="utf-8"))
    operations = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    assert "getOrder" in operations
    assert set(ROUTES.values()) <= operations
