"""Rules of the trade for promotion, each with its exact figures and where it comes from (docs/ratio.md has the table).

They measure promotion, not asking: a preset sets the promotion counter and never touches `ratio`. A rule that speaks of N posts means the
candidate and the N - 1 before it, so its window holds N - 1. A short history counts as it is: who has given nothing has earned nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from postiquette.model import Ratio, Window


@dataclass(frozen=True)
class Preset:
    """One rule of the trade."""

    #: promotion : value posts
    ratio: Ratio
    window: Window
    #: what it says, in its own terms
    meaning: str
    origin: str


PRESETS = {
    "4-1-1": Preset(
        Ratio(1, 5),
        Window(posts=5),
        "one promotion in any six posts",
        "Andrew Davis, made popular by Joe Pulizzi; Tippingpoint Labs, 2009",
    ),
    "80/20": Preset(
        Ratio(1, 4),
        Window(posts=9),
        "two promotions in any ten posts",
        "a rule of thumb without a known origin",
    ),
    "5-3-2": Preset(
        Ratio(0, 1),
        Window(posts=9),
        "none at all: five posts from others, three of your own that do not sell, two personal ones",
        "T. A. McCann, Gist",
    ),
    "thirds": Preset(
        Ratio(1, 2),
        Window(posts=8),
        "three promotions in any nine posts",
        "S. Milbrath, Hootsuite",
    ),
    "nine-to-one": Preset(
        Ratio(1, 9),
        Window(posts=99),
        "ten promotions in the last hundred posts",
        "Reddit's guideline of ten per cent of one's history, dropped by Reddit in 2016 and kept by many of its communities",
    ),
    "jabs": Preset(
        Ratio(1, 3),
        Window(posts=3),
        "give, give, give, then ask: one promotion in any four posts",
        "after the title of Gary Vaynerchuk's book of 2013; he himself names no number",
    ),
    "30/60/10": Preset(
        Ratio(1, 9),
        Window(posts=9),
        "one promotion in any ten posts; of the others 30 owned and 60 curated in a hundred",
        "Rallyverse's “golden ratio”",
    ),
}
