"""What a JSON body means, as 64 hexadecimal digits: equal bodies and only those have equal ones."""

import hashlib
import json
from decimal import Decimal
from typing import Any


def fingerprint(body: Any) -> str:
    """Return the SHA-256 of the body's canonical form (the idea of RFC 8785, with numbers kept exact).

    Bodies are the same when they mean the same, whatever the order of keys, the space between them or the way a number
    is written: 1 is 1.0. Null is not absent, the order of an array counts, and no field is left out. The values are
    kept with orders for good, so what one body gives must stay.
    """
    return sha256(json.dumps(_meaning(body), sort_keys=True, separators=(",", ":")))


def sha256(text: str) -> str:
    """Return a text's SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _meaning(value: Any) -> Any:
    """Return the value with each number as its normal form, and each string marked so that no number looks like one."""
    match value:
        case dict():
            return {name: _meaning(each) for name, each in value.items()}
        case list() | tuple():
            return [_meaning(each) for each in value]
        case str():
            return f"text {value}"
        case bool() | None:
            return value
        case float():
            # The shortest digits that give this double, as JSON writes it, and not all those of its binary fraction.
            return _normal(Decimal(repr(value)))
    return _normal(Decimal(value))


def _normal(number: Decimal) -> str:
    # RFC 8785 makes every number a double, to which 9007199254740993 is 9007199254740992. Decimal.normalize rounds to
    # its context; a Decimal made of digits is exact.
    if not number.is_finite():
        raise ValueError(f"{number} is no JSON number")
    sign, digits, exponent = number.as_tuple()
    if not number:
        return "0"
    significant = "".join(map(str, digits)).rstrip("0")
    trailing = len(digits) - len(significant)
    return str(Decimal((sign, tuple(map(int, significant)), int(exponent) + trailing)))
