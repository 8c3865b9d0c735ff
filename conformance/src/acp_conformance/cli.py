"""The console command: `acp-conformance URL --key KEY --profile shop.toml --spec FOLDER`."""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from acp_conformance import __version__, report
from acp_conformance.profile import Profile, ProfileError, read_profile
from acp_conformance.receiver import Receiver
from acp_conformance.requirement import REGISTRY, VERSIONS
from acp_conformance.run import Result, run
from acp_conformance.schemas import SpecError
from acp_conformance.shop import Setting

# Exit codes: a server that does not conform, and a run that could not be made.
FAILED, UNUSABLE = 1, 2


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser("acp-conformance", description=__doc__)
    add = found.add_argument
    # Secrets may come by the environment: a command line is everyone's to see.
    told = partial(os.environ.get, default="")
    add("url", nargs="?", help="the server's base URL: what stands before /checkout_sessions")
    add("--key", default=told("ACP_CONFORMANCE_KEY"), help="the agent's bearer key (or ACP_CONFORMANCE_KEY)")
    add(
        "--other-key",
        default=told("ACP_CONFORMANCE_OTHER_KEY"),
        help="a second caller's key, to see that idempotency keys are each caller's own",
    )
    add("--profile", type=Path, help="what to buy and how to pay: a TOML file, see profile.example.toml")
    add("--spec", type=Path, help="folder with the published files: <version>/json-schema/…")
    add("--api-version", action="append", choices=VERSIONS, help="judge this version only (may be repeated)")
    add("--only", action="append", default=[], metavar="ID", help="judge this requirement, or those under it, only")
    add("--discovery-url", default="", help="where /.well-known/acp.json is, when it is not at the URL's origin")
    add(
        "--webhook-listen", metavar="HOST:PORT", help="listen for order events here; the merchant must know the address"
    )
    add("--webhook-secret", default=told("ACP_CONFORMANCE_WEBHOOK_SECRET"), help="the secret that signs them")
    add("--memory", type=Path, help="file that remembers a key for the next day's run")
    add("--strict", action="store_true", help="a SHOULD that fails also makes the run fail")
    add("--json", type=Path, metavar="FILE", help="write every judgement with its evidence here")
    add("--list", action="store_true", help="name every requirement and end")
    add("--version", action="version", version=f"%(prog)s {__version__}")
    return found


def listed() -> None:
    for each in REGISTRY.values():
        known = f" (known defect: {each.known_defect})" if each.known_defect else ""
        older = f", 2025-09-29 {each.older}" if each.older != each.level and each.older else ""
        only_newer = "" if each.older else ", 2026-04-17 only"
        print(f"{each.id}: {each.title} [{each.section}] {each.level}{older}{only_newer}{known}")
    print(f"{len(REGISTRY)} requirements")


def _listening(where: str) -> Receiver:
    host, _, port = where.rpartition(":")
    if not host or not port.isdigit():
        raise ProfileError(f"--webhook-listen should be HOST:PORT, not {where!r}.")
    try:
        return Receiver(host, int(port))
    except OSError as error:
        raise ProfileError(f"Nothing can listen on {where}: {error}") from error


def _secrets(options: argparse.Namespace, profile: Profile) -> set[str]:
    payment = profile.payment
    tokens = [payment.token, payment.declined_token, payment.challenged_token, payment.failing_token]
    delegate = payment.delegate
    cards = [delegate.key, delegate.card, delegate.declined_card, delegate.challenged_card, delegate.failing_card]
    return {options.key, options.other_key, options.webhook_secret, *tokens, *cards}


def judged(options: argparse.Namespace) -> list[Result]:
    """Run what the options ask for, print it, and write the JSON report."""
    missing = [name for name in ("url", "key", "profile", "spec") if not getattr(options, name)]
    if missing:
        raise ProfileError(f"Not given: {', '.join(missing)}. --help tells what they are.")
    if options.webhook_listen and not options.webhook_secret:
        raise ProfileError("--webhook-listen needs --webhook-secret: events are signed with it.")
    profile = read_profile(options.profile)
    secrets = _secrets(options, profile)
    setting = Setting(
        options.key,
        options.other_key,
        options.discovery_url,
        options.webhook_secret,
        options.memory,
        secrets=secrets,
    )
    receiver = _listening(options.webhook_listen) if options.webhook_listen else None

    def told(result: Result) -> None:
        print("\n".join(report.lines(result, secrets)), flush=True)

    try:
        versions = options.api_version or VERSIONS
        results = run(options.url, profile, setting, options.spec, versions, options.only, receiver, told)
    finally:
        if receiver:
            receiver.close()
    if options.json:
        report.write_json(options.json, options.url, results, secrets, options.strict)
    print()
    print("\n".join(report.summary(results)))
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge a server; the exit code is 0 when it conforms, 1 when it does not, 2 when it could not be judged."""
    options = parser().parse_args(arguments)
    if options.list:
        listed()
        return
    try:
        results = judged(options)
    except (ProfileError, SpecError) as error:
        print(error, file=sys.stderr)
        sys.exit(UNUSABLE)
    except KeyboardInterrupt:
        sys.exit(130)
    if report.failed(results, options.strict):
        sys.exit(FAILED)
