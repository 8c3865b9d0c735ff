"""The mistakes of a widely copied gateway are requirements by name, and a gateway with all of them fails each."""

from collections.abc import Callable

from acp_conformance.requirement import REGISTRY, V2026
from acp_conformance.run import Outcome
from support import COUNTS, Bench

# The defect, and what makes the reference merchant share it.
GATEWAY = {
    "success is always 201": "success_is_201",
    "errors are wrapped": "wraps_errors",
    "cancelling a completed session answers 201 and emits cancelled while nothing changed": "cancels_completed",
    "a missing key is invented": "invents_keys",
    "another body with the same key replays": "other_body_replays",
    "two concurrent completes create two orders": "two_orders",
    "totals leave out the shipping chosen": "leaves_out_shipping",
    "currency is fixed to usd": "currency_is_usd",
    "the webhook signature has another format and no replay protection": "other_signature",
    "one failed webhook in a batch sends the delivered ones again": "resends_the_batch",
    "the DLQ is not wired": "gives_up_after_three",
}


def test_every_known_defect_is_a_requirement() -> None:
    assert {each.known_defect for each in REGISTRY.values() if each.known_defect} == set(GATEWAY)


def test_a_gateway_with_all_known_defects_fails_each_of_their_requirements(bench: Callable[..., Bench]) -> None:
    # Given a merchant with every known defect at once
    judged = bench(*GATEWAY.values())

    # When the requirements that name a defect are judged
    named = [each.id for each in REGISTRY.values() if each.known_defect]
    results = [each for each in judged.judge(*named, versions=[V2026]) if each.requirement.known_defect]

    # Then each of them fails
    assert [each.requirement.id for each in results if each.outcome is not Outcome.FAIL] == []
    COUNTS.append(f"{len(GATEWAY)} known defects, {len(results)} requirements fail a gateway that has them")
