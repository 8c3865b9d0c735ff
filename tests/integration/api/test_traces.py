"""X-Ray's SDK costs half a cold start: a function pays it only when it is traced. In a fresh interpreter each."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "src"
CODE = """
import sys
from orderflow.runtime.api import Response, api_handler
def operation(request): return Response(200)
handler = api_handler(operation)
print("aws_xray_sdk" in sys.modules, handler.__name__, hasattr(handler.__wrapped__, "__wrapped__"))
"""


@pytest.mark.parametrize(("disabled", "printed"), [("true", "False operation False"), ("false", "True operation True")])
def test_the_sdk_is_imported_exactly_when_a_function_is_traced(disabled: str, printed: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "POWERTOOLS_TRACE_DISABLED": disabled}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == printed
