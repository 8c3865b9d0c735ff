"""What the checkout refuses, in the protocol's shape. What a buyer can mend is a message of the session instead."""

from orderflow.checkout.protocol import ProtocolError
from orderflow.checkout.session import Session, SessionStatus
from orderflow.runtime.errors import TransientError

_LONGEST_ECHO = 64


class SessionNotFoundError(ProtocolError):
    """There is no such session, or it is another client's."""

    code = "SESSION_NOT_FOUND"
    http_status = 404

    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no checkout session {session_id[:_LONGEST_ECHO]}; create one.")


class SessionClosedError(ProtocolError):
    """The session takes no more changes: it is completed, canceled or expired."""

    code = "SESSION_CLOSED"
    http_status = 409

    def __init__(self, session: Session, status: SessionStatus) -> None:
        super().__init__(f"Checkout session {session.session_id} is {status.value}; create another one.")


class CompletionInProgressError(ProtocolError):
    """An order of the session is on its way; what becomes of it decides what the session may do next."""

    code = "COMPLETE_IN_PROGRESS"
    http_status = 409
    retry_after_seconds = 2

    def __init__(self, session: Session) -> None:
        super().__init__(f"Checkout session {session.session_id} is being completed; read it again in a moment.")


class SessionBusyError(ProtocolError):
    """Others kept changing the session at the same moment."""

    code = "SESSION_CHANGED"
    http_status = 409
    retry_after_seconds = 1

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Checkout session {session_id} is being changed by other requests; read it and try again.")


class NotCancelableError(ProtocolError):
    """What is completed, canceled or expired cannot be canceled."""

    code = "NOT_CANCELABLE"
    http_status = 405

    def __init__(self, session: Session, status: SessionStatus) -> None:
        super().__init__(f"Checkout session {session.session_id} is {status.value} and cannot be canceled any more.")


class ProductNotSoldError(ProtocolError):
    """A request names a product that is not in the catalogue."""

    code = "PRODUCT_NOT_SOLD"

    def __init__(self, product_id: str, index: int) -> None:
        super().__init__(
            f"Product {product_id[:_LONGEST_ECHO]} is not sold here; choose another one.", f"$.line_items[{index}].id"
        )


class TooManyLinesError(ProtocolError):
    """More lines than an order may have, or none at all."""

    code = "INVALID_LINE_ITEMS"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(f"A session has 1 to {most} line items; {count} were sent.", "$.line_items")


class UnsupportedCurrencyError(ProtocolError):
    """A request asks for a currency that this shop does not sell in."""

    code = "UNSUPPORTED_CURRENCY"

    def __init__(self, asked: str, sold_in: str) -> None:
        super().__init__(f"This shop sells in {sold_in.lower()}, not in {asked[:8]!r}.", "$.currency")


class SessionsLeftError(TransientError):
    """Some sessions whose time is over could not be looked at; the others were."""

    code = "SESSIONS_LEFT"

    def __init__(self, failed: int) -> None:
        super().__init__(
            f"{failed} sessions could not be looked at; the log line SESSION_NOT_LOOKED_AT of each says why."
        )
