"""Orders of sessions begin in DynamoDB, by one transaction.

It has at most 25 elements: key, event, order, trail, token, and two for each of ten codes.

It may have 100: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from datetime import datetime

from orderflow.checkout.completing import Placements
from orderflow.checkout.events import Event
from orderflow.checkout.placing import Placement
from orderflow.checkout.pricing.discount_store import DynamoDiscounts
from orderflow.checkout.session import Session
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.vault.token_store import DynamoTokenReader
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.runtime.idempotency.keys import KeyWrite


class DynamoPlacements(Placements):
    """Places orders.

    IAM: that of the session store; dynamodb:PutItem on orders and trail, dynamodb:UpdateItem on tokens and codes,
    dynamodb:BatchGetItem on codes.
    """

    def __init__(
        self,
        sessions: DynamoSessionStore,
        discounts: DynamoDiscounts,
        *,
        orders: DynamoIntakeStore,
        tokens: DynamoTokenReader,
    ) -> None:
        self._sessions, self._discounts = sessions, discounts
        self._orders, self._tokens = orders, tokens

    def place(self, event: Event, state: Session, kept: KeyWrite | None, placement: Placement) -> None:
        client_id, now = state.client_id, datetime.fromisoformat(event.at)
        counted = self._discounts.of(placement.codes, client_id).values() if placement.codes else ()
        self._sessions.append_with(
            event,
            state,
            kept,
            [
                *self._orders.elements(placement.new),
                self._tokens.used(placement.token_id, placement.new.order.order_id),
                *self._discounts.used(counted, client_id, now),
            ],
        )
