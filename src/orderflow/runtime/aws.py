"""AWS clients: made once per function, on first use, each with timeouts that end before the function does."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    connect_timeout=2,  # seconds
    read_timeout=5,  # seconds
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=10,
)


@cache
def client(service: str) -> Any:
    """Return the shared boto3 client of a service, such as `dynamodb`."""
    return boto3.client(service, config=_CONFIG)
