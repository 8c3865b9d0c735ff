"""A person decides about an order that is held: one conditional write, and its workflow is told.

Approval, rejection, the deadline and a cancellation all take the order out of REVIEW, so exactly one of them counts.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from orderflow.orders.errors import IllegalActionError
from orderflow.orders.reading import OrderStore, get_order
from orderflow.orders.review_wait import Verdict
from orderflow.orders.status import Action, allowed_actions
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import TransientError
from orderflow.runtime.idempotency.errors import IdempotencyConflictError
from orderflow.runtime.idempotency.once import Once

_ACTIONS = {Verdict.APPROVED: Action.APPROVE, Verdict.REJECTED: Action.REJECT}


class ReviewOverError(Exception):
    """The order is not, or no longer, in review; nothing was written."""


@dataclass(frozen=True)
class Decision:
    """Who decided what about an order, and why; `once` when the request can be recognised again.

    `owner` is whose order it is, known once it was read.
    """

    order_id: str
    verdict: Verdict
    by: str
    reason: str
    once: Once | None = None
    owner: str | None = None


class DecisionStore(Protocol):
    """Where decisions are written."""

    def decide(self, decision: Decision, at: datetime) -> None:
        """Give an order in review back to its workflow, with the decision; raises ReviewOverError."""
        ...

    def once_of(self, order_id: str) -> Once | None:
        """Return what recognises the request that decided about the order."""
        ...


def review_order(
    decision: Decision,
    caller: Caller,
    *,
    orders: OrderStore,
    store: DecisionStore,
    tell: Callable[[str], None],
    clock: Callable[[], datetime],
) -> bool:
    """Decide about an order, and return whether this very request had decided before.

    `tell` tells the workflow that waits. When that fails the decision stands, and the sweeper tells it.
    Raises ForbiddenError, OrderNotFoundError, IllegalActionError and, for another body under a key that decided before,
    IdempotencyConflictError.
    """
    caller.require_admin()
    repeated = not _decided(decision, caller, orders, store, clock)
    if repeated:
        _require_same_request(decision, caller, orders, store)
    with suppress(TransientError):
        tell(decision.order_id)
    return repeated


def _decided(
    decision: Decision, caller: Caller, orders: OrderStore, store: DecisionStore, clock: Callable[[], datetime]
) -> bool:
    order = get_order(decision.order_id, caller, orders)
    if _ACTIONS[decision.verdict].value not in allowed_actions(order.status, order.user_id, caller):
        return False
    try:
        store.decide(replace(decision, owner=order.user_id), clock())
    except ReviewOverError:  # somebody else was faster, or our own write had landed and its answer was lost
        return False
    return True


def _require_same_request(decision: Decision, caller: Caller, orders: OrderStore, store: DecisionStore) -> None:
    given, made = decision.once, store.once_of(decision.order_id)
    if given is None or made is None or given.id != made.id:
        order = get_order(decision.order_id, caller, orders)
        allowed = allowed_actions(order.status, order.user_id, caller)
        raise IllegalActionError(order.order_id, order.status.value, _ACTIONS[decision.verdict].value, allowed)
    if given.fingerprint != made.fingerprint:
        raise IdempotencyConflictError
