"""Sessions that still wait although their orders ended: the notice was lost, and no agent has asked again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from orderflow.checkout.progress import is_decided
from orderflow.checkout.session import Session, SessionStatus
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso

# The queue of order events tries again for longer than an agent waits, and for less than this.
A_NOTICE_TAKES = timedelta(minutes=15)


@dataclass(frozen=True)
class Behind:
    """A session, and the order that it has not followed."""

    session_id: str
    order_id: str
    user_id: str
    status: OrderStatus


def behind(
    session_ids: Iterable[str],
    sessions: Callable[[str], Session | None],
    orders: Callable[[str], Order | None],
    ended_by: datetime,
) -> Iterator[Behind]:
    """Yield the sessions whose orders were decided at `ended_by`: a notice that is on its way is not lost."""
    for session_id in session_ids:
        session = sessions(session_id)
        if session is None or session.status is not SessionStatus.COMPLETE_IN_PROGRESS or session.order_id is None:
            continue
        order = orders(session.order_id)
        if order and is_decided(order) and order.updated_at <= iso(ended_by):
            yield Behind(session_id, order.order_id, order.user_id, order.status)
