"""From what was used to what it costs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.terminal import ToolError

PRICES = Path(__file__).with_name("prices.toml")
ORDERS = 1_000


@dataclass(frozen=True)
class Price:
    """`usd` for each `per` of something."""

    what: str
    usd: float
    per: int
    source: str


@dataclass(frozen=True)
class PriceList:
    """Prices of one AWS region as of a day (ISO 8601)."""

    region: str
    as_of: str
    prices: Mapping[str, Price]


@dataclass(frozen=True)
class Line:
    """One item of the bill: what an order used of it on average, and USD for 1,000 orders."""

    key: str
    price: Price
    per_order: float

    @property
    def usd(self) -> float:
        return self.per_order * ORDERS * self.price.usd / self.price.per


def price_list(path: Path = PRICES) -> PriceList:
    """Return the price list; raises ToolError for one that cannot be read."""
    try:
        told = tomllib.loads(path.read_text())
        prices = {key: Price(**told[key]) for key in told if isinstance(told[key], dict)}
        return PriceList(told["region"], told["as_of"], prices)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ToolError(f"{path.name} is not a price list: {error}") from error


def bill(used: Mapping[str, float], orders: int, prices: PriceList) -> list[Line]:
    """Return a line for everything that `orders` orders used together, the dearest first."""
    if missing := sorted(used.keys() - prices.prices.keys()):
        raise ToolError(f"{', '.join(missing)} was used and has no price: add it to {PRICES.name}.")
    lines = [Line(key, prices.prices[key], amount / orders) for key, amount in used.items() if amount]
    return sorted(lines, key=lambda line: -line.usd)
