"""Texts are read and rewritten once, however often a queue is laid out, goes by and is mended."""

from __future__ import annotations

from functools import lru_cache

from postiquette.model import Wording
from postiquette.policies.language.reader import Reading, read
from postiquette.policies.rewrite import Rewrite, rewrite


@lru_cache(maxsize=1 << 18)
def reading_of(text: str, wording: Wording) -> Reading:
    """What a text is; see `read`."""
    return read(text, None, wording)


@lru_cache(maxsize=1 << 16)
def rewrite_of(text: str, wording: Wording) -> Rewrite:
    """A text without its requests; see `rewrite`."""
    return rewrite(text, None, wording, reading_of(text, wording))
