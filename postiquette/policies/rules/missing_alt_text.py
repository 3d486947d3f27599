"""A picture without a description.

What it finds: media without an alt text, or with an empty one.

Why it matters: people who cannot see the picture are told nothing, and some sites ask before they publish it.

Example:

    [[posts]]
    id = "wal"
    text = "What happens when two processes read while one writes."
    media = [{ path = "wal.png" }]

Instead: say what the picture shows.

    [[posts]]
    id = "wal"
    text = "What happens when two processes read while one writes."
    media = [{ path = "wal.png", alt = "Two readers and a writer at one file, none waiting" }]
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every file without a description."""
    for index, item in enumerate(case.content.media):
        if not (item.alt or "").strip():
            yield Finding(NAME, "no alt text", field=f"media[{index}]", suggestion='add alt = "…"')


NAME = named(__name__)
RULE = Rule(NAME, "fit", Action.ALLOW, check, __doc__)
