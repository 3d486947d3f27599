"""Each preset is what it says of itself: of any so many posts, at most so many promote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postiquette.config.presets import PRESETS
from postiquette.model import Counter, Entry, Kind
from postiquette.policies.ledger import Ledger

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "promotions", "posts"),
    [
        ("4-1-1", 1, 6),
        ("80/20", 2, 10),
        ("5-3-2", 0, 10),
        ("thirds", 3, 9),
        ("nine-to-one", 10, 100),
        ("jabs", 1, 4),
        ("30/60/10", 1, 10),
    ],
)
def test_the_busiest_history_that_a_preset_allows(name: str, promotions: int, posts: int) -> None:
    preset = PRESETS[name]
    counter = Counter(Kind.PROMOTION, preset.ratio, preset.window)
    ledger, letters = Ledger(), ""
    for hour in range(3 * posts):
        at = START + timedelta(hours=hour)
        kind = Kind.PROMOTION if ledger.is_free(counter, at) else Kind.VALUE
        letters += "P" if kind is Kind.PROMOTION else "V"
        ledger.add(Entry(at, f"p{hour:04}", kind))
    stretches = [letters[begin : begin + posts] for begin in range(len(letters) - posts + 1)]
    assert max(stretch.count("P") for stretch in stretches) == promotions
    assert not letters.startswith("P")


def test_every_preset_is_tested_and_documented() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "ratio.md").read_text()
    for name, preset in PRESETS.items():
        assert f"| `{name}` | {preset.ratio} | {preset.window} | {preset.meaning} | {preset.origin} |" in page
