"""Turns the phrases that authors teach into patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from postiquette.model import Phrase, Wording
from postiquette.policies.language.folding import fold
from postiquette.policies.language.patterns import Pattern

#: the "language" in the names of patterns that authors teach
OWN = "own"
_UP_TO_FOUR_WORDS = r"(?:[^\W_]+\W+){0,4}?"
_UP_TO_FOUR_MORE = r"(?:\s+[^\W_]+){0,4}"


@dataclass(frozen=True)
class Taught:
    """The patterns of a wording."""

    requests: tuple[Pattern, ...]
    senses: tuple[Pattern, ...]


@lru_cache(maxsize=64)
def taught(wording: Wording) -> Taught:
    """The patterns that a wording teaches."""
    return Taught(tuple(map(_pattern, wording.asks)), tuple(map(_pattern, wording.not_asks)))


def _pattern(phrase: Phrase) -> Pattern:
    words = fold(phrase.text).text.split()
    ends = words[-1:] == ["*"] and len(words) > 1
    parts = [_UP_TO_FOUR_WORDS if word == "*" else re.escape(word) + r"\s+" for word in (words[:-1] if ends else words)]
    between = "".join(parts).removesuffix(r"\s+") + (_UP_TO_FOUR_MORE if ends else "")
    return Pattern(f"{OWN}:{phrase.text}", rf"(?<![^\W_]){between}(?![^\W_])", "share", phrase.examples)
