"""What is refused before a request is understood: the version that it speaks."""

from orderflow.checkout.dialects.version import SUPPORTED
from orderflow.checkout.protocol import ProtocolError


class MissingApiVersionError(ProtocolError):
    """The request does not say which version of the protocol it speaks."""

    code = "MISSING_API_VERSION"
    supported_versions = SUPPORTED

    def __init__(self) -> None:
        super().__init__(f"The header API-Version is missing; send one of {', '.join(SUPPORTED)}.")


class UnsupportedApiVersionError(ProtocolError):
    """The request speaks a version of the protocol that is not served here."""

    code = "UNSUPPORTED_API_VERSION"
    supported_versions = SUPPORTED

    def __init__(self, asked: str) -> None:
        super().__init__(f"API-Version {asked[:32]!r} is not served here; send one of {', '.join(SUPPORTED)}.")


class QuantityNotInSchemaError(ProtocolError):
    """Strict mode: the published Item of 2026-04-17 has no quantity."""

    def __init__(self, index: int) -> None:
        super().__init__(
            "quantity is no field of an Item in 2026-04-17, and this server holds requests to the letter of the "
            "schema; repeat the item instead.",
            f"$.line_items[{index}].quantity",
        )
