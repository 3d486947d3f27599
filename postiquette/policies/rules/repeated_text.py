"""Says to the same audience what it was told before.

What it finds: a post with the words of one that is already out, under another id. Case, blanks and links do not make
a difference. Option: `within` (default "90d").

Why it matters: this is how a person posts a whole month twice: a renamed file, a new id, an import done again. Several sites
also refuse or punish identical posts.

Example: "WAL mode in three minutes" as `wal`, and again as `wal-2`.

Instead: change the words, or waive it with the reason: `allow = { repeated-text = "weekly opening hours" }`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from postiquette.model import Action, Content, Finding
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on the newest post with the same words."""
    within = options["within"]
    words = _words(case.content)
    for past in case.past:
        if isinstance(within, timedelta) and past.at < case.at - within:
            return
        if past.post != case.post.id and words and _words(past.content) == words:
            message = f"the same words went out as {past.post} on {past.at:%Y-%m-%d}"
            yield Finding(
                NAME, message, Action.HOLD, evidence=(past.post,), suggestion="change the words, or waive the rule"
            )
            return


def _words(content: Content) -> str:
    text = re.sub(r"https?://\S+", " ", " ".join(content.texts).casefold())
    return " ".join(re.findall(r"\w+", text))


NAME = named(__name__)
RULE = Rule(NAME, "repeating", Action.HOLD, check, __doc__, options={"within": timedelta(days=90)})
