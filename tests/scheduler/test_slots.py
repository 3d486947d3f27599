from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiquette.model import WeeklySlot
from postiquette.scheduler.slots import instant, occurrences

ZONES = (
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Tokyo",
    "UTC",
)
DAILY = frozenset(range(7))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_a_daily_slot_comes_once_every_day_of_the_year(zone: str, hour: int) -> None:
    """Triggers that step from firing to firing skip midnight after a change of clocks, or fire twice."""
    begin = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(seconds=1)
    days: Counter[date] = Counter()
    for moment in occurrences([WeeklySlot(DAILY, time(hour))], zone, begin):
        local = moment.astimezone(ZoneInfo(zone))
        if local.year > 2026:
            break
        days[local.date()] += 1
    assert len(days) == 365
    assert set(days.values()) == {1}


def test_a_time_in_the_gap_moves_to_the_next_valid_minute() -> None:
    skipped = datetime(2027, 3, 28, 2, 30)
    assert instant(skipped, "Europe/Amsterdam") == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first() -> None:
    twice = datetime(2027, 10, 31, 2, 30)
    assert instant(twice, "Europe/Amsterdam") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_an_offset_is_kept() -> None:
    written = datetime.fromisoformat("2027-03-28T02:30:00+05:30")
    assert instant(written, "Europe/Amsterdam") == datetime(2027, 3, 27, 21, 0, tzinfo=UTC)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1)), st.sampled_from(ZONES))
def test_every_local_time_has_an_instant_near_it(local: datetime, zone: str) -> None:
    found = instant(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert found == local or timedelta() < found - local <= timedelta(hours=1)


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 6), min_size=1), st.times()), min_size=1, max_size=4),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),
)
def test_occurrences_are_in_order_each_once(slots, zone: str, after: datetime) -> None:
    weekly = [WeeklySlot(frozenset(days), at) for days, at in slots]
    moments = [
        moment for moment, _ in zip(occurrences(weekly, zone, after.replace(tzinfo=UTC)), range(20), strict=False)
    ]
    assert len(moments) == 20
    assert moments == sorted(set(moments))
    assert moments[0] > after.replace(tzinfo=UTC)
