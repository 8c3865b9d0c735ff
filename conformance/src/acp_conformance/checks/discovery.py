"""The document that tells agents what a merchant speaks: open, cacheable, and true."""

import re
from typing import Any

from acp_conformance.exchange import Exchange
from acp_conformance.requirement import SHOULD, expect, requirement
from acp_conformance.shop import Shop

DISCOVERY = "rfc.discovery"
CACHED_SECONDS = 3600


def asked(shop: Shop) -> Exchange:
    """Get the document as a stranger: no key, no version."""
    url = shop.setting.discovery_url or f"{shop.origin()}/.well-known/acp.json"
    return shop.client.send("GET", url, {"accept": "application/json"})


def document(shop: Shop) -> dict[str, Any]:
    answer = asked(shop)
    expect(answer.status == 200, f"It could not be judged, because there is no document: {answer}")
    return answer.document


@requirement(
    "discovery.open", "/.well-known/acp.json answers 200 without Authorization", f"{DISCOVERY} §4.1", older=None
)
def discovery_is_open(shop: Shop) -> None:
    answer = asked(shop)
    expect(answer.status == 200, f"200 expected: {answer}")


@requirement(
    "discovery.schema", "The document is a DiscoveryResponse", f"{DISCOVERY} §4.2, schema DiscoveryResponse", older=None
)
def discovery_has_its_type(shop: Shop) -> None:
    shop.schemas.require("DiscoveryResponse", document(shop))


@requirement(
    "discovery.cached",
    "Cache-Control is public with a max-age of an hour or more",
    f"{DISCOVERY} §4.1",
    SHOULD,
    older=None,
)
def discovery_is_cacheable(shop: Shop) -> None:
    answer = asked(shop)
    said = answer.headers.get("cache-control", "")
    age = re.search(r"max-age=(\d+)", said)
    expect("public" in said and age and int(age[1]) >= CACHED_SECONDS, f"Cache-Control is {said!r}: {answer}")


@requirement(
    "discovery.versions",
    "supported_versions is oldest first, has the versions that answer, and ends with version",
    f"{DISCOVERY} §4.2",
    older=None,
)
def discovery_tells_the_versions(shop: Shop) -> None:
    protocol = document(shop)["protocol"]
    versions = protocol["supported_versions"]
    expect(versions and versions == sorted(versions), f"supported_versions is {versions}: oldest first expected.")
    expect(shop.version in versions, f"{shop.version} answers, but is not in {versions}.")
    expect(versions[-1] == protocol["version"], f"version is {protocol['version']}, the newest of {versions} expected.")


@requirement(
    "discovery.services", "It offers the transport rest and the service checkout", f"{DISCOVERY} §4.2, §10", older=None
)
def discovery_offers_checkout(shop: Shop) -> None:
    found = document(shop)
    expect("rest" in found["transports"], f"transports is {found['transports']}.")
    expect("checkout" in found["capabilities"]["services"], f"services is {found['capabilities']['services']}.")


@requirement(
    "discovery.currencies",
    "The currencies it names have the ones that sessions are in",
    f"{DISCOVERY} §4.2",
    SHOULD,
    older=None,
)
def discovery_names_the_currency(shop: Shop) -> None:
    named = document(shop)["capabilities"].get("supported_currencies")
    currency = shop.made()["currency"]
    expect(named is None or currency in named, f"Sessions are in {currency!r}, supported_currencies is {named}.")
