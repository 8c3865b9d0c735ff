"""A function that pays with the sandbox never pays for Stripe's code, and Stripe costs no library."""

import json
import subprocess
import sys

import pytest

from tools import build
from tools.paths import HANDLERS, SRC

_REPORT = """
import json, sys
import boto3.session
boto3.session.Session(region_name="eu-central-1").client("dynamodb")
before = set(sys.modules)
{code}
print(json.dumps(sorted(set(sys.modules) - before)))
"""
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "test",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "PYTHONPATH": str(SRC),
}


def loaded(code: str) -> set[str]:
    """Return the modules that `code` loads beyond what boto3's DynamoDB client has loaded already."""
    command = [sys.executable, "-c", _REPORT.format(code=code)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(done.stdout.splitlines()[-1]))


def pays(name: str) -> bool:
    return "provider_choice" in (HANDLERS / "payments" / f"{name}.py").read_text()


PAYING = sorted(path.stem for path in (HANDLERS / "payments").glob("*.py") if pays(path.stem))


@pytest.mark.parametrize("name", PAYING)
def test_stripe_is_imported_only_where_it_is_chosen(name: str) -> None:
    assert {each for each in loaded(f"import handlers.payments.{name}") if "stripe" in each} == set()


def test_choosing_stripe_loads_our_own_code_and_what_boto3_brought() -> None:
    found = loaded("import orderflow.payments.stripe_provider")
    assert "orderflow.payments.stripe_http" in found
    assert {each.partition(".")[0] for each in found} - sys.stdlib_module_names == {"orderflow", "ulid"}


@pytest.mark.parametrize("name", ["receive_stripe_event", *PAYING])
def test_the_zip_carries_the_adapter_and_neither_an_sdk_nor_an_http_library(name: str) -> None:
    (function,) = build.select([name])
    files, _ = build.contents(function)
    assert "orderflow/payments/stripe_provider.py" in files
    assert {path.split("/")[0] for path in files} & {"stripe", "urllib3", "requests", "certifi", "botocore"} == set()
