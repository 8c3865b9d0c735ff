"""What an order of a session used up comes back in DynamoDB, with the event that opens the session again."""

from orderflow.checkout.events import Event
from orderflow.checkout.following import Returns
from orderflow.checkout.pricing.discount_store import DynamoDiscounts
from orderflow.checkout.session import Session
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.runtime.idempotency.keys import KeyWrite


class DynamoReturns(Returns):
    """Gives back (IAM: that of the session store, dynamodb:UpdateItem on codes)."""

    def __init__(self, sessions: DynamoSessionStore, discounts: DynamoDiscounts) -> None:
        self._sessions, self._discounts = sessions, discounts

    def give_back(self, event: Event, state: Session, kept: KeyWrite | None, codes: tuple[str, ...]) -> None:
        self._sessions.append_with(event, state, kept, self._discounts.given_back(codes, state.client_id))
