"""Client keys as DynamoDB records.

Three kinds of item stand in one table: the key under its id; `use#<id>`, which each request of a machine writes and
which alone the functions that serve machines may touch; and `name#<name>`, which makes names unique.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from orderflow.clients.client_key import ClientKey, Secret, Validity

LISTING = "keys"


def use_id(key_id: str) -> str:
    return f"use#{key_id}"


def key_id_of_use(item_id: str) -> str:
    return item_id.removeprefix("use#")


def name_id(name: str) -> str:
    """Return the id under which a name is taken: letter case and compatibility forms make no other name."""
    return f"name#{unicodedata.normalize('NFKC', name).casefold().strip()}"


def to_record(key: ClientKey) -> dict[str, Any]:
    return {
        "keyId": key.key_id,
        "listing": LISTING,
        "name": key.name,
        "scopes": list(key.scopes),
        "ratePerMinute": key.rate_per_minute,
        "owner": key.owner,
        "createdAt": key.created_at,
        "secrets": [_plain({"serial": s.serial, "hash": s.hash, "until": s.until}) for s in key.secrets],
        "version": key.version,
        "expiresAt": key.expires_at,
        "rotatedAt": key.rotated_at,
        "revokedAt": key.revoked_at,
    }


def from_record(record: Mapping[str, Any]) -> ClientKey:
    return ClientKey(
        key_id=record["keyId"],
        name=record["name"],
        scopes=tuple(record["scopes"]),
        rate_per_minute=record["ratePerMinute"],
        owner=record["owner"],
        created_at=record["createdAt"],
        secrets=tuple(Secret(s["serial"], s["hash"], s.get("until")) for s in record["secrets"]),
        version=record["version"],
        expires_at=record.get("expiresAt"),
        rotated_at=record.get("rotatedAt"),
        revoked_at=record.get("revokedAt"),
    )


def validity_record(validity: Validity) -> dict[str, Any]:
    """Return what is repeated beside a key's count, without the hashes: the functions there need none."""
    secrets = [_plain({"serial": serial, "until": until}) for serial, until in validity.secrets.items()]
    return _plain({"secrets": secrets, "expiresAt": validity.expires_at, "revokedAt": validity.revoked_at})


def validity_from(record: Mapping[str, Any]) -> Validity:
    secrets = {secret["serial"]: secret.get("until") for secret in record["secrets"]}
    return Validity(secrets, record.get("expiresAt"), record.get("revokedAt"))


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}
