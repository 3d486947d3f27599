"""A picture without a description.

What it finds: media without an alt text, or with an empty one.

Why it matters: people who cannot see the picture are told nothing, and some sites ask before they publish it.

Example: `media = [{ path = "wal.png" }]`

Instead: `media = [{ path = "wal.png", alt = "Two processes reading while one writes" }]`
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every file without a description."""
    for index, item in enumerate(case.content.media):
        if not (item.alt or "").strip():
            yield Finding(NAME, "no alt text", Action.ALLOW, f"media[{index}]", suggestion='add alt = "…"')


NAME = named(__name__)
RULE = Rule(NAME, "fit", Action.ALLOW, check, __doc__)
