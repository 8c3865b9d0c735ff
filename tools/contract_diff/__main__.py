"""`python -m tools.contract_diff check`: may the contract be built? `release`: make it the one that clients have."""

import sys

from tools.contract_diff import release
from tools.terminal import ToolError, out, run_tool


def check() -> None:
    """Raise ToolError when the contract breaks or outgrows its version."""
    if found := release.findings(release.released(), release.present()):
        raise ToolError("\n".join(found))
    out.print(f"The contract keeps what version {release.released().document['info']['version']} promised.")


def publish() -> None:
    """Replace the released contract; raises ToolError when its version has not moved as it must."""
    check()
    old, new = release.released(), release.present()
    if new.version <= old.version:
        raise ToolError(f"Version {new.document['info']['version']} is released already: raise info.version first.")
    release.RELEASED.write_text(release.released_text(), encoding="utf-8")
    out.print(f"Released: version {new.document['info']['version']}. Commit modules/api/openapi.released.yaml.")


def main() -> None:
    match sys.argv[1:]:
        case ["check"]:
            check()
        case ["release"]:
            publish()
        case _:
            raise ToolError("Usage: python -m tools.contract_diff check|release")


if __name__ == "__main__":
    run_tool(main)
