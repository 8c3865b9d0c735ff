"""Whatever is refused, an agent reads the protocol's flat error with the JSONPath of the field at fault."""

import pytest

from orderflow.checkout.protocol import ProtocolError, json_path, wire_error
from orderflow.contract import SchemaError
from orderflow.runtime.errors import (
    ConflictError,
    InvalidRequestError,
    NotAuthenticatedError,
    OrderflowError,
    TransientError,
)
from tests.support.acp import CURRENT, faults, published


class TryError(ProtocolError):
    code = "TRY_AGAIN"
    http_status = 409


ERRORS: list[tuple[OrderflowError, dict[str, str]]] = [
    (
        TryError("It is busy.", "$.id"),
        {"type": "invalid_request", "code": "try_again", "message": "It is busy.", "param": "$.id"},
    ),
    (TryError("It is busy."), {"type": "invalid_request", "code": "try_again", "message": "It is busy."}),
    (
        SchemaError("data.line_items[0]", "is required", "id"),
        {
            "type": "invalid_request",
            "code": "invalid_request",
            "message": "line_items[0].id is required",
            "param": "$.line_items[0].id",
        },
    ),
    (InvalidRequestError("No."), {"type": "invalid_request", "code": "invalid_request", "message": "No."}),
    (NotAuthenticatedError("Who?"), {"type": "invalid_request", "code": "not_authenticated", "message": "Who?"}),
    (ConflictError("No."), {"type": "invalid_request", "code": "conflict", "message": "No."}),
    (TransientError("Wait."), {"type": "service_unavailable", "code": "temporarily_unavailable", "message": "Wait."}),
    (OrderflowError("Broken."), {"type": "processing_error", "code": "internal_error", "message": "Broken."}),
]


@pytest.mark.parametrize(("error", "told"), ERRORS, ids=lambda value: type(value).__name__)
def test_every_error_of_ours_becomes_the_protocols(error: OrderflowError, told: dict[str, str]) -> None:
    assert wire_error(error) == told


@published
@pytest.mark.parametrize("error", [pytest.param(error, id=str(i)) for i, (error, _) in enumerate(ERRORS)])
def test_every_error_fits_the_published_schema(error: OrderflowError) -> None:
    assert faults(wire_error(error), "Error", CURRENT) == []


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("body", "$"),
        ("currency", "$.currency"),
        ("line_items[12].quantity", "$.line_items[12].quantity"),
        ("metadata.issuing-bank", "$.metadata['issuing-bank']"),
        ("it's", r"$['it\'s']"),
        ("7", "$['7']"),
    ],
)
def test_a_field_is_named_by_its_json_path(field: str, path: str) -> None:
    assert json_path(field) == path


def test_a_clients_own_field_name_is_shortened() -> None:
    assert len(json_path("x" * 5000)) == 256
