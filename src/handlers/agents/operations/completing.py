"""An agent pays, and one order is made of its session."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from handlers.agents import recognised, sent, sessions, shown, speaking
from orderflow.checkout.dialects import complete_request
from orderflow.checkout.refusals import in_the_protocols_words
from orderflow.runtime import settings
from orderflow.runtime.api import Request
from orderflow.runtime.aws import client
from orderflow.runtime.caller import Client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.idempotency.keys import IdempotencyKeys
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.json_text import json_text
from orderflow.runtime.observability import LogEvent, count, log

if TYPE_CHECKING:
    from orderflow.checkout.completing import Completer

# API Gateway gives up after 29 seconds: what is left over is for a cold start and for one call that hangs.
_PATIENCE_SECONDS = 15


def completed(request: Request, machine: Client) -> tuple[int, Any, Mapping[str, str]]:
    """Return status, body and headers of the session with what became of its payment so far."""
    spoken = speaking(request)
    asked = complete_request.read(spoken, sent(request))
    records = DynamoRecords(client("dynamodb"), settings.text("IDEMPOTENCY_TABLE"))
    with in_the_protocols_words():
        outcome = _completer(request, machine).complete_once(
            request.path("checkoutSessionId"),
            asked.body,
            once=recognised(request, machine, spoken),
            keys=IdempotencyKeys(records, utc_now, new_ulid),
            render=lambda session: json_text(shown(session, spoken, asked.notes)),
            correlation_id=request.correlation_id,
        )
    log(
        LogEvent.SESSION_COMPLETION_ANSWERED,
        session_id=request.path("checkoutSessionId"),
        order_id=outcome.order_id,
        replayed=outcome.replayed,
    )
    if outcome.placed:
        log(LogEvent.ORDER_PLACED, order_id=outcome.order_id)
        count("OrdersPlaced")
    answer = outcome.answer
    return answer.status, answer.body, answer.replayed_headers if outcome.replayed else answer.headers


def _completer(request: Request, machine: Client) -> "Completer":
    # Here: who is refused at the door waits for none of it.
    from handlers.agent_offering import offering
    from orderflow.checkout.completing import Completer
    from orderflow.checkout.following import Follower
    from orderflow.checkout.placement_store import PlacementStore
    from orderflow.checkout.pricing.discount_store import DynamoDiscounts
    from orderflow.checkout.return_store import ReturnStore
    from orderflow.checkout.session_store import DynamoSessionStore
    from orderflow.checkout.vault.token_store import DynamoTokenReader
    from orderflow.orders.intake_store import DynamoIntakeStore
    from orderflow.orders.order_queue import SqsOrderQueue
    from orderflow.orders.order_store import DynamoOrderStore
    from orderflow.runtime.trail import Author

    dynamodb, ledger = client("dynamodb"), sessions(request, machine)
    idempotency, orders = settings.text("IDEMPOTENCY_TABLE"), settings.text("ORDERS_TABLE")
    store = DynamoSessionStore(dynamodb, settings.text("CHECKOUT_SESSIONS_TABLE"), idempotency=idempotency)
    discounts = DynamoDiscounts(dynamodb, settings.text("DISCOUNTS_TABLE"))
    tokens = DynamoTokenReader(dynamodb, settings.text("PAYMENT_TOKENS_TABLE"))
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), f"key:{machine.key_id}", request.request_id)
    intake = DynamoIntakeStore(dynamodb, orders=orders, idempotency=idempotency, author=author)
    return Completer(
        ledger=ledger,
        offering=offering(machine),
        tokens=tokens,
        placements=PlacementStore(store, discounts, orders=intake, tokens=tokens),
        follower=Follower(
            ledger, ReturnStore(store, discounts), DynamoOrderStore(dynamodb, orders).find, settings.text("SHOP_URL")
        ),
        queue=SqsOrderQueue(client("sqs"), settings.text("ORDER_QUEUE_URL")),
        merchant_id=settings.text("MERCHANT_ID"),
        order_ids=new_ulid,
        patience=_PATIENCE_SECONDS,
    )
