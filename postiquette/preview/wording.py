"""The words in which previews speak, and the difference between two wordings."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from postiquette.model import Account, Action, Balance, Content, Kind
from postiquette.preview.outline import Line

VERDICTS = {
    Action.ALLOW: "goes out",
    Action.REWRITE: "goes out rewritten",
    Action.DEFER: "deferred",
    Action.HOLD: "held for you",
    Action.BLOCK: "blocked",
}


def verdict(line: Line) -> str:
    """What becomes of a post, in two or three words."""
    if line.state in ("unconfirmed", "handed-over"):
        return {"unconfirmed": "unconfirmed: look at the site", "handed-over": "waits for your confirmation"}[
            line.state
        ]
    return VERDICTS[line.decision.action]


def local(at: datetime, account: Account, form: str = "%a %d %b %Y %H:%M") -> str:
    """An instant on the clock of an account."""
    return at.astimezone(ZoneInfo(account.timezone)).strftime(form)


def budget(balance: Balance, account: Account) -> str:
    """The ledger in a line: "asks 2 of 3 used, next free Thu 14:00"."""
    noun = "asks" if balance.counter.kind is Kind.SHARE_REQUEST else "promotions"
    line = f"{noun} {balance.spent} of {balance.allowed} used"
    if balance.next_free_at is not None and not balance.free:
        line += f", next free {local(_next_minute(balance.next_free_at), account)}"
    return line


def _next_minute(at: datetime) -> datetime:
    """The first whole minute from an instant on: minutes are what a person can write."""
    return at if at.second == at.microsecond == 0 else at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def body(content: Content) -> str:
    """All that readers are shown of a post, items of a thread apart."""
    return "\n⋯\n".join(item.text for item in content.items)


def difference(before: str, after: str) -> Iterator[tuple[Literal["same", "gone", "new"], str]]:
    """The stretches of two wordings, word by word."""
    old, new = re.findall(r"\s+|[^\s]+", before), re.findall(r"\s+|[^\s]+", after)
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[a:b])
            continue
        if a < b:
            yield "gone", "".join(old[a:b])
        if c < d:
            yield "new", "".join(new[c:d])
