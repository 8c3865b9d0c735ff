"""Run Terraform: find it, give it a clean environment, keep its output in a log and show what matters."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tools.paths import ROOT, STACKS
from tools.terminal import ToolError, err

MINIMUM = (1, 11)
# Terraform adds these options to its own `init`, so the user's and ours meet there.
_INIT_OPTIONS = "TF_CLI_ARGS_init"
MIRROR_VARIABLE = "ORDERFLOW_PROVIDER_MIRROR"
# The provider itself waits minutes for some resources; nothing of ours takes longer.
TIMEOUT_SECONDS = 1800
_SEARCH_SECONDS = 120
_FOUND_MIRROR = STACKS / "provider-mirror"
_OUT_OF_REACH = re.compile(r"could not connect to|Failed to query available provider|Failed to install provider")


@cache
def program() -> str:
    """Return the path of a terraform that is new enough."""
    found = shutil.which("terraform")
    if not found:
        raise ToolError(
            "terraform is not on PATH: install Terraform >= 1.11 (developer.hashicorp.com/terraform/install)."
        )
    answer = subprocess.run([found, "version", "-json"], capture_output=True, text=True, timeout=60, check=False)
    try:
        version = json.loads(answer.stdout)["terraform_version"]
    except (ValueError, KeyError):
        # The reason is in what it said: often a broken CLI configuration file.
        raise ToolError(f"`terraform version` failed: {(answer.stderr or answer.stdout).strip()}") from None
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < MINIMUM:
        raise ToolError(
            f"Terraform {version} is too old: state locking on S3 alone needs >= {'.'.join(map(str, MINIMUM))}."
        )
    return found


def base_environment() -> dict[str, str]:
    """Return the caller's environment, mended: no CLI configuration that does not exist, a plugin cache, the mirror.

    ORDERFLOW_PROVIDER_MIRROR names a provider mirror: a folder laid out as `terraform providers mirror` writes it.
    """
    env = dict(os.environ)
    if "TF_CLI_CONFIG_FILE" in env and not Path(env["TF_CLI_CONFIG_FILE"]).is_file():
        del env["TF_CLI_CONFIG_FILE"]
    env |= {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    if mirror := env.get(MIRROR_VARIABLE) or _remembered_mirror():
        if not (Path(mirror) / "registry.terraform.io").is_dir():
            raise ToolError(
                f"{MIRROR_VARIABLE}={mirror} holds no registry.terraform.io folder: point it at a provider mirror."
            )
        env |= _init_from(mirror)
    elif "-plugin-dir" not in env.get(_INIT_OPTIONS, ""):
        cache_folder = Path(env.setdefault("TF_PLUGIN_CACHE_DIR", str(STACKS / "plugins")))
        cache_folder.mkdir(parents=True, exist_ok=True)
    return env


def _init_from(mirror: str) -> dict[str, str]:
    return {_INIT_OPTIONS: f"{os.environ.get(_INIT_OPTIONS, '')} -plugin-dir={mirror}".strip()}


def _remembered_mirror() -> str:
    """Return the mirror that an earlier init found on this disk, if it is still there."""
    mirror = _FOUND_MIRROR.read_text().strip() if _FOUND_MIRROR.is_file() else ""
    return mirror if mirror and Path(mirror).is_dir() else ""


def _find_mirror() -> str:
    """Look for a provider mirror; what it holds is checked against the lock file like anything from the registry."""
    found = subprocess.run(
        [str(ROOT / "tools" / "find_mirror.sh")], capture_output=True, text=True, timeout=_SEARCH_SECONDS, check=False
    ).stdout.strip()
    if not found:
        raise ToolError(
            f"The provider registry is out of reach and this disk holds no mirror: set {MIRROR_VARIABLE} to the "
            "folder of one (`terraform providers mirror <folder>` writes it where there is a connection)."
        )
    STACKS.mkdir(exist_ok=True)
    _FOUND_MIRROR.write_text(f"{found}\n")
    return found


class Terraform:
    """Terraform in one root folder with one data folder; every run appends to `log`."""

    def __init__(self, root: Path, data_folder: Path, log: Path, env: dict[str, str] | None = None) -> None:
        self.root = root
        self.log = log
        self.env = base_environment() | {"TF_DATA_DIR": str(data_folder)} | (env or {})

    def run(
        self, *arguments: str, accepts: Sequence[int] = (0,), watch: Callable[[str], None] | None = None
    ) -> tuple[int, str]:
        """Run one command, hand each line to `watch`, return exit code and output; other codes raise its errors."""
        # Its colours would hide words from whoever looks for them in the output.
        words = 2 if arguments[0] == "state" else 1
        command = [program(), *arguments[:words], "-no-color", *arguments[words:]]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        lines: list[str] = []
        with self.log.open("a") as log:
            log.write(f"\n$ terraform {' '.join(arguments)}\n")
            process = subprocess.Popen(
                command, cwd=self.root, env=self.env, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            try:
                for line in process.stdout or ():
                    lines.append(line)
                    log.write(line)
                    if watch:
                        watch(line.rstrip())
                    if time.monotonic() > deadline:
                        raise ToolError(f"terraform {arguments[0]} ran longer than {TIMEOUT_SECONDS} s: see {self.log}")
                code = process.wait(timeout=60)
            except BaseException:
                # Terraform releases its state lock when it is asked to stop.
                process.terminate()
                process.wait(timeout=60)
                raise
        output = "".join(lines)
        if code not in accepts:
            raise ToolError(f"terraform {arguments[0]} failed:\n{errors_in(output)}\nThe whole output: {self.log}")
        return code, output

    def init(self, *options: str) -> None:
        """Initialise the root; where the registry is out of reach, once more with a mirror that this disk may hold."""
        try:
            self.run("init", *options)
        except ToolError as error:
            if not _OUT_OF_REACH.search(str(error)):
                raise
            mirror = _find_mirror()
            err.print(f"The provider registry is out of reach: using the mirror {mirror}", style="yellow")
            self.env |= _init_from(mirror)
            self.run("init", *options)

    def outputs(self) -> dict[str, object]:
        """Return the root's outputs as plain values."""
        answer = subprocess.run(
            [program(), "output", "-no-color", "-json"],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if answer.returncode:
            raise ToolError(f"terraform output failed:\n{errors_in(answer.stderr)}")
        return {name: entry["value"] for name, entry in json.loads(answer.stdout).items()}


def errors_in(output: str, limit: int = 60) -> str:
    """Return the part of Terraform's output that tells what went wrong."""
    lines = output.splitlines()
    first = next((index for index, line in enumerate(lines) if line.lstrip("│╷ ").startswith("Error")), None)
    return "\n".join(lines[first : first + limit] if first is not None else lines[-20:])
