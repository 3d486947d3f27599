"""Knows from a text's words which patterns it may concern, so that most texts are done with at a glance.

What it knows comes from `index_file.py`, and is taken apart as it is asked for: most texts need little of it, and no more than one or
two of the language files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, reduce
from typing import Any, NamedTuple, TypeVar

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
#: so many findings of a kind are kept at hand
_REMEMBERED = 50_000
#: bits that hold the count of a language's frequent words
_COUNT = 32
#: an English word may have so many letters more than its stem
_INFLECTED = 4


class _Sign(NamedTuple):
    """What a word is a sign of; the numbers of clues as bits."""

    #: clues whose first set it is in
    first: int = 0
    second: int = 0
    #: those that it tells the language of
    telling: int = 0
    #: the languages in which the word is frequent, each a one at the place of its count
    frequent: int = 0
    #: whether English has it too
    english: bool = False


def _both(one: _Sign, other: _Sign) -> _Sign:
    return _Sign(
        one.first | other.first,
        one.second | other.second,
        one.telling | other.telling,
        one.frequent + other.frequent,
        one.english or other.english,
    )


_NOTHING = _Sign()


class _Spoken(NamedTuple):
    """What the frequent words of a text say of its language."""

    #: the language with most of them, and how many
    code: str | None
    most: int
    #: the clues of the languages that are spoken there
    clues: int
    #: whether there are enough of them to go by nothing else
    sure: bool
    #: whether any is English
    english: bool


class Asking(NamedTuple):
    """The patterns of one language that may find a request."""

    language: Language
    requests: tuple[Pattern, ...]
    #: those of the other senses that may hide it
    senses: tuple[Pattern, ...]


class Concern(NamedTuple):
    """The patterns that a text may concern."""

    asking: tuple[Asking, ...]
    promotion: tuple[Pattern, ...]
    #: with their languages
    filler: tuple[tuple[str, Pattern], ...]
    #: the languages that they are of
    languages: tuple[Language, ...]


class Glance(NamedTuple):
    """What is seen of a text before any pattern is tried."""

    #: the code of the language whose most frequent words stand in it; None where none does
    language: str | None
    #: how many words it has
    size: int
    concern: Concern


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


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class _Remembered(dict[_Key, _Value]):
    """What some things were found to be: most of what a text holds is in many texts."""

    def __init__(self, find: Callable[[_Key], _Value]) -> None:
        self._find = find

    def __missing__(self, key: _Key) -> _Value:
        if len(self) > _REMEMBERED:
            self.clear()
        found = self[key] = self._find(key)
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
        self._begin_unspaced = frozenset("".join(begin for begin, _ in known["unspaced"]))
        self._common: Mapping[str, str] = known["common"]
        self._words_unspaced: Mapping[str, str] = known["common_unspaced"]
        #: where the count of each language stands in the sum of all counts
        self._places = {code: _COUNT * place for place, code in enumerate(known["patterns"])}
        #: one object for equal signs: so they lie closer together
        self._equal: dict[_Sign, _Sign] = {}
        self._signs = _Remembered(self._sign)
        self._spoken = _Remembered(self._languages_spoken)
        self._concerns = _Remembered(self._concern)

    @cached_property
    def _common_unspaced(self) -> list[tuple[re.Pattern[str], str]]:
        return [(_any_of(words.split()), code) for code, words in self._words_unspaced.items()]

    def _sign(self, token: bytes) -> _Sign | None:
        """What stands between two blanks of a text is a sign of this."""
        found = _NOTHING
        for word in _WORDS.findall(token.decode()):
            ended = word + " "
            for start in {ended[:3], ended[:2], ended[:1]}:
                for stem in self._that_start_with(start):
                    if ended.startswith(stem.text):
                        english = stem.code == "en" and len(ended) - len(stem.text) <= _INFLECTED and word not in SIGNS
                        found = _both(found, stem.sign(english=english))
            codes = self._common.get(word, "").split()
            frequent = sum(1 << self._places[code] for code in codes)
            found = _both(found, _Sign(frequent=frequent, english="en" in codes))
        return self._equal.setdefault(found, found) if found != _NOTHING else None

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
        first, second, counts = 0, self._second, 0
        if not folded.isascii():
            if not self._begin_unspaced.isdisjoint(folded):
                for unspaced in self._unspaced:
                    signs += unspaced.signs(folded)
            for common, code in self._common_unspaced:
                counts += len(common.findall(folded)) << self._places[code]
        for one, other, _, frequent, _ in signs:
            # most are nothing, and adding that to a large number takes its time
            if one:
                first |= one
            if other:
                second |= other
            counts += frequent
        spoken = self._spoken[counts]
        found, clues = first & second, spoken.clues
        if not spoken.sure and found & ~clues:
            # a word that English has too tells of another language only beside one that is strange to English
            strange = not spoken.english and not all(sign and sign.english for sign in seen)
            for _, _, tells, _, english in signs:
                if tells and (strange or not english):
                    clues |= tells
        told = spoken.most > 1 or len(words) <= _FEW_WORDS
        return Glance(spoken.code if told else None, len(words), self._concerns[found & clues])

    def _languages_spoken(self, counts: int) -> _Spoken:
        count = {code: counts >> place & ((1 << _COUNT) - 1) for code, place in self._places.items()}
        most = max(count.values())
        # words that look alike in two languages are not read in one of which the text has few other words
        floor = most // _FEW if most >= _PLENTY else 0
        clues = self._of_language["en"]
        for code in count:
            if count[code] and count[code] >= floor:
                clues |= self._of_language[code]
        code = None
        if most:
            code = "en" if count["en"] == most else min(code for code in count if count[code] == most)
        return _Spoken(code, most, clues, sure=floor > 0, english=count["en"] > 0)

    def _concern(self, clues: int) -> Concern:
        numbers: dict[Language, set[int]] = {}
        while clues:
            lowest = clues & -clues
            code, number = self._patterns[lowest.bit_length() - 1]
            numbers.setdefault(languages()[code], set()).add(number)
            clues ^= lowest
        concerned = {
            language: tuple(language.patterns[number] for number in sorted(some)) for language, some in numbers.items()
        }
        asking = []
        for language, patterns in concerned.items():
            senses = tuple(sense for sense in language.senses if sense in patterns or not sense.keys)
            if requests := tuple(pattern for pattern in patterns if pattern.type):
                asking.append(Asking(language, requests, senses))
        return Concern(
            asking=tuple(asking),
            promotion=tuple(
                pattern for language, some in concerned.items() for pattern in some if pattern in language.promotion
            ),
            filler=tuple(
                (language.code, language.filler)
                for language, patterns in concerned.items()
                if language.filler in patterns
            ),
            languages=tuple(concerned),
        )


def _any_of(stems: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(stem.strip()) for stem in sorted(stems, key=len, reverse=True)))


@cache
def index() -> Index:
    """The index of all languages that come with the package."""
    return Index(known())
