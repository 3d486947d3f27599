"""Small written values of a configuration, such as "2h", "1:4" and "Mon-Fri 09:00", and how they are read."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer
from pydantic_settings import NoDecode

from postiquette.model import Ratio, WeeklySlot

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(?:\d+[smhdw])+\Z")
_LONGEST = timedelta(days=3660)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parse_duration(value: Any) -> timedelta:
    """Read "90s", "2h" or "1d12h". Raises ValueError with what was expected."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not _DURATION.match(value):
        raise ValueError(f'expected a duration such as "90s", "30m", "2h" or "7d", got {value!r}')
    parts = re.findall(r"(\d+)([smhdw])", value)
    try:
        found = sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    except (OverflowError, ValueError):
        found = _LONGEST + timedelta(1)
    if found > _LONGEST:
        raise ValueError(f"{value[:20]!r} is longer than ten years")
    return found


def format_duration(value: timedelta) -> str:
    """Write a duration as `parse_duration` reads it."""
    seconds = int(value.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def format_instant(at: datetime) -> str:
    """An instant in UTC as programs read it: "2026-06-01T07:00:00Z"."""
    return at.isoformat().replace("+00:00", "Z")


def parse_ratio(value: Any) -> Ratio:
    """Read "1:4": one ask for every four value posts. Raises ValueError with what was expected."""
    if isinstance(value, Ratio):
        return value
    match = re.fullmatch(r"(\d{1,4}):(\d{1,4})", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'expected "asks:values" such as "1:4", got {value!r}')
    ratio = Ratio(int(match[1]), int(match[2]))
    if ratio.values == 0:
        raise ValueError(f'"{value}" would need no value posts at all; the second number must be 1 or more')
    if ratio.asks > ratio.values:
        raise ValueError(f'"{value}" asks more often than it gives; the first number may not exceed the second')
    return ratio


def parse_slot(value: Any) -> WeeklySlot:
    """Read "Mon-Fri 09:00", "Sat,Sun 11:00" or "daily 18:30". Raises ValueError with what was expected."""
    if isinstance(value, WeeklySlot):
        return value
    match = re.fullmatch(r"\s*([A-Za-z,\- ]+?)\s+(\d{1,2}):(\d{2})\s*", value) if isinstance(value, str) else None
    if not match or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError(f'expected a slot such as "Mon-Fri 09:00" or "daily 18:30", got {value!r}')
    return WeeklySlot(_weekdays(match[1]), time(int(match[2]), int(match[3])))


def _weekdays(text: str) -> frozenset[int]:
    if text.lower() in ("daily", "every day"):
        return frozenset(range(7))
    days: set[int] = set()
    for part in text.split(","):
        names = [name.strip().lower()[:3] for name in part.split("-")]
        unknown = [name for name in names if name not in WEEKDAYS]
        if unknown or len(names) > 2:
            raise ValueError(f"{part.strip()!r} is no weekday; expected Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily")
        first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(days)


def format_slot(slot: WeeklySlot) -> str:
    """Write a slot as `parse_slot` reads it."""
    if len(slot.weekdays) == 7:
        days = "daily"
    else:
        days = ",".join(WEEKDAYS[day].capitalize() for day in sorted(slot.weekdays))
    return f"{days} {slot.at:%H:%M}"


Hours = tuple[time, time]


def parse_hours(value: Any) -> Hours:
    """Read "23:00-06:00", which may pass midnight. Raises ValueError with what was expected."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", value) if isinstance(value, str) else None
    try:
        if match:
            return time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    except ValueError:
        pass
    raise ValueError(f'expected hours such as "23:00-06:00", got {value!r}')


def format_hours(value: Hours) -> str:
    """Write hours as `parse_hours` reads them."""
    return f"{value[0]:%H:%M}-{value[1]:%H:%M}"


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration)]
# NoDecode: in an environment variable it is written as here, not as JSON
WrittenRatio = Annotated[Ratio, NoDecode, BeforeValidator(parse_ratio), PlainSerializer(str)]
Slot = Annotated[WeeklySlot, BeforeValidator(parse_slot), PlainSerializer(format_slot)]
