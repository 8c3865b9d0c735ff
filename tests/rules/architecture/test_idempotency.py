"""Leases of idempotency keys outlive every function that may hold one; what is no key's record is never forgotten."""

import re
from pathlib import Path
from typing import Any

from orderflow.runtime.idempotency.keys import LEASE
from tests.support.contract_document import document
from tests.support.tables import table_schemas
from tests.terraform.hcl_files import FOLDERS, ROOT, blocks

# What two functions' clocks may differ by, and the second that Lambda takes to kill one.
MARGIN_SECONDS = 5
DEFAULT_TIMEOUT = re.compile(r'variable "timeout_seconds" \{.*?default\s*=\s*(\d+)', re.DOTALL)
HISTORIES = ("audit-trail", "checkout-sessions", "feedback", "orders", "payments", "reservations", "stock")
METHODS = ("get", "post", "put", "patch", "delete")


def api_timeouts() -> dict[str, int]:
    """Return after how many seconds Lambda ends each function behind the API."""
    behind_api = {
        operation["x-orderflow-function"]
        for path in document()["paths"].values()
        for method, operation in path.items()
        if method in METHODS
    }
    found = {}
    for folder in FOLDERS:
        for name, module in blocks(folder, "module"):
            if module.get("source", "").endswith("/lambda_function") and name in behind_api:
                found[name] = seconds(module.get("timeout_seconds"), folder)
    assert found.keys() == behind_api
    return found


def seconds(value: Any, folder: Path) -> int:
    if value is None:
        text = (ROOT / "modules" / "lambda_function" / "variables.tf").read_text(encoding="utf-8")
        return int(DEFAULT_TIMEOUT.search(text)[1])
    if local := re.search(r"local\.(\w+)", str(value)):
        texts = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.tf"))
        return int(re.search(rf"\b{local[1]}\s*=\s*(\d+)", texts)[1])
    return int(value)


def test_a_lease_outlives_every_function_behind_the_api() -> None:
    timeouts = api_timeouts()
    too_long = {name: limit for name, limit in timeouts.items() if limit + MARGIN_SECONDS > LEASE.total_seconds()}
    assert too_long == {}, f"these may run on when their lease of {LEASE.total_seconds():.0f} s has ended"
    assert timeouts["pay_order"] == 28


def test_only_keys_expire_and_never_what_they_are_for() -> None:
    schemas = table_schemas()
    assert schemas["idempotency"]["ExpiresAt"] == schemas["payment-requests"]["ExpiresAt"] == "expiresAt"
    assert {name: schemas[name]["ExpiresAt"] for name in HISTORIES} == dict.fromkeys(HISTORIES)
