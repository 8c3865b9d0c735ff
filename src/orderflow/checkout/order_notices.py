"""Order events from the queue: those of orders that were placed for sessions."""

import json
import re

from orderflow.checkout.ownership import is_a_clients
from orderflow.orders.errors import MalformedMessageError

_ORDER_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_SCHEMA = "order-event/1"
_ADVICE = (
    f"The message is not {_SCHEMA} with a ULID as orderId; it moves to the dead-letter queue. Find out who sent it: "
    "only the topics of orders may."
)


def order_of_a_client(message: str) -> str | None:
    """Return the order that an event is about, None where it is a person's; raises MalformedMessageError.

    What happened is not read: the order itself says how it stands, and events come in any order.
    """
    try:
        event = json.loads(message)
        schema, order_id, user_id = event["schema"], event["orderId"], event["userId"]
        well_formed = schema == _SCHEMA and bool(_ORDER_ID.fullmatch(order_id)) and isinstance(user_id, str)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedMessageError(_ADVICE) from error
    if not well_formed:
        raise MalformedMessageError(_ADVICE)
    return str(order_id) if is_a_clients(user_id) else None
