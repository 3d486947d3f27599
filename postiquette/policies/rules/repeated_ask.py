"""Asks for the same thing again, in nearly the same words.

What it finds: a share request that reads almost like one that the audience got a short while ago, under another id. Links and
capitals do not make a difference, and a word or two do not either.

It is a warning, and stops nothing unless `action = "hold"` is set.

Why it matters: whoever did not pass it on the first time has heard it. Asking again in the same words is what people mean by begging,
and it stays begging however much was given in between.

Example:

    [policy]
    grace = 2

    [[posts]]
    id = "a"
    text = "Our survey of the night buses is open until Sunday. Please share it!"

    [[posts]]
    id = "b"
    text = "Our survey of the night buses is open until Monday. Please share it!"

Instead: tell what came of it, or wait until the cool-down is over.

    [[posts]]
    id = "a"
    text = "Our survey of the night buses is open until Sunday. Please share it!"

    [[posts]]
    id = "b"
    text = "412 of you told us where you wait at night. The map of the darkest stops is out, please pass it on."
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from postiquette.model import Action, Finding, Kind, Severity
from postiquette.policies.rule import Case, Options, Rule, duration, named, whole


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on the newest ask that reads alike."""
    from rapidfuzz import fuzz

    words, since = case.content.words, case.at - options["cooldown"]
    for sent in case.past.newest(Kind.SHARE_REQUEST):
        if sent.at < since:
            return
        if sent.post == case.post.id:
            continue
        alike = fuzz.ratio(words, sent.words, score_cutoff=options["similarity"])
        if alike:
            message = f"reads to {alike:.0f} % like {sent.post}, which asked on {sent.at:%Y-%m-%d}"
            yield Finding(NAME, message, evidence=(sent.post,), suggestion="say something new, or wait")
            return


NAME = named(__name__)
RULE = Rule(
    NAME,
    "repeating",
    Action.ALLOW,
    check,
    __doc__,
    concerns=Kind.SHARE_REQUEST,
    severity=Severity.WARNING,
    options={
        "cooldown": duration(timedelta(days=7), "how long an ask may not be repeated"),
        "similarity": whole(90, "percent of the letters that may be the same", least=50, most=100),
    },
)
