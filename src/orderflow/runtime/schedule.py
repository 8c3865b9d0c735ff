"""The door of functions that a schedule calls: what raises is repeated by Lambda, then becomes a dead letter."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from orderflow.runtime.observability import LogEvent, flush_metrics, log, logger, traced

Run = Callable[[Mapping[str, Any], Callable[[], int]], dict[str, Any]]
Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def scheduled_handler(run: Run) -> Handler:
    """Make a run a Lambda handler: context logged, metrics flushed, call traced.

    The run is given the event and a function that returns how many milliseconds are left.
    """

    @traced
    @functools.wraps(run)
    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        logger.clear_state()
        logger.append_keys(
            function_request_id=context.aws_request_id,
            operation=run.__module__.rpartition(".")[2],
        )
        try:
            return run(event, context.get_remaining_time_in_millis)
        except Exception:
            log(LogEvent.SCHEDULED_RUN_FAILED, exc_info=True)
            raise
        finally:
            flush_metrics()

    return cast(Handler, handler)
