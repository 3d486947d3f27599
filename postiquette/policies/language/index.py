"""Knows from a text's words which patterns it may concern, so that most texts are done with at a glance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import or_

from postiquette.policies.language.patterns import Language, Pattern, languages, tells_little

#: what a text is looked through for: words (English contractions are one word, and what stands among letters of another script, as
#: RT does in Japanese, is one too), and signs that stand for a verb
WORDS = re.compile(r"[^\W_\u0250-\U0010ffff]+(?:'(?:re|s|t|ll|ve|m|d)\b)?|[^\W\x00-\u024f]+|@(?=\s)|[🔁🔄♻🔃❤♥⭐]")
#: the same where all is ASCII, which takes two thirds of the time
_PLAIN_WORDS = re.compile(r"[a-z0-9]+(?:'(?:re|s|t|ll|ve|m|d)\b)?|@(?=\s)")
_SIGNS = "@🔁🔄♻🔃❤♥⭐"
_LATIN = "\u024f"
#: so many frequent words of one language make it certain
_PLENTY = 3
#: another language with less than one such word for so many is not spoken there
_FEW = 3
#: in a text of more words than this, one frequent word of a language does not name it
_FEW_WORDS = 6
#: words whose signs are kept at hand
_REMEMBERED = 50_000

#: beginnings of words with no more letters than this tell little
_SHORT = 3

#: as bits, the patterns whose first set of stems something is of, those whose second one, and those of the first that it tells of
#: for certain: a word that English has too does not
_Signs = tuple[int, int, int]


@dataclass(frozen=True)
class Glance:
    """What is seen of a text before any pattern is tried."""

    #: the code of the language whose most frequent words stand in it; None where none does
    language: str | None
    #: how many words it has
    size: int
    #: by language, the patterns that have a stem in it
    concerned: Mapping[Language, set[Pattern]]
    #: whether any of them is one of a request
    may_ask: bool


class Index:
    """From the beginnings of words to the patterns of some languages."""

    def __init__(self, known: Iterable[Language]) -> None:
        self._patterns: list[tuple[Language, Pattern]] = []
        #: by the first letters of a stem (three, or fewer where it has no more), the stem and what it is a sign of
        self._by_start: dict[str, list[tuple[str, _Signs]]] = {}
        #: scripts that are not looked up word by word: any of these stems, anywhere
        self._anywhere: list[tuple[re.Pattern[str], _Signs]] = []
        self._common: dict[str, tuple[str, ...]] = {}
        self._common_anywhere: list[tuple[re.Pattern[str], str]] = []
        #: patterns that have no second set of stems
        self._second = 0
        #: patterns of requests
        self._requests = 0
        for language in known:
            self._add_common(language)
            self._add_patterns(language)
        #: what one word is a sign of: most words of a text are words of many texts
        self._word = lru_cache(maxsize=_REMEMBERED)(self._word_seen_first)

    def _add_common(self, language: Language) -> None:
        unspaced = {word for word in language.common if word[0] > _LATIN}
        for word in language.common - unspaced - (tells_little() if language.code != "en" else frozenset()):
            self._common[word] = (*self._common.get(word, ()), language.code)
        if unspaced:
            self._common_anywhere.append((_any_of(unspaced), language.code))

    def _add_patterns(self, language: Language) -> None:
        signs: dict[str, _Signs] = {}
        for pattern in (*language.requests, *language.senses, *language.promotion):
            bit = 1 << len(self._patterns)
            self._patterns.append((language, pattern))
            if pattern in language.requests:
                self._requests |= bit
            if len(pattern.stems) < 2:
                self._second |= bit
            for place, stems in enumerate(pattern.stems):
                for stem in stems:
                    first, second, sure = signs.get(stem, (0, 0, 0))
                    if place == 0:
                        first |= bit
                        sure |= bit if language.code == "en" or _tells(stem) else 0
                    else:
                        second |= bit
                    signs[stem] = first, second, sure
        anywhere = {stem for stem in signs if stem[0] > _LATIN and stem.strip() not in _SIGNS}
        for stem in signs.keys() - anywhere:
            self._by_start.setdefault(stem[:3], []).append((stem, signs[stem]))
        if anywhere:
            first, second, sure = (reduce(or_, (signs[stem][n] for stem in anywhere)) for n in range(3))
            self._anywhere.append((_any_of(anywhere), (first, second, sure)))

    def _word_seen_first(self, word: str) -> tuple[_Signs, tuple[str, ...]] | None:
        ended, first, second, sure = word + " ", 0, 0, 0
        for start in {ended[:3], ended[:2], ended[:1]}:
            for stem, (one, other, certain) in self._by_start.get(start, ()):
                if ended.startswith(stem):
                    first, second, sure = first | one, second | other, sure | certain
        codes = self._common.get(word, ())
        return ((first, second, sure), codes) if first or second or codes else None

    def look(self, folded: str) -> Glance:
        """What a folded text is at a glance."""
        words = (_PLAIN_WORDS if folded.isascii() else WORDS).findall(folded)
        first, second, sure, counts = 0, self._second, 0, dict[str, int]()
        for (one, other, certain), codes in filter(None, map(self._word, set(words))):
            first |= one
            second |= other
            sure |= certain
            for code in codes:
                counts[code] = counts.get(code, 0) + 1
        if not folded.isascii():
            for common, code in self._common_anywhere:
                if number := len(common.findall(folded)):
                    counts[code] = counts.get(code, 0) + number
            for stems, (one, other, certain) in self._anywhere:
                if stems.search(folded):
                    first |= one
                    second |= other
                    sure |= certain
        likely = min(counts, key=lambda code: (-counts[code], code != "en", code), default=None)
        most = counts.get(likely, 0) if likely else 0
        # words that look alike in two languages are not read in one of which the text has few other words
        floor = most // _FEW if most >= _PLENTY else 0
        concerned: dict[Language, set[Pattern]] = {}
        asking = 0
        for bit, language, pattern in self._of(first & second):
            spoken = counts.get(language.code, 0)
            if language.code == "en" or (spoken >= floor and (spoken or bit & sure)):
                concerned.setdefault(language, set()).add(pattern)
                asking |= bit
        likely = likely if most > 1 or len(words) <= _FEW_WORDS else None
        return Glance(likely, len(words), concerned, may_ask=asking & self._requests != 0)

    def _of(self, bits: int) -> Iterator[tuple[int, Language, Pattern]]:
        while bits:
            lowest = bits & -bits
            yield (lowest, *self._patterns[lowest.bit_length() - 1])
            bits ^= lowest


def _tells(stem: str) -> bool:
    """Whether a stem alone tells of its language."""
    return stem.strip() not in tells_little() and (stem.endswith(" ") or len(stem) > _SHORT or stem[0] > _LATIN)


def _any_of(stems: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(stem.strip()) for stem in sorted(stems, key=len, reverse=True)))


@cache
def index() -> Index:
    """The index of all languages that come with the package."""
    return Index(languages().values())
