"""What a run says: a line a requirement, the evidence of what failed, counts; and all of it as JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from acp_conformance import __version__
from acp_conformance.exchange import Exchange
from acp_conformance.requirement import Level
from acp_conformance.run import Outcome, Result

_MARKS = {Outcome.PASS: "pass", Outcome.FAIL: "FAIL", Outcome.NOT_APPLICABLE: "n/a "}
# A failure is shown with its last requests; the JSON report has all of them.
SHOWN_EXCHANGES = 2
SHOWN_BODY = 600


def _evidence(exchange: Exchange, secrets: Iterable[str]) -> Iterable[str]:
    shown = exchange.shown(secrets)
    request, answer = shown["request"], shown["answer"]
    yield f"         > {request['method']} {request['url']}"
    names = ("api-version", "idempotency-key")
    kept = ", ".join(f"{name}: {request['headers'][name]}" for name in names if name in request["headers"])
    yield f"         > {kept}" if kept else "         >"
    if request["body"]:
        yield f"         > {request['body'][:SHOWN_BODY]}"
    yield f"         < {shown.get('trouble') or answer['status']} {answer['body'][:SHOWN_BODY]}"


def lines(result: Result, secrets: Iterable[str]) -> Iterable[str]:
    """Yield what the terminal shows of a result."""
    each = result.requirement
    yield f"{_MARKS[result.outcome]}  {result.version}  {result.level:<6}  {each.id}: {each.title}  [{each.section}]"
    if result.reason:
        yield f"         {result.reason}"
    if result.outcome is Outcome.FAIL:
        for exchange in result.exchanges[-SHOWN_EXCHANGES:]:
            yield from _evidence(exchange, secrets)


def failed(results: Sequence[Result], strict: bool) -> bool:
    """Tell whether the server does not conform: a MUST failed; a SHOULD only counts when strict."""
    return any(result.outcome is Outcome.FAIL and (strict or result.level is Level.MUST) for result in results)


def summary(results: Sequence[Result]) -> Iterable[str]:
    """Yield the counts, version by version, and the last line: `N passed, N failed, N not applicable`."""
    for version in sorted({result.version for result in results}, reverse=True):
        for level in Level:
            counts = Counter(each.outcome for each in results if (each.version, each.level) == (version, level))
            if counts:
                judged = counts[Outcome.PASS] + counts[Outcome.FAIL]
                share = 100 * counts[Outcome.PASS] / judged if judged else 0
                yield (
                    f"{version} {level:<6} {counts[Outcome.PASS]} of {judged} passed ({share:.1f} %),"
                    f" {counts[Outcome.NOT_APPLICABLE]} not applicable"
                )
    counts = Counter(result.outcome for result in results)
    yield (
        f"{counts[Outcome.PASS]} passed, {counts[Outcome.FAIL]} failed, {counts[Outcome.NOT_APPLICABLE]} not applicable"
    )


def write_json(path: Path, url: str, results: Sequence[Result], secrets: Iterable[str], strict: bool) -> None:
    counts = Counter(str(result.outcome) for result in results)
    document = {
        "suite": f"acp-conformance {__version__}",
        "url": url,
        "conforms": not failed(results, strict),
        "counts": {str(outcome): counts[outcome] for outcome in Outcome},
        "results": [result.shown(secrets) for result in results],
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
