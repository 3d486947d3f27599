"""Follows another post to the same audience too closely.

What it finds: a post that goes out less than `gap` after the last one to its audience, on whichever of its accounts. One post on several
accounts is one post.

Why it matters: two posts at once take each other's readers, and some sites hide an account that posts in bursts.

Example:

    [[posts]]
    id = "bridge"
    at = 2026-06-02T09:00:00
    text = "The bridge is closed until Thursday."

    [[posts]]
    id = "ferry"
    at = 2026-06-02T09:03:00
    text = "The ferry takes bicycles free of charge this week."

Instead: some time between them, or one post that says both.

    [[posts]]
    id = "bridge"
    at = 2026-06-02T09:00:00
    text = "The bridge is closed until Thursday."

    [[posts]]
    id = "ferry"
    at = 2026-06-02T12:30:00
    text = "The ferry takes bicycles free of charge this week."
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from postiquette.config.values import format_duration
from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, duration, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on a post that follows the last one too closely."""
    last = next((sent for sent in case.past.newest() if sent.post != case.post.id), None)
    if last is not None and case.at - last.at < options["gap"]:
        passed = case.at - last.at
        at_once = passed < timedelta(seconds=1)
        message = f"at the same time as {last.post}" if at_once else f"only {format_duration(passed)} after {last.post}"
        yield Finding(NAME, message, field="at", evidence=(last.post,), suggestion="leave some time between them")


NAME = named(__name__)
RULE = Rule(
    NAME,
    "timing",
    Action.ALLOW,
    check,
    __doc__,
    options={"gap": duration(timedelta(minutes=10), "how far apart two posts to one audience should lie")},
)
