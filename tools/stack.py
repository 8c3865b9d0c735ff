"""A stack: an emulator process, what Terraform applied to it, and its data, all in .orderflow/<stack>/.

`python -m tools.stack up|down|reset|url|outputs|seed|deploy [FUNCTION] [--stack local|test]`
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tools import build, fingerprint, local_aws, ports, record
from tools.emulator import REGION, Emulator
from tools.paths import ROOT, STACKS, TERRAFORM
from tools.terminal import Clock, ToolError, out, run_tool, setup_seconds
from tools.terraform import Terraform

# Tests have a range of their own: they neither need nor disturb a running `make up`.
FIRST_PORT = {"local": 4566, "test": 14566}
# Most of an apply is the provider waiting, so more at once is faster.
PARALLELISM = 30
SEED_SECONDS = 120
_STARTUP_SECONDS = 3
_BACKEND_FILE = TERRAFORM / "env" / "local.s3.tfbackend"
_VARIABLES_FILE = "env/local.tfvars"


class Stack:
    """One stack by its name; public methods are the commands."""

    def __init__(self, name: str, clock: Clock | None = None) -> None:
        self.name = name
        self.folder = STACKS / name
        self.clock = clock or Clock()
        self.record = record.read(self.folder)

    @property
    def emulator(self) -> Emulator:
        return Emulator(self.folder, self.record.port or FIRST_PORT[self.name])

    @property
    def endpoint(self) -> str:
        """The local AWS itself, for SDKs: AWS_ENDPOINT_URL."""
        return self.emulator.endpoint

    def is_running(self) -> bool:
        return self._has_process() and self.emulator.is_ready()

    def _has_process(self) -> bool:
        return self.record.pid is not None and self.emulator.owns(self.record.pid)

    def outputs(self) -> dict[str, Any]:
        """Return Terraform's outputs of the running stack."""
        if not self.is_running():
            raise ToolError(f"The stack '{self.name}' is not running: start it with `make up`.")
        if not self.record.applied:
            raise ToolError(f"The stack '{self.name}' is not complete: finish it with `make up`.")
        return self.record.outputs

    def up(self, emulator_environment: dict[str, str] | None = None) -> bool:
        """Bring the stack up, sample products included, and return whether anything had to change."""
        with self.clock.step("zips built"):
            manifest = build.build()
        started = self.start(emulator_environment or {})
        wanted = self._fingerprint(manifest)
        unchanged = self.record.applied == wanted and self._serves()
        if not unchanged:
            self._apply(wanted)
        with self.clock.step("sample products there"):
            created = self.seed()
        return started or created > 0 or not unchanged

    def start(self, environment: dict[str, str]) -> bool:
        """Start the emulator on the data there is, with settings of its own; False when it runs already."""
        if self.is_running():
            return False
        if self._has_process():
            raise ToolError(
                f"The local AWS (process {self.record.pid}) runs but does not answer on port {self.record.port}: "
                "say `make down`, then `make up`."
            )
        if self.record.pid is not None:
            # Nobody stopped it, so it did not save: Terraform must look at everything again.
            out.print(
                "The local AWS had ended without saving: what changed since the last `make down` is lost.",
                style="yellow",
            )
            self.record.applied = None
        before = self.record.port
        self.record.port = ports.choose(FIRST_PORT[self.name], before)
        if before and before != self.record.port:
            self.emulator.move_from(before)
        self.emulator.rewind_streams()
        with self.clock.step(f"local AWS answers on port {self.record.port}"):
            self.record.pid = self.emulator.start(environment)
            record.write(self.folder, self.record)
        return True

    def _serves(self) -> bool:
        """Tell whether what was applied is still there, by asking the API through its whole path."""
        base = self.record.outputs["api_endpoint"]
        return self.emulator.answers(f"{base.removeprefix(self.endpoint)}/health", timeout=20)

    def _fingerprint(self, manifest: dict[str, Any]) -> str:
        return fingerprint.of_inputs(manifest, {"endpoint": self.endpoint})

    def terraform(self) -> Terraform:
        return Terraform(
            TERRAFORM, self.folder / "terraform", self.folder / "terraform.log", local_aws.environment(self.endpoint)
        )

    def variables(self) -> list[str]:
        return [f"-var-file={_VARIABLES_FILE}", f"-var=local_endpoint={self.endpoint}"]

    def plan(self, *options: str) -> tuple[bool, str]:
        """Return whether Terraform would change anything, and its output."""
        code, output = self.terraform().run(
            "plan", *self.variables(), "-detailed-exitcode", f"-parallelism={PARALLELISM}", *options, accepts=(0, 2)
        )
        return code == 2, output

    def _apply(self, wanted: str) -> None:
        self.record.applied = None
        record.write(self.folder, self.record)
        self._prepare_backend()
        with self.clock.step("terraform init", "terraform"):
            backend = f"-backend-config={_BACKEND_FILE.relative_to(TERRAFORM)}"
            self.terraform().init("-reconfigure", "-lockfile=readonly", backend)
        plan = self.folder / "stack.tfplan"
        with self.clock.step("terraform plan", "terraform"):
            changes, output = self.plan(f"-out={plan}")
        if changes:
            todo = re.search(r"Plan: (.*?)\.", output)
            with (
                self.clock.step(f"terraform apply ({todo[1] if todo else 'outputs only'})", "terraform"),
                out.status("") as status,
            ):
                self.terraform().run("apply", f"-parallelism={PARALLELISM}", str(plan), watch=_progress(status.update))
        plan.unlink()
        self.record.outputs = self.terraform().outputs()
        self.record.applied = wanted
        record.write(self.folder, self.record)

    def _prepare_backend(self) -> None:
        """Create the bucket of the Terraform state, and drop a lock that a killed Terraform left: we hold the stack."""
        settings = dict(re.findall(r'^\s*(\w+)\s*=\s*"([^"]*)"', _BACKEND_FILE.read_text(), re.MULTILINE))
        s3 = local_aws.client("s3", self.endpoint)
        try:
            s3.head_bucket(Bucket=settings["bucket"])
        except ClientError:
            s3.create_bucket(Bucket=settings["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.delete_object(Bucket=settings["bucket"], Key=f"{settings['key']}.tflock")

    def seed(self) -> int:
        """Create the sample products that are missing, by the catalogue's use cases, and return how many those were."""
        outputs = self.outputs()
        done = subprocess.run(
            [sys.executable, "-m", "tools.seed"],
            cwd=ROOT,
            env=local_aws.environment(self.endpoint) | {"PYTHONPATH": "src"},
            input=json.dumps(outputs),
            capture_output=True,
            text=True,
            timeout=SEED_SECONDS,
            check=False,
        )
        if done.returncode:
            raise ToolError(f"The sample products could not be created:\n{done.stderr.strip()}")
        return int(done.stdout)

    def down(self) -> None:
        """Stop the emulator so that it saves its data."""
        if self._has_process():
            with self.clock.step("local AWS stopped, its data saved"):
                self.emulator.stop(self.record.pid or 0)
        elif self.record.pid is not None:
            out.print(f"process {self.record.pid} is gone or not ours: left alone")
            self.record.applied = None
        else:
            out.print(f"the stack '{self.name}' is not running")
            return
        self.record.pid = None
        record.write(self.folder, self.record)

    def reset(self) -> None:
        """Stop the emulator and forget its data."""
        if self._has_process():
            self.emulator.discard(self.record.pid or 0)
        self.emulator.forget()
        for name in ("stack.json", "stack.tfplan", "terraform.log", "emulator.log"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / "terraform", ignore_errors=True)
        self.record = record.Record()
        out.print(f"the stack '{self.name}' and its data are gone")

    def deploy(self, key: str) -> None:
        """Rebuild one function and let Terraform put it on the running stack, so that the next plan is empty again."""
        if not key:
            raise ToolError(
                "Which function? For example `make deploy FN=place_order`; `ls src/handlers/*` shows them all."
            )
        if key not in self.outputs()["function_names"]:
            build.select([key])
            raise ToolError(f"{key} is not on the stack yet: `make up` adds a new function.")
        was_current = self.record.applied == self._fingerprint(build.read_manifest())
        with self.clock.step(f"{key} built"):
            manifest = build.build([key])
        with self.clock.step(f"{self.record.outputs['function_names'][key]} updated", "terraform"):
            _, listed = self.terraform().run("state", "list")
            # The package is on the way to its function, so naming the function brings both.
            [address] = [line for line in listed.split() if line.endswith(f"module.{key}.aws_lambda_function.this")]
            self.terraform().run("apply", "-auto-approve", *self.variables(), "-refresh=false", f"-target={address}")
        if was_current:
            self.record.applied = self._fingerprint(manifest)
            record.write(self.folder, self.record)
        out.print(f"sha256 {manifest['functions'][key]['sha256'][:12]}, {self.clock.summary()}")


def _progress(show: Callable[[str], None]) -> Callable[[str], None]:
    """Return a watcher of Terraform's lines that shows how many resources are done and which one is at work."""
    done = 0

    def watch(line: str) -> None:
        nonlocal done
        done += " complete after " in line
        if " complete after " in line or line.endswith("ing..."):
            show(f"{done} done, {line.split(': ')[0][:90]}")

    return watch


def _up(stack: Stack) -> None:
    before = setup_seconds()
    # Starting make and Python takes a moment too; more than that was an environment being installed.
    stack.clock.add("pip" if before > _STARTUP_SECONDS else "ours", before)
    changed = stack.up()
    url = stack.outputs()["api_endpoint"]
    news = "The shop is open" if changed else "Nothing changed: the shop was open already"
    out.print(f"\n[bold]{news}[/], {stack.clock.summary()}")
    out.print(f"\n  API   {url}\n  try   curl {url}/products\n  next  make demo     one order, followed state by state")
    out.print("        make down     stop; the data stays     make test     every test, on a stack of its own")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.stack", description="Work on the local stack.")
    parser.add_argument("command", choices=["up", "down", "reset", "url", "outputs", "seed", "deploy"])
    parser.add_argument("function", nargs="?", default="", help="for deploy: the function's key")
    parser.add_argument("--stack", choices=sorted(FIRST_PORT), default="local")
    arguments = parser.parse_args()
    if arguments.command in ("url", "outputs"):
        outputs = Stack(arguments.stack).outputs()
        sys.stdout.write(
            f"{outputs['api_endpoint'] if arguments.command == 'url' else json.dumps(outputs, indent=2)}\n"
        )
        return
    with record.locked(STACKS / arguments.stack):
        stack = Stack(arguments.stack)
        match arguments.command:
            case "up":
                _up(stack)
            case "seed":
                out.print(f"{stack.seed()} sample products created")
            case "deploy":
                stack.deploy(arguments.function)
            case command:
                getattr(stack, command)()


if __name__ == "__main__":
    run_tool(main)
