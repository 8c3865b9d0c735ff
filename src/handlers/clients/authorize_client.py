"""API Gateway asks whose client key this is, and keeps the answer for a while."""

from orderflow.clients.authorizing import authorize_client
from orderflow.clients.key_finder import DynamoKeys
from orderflow.runtime import settings
from orderflow.runtime.authorizer import authorizer_handler
from orderflow.runtime.aws import client
from orderflow.runtime.caller import Client
from orderflow.runtime.clock import utc_now


@authorizer_handler
def handler(key: str) -> Client:
    # Nobody but a lenient checkout's routes is ever asked about without a key.
    if not key and settings.text("CHECKOUT_MODE") == "lenient":
        from orderflow.checkout.lenient_client import LENIENT

        return LENIENT
    keys = DynamoKeys(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE"))
    return authorize_client(key, keys=keys, clock=utc_now)
