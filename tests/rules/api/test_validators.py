"""The generated validators are what the document says, and cost a function next to nothing."""

import subprocess
import sys

import pytest

from tests.support.contract_document import ROOT, document, operations
from tools import contract


def test_the_validators_are_as_generated() -> None:
    assert contract.stale(contract.modules(document()), contract.PACKAGE) == []


def test_check_names_what_is_missing_changed_or_left_over(tmp_path, monkeypatch, capsys) -> None:
    # Given
    for name, text in contract.modules(document()).items():
        (tmp_path / name).write_text(text)
    (tmp_path / "place_order_request.py").write_text("# by hand\n")
    (tmp_path / "login_customer_request.py").unlink()
    (tmp_path / "forgotten_request.py").write_text("")
    monkeypatch.setattr(contract, "PACKAGE", tmp_path)
    # When
    code = contract.main(["--check"])
    # Then
    named = [line.split()[0].rpartition("/")[2] for line in capsys.readouterr().err.splitlines()]
    assert (code, named) == (1, ["forgotten_request.py", "login_customer_request.py", "place_order_request.py"])
    assert contract.main([]) == 0
    assert contract.main(["--check"]) == 0
    assert not (tmp_path / "forgotten_request.py").exists()


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_generating_twice_gives_the_same_bytes(hash_seed: str) -> None:
    code = "import sys; from tools.contract import main; sys.exit(main(['--check']))"
    command = [sys.executable, "-c", code]
    subprocess.run(command, cwd=ROOT, env={"PYTHONHASHSEED": hash_seed}, check=True, timeout=60)


def test_a_validator_needs_neither_its_generator_nor_the_document() -> None:
    code = (
        "import sys; from orderflow.contract import place_order_request; "
        "print(sorted({'fastjsonschema', 'jsonschema', 'yaml', 'json', 'boto3'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); {code}"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("operation", [pytest.param(o, id=o.name) for o in operations() if o.body])
def test_the_handler_of_a_body_calls_its_validator(operation) -> None:
    (context,) = operation.facts["tags"]
    source = (ROOT / "src/handlers" / context / f"{operation.facts['x-orderflow-function']}.py").read_text()
    module = contract.snake_case(operation.body)
    assert f"from orderflow.contract import {module}" in source
    assert f"{module}.validate(" in source
