"""Asks an audience that has been given nothing yet.

What it finds: a share request to an audience to which nothing was sent in the window, once its `grace` is used up.

Why it matters: the first thing that people hear from you should not be a favour they are to do you.

Example: a new account whose first post asks.

    [[posts]]
    id = "hello"
    text = "We are here! Tell your friends about us!"

Instead: a post of value first; or, for a launch, `grace = 1` in `[policy]`.

    [[posts]]
    id = "hello"
    text = "We mend bicycles on Thursdays from six, bring your own tube."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding, Kind
from postiquette.policies.rule import Case, Options, Rule, ask_finding, named, requests_in, way_out


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every request to an audience whose window is empty."""
    balance = case.balances[Kind.SHARE_REQUEST]
    if balance.free or case.already_counted or balance.spent or balance.earned:
        return
    message = "nothing has been given to this audience yet"
    for place in requests_in(case):
        yield ask_finding(NAME, message, place, (), way_out(balance))


NAME = named(__name__)
RULE = Rule(NAME, "asking", Action.HOLD, check, __doc__, waivable=False, concerns=Kind.SHARE_REQUEST)
