"""What a run needs in the shop: an administrator, keys of agents, endpoints for their webhooks, goods."""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from tools.paths import ROOT
from tools.shop_client import Shop
from tools.target import Target
from tools.terminal import ToolError

SOLD_OUT, CODE = "CONFORMANCE-SOLD-OUT", "CONFORMANCE10"
_SCOPES = ["checkout:read", "checkout:write"]
_RATE_PER_MINUTE = 6000  # the contract's highest: nobody may wait for it here


@dataclass(frozen=True)
class Agent:
    """An agent of one version: its key, a second agent's key, and how its webhooks are signed."""

    version: str
    client_id: str
    key: str = field(repr=False)
    other_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def administrator(target: Target) -> Shop:
    """Register an administrator as an operator makes one: in the user pool, never through the API."""
    shop = Shop(target.outputs["api_endpoint"])
    email, password = shop.register()
    target.client("cognito-idp").admin_add_user_to_group(
        UserPoolId=target.outputs["cognito_user_pool_id"], Username=email, GroupName="admin"
    )
    shop.login(email, password)
    return shop


def stock_up(shop: Shop, stack: str) -> None:
    """Have the product without stock and the discount code that the profile names, unless they are there."""
    product = {"productId": SOLD_OUT, "name": "Sold Out", "category": "samples", "price": 500, "stock": 0}
    _there(shop, "/products", product)
    command = ["discounts", "create", CODE, "--name", "A tenth off", "--percent", "10", "--currency", "EUR"]
    done = subprocess.run(
        [sys.executable, "-m", "tools.ops", *command, "--reason", "conformance run", "--yes"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src", "STACK": stack, "ENV": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode and f"There is a discount {CODE}" not in done.stderr:
        raise ToolError(f"The discount code {CODE} could not be made: {done.stderr.strip()}")


def agent(shop: Shop, version: str, webhook_url: str) -> Agent:
    """Issue the keys of an agent and tell the shop where it hears of its orders."""
    run = secrets.token_hex(6)
    mine, other = (_key(shop, f"conformance {run} {version} {who}") for who in ("agent", "other"))
    body = {"clientId": mine["keyId"], "url": webhook_url, "apiVersion": version, "description": "conformance run"}
    endpoint = shop.call("POST", "/webhook_endpoints", 201, json=body)
    return Agent(version, mine["keyId"], mine["key"], other["key"], endpoint["secret"])


def _key(shop: Shop, name: str) -> Any:
    body = {"name": name, "scopes": _SCOPES, "ratePerMinute": _RATE_PER_MINUTE}
    return shop.call("POST", "/client-keys", 201, json=body)


def _there(shop: Shop, path: str, body: dict[str, Any]) -> None:
    answer = shop.http.post(f"{shop.url}{path}", json=body, timeout=30)
    if answer.status_code not in (201, 409):
        raise ToolError(f"POST {path} answered {answer.status_code}: {answer.text[:500]}")
