"""The user pool's post-confirmation trigger: whoever proved their e-mail address gets their profile.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
"""

from collections.abc import Mapping
from typing import Any

from orderflow.customers.opening import NewUser, open_profile
from orderflow.customers.registering import full_name
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.pool_trigger import pool_trigger
from orderflow.runtime.trail import Author

# Cognito waits five seconds for a trigger.
_READ_TIMEOUT = 1.0


@pool_trigger
def handler(attributes: Mapping[str, Any], request_id: str) -> None:
    user_id = attributes["sub"]
    opened = open_profile(
        user_id,
        NewUser(
            name=full_name(attributes.get("given_name", ""), attributes.get("family_name", "")),
            email=attributes["email"],
            phone_number=attributes.get("phone_number"),
        ),
        store=DynamoUserStore(
            client("dynamodb", read_timeout=_READ_TIMEOUT),
            settings.text("CUSTOMERS_TABLE"),
            Author(settings.text("AUDIT_TRAIL_TABLE"), user_id, request_id),
        ),
        clock=utc_now,
    )
    if opened:
        log(LogEvent.PROFILE_OPENED, user_id=user_id)
