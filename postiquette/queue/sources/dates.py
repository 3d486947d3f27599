"""Dates as people and programs write them. What could be two dates is asked about, never guessed."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Literal

#: in which order day, month and year stand where they are joined by slashes or dots
Order = Literal["dmy", "mdy"]

_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?[ T]+(.+))?\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:,?[ T]+(.+))?\Z")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp])?\.?(?:[Mm]\.?)?\Z")


class Ambiguous(ValueError):
    """A date that is one day read one way, and another read the other."""


def parse_date(date: str, clock: str, order: Order | None) -> datetime:
    """Read a date, its time beside it or in a cell of its own. Raises ValueError; Ambiguous where only `order` can tell.

    Without an offset the result has no zone.
    """
    date, clock = date.strip(), clock.strip()
    if match := _NUMBERS.match(date):
        first, second, year = (int(part) for part in match.groups()[:3])
        return datetime.combine(_day(first, second, year, order, date), _time(match[4] or clock, date))
    if match := _YEAR_FIRST.match(date):
        year, month, day = (int(part) for part in match.groups()[:3])
        return datetime.combine(datetime(year, month, day), _time(match[4] or clock, date))  # noqa: DTZ001
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        raise ValueError(f'expected a date such as "2026-12-01 09:00", got {date!r}') from None
    if clock:
        return datetime.combine(found.date(), _time(clock, date), found.tzinfo)
    if len(date) <= 10:
        raise ValueError(f"{date!r} has no time of day")
    return found


def _day(first: int, second: int, year: int, order: Order | None, date: str) -> datetime:
    if order is None and first != second:
        if first <= 12 and second <= 12:
            raise Ambiguous(f"{date!r} may be day/month or month/day; say --dates dmy or --dates mdy")
        order = "dmy" if first > 12 else "mdy"
    day, month = (first, second) if order == "dmy" else (second, first)
    try:
        return datetime(year, month, day)  # noqa: DTZ001
    except ValueError as error:
        raise ValueError(f"{date!r} is no {'day/month' if order == 'dmy' else 'month/day'}/year: {error}") from None


def _time(clock: str, date: str) -> time:
    match = _TIME.match(clock.strip())
    if not clock.strip():
        raise ValueError(f"{date!r} has no time of day")
    if match is None:
        raise ValueError(f'expected a time such as "09:00" or "9:00 PM", got {clock!r}')
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{clock!r} is no time of a twelve-hour clock")
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise ValueError(f"{clock!r} is no time: {error}") from None
