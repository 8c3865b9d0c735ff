"""Numbers in what agents send freely: those that no other JSON reader knows would come back as something else."""

import math
from decimal import Decimal
from typing import Any

from orderflow.checkout.protocol import ProtocolError


class NumberTooLargeError(ProtocolError):
    """A number beyond the largest that JSON readers agree on, that of a double."""

    code = "NUMBER_TOO_LARGE"

    def __init__(self) -> None:
        super().__init__("A number of the body is larger than 1.7e308; send it as text.")


def require_numbers(value: Any) -> None:
    """Raise NumberTooLargeError unless every number fits into a double."""
    match value:
        case dict():
            for inner in value.values():
                require_numbers(inner)
        case list():
            for inner in value:
                require_numbers(inner)
        case Decimal() if math.isinf(float(value)):
            raise NumberTooLargeError
