"""A local time that does not exist, or exists twice.

What it finds: a time in the hour that is skipped when clocks go forward (the post moves to the next valid minute), or in the hour
that comes twice when they go back (the first one is taken).

Why it matters: the post goes out at another time than the one written.

Example:

    [[posts]]
    id = "early"
    at = 2027-03-28T02:30:00  # with timezone = "Europe/Berlin"
    text = "The clocks went forward: the early ferry leaves at five all the same."

Instead: choose another time, or write one with its offset.

    [[posts]]
    id = "early"
    at = 2027-03-28T02:30:00+01:00
    text = "The clocks went forward: the early ferry leaves at five all the same."
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark where the written local time is skipped or repeated in the account's zone."""
    written = case.written_at
    if written is None:
        return
    zone = ZoneInfo(case.account.timezone)
    if zone.utcoffset(written) == zone.utcoffset(written.replace(fold=1)):
        return
    first = written.replace(tzinfo=zone)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != written:
        message = f"{written:%Y-%m-%d %H:%M} does not exist in {case.account.timezone}; {case.local:%H:%M} is taken"
    else:
        message = f"{written:%Y-%m-%d %H:%M} comes twice in {case.account.timezone}; the first is taken"
    yield Finding(NAME, message, field="at", suggestion="write the time with its offset")


NAME = named(__name__)
RULE = Rule(NAME, "timing", Action.ALLOW, check, __doc__)
