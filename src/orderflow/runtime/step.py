"""The door of every workflow step: the state's payload in, a small result or a named error out.

The class name of what a step raises is the error name that the state machine catches, so nothing is wrapped here.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from orderflow.runtime.errors import OrderflowError
from orderflow.runtime.observability import LogEvent, flush_metrics, log, logger, traced

Step = Callable[[Mapping[str, Any]], dict[str, Any]]
Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def step_handler(step: Step) -> Handler:
    """Make a step a Lambda handler: order and correlation id logged, metrics flushed, call traced."""

    @traced
    @functools.wraps(step)
    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        logger.clear_state()
        logger.append_keys(
            order_id=event.get("orderId"),
            correlation_id=event.get("correlationId"),
            function_request_id=getattr(context, "aws_request_id", None),
            operation=step.__module__.rpartition(".")[2],
        )
        try:
            result = step(event)
        except OrderflowError as error:
            log(LogEvent.STEP_FAILED, error=type(error).__name__, error_code=error.code)
            raise
        except Exception:
            log(LogEvent.STEP_CRASHED, exc_info=True)
            raise
        else:
            log(LogEvent.STEP_DONE)
            return result
        finally:
            flush_metrics()

    return cast(Handler, handler)
