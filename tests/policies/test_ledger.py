from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiquette.model import Counter, Entry, Kind, Ratio, Window
from postiquette.policies.ledger import Ledger, Openings

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = {
    "V": (Kind.VALUE, True),
    "U": (Kind.VALUE, False),
    "S": (Kind.SHARE_REQUEST, True),
    "?": (Kind.SHARE_REQUEST, False),
    "P": (Kind.PROMOTION, True),
    "F": (Kind.FILLER, True),
}


def entries(letters: str) -> list[Entry]:
    return [
        Entry(START + timedelta(hours=number), f"p{number:03}", *KINDS[letter]) for number, letter in enumerate(letters)
    ]


def counter(ratio: str = "1:4", posts: int | None = 20, days: int | None = None, grace: int = 0) -> Counter:
    asks, values = ratio.split(":")
    return Counter(Kind.SHARE_REQUEST, Ratio(int(asks), int(values)), Window(posts, days), grace)


@pytest.mark.parametrize(
    ("history", "passes"),
    [
        ("", False),
        ("VVVV", True),
        ("VVVVS", False),
        ("VVVVSVVVV", True),
        ("VVVVPFP", True),
        ("VVVU", False),
    ],
)
def test_the_table_of_the_design(history: str, passes: bool) -> None:
    balance = Ledger(entries(history)).balance(counter(), START + timedelta(days=2))
    assert balance.free is passes


def test_an_unproven_ask_is_spent() -> None:
    assert not Ledger(entries("VVVV?")).balance(counter(), START + timedelta(days=2)).free


def test_grace_is_for_the_first_asks_only() -> None:
    at = START + timedelta(days=2)
    assert Ledger().balance(counter(grace=1), at).free
    assert not Ledger(entries("S")).balance(counter(grace=1), at).free
    assert not Ledger(earlier={Kind.SHARE_REQUEST: 1}).balance(counter(grace=1), at).free


def test_the_stricter_window_holds() -> None:
    at = START + timedelta(days=2)
    ledger = Ledger(entries("VVVVVVVVVVVV"))
    assert ledger.balance(counter(posts=20), at).free
    assert not ledger.balance(counter(posts=20, days=1), START + timedelta(days=3)).free
    assert not ledger.balance(counter(posts=3), at).free


def test_who_spent_is_named() -> None:
    assert Ledger(entries("VSVS")).balance(counter(), START + timedelta(days=2)).spent_by == ("p001", "p003")


histories = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(sorted(KINDS))), max_size=30)
ratios = st.tuples(st.integers(0, 4), st.integers(1, 5)).filter(lambda ratio: ratio[0] <= ratio[1])
windows = st.tuples(st.none() | st.integers(1, 12), st.none() | st.integers(1, 12)).filter(lambda w: w != (None, None))


def brute_force(history: list[Entry], rule: Counter, at: datetime, post: str) -> bool:
    """The words of the design, taken literally."""
    counts = [e for e in history if e.kind is rule.kind or (e.kind is Kind.VALUE and e.proven)]
    counts.sort(key=lambda e: (e.at, e.post))
    answers = []
    if rule.window.posts is not None:
        before = [e for e in counts if (e.at, e.post) < (at, post)]
        answers.append(before[-rule.window.posts :])
    if rule.window.days is not None:
        answers.append([e for e in counts if at - timedelta(days=rule.window.days) <= e.at < at])
    passes = []
    for window in answers:
        spent = sum(e.kind is rule.kind for e in window)
        passes.append((spent + 1) * rule.ratio.values <= rule.ratio.asks * (len(window) - spent))
    ever = sum(e.kind is rule.kind and (e.at, e.post) < (at, post) for e in history)
    return all(passes) or ever < rule.grace


@given(histories, ratios, windows, st.integers(0, 420), st.integers(0, 2), st.randoms())
def test_window_arithmetic_equals_brute_force(history, ratio, window, hour, grace, random) -> None:
    made = [Entry(START + timedelta(hours=h), f"p{n:03}", *KINDS[k]) for n, (h, k) in enumerate(history)]
    rule = Counter(Kind.SHARE_REQUEST, Ratio(*ratio), Window(*window), grace)
    at = START + timedelta(hours=hour)
    shuffled = list(made)
    random.shuffle(shuffled)
    one_by_one = Ledger()
    for entry in shuffled:
        one_by_one.add(entry)
    expected = brute_force(made, rule, at, "p015")
    assert Ledger(made).balance(rule, at, "p015").free is expected
    assert one_by_one.balance(rule, at, "p015").free is expected


@given(histories, ratios, windows)
def test_the_next_free_time_is_the_first(history, ratio, window) -> None:
    made = [Entry(START + timedelta(hours=h), f"p{n:03}", *KINDS[k]) for n, (h, k) in enumerate(history)]
    rule = Counter(Kind.SHARE_REQUEST, Ratio(*ratio), Window(*window))
    ledger = Ledger(made)
    free = Openings(ledger, rule, START).next(START)
    grid = [START + timedelta(hours=h) for h in range(0, 400 + 13 * 24, 7)]
    if free is None:
        assert not any(ledger.balance(rule, at).free for at in grid)
    else:
        assert ledger.balance(rule, free).free
        assert not any(ledger.balance(rule, at).free for at in grid if at < free)
