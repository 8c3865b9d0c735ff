"""What a run needs to know of a merchant: a small TOML file, every value with a default but the items to buy."""

import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

_Made = TypeVar("_Made")


class ProfileError(Exception):
    """The profile cannot be used; the message names the entry and what it should be."""


@dataclass(frozen=True)
class Item:
    """Something the merchant sells and has enough of."""

    id: str
    quantity: int = 1


@dataclass(frozen=True)
class Shop:
    """What to buy: two items, so that their order can be looked at."""

    items: tuple[Item, ...]
    # Sent on create, and answered: name another than usd to catch a server that only knows that one.
    currency: str = "usd"
    other_currencies: tuple[str, ...] = ()
    out_of_stock_item: str = ""
    unknown_item: str = "acp-conformance-no-such-item"
    coupon: str = ""


@dataclass(frozen=True)
class Buyer:
    first_name: str = "Ada"
    last_name: str = "Lovelace"
    email: str = "ada@example.com"
    phone_number: str = "+14155550123"


@dataclass(frozen=True)
class Address:
    name: str = "Ada Lovelace"
    line_one: str = "555 Golden Gate Avenue"
    city: str = "San Francisco"
    state: str = "CA"
    country: str = "US"
    postal_code: str = "94102"


@dataclass(frozen=True)
class Delegate:
    """How to get a token for each payment: the merchant's payment provider implements delegate_payment."""

    url: str = ""
    key: str = ""
    merchant_id: str = ""
    card: str = ""
    declined_card: str = ""
    challenged_card: str = ""
    failing_card: str = ""


@dataclass(frozen=True)
class Payment:
    """A token that may be used again and again, or a card and where to exchange it."""

    token: str = ""
    declined_token: str = ""
    # One that needs 3-D Secure.
    challenged_token: str = ""
    # A token with which the first complete of a session answers 5xx and the second succeeds: whether a 5xx is stored
    # cannot be seen without it, or a card that does the same.
    failing_token: str = ""
    provider: str = "stripe"
    handler_id: str = ""
    delegate: Delegate = field(default_factory=Delegate)


@dataclass(frozen=True)
class Expiry:
    """How long the run may wait for a session to expire, and an item whose sessions do so soon."""

    wait_seconds: float = 0
    item: str = ""


@dataclass(frozen=True)
class Webhooks:
    """How long to wait for what: a merchant's own schedule decides, the protocol names none."""

    within_seconds: float = 30
    retry_within_seconds: float = 60
    quiet_seconds: float = 5
    # Refusals in a row before an event is accepted: more than a queue's usual three.
    refusals: int = 4
    delay_seconds: float = 3
    event_id_header: str = ""
    # The version whose shapes events have, where it is not the session's.
    version: str = ""


@dataclass(frozen=True)
class Profile:
    shop: Shop
    buyer: Buyer = field(default_factory=Buyer)
    address: Address = field(default_factory=Address)
    payment: Payment = field(default_factory=Payment)
    expiry: Expiry = field(default_factory=Expiry)
    webhooks: Webhooks = field(default_factory=Webhooks)


def _made(kind: type[_Made], table: Any, where: str) -> _Made:
    if not isinstance(table, dict):
        raise ProfileError(f"{where} should be a table.")
    hints = get_type_hints(kind)
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]  # always a dataclass of this file
    if unknown := sorted(set(table) - known):
        raise ProfileError(f"{where} has no {unknown[0]!r}; it knows {', '.join(sorted(known))}.")
    values: dict[str, Any] = {}
    for name, value in table.items():
        hint = hints[name]
        if is_dataclass(hint):
            values[name] = _made(hint, value, f"{where}.{name}")  # type: ignore[arg-type]  # always a dataclass of this file
        elif name == "items":
            entries = value if isinstance(value, list) else [value]
            values[name] = tuple(_made(Item, entry, f"{where}.items") for entry in entries)
        elif name == "other_currencies":
            values[name] = tuple(value)
        elif isinstance(value, bool) or not isinstance(value, (int, float) if hint is float else hint):
            raise ProfileError(f"{where}.{name} should be {hint.__name__}, not {value!r}.")
        else:
            values[name] = value
    try:
        return kind(**values)
    except TypeError:
        raise ProfileError(f"{where} lacks an entry; it knows {', '.join(sorted(known))}.") from None


def read_profile(path: Path) -> Profile:
    """Read a profile.

    Raises:
        ProfileError: it is not there, not TOML, or an entry is missing, unknown or of the wrong kind.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"The profile {path} cannot be read: {error}") from error
    profile = _made(Profile, table, "profile")
    if not profile.shop.items:
        raise ProfileError("profile.shop.items is empty: name at least one thing to buy.")
    return profile
