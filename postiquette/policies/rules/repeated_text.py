"""Says to the same audience what it was told before.

What it finds: a post with the words of one that is already out, under another id. Case, blanks and links do not make
a difference.

Why it matters: this is how a person posts a whole month twice: a renamed file, a new id, an import done again. Several sites
also refuse or punish identical posts.

Example:

    [[posts]]
    id = "wal"
    text = "WAL mode in three minutes: https://example.org/wal"

    [[posts]]
    id = "wal-2"
    text = "WAL mode in three minutes"

Instead: change the words, or waive it with the reason: `allow = { repeated-text = "weekly opening hours" }`.

    [[posts]]
    id = "wal"
    text = "WAL mode in three minutes: https://example.org/wal"

    [[posts]]
    id = "wal-2"
    text = "Readers go on while a writer commits, if you let them: https://example.org/wal"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, duration, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on the newest post with the same words."""
    words = case.content.words
    for sent in case.past.with_words(words) if words else ():
        if sent.at < case.at - options["within"]:
            return
        if sent.post != case.post.id:
            message = f"the same words as {sent.post} ({sent.at:%Y-%m-%d})"
            first, _ = case.content.fields[0]
            way = "change the words, or waive the rule"
            yield Finding(NAME, message, field=first, evidence=(sent.post,), suggestion=way)
            return


NAME = named(__name__)
RULE = Rule(
    NAME,
    "repeating",
    Action.HOLD,
    check,
    __doc__,
    options={"within": duration(timedelta(days=90), "how long a text may not be repeated")},
)
