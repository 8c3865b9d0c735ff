"""Money in integer minor units, with ISO 4217 currencies."""

from decimal import Decimal

# Digits after the decimal point that differ from two, by ISO 4217 table A.1.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def minor_units(amount: Decimal, currency: str) -> int | None:
    """Return a decimal amount in major units as integer minor units, or None when it is not a whole number of them."""
    scaled = amount.scaleb(_EXPONENTS.get(currency, 2))
    return int(scaled) if scaled == scaled.to_integral_value() else None


def display(minor: int, currency: str) -> str:
    """Return minor units for a human reader, such as `19.99 EUR`."""
    exponent = _EXPONENTS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-exponent):.{exponent}f} {currency}"
