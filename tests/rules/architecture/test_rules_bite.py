"""Each architecture rule finds what it is there for."""

import pytest

from tests.rules.architecture.import_rules import wrong_imports
from tests.rules.architecture.settings_read import settings_read
from tests.rules.architecture.source import Module, Sources
from tests.rules.architecture.speech_rules import scans, unused_events, wrong_environment_reads, wrong_speech

HOUSE = {
    "orderflow.runtime.settings": "",
    "orderflow.runtime.dynamo": "import boto3",
    "orderflow.runtime.observability": "class LogEvent:\n    DONE = 1\nlog(LogEvent.DONE)",
    "orderflow.runtime.scan": "def pages(client):\n    client.scan()",
    "orderflow.orders.audit_store": "from orderflow.runtime.scan import pages",
    "orderflow.runtime.errors": "",
    "orderflow.contract.some_request": "from orderflow.runtime.errors import InvalidRequestError",
    "orderflow.orders.order": "",
    "orderflow.orders.intake": "from orderflow.orders.order import Order\nfrom orderflow.catalog.pricing import price",
    "orderflow.orders.order_store": "from orderflow.runtime.dynamo import to_item",
    "orderflow.catalog.pricing": "",
    "orderflow.catalog.price_store": "import botocore.exceptions",
    "handlers.agents": "",
    "handlers.agents.operations": "",
    "handlers.agents.operations.creating": "from handlers.agents import sent",
    "handlers.orders.tell_agents": "from handlers.agents.operations.creating import created",
    "handlers.orders.place_order": (
        "from orderflow.orders.order_store import Store\nfrom orderflow.catalog import price_store"
    ),
}


def house(**changes: str) -> Sources:
    """Return a small house in order, with the source of some modules changed (`orderflow__orders__order="..."`)."""
    text = HOUSE | {name.replace("__", "."): source for name, source in changes.items()}
    return {name: Module(name, source) for name, source in text.items()}


def test_a_house_in_order_breaks_no_rule() -> None:
    for rule in (wrong_imports, wrong_speech, wrong_environment_reads, unused_events, scans):
        assert list(rule(house())) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("orderflow__runtime__errors", "from orderflow.orders import order"),
        ("orderflow__runtime__errors", "def late():\n    from orderflow.orders.order import Order"),
        ("orderflow__contract__some_request", "from orderflow.runtime import settings"),
        ("orderflow__orders__order", "import boto3\nfrom orderflow.orders import intake"),
        ("orderflow__orders__order", "from handlers.orders import place_order"),
        ("orderflow__orders__order", "from aws_lambda_powertools import Logger"),
        ("orderflow__orders__order", "from orderflow.runtime.observability import log"),
        ("orderflow__orders__order", "from orderflow.runtime.api import Request"),
        ("orderflow__orders__intake", "from orderflow.orders.order_store import DynamoOrderStore"),
        ("orderflow__orders__intake", "from orderflow.catalog.price_store import DynamoPriceStore"),
        ("orderflow__orders__intake", "from orderflow.catalog import price_store"),
        ("orderflow__orders__order_store", "import boto3\nfrom orderflow.catalog import price_store"),
        ("orderflow__orders__order_store", "import boto3\nfrom orderflow.runtime import scan"),
        ("handlers__orders__place_order", "from orderflow.orders.audit_store import DynamoOrderAudit"),
        ("handlers__orders__place_order", "import boto3"),
        ("handlers__orders__place_order", "from botocore.config import Config"),
        ("handlers__orders__get_order", "from handlers.orders import place_order"),
        ("orderflow__orders__order_store", "import boto3\nfrom handlers.agents.operations import creating"),
    ],
)
def test_an_import_against_the_direction_is_found(module: str, source: str) -> None:
    changed = {module: source}
    if source.startswith("import boto3\nfrom orderflow.orders"):
        # A domain module that imports AWS is an adapter, so whoever builds on it is what is found.
        changed = {module: "import boto3"}
    assert list(wrong_imports(house(**changed))) != []


@pytest.mark.parametrize(
    "source",
    [
        "print('x')",
        "import logging",
        "from logging import getLogger",
        "log('free text')",
        "log(event)",
        "log()",
        "logger.info('x')",
        "log(LogEvent.DONE if x else 'y')",
    ],
)
def test_speech_beside_the_enum_is_found(source: str) -> None:
    assert list(wrong_speech(house(orderflow__orders__order=source))) != []


def test_an_event_that_nobody_logs_is_found() -> None:
    changed = house(orderflow__runtime__observability="class LogEvent:\n    DONE = 1")
    assert list(unused_events(changed)) == ["LogEvent.DONE is never logged: delete it"]


@pytest.mark.parametrize("source", ["import os", "from os import environ", "from os import getenv"])
def test_a_read_of_the_environment_elsewhere_is_found(source: str) -> None:
    assert list(wrong_environment_reads(house(orderflow__orders__order=source))) != []


def test_settings_are_followed_through_functions_classes_and_modules_but_not_beyond_what_is_used() -> None:
    sources = {
        name: Module(name, "from orderflow.runtime import settings\n" + text)
        for name, text in {
            "handlers.orders.get": (
                "from orderflow.orders.a import used\nfrom orderflow.orders import b\nsettings.text('HERE')\n"
                "def handler():\n    used(); b.Store()"
            ),
            "orderflow.orders.a": (
                "settings.flag('AT_IMPORT')\n"
                "def used():\n    helper()\ndef helper():\n    settings.words('HELPER')\n"
                "def unused():\n    settings.text('UNUSED')"
            ),
            "orderflow.orders.b": (
                "class Store:\n    def find(self):\n        return settings.optional_text('STORE')\n"
                "class Other:\n    name = settings.text('OTHER')"
            ),
        }.items()
    }
    assert settings_read("handlers.orders.get", sources) == {"HERE", "AT_IMPORT", "HELPER", "STORE"}


def test_a_setting_whose_name_is_computed_is_refused() -> None:
    source = "from orderflow.runtime import settings\nsettings.text(name)"
    with pytest.raises(AssertionError, match="write it out"):
        settings_read("handlers.x.y", {"handlers.x.y": Module("handlers.x.y", source)})


@pytest.mark.parametrize("call", ["client.scan(TableName='t')", "client.get_paginator('scan')"])
def test_a_scan_outside_the_audits_is_found(call: str) -> None:
    [found] = scans(house(orderflow__orders__order_store=f"def late(client):\n    {call}"))
    assert found.startswith("orderflow.orders.order_store:2 ")
