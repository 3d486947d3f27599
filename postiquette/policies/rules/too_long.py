"""Longer than the site takes.

What it finds: a text or an alt text over the site's limit, counted as the site counts: X gives each letter a weight, Bluesky counts
what a reader sees as one character and bytes besides, Mastodon lets every link cost 23, Threads counts the bytes of emoji.

Why it matters: a site refuses such a post at the worst moment, or cuts it.

Example:

    [sites.wall]
    title = "A short wall"
    mode = "assist"
    terms = "Ours."
    compose_link = "https://example.org/new?text={text}"
    limits = { characters = 40 }

    [accounts.wall]
    site = "wall"
    slots = ["daily 09:00"]

    [[posts]]
    id = "path"
    account = "wall"
    text = "The path by the lake is open again, dogs on the lead please."

Instead: shorten it, or make it a thread.

    [sites.wall]
    title = "A short wall"
    mode = "assist"
    terms = "Ours."
    compose_link = "https://example.org/new?text={text}"
    limits = { characters = 40 }

    [accounts.wall]
    site = "wall"
    slots = ["daily 09:00"]

    [[posts]]
    id = "path"
    account = "wall"
    text = "The path by the lake is open again."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding, Limits
from postiquette.policies.counting import length, size
from postiquette.policies.rule import Case, Options, Rule, named

#: no site counts a character of a text for more than this, but for a link
_MOST = 8


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every item and alt text over its limit."""
    limits = case.account.limits
    names = [name for name, _ in case.content.fields if not name.startswith("media[")]
    for name, item in zip(names, case.content.items, strict=True):
        if message := _too_long(item.text, limits, case.account.site):
            yield Finding(
                NAME, message, field=name, start=0, end=len(item.text), suggestion="shorten it, or make it a thread"
            )
    for index, media in enumerate(case.content.media):
        if media.alt is not None and limits.alt_characters is not None and len(media.alt) > limits.alt_characters:
            message = (
                f"the alt text has {len(media.alt)} characters, but {case.account.site} takes {limits.alt_characters}"
            )
            yield Finding(NAME, message, field=f"media[{index}].alt", start=0, end=len(media.alt))


def _too_long(text: str, limits: Limits, site: str) -> str | None:
    if limits.characters is not None and not _is_surely_short(text, limits, limits.characters):
        counted = length(text, limits)
        if counted > limits.characters:
            return f"{counted} characters as {site} counts them, but it takes {limits.characters}"
    if limits.bytes is not None and (taken := size(text, limits)) > limits.bytes:
        return f"{taken:,} bytes, but {site} takes {limits.bytes:,}"
    return None


def _is_surely_short(text: str, limits: Limits, most: int) -> bool:
    """Most texts are: then nothing is counted."""
    links = max(23, limits.link_characters or 0) * (text.count(".") + text.count("://"))
    return len(text) * (1 if text.isascii() else _MOST) + links <= most


NAME = named(__name__)
RULE = Rule(NAME, "fit", Action.HOLD, check, __doc__)
