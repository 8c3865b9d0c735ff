"""A secret is read when first needed, not again for five minutes, and at once when it was refused."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from orderflow.runtime import aws
from orderflow.runtime import secret as secrets
from orderflow.runtime.secret import MAX_AGE, SecretUnavailableError, forget_secret, secret


class Reads:
    """Secrets Manager, counting; `down` makes it unreachable."""

    def __init__(self) -> None:
        self.count, self.down = 0, False
        self._client = boto3.client("secretsmanager")

    def get_secret_value(self, **request: Any) -> dict[str, Any]:
        self.count += 1
        if self.down:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        return self._client.get_secret_value(**request)


@pytest.fixture
def manager(moto: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reads]:
    reads = Reads()
    monkeypatch.setattr(aws, "client", lambda service: {"secretsmanager": reads}[service])
    monkeypatch.setattr(secrets, "_read", {})
    return reads


@pytest.fixture
def arn(manager: Reads) -> str:
    return boto3.client("secretsmanager").create_secret(Name="s", SecretString="first")["ARN"]


def rotate(arn: str) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="second")


def read_at(arn: str, seconds: float) -> str:
    return secret(arn, now=lambda: seconds)


def test_a_secret_is_read_once_and_a_rotated_one_within_five_minutes(manager: Reads, arn: str) -> None:
    assert MAX_AGE == 300
    assert [read_at(arn, 0.0), read_at(arn, MAX_AGE - 1)] == ["first", "first"]
    rotate(arn)
    assert [read_at(arn, MAX_AGE + later) for later in (-0.1, 0, 1)] == ["first", "second", "second"]
    assert manager.count == 2


def test_a_secret_that_was_refused_is_read_anew_at_once(manager: Reads, arn: str) -> None:
    secret(arn)
    rotate(arn)
    forget_secret(arn)
    forget_secret("arn:never:read")
    assert secret(arn) == "second"


def test_while_secrets_manager_is_away_the_known_value_serves_and_without_one_the_call_may_be_repeated(
    manager: Reads, arn: str
) -> None:
    manager.down = True
    with pytest.raises(SecretUnavailableError) as away:
        secret(arn)
    assert away.value.http_status == 503
    manager.down = False
    read_at(arn, 0.0)
    manager.down = True
    assert read_at(arn, MAX_AGE) == "first"


def test_a_secret_that_is_not_there_is_a_defect_and_says_so(manager: Reads) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secret("arn:aws:secretsmanager:eu-central-1:123456789012:secret:nowhere")
