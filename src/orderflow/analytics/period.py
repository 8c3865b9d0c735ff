"""The days that figures are asked for: a month at most, so that an answer costs a bounded number of reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from orderflow.runtime.errors import Detail, InvalidRequestError

MAX_DAYS = 31
_DEFAULT_DAYS = 30
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Period:
    """Days in UTC, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> Iterator[str]:
        """Each day, ISO 8601, oldest first."""
        return ((self.first + timedelta(days=n)).isoformat() for n in range((self.last - self.first).days + 1))

    def __contains__(self, day: str) -> bool:
        return self.first.isoformat() <= day <= self.last.isoformat()


def period_of(first: str | None, last: str | None, today: date) -> Period:
    """Return the days from `first` to `last`; by default the thirty up to `last`, and `last` is today.

    Raises InvalidRequestError for what is no date, runs backwards or is longer than 31 days.
    """
    end = _date("to", last) if last is not None else today
    try:
        begin = _date("from", first) if first is not None else end - timedelta(days=_DEFAULT_DAYS - 1)
    except OverflowError as error:
        raise _refusal("to", "is before the first month there is") from error
    if begin > end:
        raise _refusal("from", f"is {begin}, after to, which is {end}")
    days = (end - begin).days + 1
    if days > MAX_DAYS:
        raise _refusal("from", f"and to span {days} days; ask for at most {MAX_DAYS} at a time")
    return Period(begin, end)


def _date(field: str, told: str) -> date:
    refusal = _refusal(field, "must be a date such as 2026-01-31")
    if not _DATE.fullmatch(told):
        raise refusal
    try:
        return date.fromisoformat(told)
    except ValueError as error:
        raise refusal from error


def _refusal(field: str, issue: str) -> InvalidRequestError:
    return InvalidRequestError(f"{field} {issue}.", [Detail(field=field, issue=issue)])
