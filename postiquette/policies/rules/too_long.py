"""Longer than the site takes.

What it finds: a text or an alt text over the site's limit, counted as the site counts: what a reader sees as one character is one,
and a link costs what the site says it does.

Why it matters: a site refuses such a post at the worst moment, or cuts it.

Example: 600 characters for a site that takes 500.

Instead: shorten it, or make it a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postiquette.model import Action, Finding, Limits
from postiquette.policies.rule import Case, Options, Rule, named

_LINK = re.compile(r"https?://\S+")


def length(text: str, limits: Limits) -> int:
    """The length of a text in grapheme clusters, links weighted as the site weighs them."""
    if limits.link_characters is None:
        return _graphemes(text)
    bare, links = _LINK.subn("", text)
    return _graphemes(bare) + links * limits.link_characters


def _graphemes(text: str) -> int:
    if text.isascii():
        return len(text)
    import regex

    return len(regex.findall(r"\X", text))


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every item and alt text over its limit."""
    limits = case.account.limits
    items = case.content.items()
    names = [name for name, _ in case.content.fields() if not name.startswith("media[")]
    for name, item in zip(names, items, strict=True):
        size = length(item.text, limits)
        if limits.characters is not None and size > limits.characters:
            message = f"{size} characters, but {case.account.site} takes {limits.characters}"
            yield Finding(
                NAME, message, Action.HOLD, name, 0, len(item.text), suggestion="shorten it, or make it a thread"
            )
    for index, media in enumerate(case.content.media):
        if media.alt is not None and limits.alt_characters is not None and len(media.alt) > limits.alt_characters:
            message = (
                f"the alt text has {len(media.alt)} characters, but {case.account.site} takes {limits.alt_characters}"
            )
            yield Finding(NAME, message, Action.HOLD, f"media[{index}].alt", 0, len(media.alt))


NAME = named(__name__)
RULE = Rule(NAME, "fit", Action.HOLD, check, __doc__)
