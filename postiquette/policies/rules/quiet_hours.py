"""Goes out while its readers sleep.

What it finds: a post whose time lies within `hours`, on the clock of the account's zone.

Why it matters: it is read by few, and whoever has notifications on is woken.

Example:

    [[posts]]
    id = "late"
    at = 2026-06-02T03:30:00
    text = "The new timetable of the night buses hangs at every stop."

Instead: a time at which people are up, or other quiet hours for readers far away.

    [[posts]]
    id = "late"
    at = 2026-06-02T08:30:00
    text = "The new timetable of the night buses hangs at every stop."
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from postiquette.config.values import format_hours, parse_hours
from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Option, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on a post within the quiet hours; the last minute of them is quiet, the one after it is not."""
    begin, end = options["hours"]
    local = case.local.time()
    if (begin <= local < end) if begin < end else (local >= begin or local < end):
        message = f"{local:%H:%M} is within the quiet hours, {format_hours((begin, end))}"
        yield Finding(NAME, message, field="at", suggestion="choose another time")


NAME = named(__name__)
RULE = Rule(
    NAME,
    "timing",
    Action.ALLOW,
    check,
    __doc__,
    options={
        "hours": Option(
            (time(23), time(6)),
            "from when to when it is quiet, on the account's clock",
            parse_hours,
            lambda value: f'"{format_hours(value)}"',
        )
    },
)
