"""Finds in what a pattern matches the words without which it cannot match.

The entries of word lists are regular expressions of a simple kind. An entry is gone through once, from left to right; what is not
understood (any word, any characters) only means that less is known of what stands there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from postiquette.policies.language.folding import LATIN, SIGNS

#: more ways in which a word may begin are not told apart
_MANY = 200
#: the beginning of a word with no more letters than this tells little, and so does what follows an English apostrophe
_SHORT = 3
_CONTRACTED = ("re", "ll", "ve")

_PART = re.compile(
    r"(?P<aside>\(\?<?[=!])|(?P<group>\(\?:|\((?!\?))|(?P<end>\))|(?P<or>\|)|(?P<anything><[a-z_]+>|\\[wdSWD]|\.)"
    r"|\[(?P<set>(?:\\.|[^\]\\])+)\]|(?P<edge>\\[bsn]|[\^$])|\\x(?P<code>[0-9a-f]{2})|\\?(?P<char>.)",
    re.DOTALL,
)
_TIMES = re.compile(r"(?:(?P<maybe>\?|\{0,1\})|(?P<any>\*|\{0?,\d*\})|(?P<some>\+|\{\d+(?:,\d*)?\}))\??")

#: what a text must have one of: beginnings of words (whole ones end in a blank), or signs
Stems = frozenset[str]
_Sequence = list["_Part"]
#: the ways in which the word may have begun that goes on at some place; None where that is not known
_Begun = frozenset[str] | None
_NOTHING: _Begun = frozenset([""])


@dataclass(frozen=True)
class Clue:
    """What a text must have for a pattern to be worth trying: one of the first, and one of the second if there are any."""

    first: Stems
    second: Stems = frozenset()


@dataclass
class _Part:
    """One of some characters, or one of some sequences, or (where there are neither) anything."""

    chars: str = ""
    choices: tuple[_Sequence, ...] = ()
    optional: bool = False
    repeated: bool = False


def clues_of(entries: Iterable[str], frequent: frozenset[str], expand: Callable[[str], str]) -> tuple[Clue, ...]:
    """The clues one of which a text gives that any of some folded entries matches.

    `frequent` are words that tell little; `expand` puts in place of every `<name>` what it stands for. Raises ValueError where an entry
    has no word of its own even so.
    """
    search = _Search(frequent)
    alone: set[str] = set()
    pairs: dict[Stems, set[str]] = {}
    for entry in entries:
        for sequence in _spread(_parsed(entry)):
            first, second = search.telling([sequence])
            if not second or search.tells_little(first):
                expanded, more = search.telling(_parsed(expand(entry)))
                first, second = (expanded, more) if more or not first or search.tells_little(first) else (first, second)
            if not first:
                raise ValueError(f"{entry!r} has no word of its own: write its words out one by one")
            if second:
                pairs.setdefault(first, set()).update(second)
            else:
                alone |= first
    return (
        *([Clue(frozenset(alone))] if alone else ()),
        *(Clue(first - alone, frozenset(second)) for first, second in pairs.items() if first - alone),
    )


@dataclass(frozen=True)
class _Search:
    """Looks for the words that tell most."""

    frequent: frozenset[str]

    def telling(self, sequences: list[_Sequence]) -> tuple[Stems, Stems]:
        """The words by which a choice of sequences is best known, and others that it has too; empty where there are none."""
        _, found = self._chosen(_Part(choices=tuple(sequences)), _NOTHING, bounded=True)
        found.sort(key=self._telling_little)
        first = found[0] if found else frozenset()
        return first, next((stems for stems in found[1:] if self._tells_more(stems, first)), frozenset())

    def tells_little(self, stems: Stems) -> bool:
        """Whether one of them is found in too many texts."""
        return self._telling_little(stems)[0] > 0

    def _telling_little(self, stems: Stems) -> tuple[int, int, int, list[str]]:
        """Sorts what tells most first: long words that are not frequent, then short beginnings of words, then frequent words."""
        lengths = [len(stem.strip()) - (not stem.endswith(" ")) for stem in stems]
        common = any(stem.strip() in self.frequent or stem.strip() in _CONTRACTED for stem in stems)
        return 2 * common or any(map(_is_short, stems)), -min(lengths), len(stems), sorted(stems)

    def _tells_more(self, stems: Stems, than: Stems) -> bool:
        words = [stem.strip() for stem in than]
        alike = any(stem.strip().startswith(word) or word.startswith(stem.strip()) for stem in stems for word in words)
        return not alike and not self._telling_little(stems)[0]

    def _walk(self, sequence: _Sequence, begun: _Begun, *, bounded: bool) -> tuple[_Begun, list[Stems]]:
        """Goes through a sequence: how the word has begun that goes on at its end, and the words that it must have.

        `bounded` where no word goes on after it.
        """
        found: list[Stems] = []
        for index, part in enumerate(sequence):
            if _is_bounded(sequence, index, bounded):
                found += _ended(begun, apostrophe="'" in part.chars)
                begun = _NOTHING
            before = begun
            if part.choices:
                begun, inside = self._chosen(part, begun, bounded=_is_bounded(sequence, index + 1, bounded))
                found += inside
            elif _is_edge(part):
                found += [frozenset(part.chars)] if set(part.chars) <= set(SIGNS) and not part.optional else []
                begun = _NOTHING if not part.optional else begun and begun | {""}
            elif part.chars and not (part.repeated and part.optional):
                if begun and any(word and (word[-1] > LATIN) != (part.chars > LATIN) for word in begun):
                    found += _ended(begun)
                    begun = _NOTHING
                begun = _lengthened(begun, part)
                if part.repeated:
                    found += _kept(begun)
                    begun = None
            else:
                begun = None
            if begun is None or part.choices or part.optional:
                found += _kept(before)
        return begun, found

    def _chosen(self, part: _Part, begun: _Begun, *, bounded: bool) -> tuple[_Begun, list[Stems]]:
        """The same for a choice of sequences: what it must have is a word of each."""
        if part.repeated and not all(
            _is_bounded(choice, 0, after=False) or self._walk(choice, begun, bounded=False)[0] == _NOTHING
            for choice in part.choices
        ):
            return (_NOTHING if bounded else None), []
        ways = [self._walk(choice, begun, bounded=bounded) for choice in part.choices]
        ways += [(begun, [])] if part.optional else []
        found = self._common([found + (_ended(end) if bounded else _kept(end)) for end, found in ways])
        if bounded:
            return _NOTHING, found
        ends = [end for end, _ in ways if end is not None]
        either = frozenset[str]().union(*ends)
        return (either if len(ends) == len(ways) and len(either) <= _MANY else None), found

    def _common(self, ways: list[list[Stems]]) -> list[Stems]:
        """What stands in every way: of several ways, the one word of each that tells most."""
        if not all(ways):
            return []
        if len(ways) == 1:
            return list(dict.fromkeys(ways[0]))
        return [frozenset[str]().union(*(min(found, key=self._telling_little) for found in ways))]


def _is_short(stem: str) -> bool:
    """Whether too many words begin so."""
    return len(stem.strip()) < 2 if stem[0] > LATIN or stem.endswith((" ", "'")) else len(stem) <= _SHORT


def _lengthened(begun: _Begun, part: _Part) -> _Begun:
    if begun is None:
        # scripts without words are looked up anywhere
        return frozenset(part.chars) if part.chars > LATIN and not part.optional else None
    longer = frozenset(word + char for word in begun for char in part.chars)
    longer |= begun if part.optional else frozenset()
    return longer if len(longer) <= _MANY else None


def _ended(begun: _Begun, *, apostrophe: bool = False) -> list[Stems]:
    if not begun or "" in begun:
        return []
    # "foto's" is one word, "d'accord" is two
    return [frozenset(word + end for word in begun for end in (" '" if apostrophe else " "))]


def _kept(begun: _Begun) -> list[Stems]:
    return [begun] if begun and "" not in begun else []


def _is_edge(part: _Part) -> bool:
    return bool(part.chars) and not any(char.isalnum() or unicodedata.category(char)[0] == "M" for char in part.chars)


def _is_bounded(sequence: _Sequence, index: int, after: bool) -> bool:
    """Whether no word goes on at a place of a sequence."""
    if index == len(sequence):
        return after
    part = sequence[index]
    if part.choices:
        rest = _is_bounded(sequence, index + 1, after)
        return all(_is_bounded(choice, 0, rest) for choice in part.choices) and (rest or not part.optional)
    return _is_edge(part) and (not part.optional or _is_bounded(sequence, index + 1, after))


def _parsed(entry: str) -> list[_Sequence]:
    """The sequences that the top level of an entry is a choice of."""
    choices, end = _choices(entry, 0)
    if end < len(entry):
        raise ValueError(f"{entry!r} has a bracket too many at {end}")
    return choices


def _spread(sequences: Iterable[_Sequence]) -> Iterator[_Sequence]:
    """A sequence for every way to go through the first choice of each."""
    for sequence in sequences:
        place = next(
            (n for n, part in enumerate(sequence) if part.choices and not (part.optional or part.repeated)), None
        )
        if place is None:
            yield sequence
            continue
        for choice in sequence[place].choices:
            yield [*sequence[:place], *choice, *sequence[place + 1 :]]


def _choices(text: str, at: int) -> tuple[list[_Sequence], int]:
    """The alternatives from some place to the end of the group that it lies in, and where that is."""
    choices: list[_Sequence] = [[]]
    while at < len(text) and (match := _PART.match(text, at)):
        if match["end"]:
            break
        at = match.end()
        kind = match.lastgroup
        if kind == "or":
            choices.append([])
            continue
        part = _Part()
        if kind in ("group", "aside"):
            inner, at = _choices(text, at)
            if at == len(text):
                raise ValueError(f"{text!r} has a bracket that is not closed")
            at += 1
            part = _Part(choices=tuple(inner))
        elif kind == "edge":
            part = _Part(chars=" ")
        elif (
            kind == "set"
            and not match["set"].startswith("^")
            and "-" not in match["set"][1:-1]
            and "\\" not in match["set"]
        ):
            part = _Part(chars=match["set"])
        elif kind == "code":
            part = _Part(chars=chr(int(match["code"], 16)))
        elif kind == "char":
            part = _Part(chars=match["char"])
        if times := _TIMES.match(text, at):
            at = times.end()
            part.optional = not times["some"]
            part.repeated = not times["maybe"]
        if kind != "aside":
            choices[-1].append(part)
        elif match["aside"] == "(?=" and all(_is_bounded(choice, 0, after=False) for choice in inner):
            choices[-1].append(_Part(chars=" "))
    return choices, at
