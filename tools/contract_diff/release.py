"""The released contract, and the rule that what changes since moves the version as semver says.

The released document is modules/api/openapi.yaml as it was when it was released, with the error codes of that day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tools.contract_diff.operations import contract_breaks
from tools.error_catalogue import statuses_of_codes
from tools.paths import ROOT

DOCUMENT = ROOT / "modules/api/openapi.yaml"
RELEASED = ROOT / "modules/api/openapi.released.yaml"
CODES = "x-orderflow-error-codes"
Version = tuple[int, int, int]


@dataclass(frozen=True)
class Contract:
    """One OpenAPI document and the statuses that each error code comes with."""

    document: Mapping[str, Any]
    codes: Mapping[str, list[int]]

    @property
    def version(self) -> Version:
        major, minor, patch = str(self.document["info"]["version"]).split(".")
        return int(major), int(minor), int(patch)


def present() -> Contract:
    """Return the contract as the working tree has it."""
    return Contract(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")), statuses_of_codes())


def released() -> Contract:
    """Return the contract that clients have."""
    document = yaml.safe_load(RELEASED.read_text(encoding="utf-8"))
    return Contract(document, document[CODES])


def broken(old: Contract, new: Contract) -> list[str]:
    """Return a sentence for each thing that clients of the old contract can no longer rely on."""
    found = contract_breaks(old.document, new.document)
    for code, statuses in old.codes.items():
        if code not in new.codes:
            found.append(f"error code {code}: is gone")
        elif lost := set(statuses) - set(new.codes[code]):
            found.append(f"error code {code}: no longer comes with {', '.join(map(str, sorted(lost)))}")
    return found


def least_version(old: Contract, new: Contract) -> Version:
    """Return the lowest version that the new contract may have: it has grown when going back would break it."""
    major, minor, patch = old.version
    if broken(old, new):
        return major + 1, 0, 0
    if broken(new, old):
        return major, minor + 1, 0
    return (major, minor, patch)


def findings(old: Contract, new: Contract) -> list[str]:
    """Return why the present contract must not be built, each with what to do."""
    least = least_version(old, new)
    if new.version >= least:
        return []
    wanted = ".".join(map(str, least))
    if least[0] == old.version[0]:
        return [f"The contract has grown since {_dotted(old)}: raise info.version to {wanted} or more."]
    return [
        *broken(old, new),
        f"These break clients of {_dotted(old)}. Undo them, or raise info.version to {wanted} and write down how "
        f"clients move (docs/api-versioning.md); `make release-contract` makes it the released one when it goes out.",
    ]


def released_text() -> str:
    """Return the present document with its error codes, as the next released one."""
    codes = yaml.safe_dump({CODES: statuses_of_codes()}, default_flow_style=None)
    head = (
        "# The released contract, written by `make release-contract`: modules/api/openapi.yaml is the one to change.\n"
    )
    return f"{head}{DOCUMENT.read_text(encoding='utf-8')}\n{codes}"


def _dotted(contract: Contract) -> str:
    return ".".join(map(str, contract.version))
