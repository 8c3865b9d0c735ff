"""Terraform for an AWS environment: `python -m tools.environment init|plan|apply|destroy dev|staging|prod`.

`plan` saves its plan and `apply` applies exactly that one. Locks are native to the S3 backend of each environment.
"""

import argparse
import os
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools import build, terraform
from tools.paths import ROOT, STACKS, TERRAFORM
from tools.terminal import ToolError, out, run_tool

ENVIRONMENTS = ("dev", "staging", "prod")


class Environment:
    """One AWS environment: its variables, its backend, its own Terraform data folder and saved plan."""

    def __init__(self, name: str) -> None:
        if name not in ENVIRONMENTS:
            said = f"'{name}' is no environment: say" if name else "Which environment? Say"
            raise ToolError(f"{said} ENV=dev, ENV=staging or ENV=prod.")
        self.name = name
        self.folder = STACKS / "aws" / name
        self.plan_file = self.folder / "saved.tfplan"
        self.variables = self._file("tfvars")
        self.backend = self._file("s3.tfbackend")

    def _file(self, ending: str) -> Path:
        path = TERRAFORM / "env" / f"{self.name}.{ending}"
        if not path.is_file():
            raise ToolError(f"{path.relative_to(ROOT)} is missing: copy another environment's and fill it in.")
        return path

    def runner(self) -> terraform.Terraform:
        return terraform.Terraform(TERRAFORM, self.folder / "terraform", self.folder / "terraform.log")

    def _run(self, *arguments: str) -> None:
        self.runner().run(*arguments, watch=lambda line: print(line, flush=True))

    def init(self) -> None:
        self._run(
            "init", "-reconfigure", "-lockfile=readonly", f"-backend-config={self.backend.relative_to(TERRAFORM)}"
        )

    def plan(self) -> None:
        build.build()
        self._save_plan()
        out.print(f"\nSaved. `make apply ENV={self.name}` applies exactly this plan.")

    def _save_plan(self, *options: str) -> None:
        self.plan_file.unlink(missing_ok=True)
        self.init()
        self._run("plan", *options, f"-var-file={self.variables.relative_to(TERRAFORM)}", f"-out={self.plan_file}")
        # A plan holds values that Terraform read.
        self.plan_file.chmod(0o600)

    def apply(self) -> None:
        if not self.plan_file.is_file():
            raise ToolError(f"There is no saved plan: look at one first with `make plan ENV={self.name}`.")
        try:
            self._run("apply", str(self.plan_file))
        finally:
            # Applied or not, it describes the past.
            self.plan_file.unlink()

    def destroy(self) -> None:
        self._save_plan("-destroy")
        answer = os.environ.get("CONFIRM") or (
            input(f"\nType {self.name} to destroy all of the above: ") if sys.stdin.isatty() else ""
        )
        if answer != self.name:
            self.plan_file.unlink()
            raise ToolError(
                f"Nothing was destroyed. To do it without a question: make destroy ENV={self.name} CONFIRM={self.name}"
            )
        self.apply()


def require_credentials() -> None:
    """Say in one line when AWS does not know the caller; Terraform would need a screen for it."""
    quick = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        caller = boto3.client(
            "sts", region_name=os.environ.get("AWS_REGION", "us-east-1"), config=quick
        ).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise ToolError(
            f"No usable AWS credentials ({error}): sign in, for example `aws sso login` and AWS_PROFILE."
        ) from None
    out.print(f"account {caller['Account']}, as {caller['Arn']}", style="dim")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.environment")
    parser.add_argument("command", choices=["init", "plan", "apply", "destroy"])
    parser.add_argument("environment")
    arguments = parser.parse_args()
    environment = Environment(arguments.environment)
    terraform.program()
    require_credentials()
    getattr(environment, arguments.command)()


if __name__ == "__main__":
    run_tool(main)
