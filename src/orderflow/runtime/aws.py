"""AWS clients: made once per function, on first use, each with timeouts that end before the function does."""

from functools import cache
from typing import Any, Literal

import boto3
from botocore.config import Config

from orderflow.runtime import settings


@cache
def client(service: str, *, read_timeout: float = 3, attempts: int = 2) -> Any:
    """Return the shared boto3 client of a service, such as `dynamodb`; `read_timeout` in seconds, for each attempt.

    With the defaults, a call to a service that hangs fails within 9 seconds: before the 10 of an API function.
    """
    return boto3.client(
        service,
        config=Config(
            connect_timeout=1,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=10,
            signature_version="s3v4" if service == "s3" else None,
            s3={"addressing_style": _s3_addressing()},
        ),
    )


def _s3_addressing() -> Literal["path", "virtual"]:
    # What we sign must name the bucket's regional host: S3 redirects the global one for new buckets, which breaks a
    # signature. botocore does so for `virtual` only; an endpoint of our own is reached by path.
    own_endpoint = settings.optional_text("AWS_ENDPOINT_URL_S3") or settings.optional_text("AWS_ENDPOINT_URL")
    return "path" if own_endpoint else "virtual"
