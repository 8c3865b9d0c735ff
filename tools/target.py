"""Which shop a tool talks to: the local stack, or an AWS environment named by ENV with the caller's own credentials."""

import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from tools import local_aws
from tools.environment import Environment
from tools.stack import Stack

_TIMEOUTS = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard"})


@dataclass
class Target:
    """Terraform's outputs and the way to AWS of one shop; `endpoint` is None for AWS itself."""

    outputs: dict[str, Any]
    endpoint: str | None

    def client(self, service: str) -> Any:
        return local_aws.client(service, self.endpoint) if self.endpoint else boto3.client(service, config=_TIMEOUTS)


def current() -> Target:
    """Return the shop that ENV names, the local stack when it names none."""
    name = os.environ.get("ENV", "")
    if name in ("", "local"):
        stack = Stack(os.environ.get("STACK", "local"))
        return Target(stack.outputs(), stack.endpoint)
    return Target(Environment(name).runner().outputs(), None)
