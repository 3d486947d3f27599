"""Asks one person again too soon.

What it finds: a share request that mentions somebody whom an earlier post asked within `cooldown`; and, as a mere remark, any
post that mentions somebody again within `mentions`.

Why it matters: people help once and gladly, like the friend whom you helped move once. The second request within a week is the one
that they remember.

Example:

    [[posts]]
    id = "a"
    text = "The workshops are open all June. @maria could you share our list with your readers?"

    [[posts]]
    id = "b"
    text = "The repair evening has a new date. @maria would you pass it on, please?"

Instead: ask somebody else, or give @maria something first and let a while go by.

    [[posts]]
    id = "a"
    text = "The workshops are open all June. @maria could you share our list with your readers?"

    [[posts]]
    id = "b"
    text = "@jonas would you pass on the dates of the repair evening, please?"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from postiquette.model import Action, Finding, Kind
from postiquette.policies.past import Sent
from postiquette.policies.rule import Case, Options, Rule, duration, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every person who was asked, or mentioned, a short while ago."""
    for person in sorted(case.people):
        asks = case.kind is Kind.SHARE_REQUEST
        if asks and (sent := _last(case, person, options["cooldown"], Kind.SHARE_REQUEST)):
            message = f"{person} was asked in {sent.post} on {sent.at:%Y-%m-%d}"
            yield Finding(NAME, message, evidence=(sent.post,), suggestion="ask somebody else, or wait")
        elif sent := _last(case, person, options["mentions"]):
            yield Finding(NAME, f"{person} was mentioned in {sent.post} on {sent.at:%Y-%m-%d}", Action.ALLOW)


def _last(case: Case, person: str, within: timedelta, kind: Kind | None = None) -> Sent | None:
    for sent in case.past.newest(kind):
        if sent.at < case.at - within:
            return None
        if sent.post != case.post.id and person in sent.people:
            return sent
    return None


NAME = named(__name__)
RULE = Rule(
    NAME,
    "repeating",
    Action.HOLD,
    check,
    __doc__,
    options={
        "cooldown": duration(timedelta(days=7), "how long a person who was asked is not asked again"),
        "mentions": duration(timedelta(days=1), "how long a second mention is remarked on"),
    },
)
