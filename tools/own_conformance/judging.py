"""Both versions judged at once on a running local stack; again where sessions expire soon and orders are shipped."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.own_conformance import agents, running, warehouse
from tools.own_conformance.settings import give_back, set_for_now
from tools.target import Target
from tools.terminal import Clock, ToolError, out

VERSIONS = ("2026-04-17", "2025-09-29")
# As everywhere but on a laptop, whose lenient mode forgives what the protocol wants refused.
_AS_DEPLOYED = {"CHECKOUT_MODE": "standard"}
# Long enough to make a session and pay it before it is over, on a machine that does much else.
_EXPIRING = {"CHECKOUT_SESSION_SECONDS": "12"}
_AGAIN = ("expiry", "webhook.order_update")


@dataclass(frozen=True)
class Verdict:
    """What the suite found, each requirement of each version once."""

    results: list[dict[str, Any]] = field(default_factory=list)

    def having(self, outcome: str) -> list[dict[str, Any]]:
        return [each for each in self.results if each["outcome"] == outcome]

    def lines(self) -> Iterator[str]:
        """Yield what failed and what was not applicable, each with its reason, and the counts of each version."""
        for outcome in ("fail", "not applicable"):
            for each in self.having(outcome):
                yield f"{outcome}  {each['version']}  {each['level']}  {each['id']}: {each['title']}"
                yield f"      {each['reason']}"
        for version in VERSIONS:
            counts = Counter(each["outcome"] for each in self.results if each["version"] == version)
            judged = counts["pass"] + counts["fail"]
            share = 100 * counts["pass"] / judged if judged else 0
            yield (
                f"{version}: {counts['pass']} of {judged} requirements passed ({share:.1f} %),"
                f" {counts['not applicable']} not applicable"
            )


def judged(target: Target, stack: str, spec: Path, folder: Path, clock: Clock) -> Verdict:
    """Run the suite for both versions; its reports stay in `folder`."""
    if not (spec / VERSIONS[0]).is_dir():
        raise ToolError(f"No published schemas in '{spec}': name their folder, SPEC=.../spec or ORDERFLOW_ACP_SPEC.")
    folder.mkdir(parents=True, exist_ok=True)
    if healed := give_back(target):
        out.print(f"A run was killed before this one: {healed} functions have their own settings again.")
    with clock.step("keys, endpoints and goods made"):
        shop = agents.administrator(target)
        agents.stock_up(shop, stack)
        ports = {version: running.free_port() for version in VERSIONS}
        # Anew for the second look: the first one ends with a receiver that wants nothing more.
        made, again = ([agents.agent(shop, each, _hook(ports[each])) for each in VERSIONS] for _ in range(2))
    with set_for_now(target, _AS_DEPLOYED):
        with clock.step("everything judged, both versions at once"):
            first = _results(target, made, ports, spec, folder, "all")
        with (
            clock.step("judged again: what expires, what is shipped"),
            set_for_now(target, _EXPIRING),
            warehouse.at_work(shop, [agent.client_id for agent in again]),
        ):
            only = [word for area in _AGAIN for word in ("--only", area)]
            second = _results(target, again, ports, spec, folder, "again", *only)
    return Verdict(list(merged(first, second)))


def _hook(port: int) -> str:
    return f"http://127.0.0.1:{port}/agentic_checkout/webhooks/order_events"


def _results(
    target: Target,
    made: Iterable[agents.Agent],
    ports: Mapping[str, int],
    spec: Path,
    folder: Path,
    name: str,
    *options: str,
) -> list[dict[str, Any]]:
    url, found = str(target.outputs["api_endpoint"]), []
    runs = []
    for agent in made:
        report = folder / f"{name}-{agent.version}.json"
        listen = ("--webhook-listen", f"127.0.0.1:{ports[agent.version]}")
        memory = ("--memory", str(folder / f"memory-{agent.version}.json"))
        run = running.started(url, agent, spec, report, *listen, *memory, *options)
        runs.append((run, report))
    for run, report in runs:
        found += running.results_of(run, report)
    return found


def merged(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the results of a first look, those that were judged again by their second."""
    later = {(each["version"], each["id"]): each for each in second}
    for each in first:
        yield later.get((each["version"], each["id"]), each)
