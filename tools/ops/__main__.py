"""`python -m tools.ops`, `make ops ARGS="..."`, `orderflow`."""

from tools.ops.cli import cli
from tools.terminal import run_tool

if __name__ == "__main__":
    run_tool(lambda: cli(prog_name="orderflow"))
