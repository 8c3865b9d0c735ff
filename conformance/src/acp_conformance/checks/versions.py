"""Negotiating the version by the header API-Version."""

from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.exchange import Exchange
from acp_conformance.requirement import SHOULD, V2026, NonconformityError, expect, requirement
from acp_conformance.shop import Shop

NEGOTIATION = f"{CHECKOUT} §2.1"
UNKNOWN = "1999-12-31"


def refused(shop: Shop, version: str | None) -> list[Exchange]:
    """Return the answers of a create and of a get with this version."""
    session_id = shop.made()["id"]
    return [shop.create(shop.new(), api_version=version), shop.read(session_id, api_version=version)]


@requirement("version.unsupported", "An unsupported API-Version is refused with 400", NEGOTIATION)
def an_unsupported_version_is_400(shop: Shop) -> None:
    for answer in refused(shop, UNKNOWN):
        expect(answer.status == 400, f"400 expected: {answer}")


@requirement("version.unsupported.code", "Its code is unsupported_api_version", NEGOTIATION, SHOULD)
def an_unsupported_version_has_its_code(shop: Shop) -> None:
    for answer in refused(shop, UNKNOWN):
        expect(answer.code == "unsupported_api_version", f"unsupported_api_version expected: {answer}")


@requirement("version.missing", "A missing API-Version is refused with 400", NEGOTIATION)
def a_missing_version_is_400(shop: Shop) -> None:
    for answer in refused(shop, None):
        expect(answer.status == 400, f"400 expected: {answer}")


@requirement("version.missing.code", "Its code is missing_api_version", NEGOTIATION, SHOULD)
def a_missing_version_has_its_code(shop: Shop) -> None:
    for answer in refused(shop, None):
        expect(answer.code == "missing_api_version", f"missing_api_version expected: {answer}")


def told(answer: Exchange) -> list[str]:
    versions = answer.document.get("supported_versions")
    if not isinstance(versions, list) or not versions:
        raise NonconformityError(f"supported_versions expected: {answer}")
    return [str(version) for version in versions]


@requirement(
    "version.supported", "The refusal lists supported_versions, and the one under test is there", NEGOTIATION, SHOULD
)
def the_refusal_lists_versions(shop: Shop) -> None:
    for answer in refused(shop, UNKNOWN) + refused(shop, None):
        versions = told(answer)
        expect(shop.version in versions, f"{shop.version} is answered, but not in supported_versions {versions}.")


@requirement("version.order", "supported_versions is ordered newest first", "schema Error.supported_versions")
def versions_are_newest_first(shop: Shop) -> None:
    for answer in refused(shop, UNKNOWN):
        versions = told(answer)
        expect(versions == sorted(versions, reverse=True), f"supported_versions is {versions}.")


@requirement("version.flat", "The refusal is a flat Error", "schema Error", older=None)
def the_refusal_is_flat(shop: Shop) -> None:
    for answer in refused(shop, UNKNOWN) + refused(shop, None):
        shop.schemas.require("Error", answer.document)


@requirement("version.answered", "An answer is in the version asked for", NEGOTIATION)
def the_version_asked_for_is_answered(shop: Shop) -> None:
    session = shop.made()
    newer = "capabilities" in session
    expect(newer == (shop.version == V2026), f"Asked for {shop.version}, the session has {sorted(session)}.")
    said = session.get("protocol", {}).get("version", shop.version)
    expect(said == shop.version, f"Asked for {shop.version}, protocol.version says {said}.")
