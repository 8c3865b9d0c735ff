"""Whether a text holds what no event, API answer or log line may hold; findings never repeat it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

PAYMENT_TOKEN = "payment token or secret of the payment provider"
SIGN_IN_TOKEN = "sign-in token"
CARD_NUMBER = "card number"
EMAIL = "e-mail address"
CLIENT_KEY = "client key"
WEBHOOK_SECRET = "webhook secret"

# sandbox_provider is a module: its name is in every traceback through it. A stored card has a digit in its id:
# card_declined is a reason. pi_…_secret_… lets a browser pay.
_PAYMENT_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_])(?:sandbox_(?!provider\b)[a-z0-9_]{3,}"
    r"|(?:pm|tok|btok)_[A-Za-z0-9_]{3,}|(?:src|card)_(?=[A-Za-z]*\d)[A-Za-z0-9]{14,}|(?:sk|rk)_(?:test|live)_[A-Za-z0-9]{3,}|whsec_[A-Za-z0-9+/=]{3,}"
    r"|(?:pi|seti)_[A-Za-z0-9]+_secret_[A-Za-z0-9]{3,})"
)
# Header and claims are JSON objects in base64, so both begin with {" (RFC 7519).
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?")
# What a machine signs in with, whole or cut off.
_CLIENT_KEY = re.compile(r"ofk_[0-9A-HJKMNP-TV-Z]{26}_[0-9a-f]{8,}")
# What our webhooks are signed with.
_WEBHOOK_SECRET = re.compile(r"ofwh_[0-9a-f]{8,}")
# In one piece, or in the groups that are printed on cards. Ids and ARNs end in digits, too, but not behind a border.
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9.-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})(?![A-Za-z0-9-])"
)
# What the large networks issue, by prefix and length: milliseconds since 1970 begin with 1 and are none.
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|6\d{15,18}"
)
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_LONGEST_MAILBOX = 64  # RFC 5321 4.5.3.1.1
_CONTEXT = 40


@dataclass(frozen=True)
class Secret:
    """One finding: its kind and the text around it, masked."""

    kind: str
    excerpt: str


def secrets_in(text: str) -> list[Secret]:
    """Return every secret in a text, in its order, each with an excerpt in which all of them are masked."""
    if "%40" in text:
        text = unquote(text)
    found = sorted(_spans(text))
    secrets, masked, end = [], [], 0
    for start, stop, kind in found:
        if start >= end:
            masked.append((text[end:start], text[start:stop], kind))
            end = stop
    for index, (before, secret, kind) in enumerate(masked):
        after = masked[index + 1][0] if index + 1 < len(masked) else text[end:]
        secrets.append(Secret(kind, f"…{before[-_CONTEXT:]}{_mask(secret)}{after[:_CONTEXT]}…"))
    return secrets


def _mask(secret: str) -> str:
    return f"{secret[:2]}***({len(secret)} characters)"


def _spans(text: str) -> Iterator[tuple[int, int, str]]:
    yield from ((match.start(), match.end(), PAYMENT_TOKEN) for match in _PAYMENT_TOKEN.finditer(text))
    yield from ((match.start(), match.end(), SIGN_IN_TOKEN) for match in _JWT.finditer(text))
    yield from ((match.start(), match.end(), CLIENT_KEY) for match in _CLIENT_KEY.finditer(text))
    yield from ((match.start(), match.end(), WEBHOOK_SECRET) for match in _WEBHOOK_SECRET.finditer(text))
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _ISSUED.fullmatch(digits) and _luhn(digits):
            yield match.start(), match.end(), CARD_NUMBER
    # From each @ outwards: a pattern that begins with the mailbox takes a square of time on long words.
    at = text.find("@")
    while at >= 0:
        mailbox, domain = _MAILBOX.search(text[max(0, at - _LONGEST_MAILBOX) : at]), _DOMAIN.match(text, at + 1)
        if mailbox and domain:
            yield at - len(mailbox[0]), domain.end(), EMAIL
        at = text.find("@", at + 1)


def _luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
