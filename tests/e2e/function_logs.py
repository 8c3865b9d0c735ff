"""What the functions of the stack wrote to CloudWatch Logs."""

from collections.abc import Iterator
from typing import Any


def log_groups(logs: Any) -> list[str]:
    """Return the names of the functions' log groups."""
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/")
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def lines(logs: Any, group: str) -> Iterator[str]:
    """Yield every line of a log group."""
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        yield from (event["message"] for event in page["events"])


def read_logs(logs: Any) -> int:
    """Read everything there is, and return how many lines that was."""
    return sum(1 for group in log_groups(logs) for _ in lines(logs, group))
