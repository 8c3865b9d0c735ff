"""What managing webhook endpoints refuses, and what keeps an event from being taken."""

from orderflow.runtime.errors import (
    ConflictError,
    Detail,
    InvalidRequestError,
    NotFoundError,
    TransientError,
    UnprocessableError,
)


class EndpointUrlError(InvalidRequestError):
    """Nothing may be sent to this URL."""

    code = "WEBHOOK_URL_REFUSED"

    def __init__(self, issue: str) -> None:
        super().__init__(f"url {issue}.", [Detail(field="url", issue=issue)])


class EndpointClientUnknownError(UnprocessableError):
    """No client key has this id: nothing would ever be sent."""

    code = "WEBHOOK_CLIENT_UNKNOWN"

    def __init__(self, client_id: str) -> None:
        super().__init__(
            f"There is no client key {client_id}; GET /client-keys lists what there is.",
            [Detail(field="clientId", issue="is the id of no client key")],
        )


class EndpointNotFoundError(NotFoundError):
    """There is no webhook endpoint with this id."""

    code = "WEBHOOK_ENDPOINT_NOT_FOUND"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__(f"There is no webhook endpoint {endpoint_id}; GET /webhook_endpoints lists what there is.")


class EndpointUrlTakenError(ConflictError):
    """The client has an endpoint with this URL: a second would get everything twice."""

    code = "WEBHOOK_URL_TAKEN"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__(
            f"Webhook endpoint {endpoint_id} of this client has this URL. If its secret was lost, rotate it.",
            [Detail(field="url", issue=f"is the URL of {endpoint_id}")],
        )


class TooManyEndpointSecretsError(ConflictError):
    """Two secrets of the endpoint are valid already."""

    code = "WEBHOOK_ENDPOINT_HAS_TOO_MANY_SECRETS"

    def __init__(self, endpoint_id: str, until: str) -> None:
        super().__init__(
            f"Two secrets of webhook endpoint {endpoint_id} are valid, one of them until {until}; wait, or rotate with "
            "overlapSeconds 0, which ends both at once."
        )


class EndpointChangedError(TransientError):
    """Others changed the endpoint again and again in the meantime; nothing was written, so repeating is safe."""

    code = "WEBHOOK_ENDPOINT_BUSY"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__(f"Webhook endpoint {endpoint_id} is being changed by others; try again.")


class LaneBusyError(TransientError):
    """Others changed the same lane again and again in the meantime; repeating is safe."""

    code = "WEBHOOK_LANE_BUSY"

    def __init__(self, endpoint_id: str, order_id: str) -> None:
        super().__init__(f"Order {order_id} on its way to webhook endpoint {endpoint_id} is being changed by others.")


class UnreadableEventError(ValueError):
    """A message that is no order event; it will never be, and belongs among the dead letters."""


class EarlierEventMissingError(TransientError):
    """The event before this one was not taken yet; the queue hands this one out again."""

    code = "EARLIER_EVENT_MISSING"

    def __init__(self, order_id: str, after: int) -> None:
        super().__init__(f"Event {after} of order {order_id} was not taken yet; this one waits for it.")
