"""Where interpreters differ on our machines: every case on each of them, compared with the first, written down.

`make parity` writes docs/parity.md. Run with SFN_ENDPOINT, it compares that engine, too.
"""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.support.step_functions import Execution, StepFunctions, failure_of
from tests.support.workflow_engine import ENGINES, Engine, engine_called
from tests.workflow import mock_files
from tests.workflow.machines import MACHINES, cases_of
from tests.workflow.rendering import rendered
from tools.paths import ROOT

DOCUMENT = ROOT / "docs" / "parity.md"
_CASE_SECONDS = 60
_AT_ONCE = 8
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_TOKEN = re.compile(r'("taskToken": )"[^"]*"')
_LONGEST = 160  # characters of a difference that are shown

# Why an engine differs, where we know.
NOTES = {
    "ours": "The crash matrix runs on it: it must do as the others do.",
    "ministack": "What a mock throws once, it throws at every attempt that follows in the same state: "
    "so retries never succeed. With real functions, as in `make test-e2e`, retries work.",
}

Told = dict[str, dict[str, "Facts"]]  # by machine and case


@dataclass(frozen=True)
class Facts:
    """What an engine tells of one execution, in comparable words; None for what its history leaves out."""

    ending: str
    way: str | None
    errors: str | None = None
    requests: str | None = None


@dataclass(frozen=True)
class Difference:
    """One thing that an engine does otherwise than the first one, in one case."""

    machine: str
    case: str
    what: str
    first: str
    other: str


def facts_of(execution: Execution) -> Facts:
    """Read the execution's ending, states, errors and requests out of its history; times are all one."""
    ending = " ".join(filter(None, (execution.status, execution.error)))
    errors, requests = [], []
    for name, events in execution.visits():
        errors += [f"{name} {error}" for event in events if (error := failure_of(event)) is not None]
        scheduled = [event["taskScheduledEventDetails"] for event in events if event["type"] == "TaskScheduled"]
        requests += [f"{name} {_canonical(details['parameters'])}" for details in scheduled if "parameters" in details]
    return Facts(ending, " > ".join(execution.states), " > ".join(errors) or None, "\n".join(requests) or None)


def _canonical(parameters: str) -> str:
    text = _TIME.sub("(a time)", json.dumps(json.loads(parameters), sort_keys=True))
    return _TOKEN.sub(r'\1"(a token)"', text)


def differences(first: Told, other: Told) -> Iterator[Difference]:
    """Yield what differs, case by case; what an engine never tells in any case is no difference of a case."""
    told = _known(other)
    for machine, cases in first.items():
        for case, facts in cases.items():
            mine, theirs = _told(facts), _told(other[machine][case])
            for what in sorted(mine.keys() | theirs.keys()):
                if what in told and mine.get(what) != theirs.get(what):
                    yield Difference(machine, case, what, *_apart(mine.get(what), theirs.get(what)))


def never_told(first: Told, other: Told) -> list[str]:
    """Return which facts an engine leaves out of every history."""
    return sorted(_known(first) - _known(other))


def _known(told: Told) -> set[str]:
    return {what for cases in told.values() for facts in cases.values() for what in _told(facts)}


def _told(facts: Facts) -> dict[str, str]:
    return {what: value for what, value in vars(facts).items() if value is not None}


def _apart(one: str | None, other: str | None) -> tuple[str, str]:
    """Return both from where they part: a whole history is too long for a table."""
    one, other = one or "(nothing)", other or "(nothing)"
    separator = "\n" if "\n" in one + other else " > "
    ones, others = one.split(separator), other.split(separator)
    same = 0
    while same < min(len(ones), len(others)) and ones[same] == others[same]:
        same += 1
    first, second = (_short(separator.join(parts[same:]) or "(nothing more)") for parts in (ones, others))
    return first, second


def _short(text: str) -> str:
    parts = [(part, len(list(same))) for part, same in itertools.groupby(text.split(" > "))]
    text = " > ".join(part if times == 1 else f"{part} x{times}" for part, times in parts)
    text = text.replace("\n", " ").replace("|", "\\|")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def told_by(engine: Engine) -> Told:
    """Run every case of every machine, a few at a time: a busy engine lets tasks time out that nobody is slow at."""
    told: Told = {}
    for name in MACHINES:
        cases = cases_of(name)
        machine = engine.create(name, rendered(cases.DEFINITION.read_text(encoding="utf-8")))
        told[name] = {}
        names = sorted(cases.cases())
        for first in range(0, len(names), _AT_ONCE):
            batch = names[first : first + _AT_ONCE]
            started = {case: engine.start(machine, case, case, cases.input_of(case)) for case in batch}
            told[name] |= {case: facts_of(engine.finished(arn, _CASE_SECONDS)) for case, arn in started.items()}
    return told


def document(told: dict[str, Told], versions: dict[str, str]) -> str:
    """Return docs/parity.md: told[engine], the first of which is what the others are compared with."""
    first, *others = told
    found = {engine: list(differences(told[first], told[engine])) for engine in others}
    lines = [
        "# Where interpreters of the workflows differ",
        "",
        "Generated by `make parity`; do not edit. Every case of every machine runs on each engine, its tasks answered",
        f"from the same mocks; {first} is what the others are compared with. What else differs between AWS and the",
        "local AWS is in [emulator-parity.md](emulator-parity.md).",
        "",
        f"| machine | cases | {' | '.join(f'as {first}: {engine} {versions[engine]}' for engine in others)} |",
        f"|---|---|{'---|' * len(others)}",
    ]
    for machine, cases in told[first].items():
        same = [len(cases) - len({d.case for d in found[engine] if d.machine == machine}) for engine in others]
        lines.append(f"| {machine} | {len(cases)} | {' | '.join(map(str, same))} |")
    lines += [
        "",
        f"{first} is {versions[first]}. Compared are ending, states entered, errors of attempts, requests sent.",
    ]
    for engine in others:
        lines += ["", f"## {engine}", ""]
        lines += [NOTES[engine], ""] if engine in NOTES else []
        if left_out := never_told(told[first], told[engine]):
            lines += [f"Its histories leave out: {', '.join(left_out)}.", ""]
        if not found[engine]:
            lines.append("No case differs.")
            continue
        lines += [f"| machine | case | what | {first} | {engine} |", "|---|---|---|---|---|"]
        lines += [
            f"| {d.machine} | {d.case} | {d.what} | {d.first} | {d.other} |"
            for d in sorted(found[engine], key=lambda d: (d.machine, d.case, d.what))
        ]
    lines += ["", "## Cases compared", ""]
    lines += [f"- {machine}: {', '.join(f'`{case}`' for case in cases)}" for machine, cases in told[first].items()]
    return "\n".join(lines) + "\n"


def cases_in(text: str) -> dict[str, list[str]]:
    """Return the cases that a generated document says it compared, by machine."""
    _, _, listed = text.partition("## Cases compared\n")
    lines = [line[2:] for line in listed.splitlines() if line.startswith("- ")]
    return {line.partition(":")[0]: re.findall(r"`(\w+)`", line) for line in lines}


def main() -> None:
    """Write docs/parity.md."""
    with tempfile.TemporaryDirectory(prefix="orderflow-parity-") as folder:
        mocks = Path(folder) / "mocks.json"
        mocks.write_text(json.dumps(mock_files.all_mocks()), encoding="utf-8")
        told: dict[str, Told] = {}
        for name in ENGINES:
            with engine_called(name, mocks) as engine:
                told[name] = told_by(engine)
    if endpoint := os.environ.get("SFN_ENDPOINT"):
        told["SFN_ENDPOINT"] = told_by(StepFunctions(endpoint))
    text = document(told, {**_versions(), "SFN_ENDPOINT": ""})
    DOCUMENT.write_text(text, encoding="utf-8")
    sys.stdout.write(text[: text.index("## Cases compared")])


def _versions() -> dict[str, Any]:
    python = ROOT / ".venv-workflow" / "bin" / "python"
    ask = "import importlib.metadata as m; print(m.version('localemu'))"
    answer = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True, timeout=30)
    return {"localemu": answer.stdout.strip(), "ministack": version("ministack"), "ours": "(`tests/support/asl`)"}


if __name__ == "__main__":
    main()
