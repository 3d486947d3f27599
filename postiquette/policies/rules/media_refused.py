"""Media that the site does not take.

What it finds: more files than the site takes with one post, or a kind of file it does not take.

Why it matters: the post would fail after it was prepared, or go out without its picture.

Example: five images for a site that takes four.

    [[posts]]
    id = "walk"
    text = "The path by the lake, from all sides."
    media = [
        { path = "1.png", alt = "North" }, { path = "2.png", alt = "East" }, { path = "3.png", alt = "South" },
        { path = "4.png", alt = "West" }, { path = "5.png", alt = "From above" },
    ]

Instead: fewer files, another format, or a thread.

    [[posts]]
    id = "walk"
    text = "The path by the lake, from all sides."
    media = [{ path = "1.png", alt = "North" }, { path = "2.png", alt = "East" }]
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on the number of files and on each file's kind."""
    limits, media = case.account.limits, case.content.media
    if limits.media is not None and len(media) > limits.media:
        message = f"{len(media)} files, but {case.account.site} takes {limits.media or 'none'}"
        yield Finding(NAME, message, suggestion="attach fewer files")
    for index, item in enumerate(media):
        ending = PurePath(item.path).suffix.lower().lstrip(".")
        if limits.media_types and ending not in limits.media_types:
            message = (
                f"{case.account.site} takes {', '.join(limits.media_types)}, not {ending or 'files without an ending'}"
            )
            yield Finding(NAME, message, field=f"media[{index}]")


NAME = named(__name__)
RULE = Rule(NAME, "fit", Action.HOLD, check, __doc__)
