"""A waiver that nothing needs.

What it finds: a rule that a post waives, and that has nothing to remark on it, on any of its accounts.

Why it matters: a waiver that is left behind hides the next fault of its kind.

Example:

    [[posts]]
    id = "hours"
    text = "Open from nine to five, on Saturdays till noon."
    allow = { too-long = "the limit was raised" }

Instead: take it out.

    [[posts]]
    id = "hours"
    text = "Open from nine to five, on Saturdays till noon."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every waiver that was not needed."""
    for name in case.unused_waivers:
        reason = case.post.allow[name].reason
        message = f"{name} has nothing to remark here (waived: {reason})"
        yield Finding(NAME, message, field=f"allow.{name}", suggestion="take the waiver out")


NAME = named(__name__)
RULE = Rule(NAME, "fit", Action.ALLOW, check, __doc__, waivable=False)
