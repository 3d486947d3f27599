"""Weekly slots and written times on the clock of a zone, turned into instants.

A local time that does not exist (clocks went forward) moves to the next valid minute; one that comes twice (clocks went
back) is taken the first time. Every local date is worked out by itself, so a midnight slot is never skipped on the day
after a change, as it is by triggers that step from one firing to the next (APScheduler #529, #606).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from postiquette.model import WeeklySlot

#: how far slots are looked for; longer than any gap between two weekly slots
_HORIZON = timedelta(days=3 * 366)


def instant(local: datetime, zone: str) -> datetime:
    """The UTC instant of a local time. One with an offset keeps it; a naive one is read on the clock of `zone`."""
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    place = ZoneInfo(zone)
    aware = local.replace(tzinfo=place, fold=0)
    found = aware.astimezone(UTC)
    if found.astimezone(place).replace(tzinfo=None) == local:
        return found
    # in a gap the two folds are the offsets before and after it, and their difference is its length
    before, after = local.replace(tzinfo=place, fold=0).utcoffset(), local.replace(tzinfo=place, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return _end_of_gap(local, place, abs(after - before))


def _end_of_gap(local: datetime, place: ZoneInfo, length: timedelta) -> datetime:
    """The first instant after the gap that `local` lies in: the next valid minute."""
    minute = local.replace(second=0, microsecond=0)
    for step in range(int(length.total_seconds() // 60) + 1):
        candidate = (minute + timedelta(minutes=step)).replace(tzinfo=place)
        found = candidate.astimezone(UTC)
        if found.astimezone(place).replace(tzinfo=None) == candidate.replace(tzinfo=None):
            return found
    return local.replace(tzinfo=place).astimezone(UTC)


def occurrences(slots: Iterable[WeeklySlot], zone: str, after: datetime) -> Iterator[datetime]:
    """Every instant of these slots later than `after`, in order, each once; ends three years out."""
    slots = list(slots)
    day = after.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    last = after
    while slots and day < after.date() + _HORIZON:
        for moment in sorted({instant(datetime.combine(day, slot.at), zone) for slot in _on(slots, day)}):
            if moment > last:
                last = moment
                yield moment
        day += timedelta(days=1)


def _on(slots: list[WeeklySlot], day: date) -> Iterator[WeeklySlot]:
    return (slot for slot in slots if day.weekday() in slot.weekdays)
