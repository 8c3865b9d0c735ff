"""DynamoDB without the wire: moto's own request handler, called directly, as a client of boto3 would be.

A case of the crash matrix makes fifty calls, and there are a thousand cases: signing, sending and parsing them would
take most of the time. What botocore checks before it sends is checked by the tests of the stores.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler


@dataclass(frozen=True)
class FastDynamo:
    """The low-level client of one region."""

    region: str

    def get_paginator(self, operation: str) -> "_Pages":
        """Return the pages of a Query or a Scan."""
        return _Pages(getattr(self, operation))

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        name = "".join(part.capitalize() for part in operation.split("_"))

        def call(**parameters: Any) -> dict[str, Any]:
            handler = DynamoHandler()
            handler.region, handler.current_account, handler.body = self.region, DEFAULT_ACCOUNT_ID, parameters
            try:
                answer = getattr(handler, operation)()
            except JsonRESTError as error:
                raise _refusal(error, name) from error
            return dict(json.loads(dynamo_json_dump(answer.result), object_hook=_with_bytes))

        return call


@dataclass(frozen=True)
class _Pages:
    _read: Callable[..., dict[str, Any]]

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        start: dict[str, Any] = {}
        while True:
            page = self._read(**parameters, **start)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """Return a value with its bytes, which travel as base64."""
    return {"B": base64.b64decode(value["B"])} if value.keys() == {"B"} else value


def _refusal(error: JsonRESTError, operation: str) -> ClientError:
    told = json.loads(error.get_body())
    code = told.get("__type", "").rpartition("#")[2]
    answer: Any = {
        "Error": {"Code": code, "Message": told.get("message") or told.get("Message") or ""},
        "CancellationReasons": told.get("CancellationReasons", []),
        "ResponseMetadata": {"HTTPStatusCode": error.code},
    }
    return ClientError(answer, operation)
