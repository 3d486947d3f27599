"""Nothing worth sending is left once the request is gone.

What it finds: an ask over the ratio that cannot be saved by taking the request out, because the request is all there is,
because it states the terms of a giveaway, or because only the request names what the post is about.

Why it matters: a stump of a post embarrasses its author, and a giveaway whose terms were cut is a false promise.

Example: nothing but the request.

    [[posts]]
    id = "summer"
    text = "RT if you miss summer"

Instead: say what is worth passing on, and let the readers decide to.

    [[posts]]
    id = "summer"
    text = "The lido has opened two weeks early: the water has 19 degrees."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding, Kind
from postiquette.policies.known import rewrite_of
from postiquette.policies.rule import Case, Options, Rule, ask_finding, named

_MESSAGES = {
    "nothing-left": "without the request nothing worth sending is left",
    "terms": "the request states the terms of a giveaway, so it cannot be cut",
    "entangled": "the request cannot be cut without losing what the post is about",
}


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every field of an ask over the ratio that no cut can save."""
    if case.balances[Kind.SHARE_REQUEST].free or case.already_counted:
        return
    for name, text in case.content.fields:
        reading = case.readings[name]
        reason = rewrite_of(text, case.wording).reason if reading.requests else None
        if reason:
            yield ask_finding(NAME, _MESSAGES[reason], (name, reading.requests[0]), (), None)


NAME = named(__name__)
RULE = Rule(NAME, "asking", Action.ALLOW, check, __doc__, waivable=False, concerns=Kind.SHARE_REQUEST)
