"""Knows from a text's words which patterns it may concern, so that most texts are done with at a glance.

What it knows comes from `index_file.py`, and is taken apart as it is asked for: most texts need little of it, and no more than one or
two of the language files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, reduce
from typing import Any, NamedTuple

from postiquette.policies.language.folding import LATIN, SIGNS
from postiquette.policies.language.index_file import known
from postiquette.policies.language.patterns import Language, Pattern, languages

#: words (English contractions are one word, and what stands among letters of another script, as RT does in Japanese, is one too), and
#: signs; the first two are some only beside a blank or before a word
_WORDS = re.compile(
    rf"[^\W_{LATIN}-\U0010ffff]+(?:'(?:re|s|t|ll|ve|m|d)\b)?|[^\W\x00-{LATIN}]+|@(?!\w)|#(?=\w)|[{SIGNS[2:]}]"
)
#: blanks in place of what stands between words, in UTF-8
_BETWEEN = bytes(code if code > 127 or chr(code).isalnum() or chr(code) in "'@#" else 32 for code in range(256))
#: so many frequent words of one language make it certain
_PLENTY = 3
#: another language with less than one such word for so many is not spoken there
_FEW = 3
#: in a text of more words than this, one frequent word of a language does not name it
_FEW_WORDS = 6
#: words whose signs are kept at hand
_REMEMBERED = 50_000
#: an English word may have so many letters more than its stem
_INFLECTED = 4


class _Sign(NamedTuple):
    """What a word is a sign of; the numbers of clues as bits."""

    #: clues whose first set it is in
    first: int = 0
    second: int = 0
    #: those that it tells the language of
    telling: int = 0
    #: the languages in which the word is frequent
    codes: tuple[str, ...] = ()
    #: whether English has it too
    english: bool = False


def _both(one: _Sign, other: _Sign) -> _Sign:
    return _Sign(
        one.first | other.first,
        one.second | other.second,
        one.telling | other.telling,
        (*one.codes, *other.codes),
        one.english or other.english,
    )


_NOTHING = _Sign()


class Glance(NamedTuple):
    """What is seen of a text before any pattern is tried."""

    #: the code of the language whose most frequent words stand in it; None where none does
    language: str | None
    #: how many words it has
    size: int
    #: by language, the patterns that may match, in their order
    concerned: Mapping[Language, list[Pattern]]
    #: whether any of them is one of a request
    may_ask: bool


class _Stem(NamedTuple):
    """The beginning of a word (a whole one ends in a blank), or a sign."""

    text: str
    code: str
    #: whether it alone tells of its language
    tells: bool
    #: the clues whose first set it is in, and those whose second set; the numbers of clues as bits
    first: int
    second: int

    def sign(self, *, english: bool = False) -> _Sign:
        """What it is a sign of."""
        return _Sign(self.first, self.second, self.first | self.second if self.tells else 0, english=english)


def _stems(lines: str) -> list[_Stem]:
    """What some lines of the index say."""
    return [_stem(line) for line in lines.split("\n")]


def _stem(line: str) -> _Stem:
    text, code, tells, *sets = line.split("\t")
    return _Stem(text, code, bool(tells), *map(_bits, sets))


def _bits(numbers: str) -> int:
    return sum(1 << int(number) for number in numbers.split())


class _Unspaced:
    """What is looked for in a language whose script is not looked up word by word: anywhere in a text."""

    def __init__(self, begin: str, lines: str) -> None:
        self._begin = frozenset(begin)
        self._lines = lines

    def signs(self, text: str) -> list[_Sign]:
        """Of all that stand in a text, overlapping ones too."""
        if self._begin.isdisjoint(text):
            return []
        found, start = set(), 0
        while match := self._any.search(text, start):
            found.add(match[0])
            start = match.start() + 1
        return list(map(self._sign, found))

    @cached_property
    def _stems(self) -> list[_Stem]:
        return _stems(self._lines)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return _any_of(stem.text for stem in self._stems)

    @cached_property
    def _sign(self) -> Callable[[str], _Sign]:
        # at each place the longest is found, and with it those that it begins with
        return cache(
            lambda text: reduce(
                _both, (stem.sign() for stem in self._stems if text.startswith(stem.text.strip())), _NOTHING
            )
        )


class _Signs(dict[bytes, _Sign | None]):
    """What words, in UTF-8, are signs of: most words of a text are words of many texts."""

    def __init__(self, look_up: Callable[[str], _Sign | None]) -> None:
        self._look_up = look_up

    def __missing__(self, word: bytes) -> _Sign | None:
        if len(self) > _REMEMBERED:
            self.clear()
        found = self[word] = self._look_up(word.decode())
        return found


class Index:
    """From the beginnings of words to the patterns of some languages."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        #: by clue, the language and the number of the pattern that it is one of
        self._patterns: list[tuple[str, int]] = []
        #: the clues of each language
        self._of_language: dict[str, int] = {}
        for code, numbers in known["patterns"].items():
            before = len(self._patterns)
            self._patterns += [(code, int(number)) for number in numbers.split()]
            self._of_language[code] = (1 << len(self._patterns)) - (1 << before)
        #: clues that have no second set of stems
        self._second = _bits(" ".join(known["alone"].values()))
        self._lines: Mapping[str, str] = known["stems"]
        self._by_start: dict[str, list[_Stem]] = {}
        self._unspaced = [_Unspaced(begin, lines) for begin, lines in known["unspaced"]]
        self._common: Mapping[str, str] = known["common"]
        self._words_unspaced: Mapping[str, str] = known["common_unspaced"]
        self._signs = _Signs(self._sign_seen_first)

    @cached_property
    def _common_unspaced(self) -> list[tuple[re.Pattern[str], str]]:
        return [(_any_of(words.split()), code) for code, words in self._words_unspaced.items()]

    def _sign_seen_first(self, token: str) -> _Sign | None:
        found = _NOTHING
        for word in _WORDS.findall(token):
            ended = word + " "
            for start in {ended[:3], ended[:2], ended[:1]}:
                for stem in self._that_start_with(start):
                    if ended.startswith(stem.text):
                        english = stem.code == "en" and len(ended) - len(stem.text) <= _INFLECTED and word not in SIGNS
                        found = _both(found, stem.sign(english=english))
            codes = tuple(self._common.get(word, "").split())
            found = _both(found, _Sign(codes=codes, english="en" in codes))
        return found if found != _NOTHING else None

    def _that_start_with(self, start: str) -> list[_Stem]:
        if start not in self._by_start:
            lines = self._lines.get(start)
            self._by_start[start] = _stems(lines) if lines else []
        return self._by_start[start]

    def look(self, folded: str) -> Glance:
        """What a folded text is at a glance."""
        words = folded.encode().translate(_BETWEEN).split()
        seen = list(map(self._signs.__getitem__, set(words)))
        signs = list(filter(None, seen))
        first, second, counts = 0, self._second, dict[str, int]()
        if not folded.isascii():
            for unspaced in self._unspaced:
                signs += unspaced.signs(folded)
            for common, code in self._common_unspaced:
                if number := len(common.findall(folded)):
                    counts[code] = number
        for one, other, _, codes, _ in signs:
            if one:
                first |= one
            if other:
                second |= other
            for code in codes:
                counts[code] = counts.get(code, 0) + 1
        most = max(counts.values(), default=0)
        # words that look alike in two languages are not read in one of which the text has few other words
        floor = most // _FEW if most >= _PLENTY else 0
        allowed = self._of_language["en"] if floor else self._told_of(seen, signs, english="en" in counts)
        for code, spoken in counts.items():
            if spoken >= floor:
                allowed |= self._of_language[code]
        concerned: dict[Language, list[Pattern]] = {}
        may_ask = False
        for code, number in self._patterns_of(first & second & allowed):
            language = languages()[code]
            concerned.setdefault(language, []).append(language.patterns[number])
            may_ask = may_ask or number < len(language.requests)
        likely = None
        if most > 1 or (most and len(words) <= _FEW_WORDS):
            likely = "en" if counts.get("en") == most else min(code for code in counts if counts[code] == most)
        return Glance(likely, len(words), concerned, may_ask)

    def _told_of(self, seen: list[_Sign | None], signs: list[_Sign], *, english: bool) -> int:
        """The clues of English, and those whose language another word tells than the most frequent ones."""
        told = self._of_language["en"]
        # a word that English has too tells of another language only beside one that is strange to English
        strange = not english and not all(sign and sign.english for sign in seen)
        for sign in signs:
            if sign.telling and (strange or not sign.english):
                told |= sign.telling
        return told

    def _patterns_of(self, clues: int) -> Iterable[tuple[str, int]]:
        found = []
        while clues:
            lowest = clues & -clues
            found.append(self._patterns[lowest.bit_length() - 1])
            clues ^= lowest
        return dict.fromkeys(found)


def _any_of(stems: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(stem.strip()) for stem in sorted(stems, key=len, reverse=True)))


@cache
def index() -> Index:
    """The index of all languages that come with the package."""
    return Index(known())
