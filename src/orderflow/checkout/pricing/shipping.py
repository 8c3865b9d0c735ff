"""Shipping by a table of zones: flat prices, free from an amount, and how many days it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta


@dataclass(frozen=True)
class ShippingPrice:
    """What an option costs in one currency, in minor units; nothing from goods worth `free_from`."""

    amount: int
    free_from: int | None = None

    def of(self, goods: int) -> int:
        return 0 if self.free_from is not None and goods >= self.free_from else self.amount


@dataclass(frozen=True)
class ShippingRate:
    """One way to send goods to a zone; `days` are the earliest and the latest after the day of the order."""

    option_id: str
    title: str
    carrier: str
    days: tuple[int, int]
    prices: Mapping[str, ShippingPrice]
    description: str | None = None


@dataclass(frozen=True)
class ShippingOption:
    """A rate with its price for these goods and its days in the calendar."""

    option_id: str
    title: str
    carrier: str
    description: str | None
    amount: int
    earliest: datetime
    latest: datetime


@dataclass(frozen=True)
class ShippingTable:
    """The ways to every country that is served, in the order in which they are offered."""

    countries: Mapping[str, tuple[ShippingRate, ...]]

    def options(self, country: str, goods: int, currency: str, now: datetime) -> tuple[ShippingOption, ...]:
        """Return how goods go to a country; none when it is not served.

        `goods` is their worth before discounts: a code that made shipping dearer would be none.
        """
        today = now.astimezone(UTC).date()
        return tuple(
            ShippingOption(
                option_id=rate.option_id,
                title=rate.title,
                carrier=rate.carrier,
                description=rate.description,
                amount=rate.prices[currency].of(goods),
                earliest=datetime.combine(today + timedelta(days=rate.days[0]), time(), UTC),
                latest=datetime.combine(today + timedelta(days=rate.days[1]), time(23, 59, 59), UTC),
            )
            for rate in self.countries.get(country, ())
            if currency in rate.prices
        )
