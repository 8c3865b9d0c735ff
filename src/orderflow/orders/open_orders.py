"""Orders whose workflow has work left: the sparse index that the sweeper reads, and when it looks at one of them.

Intake enters an order, every write that ends its workflow removes both keys. A cancelled order is entered again, due at
once, until the write that settles it. An order without the keys is in no index.
"""

from datetime import datetime, timedelta

from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso

INDEX = "by-open"
GROUP = "open"  # orders whose workflow has work left
MOVEMENTS_GROUP = "movements"  # orders with a shipment, delivery, return or refund that is not settled
OPEN = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW})

# An order is confirmed within seconds. A message that fails is delivered three times, three minutes apart, before it is
# a dead letter: whoever looks earlier finds orders that are still on their way.
PATIENCE = timedelta(minutes=15)


def open_keys(now: datetime) -> dict[str, str]:
    """Return the attributes that enter an order in the index; it is due for a look after PATIENCE."""
    return {"openGroup": GROUP, "checkAfter": next_look(now)}


def next_look(now: datetime) -> str:
    """Return when the sweeper looks again at an order that is in order now, ISO 8601 in UTC."""
    return iso(now + PATIENCE)
