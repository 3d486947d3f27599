"""What an audience was given and asked, week by week: the ledger over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from postiquette.model import Balance, Counter, Kind
from postiquette.preview.outline import Books

#: how far back a chart goes
HISTORY = timedelta(days=90)

#: signs for eight levels of a bar
_BLOCKS = " ▏▎▍▌▋▊▉█"
_WIDTH = 24


@dataclass(frozen=True)
class Week:
    """One week of a chart, Monday to Sunday on the clock of a zone."""

    monday: date
    given: int
    asked: int
    promoted: int
    #: the balance of asks as the week ends
    balance: Balance
    #: whether some of it is still to come
    planned: bool


def weeks(books: Books, counter: Counter, zone: str, now: datetime) -> Iterator[Week]:
    """Every week from the first in which something was or will be sent to the last."""
    place = ZoneInfo(zone)
    counts: dict[date, dict[Kind, int]] = {}
    coming = set()
    for entry in books.ledger.entries():
        day = entry.at.astimezone(place).date()
        monday = day - timedelta(days=day.weekday())
        week = counts.setdefault(monday, {})
        if entry.at > now:
            coming.add(monday)
        week[entry.kind] = week.get(entry.kind, 0) + 1
    first, last = min(counts, default=None), max(counts, default=None)
    while first is not None and last is not None and first <= last:
        monday, week = first, counts.get(first, {})
        first += timedelta(days=7)
        ends = datetime.combine(monday + timedelta(days=7), datetime.min.time(), place)
        yield Week(
            monday,
            given=week.get(Kind.VALUE, 0),
            asked=week.get(Kind.SHARE_REQUEST, 0),
            promoted=week.get(Kind.PROMOTION, 0),
            balance=books.ledger.balance(counter, ends),
            planned=monday in coming,
        )


def bar(number: int, most: int) -> str:
    """A number as a horizontal bar; `most` fills the width."""
    if not number:
        return ""
    eighths = max(1, round(number * _WIDTH * 8 / max(most, _WIDTH)))
    return "█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()
