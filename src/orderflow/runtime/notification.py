"""The door of functions that S3 calls: what raises is repeated by Lambda, then kept in the dead letter queue."""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote_plus

from orderflow.runtime.observability import LogEvent, flush_metrics, log, logger, traced

Notification = Callable[[Mapping[str, Any]], None]
Handler = Callable[[Mapping[str, Any], Any], None]


def notification_handler(operation: Notification) -> Handler:
    """Make an operation on a notification a Lambda handler: context logged, metrics flushed, call traced."""

    @traced
    @functools.wraps(operation)
    def handler(event: Mapping[str, Any], context: Any) -> None:
        logger.clear_state()
        logger.append_keys(
            function_request_id=getattr(context, "aws_request_id", None),
            operation=operation.__module__.rpartition(".")[2],
        )
        try:
            operation(event)
        except Exception:
            log(LogEvent.NOTIFICATION_FAILED, exc_info=True)
            raise
        finally:
            flush_metrics()

    return cast(Handler, handler)


def object_keys(event: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of an S3 notification's objects; S3 sends them URL-encoded, with plus signs for spaces."""
    for record in event["Records"]:
        yield unquote_plus(record["s3"]["object"]["key"])


def upload_request_id(event: Mapping[str, Any]) -> str:
    """Return the id that S3 gave the request that made the notification's object."""
    told = event["Records"][0].get("responseElements") or {}
    return str(told.get("x-amz-request-id", "unknown"))
