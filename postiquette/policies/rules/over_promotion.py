"""Promotes more often than the promotion ratio allows.

What it finds: a promotional post ("buy", "sign up", "follow us") for which the audience has not been given enough. Off unless
`preset` or `promotion_ratio` is set in `[policy]`; it has a counter of its own and never touches that of share requests.

Why it matters: rules of the trade such as 80/20 measure promotion, not asking. Both wear an audience out.

Example: with `preset = "80/20"`, a promotional post after one value post.

    [policy]
    preset = "80/20"

    [[posts]]
    id = "tip"
    text = "Tip 1: let the dough rest in the cold, it forgives you more."

    [[posts]]
    id = "course"
    text = "Book our bread course now: https://example.org/course"

Instead: give first, or tell what the thing is good for rather than to buy it.

    [policy]
    preset = "80/20"

    [[posts]]
    id = "tip"
    text = "Tip 1: let the dough rest in the cold, it forgives you more."

    [[posts]]
    id = "course"
    text = "Most loaves fail because the oven is too cold: what a stone changes, with photographs."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding, Kind
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on a promotional post that its budget does not cover."""
    balance = case.balances.get(Kind.PROMOTION)
    if balance is None or balance.free or case.already_counted:
        return
    message = f"{balance.spent} of {balance.allowed} promotional posts used in the {balance.counter.window}"
    yield Finding(NAME, message, evidence=balance.spent_by, suggestion="more value posts first")


NAME = named(__name__)
RULE = Rule(NAME, "promotion", Action.HOLD, check, __doc__, concerns=Kind.PROMOTION)
