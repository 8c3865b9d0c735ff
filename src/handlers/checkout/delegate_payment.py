"""POST /agentic_commerce/delegate_payment: a test card becomes a payment token; the card is forgotten."""

from collections.abc import Callable

from handlers.agents import protocol_handler, sent, speaking, usage
from orderflow.checkout.dialects import delegate_request
from orderflow.checkout.dialects.version import Mode
from orderflow.checkout.refusals import in_the_protocols_words
from orderflow.checkout.repeats import answered_once
from orderflow.checkout.vault.delegating import delegate, known_card, token_json
from orderflow.checkout.vault.token import VaultToken
from orderflow.checkout.vault.token_store import DynamoVault
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.idempotency.keys import IdempotencyKeys, KeyWrite
from orderflow.runtime.idempotency.once import once, required
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.json_text import json_text


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_WRITE, usage=usage(), clock=utc_now)
    spoken = speaking(request)
    body, now = delegate_request.read(spoken.version, sent(request)).body, utc_now()
    # Before the body is hashed for its key: the number of a real card must leave no trace.
    card = known_card(body, provider=settings.text("PAYMENT_PROVIDER"), now=now)
    dynamodb, table = client("dynamodb"), settings.text("IDEMPOTENCY_TABLE")
    vault = DynamoVault(dynamodb, settings.text("PAYMENT_TOKENS_TABLE"), idempotency=table)

    def token(keep: Callable[[VaultToken], KeyWrite | None]) -> VaultToken:
        return delegate(body, card, client_id=machine.key_id, vault=vault, now=now, token_ids=new_ulid, keep=keep)

    key = request.header("Idempotency-Key")
    if key is None and spoken.mode is Mode.LENIENT:
        return Response(201, token_json(token(_nothing_kept), body["metadata"]))
    with in_the_protocols_words():
        given = answered_once(
            once(f"key:{machine.key_id}", request.route, required(key), sent(request)),
            IdempotencyKeys(DynamoRecords(dynamodb, table), utc_now, new_ulid),
            201,
            lambda made: json_text(token_json(made, body["metadata"])),
            token,
        )
    answer = given.answer
    return Response(answer.status, answer.body, answer.replayed_headers if given.replayed else answer.headers)


def _nothing_kept(_token: VaultToken) -> KeyWrite | None:
    return None
