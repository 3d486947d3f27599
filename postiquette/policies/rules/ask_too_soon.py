"""Asks again before the last ask has settled.

What it finds: a share request that follows the audience's last one by less than `gap`. Off unless `gap` is set: the ratio alone
lets several asks go out in a row to an audience that was given much before.

Why it matters: twenty good posts earn five asks, but not five asks on one day.

Example:

    [policy]
    grace = 9

    [policy.rules]
    ask-too-soon = { gap = "3d" }

    [[posts]]
    id = "a"
    at = 2026-06-02T09:00:00
    text = "The new cycle map is out. Please share it with your neighbours!"

    [[posts]]
    id = "b"
    at = 2026-06-03T09:00:00
    text = "We look for a room for the repair evening. Please share!"

Instead: a slot some days later; `postiquette plan` finds one.

    [policy]
    grace = 9

    [policy.rules]
    ask-too-soon = { gap = "3d" }

    [[posts]]
    id = "a"
    at = 2026-06-02T09:00:00
    text = "The new cycle map is out. Please share it with your neighbours!"

    [[posts]]
    id = "b"
    at = 2026-06-05T09:00:00
    text = "We look for a room for the repair evening. Please share!"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from postiquette.config.values import format_duration
from postiquette.model import Action, Finding, Kind
from postiquette.policies.rule import Case, Options, Rule, ask_finding, duration, named, requests_in


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every request that follows the last ask too closely."""
    gap: timedelta = options["gap"]
    if not gap or case.already_counted:
        return
    past = (sent.at for sent in case.past.newest(Kind.SHARE_REQUEST) if sent.post != case.post.id)
    last = max((at for at in (next(past, None), case.last_ask) if at is not None), default=None)
    if last is not None and case.at - last < gap:
        passed = case.at - last
        at_once = passed < timedelta(seconds=1)
        message = (
            "another ask goes out at the same time"
            if at_once
            else f"the last ask was only {format_duration(passed)} ago"
        )
        way = f"{format_duration(gap)} between asks, or take the request out"
        for place in requests_in(case):
            yield ask_finding(NAME, message, place, (), way)


NAME = named(__name__)
RULE = Rule(
    NAME,
    "asking",
    Action.HOLD,
    check,
    __doc__,
    concerns=Kind.SHARE_REQUEST,
    waivable=False,
    options={
        "gap": duration(timedelta(0), "how far apart two asks of one audience must lie; 0s: the ratio alone holds")
    },
)
