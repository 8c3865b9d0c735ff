"""POST /webhooks/stripe: what Stripe tells about charges of ours, signed by Stripe."""

from orderflow.payments.errors import StripeNotInUseError
from orderflow.payments.provider_event_store import DynamoEventStore
from orderflow.payments.provider_events import Reaction, receive_event
from orderflow.payments.stripe_event import event_from
from orderflow.payments.stripe_provider import stripe_keys, stripe_provider
from orderflow.payments.stripe_signature import SignatureRefusedError, check_signature
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log

_METRICS = {
    Reaction.LEFTOVER_RETURNED: "LeftoverChargesReturned",
    Reaction.NEEDS_A_PERSON: "PaymentsMovedAtProvider",
    Reaction.NOT_OURS: "ProviderEventsNotOurs",
    Reaction.IGNORED: "ProviderEventsIgnored",
}


@api_handler
def handler(request: Request) -> Response:
    if settings.text("PAYMENT_PROVIDER") != "stripe":
        raise StripeNotInUseError
    body = request.raw_body()
    try:
        check_signature(body, request.header("Stripe-Signature"), stripe_keys().webhook_secret(), utc_now())
    except SignatureRefusedError:
        count("ProviderSignaturesRefused")
        raise
    event = event_from(body)
    receipt = receive_event(
        event,
        store=DynamoEventStore(client("dynamodb"), settings.text("PAYMENTS_TABLE")),
        provider=stripe_provider(),
        now=utc_now(),
    )
    asks = receipt.reaction in (Reaction.NEEDS_A_PERSON, Reaction.LEFTOVER_RETURNED)
    log(
        LogEvent.PROVIDER_EVENT_ACTED_ON if asks else LogEvent.PROVIDER_EVENT_RECEIVED,
        reaction=receipt.reaction.value,
        repeated=not receipt.first,
        event_id=event.event_id,
        event_type=event.type,
        payment_id=receipt.payment_id,
    )
    if metric := _METRICS.get(receipt.reaction):
        count(metric)
    return Response(200, {"received": True})
