"""What the pipeline of webhooks needs: tables, a key, endpoints and the functions put together."""

from collections.abc import Callable
from typing import Any

import pytest

from orderflow.checkout.webhooks.endpoint import SealedSecret
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.sealing import KmsSealer
from orderflow.runtime.aws import client
from orderflow.runtime.trail import Author
from tests.support.frozen import START, FrozenClock
from tests.support.tables import create_tables
from tests.support.webhook_pipeline import Pipeline, plumbed
from tests.support.webhooks import ENDPOINT_ID, SECRETS, endpoint

_TABLES = ("checkout-sessions", "webhook-endpoints", "webhook-deliveries", "audit-trail")


@pytest.fixture
def pipeline(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """Give a pipeline with no endpoint."""
    created = create_tables(dynamodb, "orderflow-test", *_TABLES)
    for short_name, name in created.items():
        monkeypatch.setenv(f"{short_name.upper().replace('-', '_')}_TABLE", name)
    key_arn = str(client("kms").create_key()["KeyMetadata"]["Arn"])
    return plumbed(Pipeline(FrozenClock(), dynamodb, created), monkeypatch, key_arn)


@pytest.fixture
def book(pipeline: Pipeline) -> DynamoEndpointBook:
    author = Author(pipeline.tables["audit-trail"], "admin-1", "r-1")
    return DynamoEndpointBook(pipeline.dynamodb, pipeline.tables["webhook-endpoints"], author)


@pytest.fixture
def add_endpoint(book: DynamoEndpointBook, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a function that adds an endpoint with a real sealed secret."""
    import os

    def added(endpoint_id: str = ENDPOINT_ID, **facts: Any) -> None:
        sealed = KmsSealer(client("kms"), os.environ["KMS_KEY_ARN"]).seal(SECRETS[0], endpoint_id)
        book.add(endpoint(endpoint_id, secrets=(SealedSecret(1, sealed),), **facts), START)

    return added
