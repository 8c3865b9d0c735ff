"""Money in integer minor units, with ISO 4217 currencies."""

from decimal import Decimal

# Digits after the decimal point that differ from two, by ISO 4217 table A.1.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def major_units(minor: int, currency: str) -> Decimal:
    """Return minor units as the exact decimal amount in major units: 1999 EUR cents are 19.99.

    Compare a client's decimal with this and never convert it: arithmetic would round its thirtieth digit away.
    """
    return Decimal(minor).scaleb(-_exponent(currency))


def display(minor: int, currency: str) -> str:
    """Return minor units for a human reader, such as `19.99 EUR`."""
    return f"{major_units(minor, currency):.{_exponent(currency)}f} {currency}"


def _exponent(currency: str) -> int:
    return _EXPONENTS.get(currency, 2)
