"""The integration layer runs on moto, with the tables that Terraform declares."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from orderflow.runtime import aws
from tests.support.tables import create_tables, table_schemas


@pytest.fixture
def moto() -> Iterator[None]:
    """Give an empty account, and handlers that make their clients anew in it."""
    with mock_aws():
        aws.client.cache_clear()
        yield
    aws.client.cache_clear()


@pytest.fixture
def dynamodb(moto: None) -> Any:
    """Give the DynamoDB client that handlers use."""
    return aws.client("dynamodb")


@pytest.fixture
def tables(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Create every table that Terraform declares; set <NAME>_TABLE for each; give full names by short name."""
    created = create_tables(dynamodb, "orderflow-test", *table_schemas())
    for short_name, name in created.items():
        monkeypatch.setenv(f"{short_name.upper().replace('-', '_')}_TABLE", name)
    return created
