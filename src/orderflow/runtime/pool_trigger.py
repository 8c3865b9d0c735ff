"""The door of a function that the user pool calls: the account's attributes in, the event itself out, as Cognito wants.

What raises fails the customer's call, although what they asked for is done: the error's message reaches them.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from orderflow.runtime.observability import LogEvent, flush_metrics, log, logger, traced

Trigger = Callable[[Mapping[str, Any], str], None]
Handler = Callable[[Mapping[str, Any], Any], Mapping[str, Any]]


def pool_trigger(trigger: Trigger) -> Handler:
    """Make a function of an account's attributes and the request's id a Lambda handler: logged, flushed, traced."""

    @traced
    @functools.wraps(trigger)
    def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
        logger.clear_state()
        logger.append_keys(
            function_request_id=context.aws_request_id,
            operation=trigger.__module__.rpartition(".")[2],
        )
        try:
            trigger(event["request"]["userAttributes"], context.aws_request_id)
        except Exception:
            log(LogEvent.TRIGGER_FAILED, exc_info=True, trigger=event.get("triggerSource"))
            raise
        else:
            return event
        finally:
            flush_metrics()

    return cast(Handler, handler)
