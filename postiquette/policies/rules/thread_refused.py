"""A thread or a first comment for a site that takes none.

What it finds: several items, where the account's site publishes one post at a time.

Why it matters: only the first item would go out, and the rest of the thought would be missing.

Example: two items for a site whose description has no `reply_url`.

    [sites.wall]
    title = "A wall"
    mode = "assist"
    terms = "Ours."
    compose_link = "https://example.org/new?text={text}"

    [accounts.wall]
    site = "wall"
    slots = ["daily 09:00"]

    [[posts]]
    id = "clock"
    account = "wall"
    thread = ["How we mended the clock.", "And what it cost."]

Instead: one text, or another account.

    [sites.wall]
    title = "A wall"
    mode = "assist"
    terms = "Ours."
    compose_link = "https://example.org/new?text={text}"

    [accounts.wall]
    site = "wall"
    slots = ["daily 09:00"]

    [[posts]]
    id = "clock"
    account = "wall"
    text = "How we mended the clock, and what it cost."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on posts of more than one item."""
    if len(case.content.items) > 1 and not case.account.limits.threads:
        name = "thread[1]" if case.content.is_thread else "first_comment"
        yield Finding(NAME, f"{case.account.site} takes one item a post", field=name)


NAME = named(__name__)
RULE = Rule(NAME, "fit", Action.HOLD, check, __doc__)
