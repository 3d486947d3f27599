"""Asks for shares more often than the ratio allows.

What it finds: a share request for which the audience has not been given enough in the window, counted over
everything that went out, or may have.

Why it matters: a few asks are fine, a barrage ends relationships. Asking does work, so it is a budget and not a ban: every value
post earns a part of the next ask.

Example: with `ratio = "1:4"`, a second ask after four value posts and an earlier one.

    [[posts]]
    id = "v1"
    text = "Tip 1: let the dough rest in the cold, it forgives you more."

    [[posts]]
    id = "v2"
    text = "Tip 2: knives last longer on wood than on glass."

    [[posts]]
    id = "v3"
    text = "Tip 3: rain water is the best water for ferns."

    [[posts]]
    id = "v4"
    text = "Tip 4: a north window is the place for orchids."

    [[posts]]
    id = "first"
    text = "The seed exchange is on Sunday. Please share it with your neighbours!"

    [[posts]]
    id = "second"
    text = "We need a van on Sunday morning. Please share!"

Instead: give first. The finding names the posts that used the budget up; `postiquette ledger` says when the next ask is free.

    [[posts]]
    id = "v1"
    text = "Tip 1: let the dough rest in the cold, it forgives you more."

    [[posts]]
    id = "v2"
    text = "Tip 2: knives last longer on wood than on glass."

    [[posts]]
    id = "v3"
    text = "Tip 3: rain water is the best water for ferns."

    [[posts]]
    id = "v4"
    text = "Tip 4: a north window is the place for orchids."

    [[posts]]
    id = "first"
    text = "The seed exchange is on Sunday. Please share it with your neighbours!"
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding, Kind
from postiquette.policies.rule import Case, Options, Rule, ask_finding, counted, named, requests_in, way_out


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every request of an ask that the budget does not cover."""
    balance = case.balances[Kind.SHARE_REQUEST]
    if balance.free or case.already_counted or not (balance.spent or balance.earned):
        return
    message = (
        f"{balance.spent} of {balance.allowed} asks used in the {balance.counter.window} "
        f"({counted(balance.earned, 'value post')})"
    )
    for place in requests_in(case):
        yield ask_finding(NAME, message, place, balance.spent_by, way_out(balance))


NAME = named(__name__)
RULE = Rule(NAME, "asking", Action.HOLD, check, __doc__, waivable=False, concerns=Kind.SHARE_REQUEST)
