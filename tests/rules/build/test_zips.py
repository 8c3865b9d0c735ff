"""Zips that `make build` writes are reproducible, pure Python, and enough by themselves."""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tools import build
from tools.bench_cold import MOST_BYTES
from tools.closure import RUNTIME_PROVIDED
from tools.paths import DIST, ROOT

FUNCTIONS = [function.key for function in build.functions()]
COMPILED_FOR_A_PROCESSOR = (".so", ".pyd", ".dylib", ".dll")


@pytest.fixture(scope="module")
def manifest() -> dict:
    return build.build()


def run_as_on_lambda(entry: dict, program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `program`, which knows the handler's module as `m`, with what Lambda has: the zip, the SDK, traces on."""
    task, provided = folder / "task", folder / "runtime"
    zipfile.ZipFile(DIST / entry["zip"]).extractall(task)
    # Only what Lambda's runtime has: a forgotten library must not be found in the environment of the tests.
    provided.mkdir()
    site = Path(sysconfig.get_path("purelib"))
    for name in RUNTIME_PROVIDED:
        source = site / name if (site / name).exists() else site / f"{name}.py"
        (provided / source.name).symlink_to(source)
    module = entry["handler"].rpartition(".")[0]
    env = {
        "AWS_DEFAULT_REGION": "eu-central-1",
        "POWERTOOLS_SERVICE_NAME": "t",
        "POWERTOOLS_METRICS_NAMESPACE": "T",
        "POWERTOOLS_TRACE_DISABLED": "false",
        "AWS_LAMBDA_FUNCTION_NAME": "t",
        "LAMBDA_TASK_ROOT": str(task),
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    }
    program = f"import sys; sys.path[:0] = {[str(task), str(provided)]!r}\nimport {module} as m\n{program}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], env=env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("key", FUNCTIONS)
def test_a_handler_imports_from_its_zip_and_boto3_alone(key: str, manifest: dict, tmp_path: Path) -> None:
    done = run_as_on_lambda(manifest["functions"][key], "assert callable(m.handler)", tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_traced_function_answers(manifest: dict, tmp_path: Path) -> None:
    program = "print(m.handler({'httpMethod': 'GET'}, None)['statusCode'])"
    done = run_as_on_lambda(manifest["functions"]["get_order"], program, tmp_path)
    assert done.stdout.splitlines()[-1:] == ["401"], done.stderr


@pytest.mark.parametrize("key", FUNCTIONS)
def test_a_zip_holds_neither_compiled_libraries_nor_what_the_runtime_provides(key: str, manifest: dict) -> None:
    names = zipfile.ZipFile(DIST / manifest["functions"][key]["zip"]).namelist()
    assert [name for name in names if name.endswith(COMPILED_FOR_A_PROCESSOR)] == []
    assert RUNTIME_PROVIDED & {name.split("/")[0].removesuffix(".py") for name in names} == set()
    # RECORD differs from one installation to the next.
    assert {name.split("/")[1] for name in names if ".dist-info/" in name} <= {"METADATA"}


@pytest.mark.parametrize("key", FUNCTIONS)
def test_no_zip_is_over_three_megabytes(key: str, manifest: dict) -> None:
    assert (DIST / manifest["functions"][key]["zip"]).stat().st_size <= MOST_BYTES == 3_000_000


def test_the_manifest_tells_the_bytes_that_are_there(manifest: dict) -> None:
    stored = json.loads(build.MANIFEST.read_text())["functions"]
    assert sorted(stored) == sorted(FUNCTIONS)
    for entry in stored.values():
        content = (DIST / entry["zip"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_second_build_elsewhere_gives_the_same_bytes(manifest: dict, tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from tools import build; build.DIST = pathlib.Path(sys.argv[1]);"
        "build.MANIFEST = build.DIST / 'manifest.json'; build.build()"
    )
    env = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "PYTHONPATH": ""}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, env=env, check=True, timeout=120)
    again = json.loads((tmp_path / "manifest.json").read_text())["functions"]
    assert {key: entry["sha256"] for key, entry in again.items()} == {
        key: entry["sha256"] for key, entry in manifest["functions"].items()
    }


def test_the_bootstrap_can_be_executed(manifest: dict) -> None:
    for entry in manifest["functions"].values():
        member = zipfile.ZipFile(DIST / entry["zip"]).getinfo("bootstrap")
        assert oct(member.external_attr >> 16) == "0o100755"
