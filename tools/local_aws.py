"""How our programs meet the local AWS, and can meet no real account."""

import os
from typing import Any

import boto3
from botocore.config import Config

from tools.emulator import CREDENTIALS, REGION


def environment(endpoint: str) -> dict[str, str]:
    """Return this process's environment for a child that uses the local AWS, without the caller's own AWS setup."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return own | {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # The provider repeats a 5xx for ten minutes otherwise.
        "AWS_MAX_ATTEMPTS": "2",
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }


def client(service: str, endpoint: str) -> Any:
    """Return a boto3 client of the local AWS."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"}
        ),
    )
