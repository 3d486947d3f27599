"""More hashtags than anybody reads.

What it finds: a text with more than `most` hashtags.

Why it matters: a row of them reads like advertising, screen readers spell each one out, and Threads takes only one.

Example:

    [[posts]]
    id = "walk"
    text = "The path by the lake is open again. #lake #walk #nature #happy #summer #outdoors"

Instead: the one or two that somebody would follow.

    [[posts]]
    id = "walk"
    text = "The path by the lake is open again. #lake"
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named, whole

_HASHTAG = re.compile(r"(?<![\w&/#])#\w*[^\W\d_]\w*")


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every text with too many hashtags, from the first that is too many."""
    for name, text in case.content.fields:
        found = list(_HASHTAG.finditer(text)) if "#" in text else []
        if len(found) > options["most"]:
            start, end = found[options["most"]].start(), found[-1].end()
            message = f"{len(found)} hashtags, but {options['most']} are enough"
            words = (text[start:end],)
            yield Finding(NAME, message, field=name, start=start, end=end, evidence=words, suggestion="keep the best")


NAME = named(__name__)
RULE = Rule(
    NAME,
    "fit",
    Action.ALLOW,
    check,
    __doc__,
    options={"most": whole(5, "how many hashtags a text may have", most=1000)},
)
