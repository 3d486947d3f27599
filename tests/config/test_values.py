from __future__ import annotations

import tomllib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiquette.config.toml_places import Places
from postiquette.config.toml_strings import respelled, spelled
from postiquette.config.values import format_duration, format_slot, parse_duration, parse_ratio, parse_slot
from postiquette.model import WeeklySlot


@given(st.integers(0, 3660 * 86400))
def test_durations_are_read_as_they_are_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(format_duration(duration)) == duration


@given(st.frozensets(st.integers(0, 6), min_size=1), st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_slots_are_read_as_they_are_written(days: frozenset[int], at) -> None:
    slot = WeeklySlot(days, at.replace(fold=0))
    assert parse_slot(format_slot(slot)) == slot


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri 09:00", {0, 1, 2, 3, 4}),
        ("Sat,Sun 9:00", {5, 6}),
        ("Fri-Mon 09:00", {4, 5, 6, 0}),
        ("daily 09:00", set(range(7))),
    ],
)
def test_weekdays(text: str, days: set[int]) -> None:
    assert parse_slot(text).weekdays == days


@pytest.mark.parametrize("text", ["", "Mon", "Mon 24:00", "Mon 09:60", "Mon-Tue-Wed 09:00", "9:00", None, 9])
def test_no_slots(text: object) -> None:
    with pytest.raises(ValueError, match=r"expected|weekday"):
        parse_slot(text)


@pytest.mark.parametrize("text", ["4", "1:0", "2:1", "-1:4", "1:4:5", "one:four", 1, None])
def test_no_ratios(text: object) -> None:
    with pytest.raises(ValueError, match=r"expected|second number|more often"):
        parse_ratio(text)


TOML = '''\
top = 1
[service]  # a comment with = and [brackets]
database = "a = b"
[policy.rules]
"quoted-key" = { action = "hold" }
[[posts]]
id = "a"
text = """
id = "not a key"
[not.a.table]
"""
[[posts]]
id = "b"
thread = [
    "one = two",
    "[three]",
]
media = [{ path = "x.png" }]
allow.too-long = "dotted"
'''


def test_keys_are_found_where_they_stand() -> None:
    assert tomllib.loads(TOML)
    places = Places(TOML)
    expected = {
        ("top",): 1,
        ("service",): 2,
        ("service", "database"): 3,
        ("policy", "rules", "quoted-key"): 5,
        ("posts", 0, "id"): 7,
        ("posts", 0, "text"): 8,
        ("posts", 1): 12,
        ("posts", 1, "id"): 13,
        ("posts", 1, "thread"): 14,
        ("posts", 1, "media"): 18,
        ("posts", 1, "allow", "too-long"): 19,
        ("posts", 1, "media", 0, "path"): 18,
        ("posts", 0, "not"): 6,
        ("unknown",): None,
    }
    assert {path: places.line(path) for path in expected} == expected
    start, written = places.string(("posts", 1, "media", 0, "path"))
    assert (written, TOML[start : start + len(written)]) == ('"x.png"', '"x.png"')


@given(st.text(st.characters(exclude_categories=("Cs",))), st.sampled_from(['"', '"""', "'", "'''"]))
def test_a_string_is_spelled_as_its_parser_reads_it(text: str, quotes: str) -> None:
    words = respelled(text, quotes + quotes)
    if words is None or (len(quotes) == 3 and (words.startswith("\n") or "\r" in words)):
        return
    written = quotes + words + quotes
    meant = tomllib.loads(f"x = {written}")["x"]
    spelled_text, offsets = spelled(written)
    assert spelled_text == meant == text
    assert len(offsets) == len(meant) + 1
    assert offsets == sorted(offsets)


def test_joined_lines_and_escapes_keep_their_places() -> None:
    written = '"""\none \\\n    two \\u00e9!"""'
    text, offsets = spelled(written)
    assert text == tomllib.loads(f"x = {written}")["x"] == "one two é!"
    assert [written[offset] for offset in offsets[:-1]] == ["o", "n", "e", " ", "t", "w", "o", " ", "\\", "!"]
