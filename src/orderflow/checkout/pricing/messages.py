"""What a price has to say to the buyer, as the protocol's messages: errors keep a session from being paid."""

from collections.abc import Iterable, Iterator
from typing import Any

from orderflow.checkout.pricing.discounts import RejectedCode
from orderflow.checkout.pricing.taxes import TaxAreaError
from orderflow.runtime.money import display

_ADDRESS = "$.fulfillment_details.address"
_OPTIONS = "$.selected_fulfillment_options"


def address_missing() -> dict[str, Any]:
    return _error("missing", _ADDRESS, "Where the goods go decides shipping and tax: send the address.")


def not_delivered(country: str) -> dict[str, Any]:
    return _error("region_restricted", f"{_ADDRESS}.country", f"Nothing is sent to {country[:64]}.")


def not_taxed(error: TaxAreaError) -> dict[str, Any]:
    return _error("region_restricted" if error.is_known else "invalid", f"{_ADDRESS}.{error.field}", error.message)


def option_missing() -> dict[str, Any]:
    return _error("missing", _OPTIONS, "Choose one of fulfillment_options.")


def option_unknown(option_id: str) -> dict[str, Any]:
    message = f"{option_id[:64]} is none of fulfillment_options as they are now: choose one of them."
    return _error("invalid", f"{_OPTIONS}[0].option_id", message)


def too_much(most: int, currency: str) -> dict[str, Any]:
    message = f"One order comes to {display(most, currency)} at most: order less."
    return _error("maximum_exceeded", "$.line_items", message)


def nothing_to_pay() -> dict[str, Any]:
    return _error(
        "unsupported", "$.discounts.codes", "Nothing is left to pay, and no payment is that small: drop a code."
    )


def codes_rejected(rejected: Iterable[RejectedCode]) -> Iterator[dict[str, Any]]:
    """Yield a warning for each: the goods can be bought without the discount."""
    for each in rejected:
        yield {
            "type": "warning",
            "code": each.reason.value,
            "param": f"$.discounts.codes[{each.position}]",
            "resolution": "recoverable",
            "content_type": "plain",
            "content": each.message,
        }


def _error(code: str, param: str, content: str) -> dict[str, Any]:
    return {
        "type": "error",
        "code": code,
        "param": param,
        "resolution": "recoverable",
        "content_type": "plain",
        "content": content,
    }
