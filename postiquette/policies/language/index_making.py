"""Makes what the index knows from the language files: the beginnings of words, and which patterns they are signs of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from postiquette.policies.language.clues import Clue, clues_of
from postiquette.policies.language.folding import LATIN, SIGNS
from postiquette.policies.language.patterns import (
    Language,
    Pattern,
    Words,
    digest,
    folded_source,
    languages,
    tells_little,
)

#: beginnings of words with no more letters than this tell little of a language
_SHORT = 3
#: stems are kept by so many letters
_START = 3


def written() -> str:
    """The text of `index.json`."""
    return json.dumps({"of": digest(), **made()}, ensure_ascii=False, indent=0) + "\n"


def made() -> dict[str, Any]:
    """What `index_file.known` gives, from the language files as they are."""
    known: dict[str, Any] = {
        "patterns": {},
        "alone": {},
        "stems": {},
        "unspaced": [],
        "common": {},
        "common_unspaced": {},
    }
    offset = 0
    for code, language in languages().items():
        known_by = KnownBy(language.words)
        clues = [(n, clue) for n, pattern in enumerate(language.patterns) for clue in known_by.clues(pattern)]
        known["patterns"][code] = " ".join(str(pattern) for pattern, _ in clues)
        known["alone"][code] = " ".join(str(n) for n, (_, clue) in enumerate(clues, offset) if not clue.second)
        stems: dict[str, tuple[list[int], list[int]]] = {}
        for number, (_, clue) in enumerate(clues, offset):
            for place, some in enumerate((clue.first, clue.second)):
                for stem in sorted(some):
                    stems.setdefault(stem, ([], []))[place].append(number)
        _add_stems(known, code, stems)
        _add_common(known, language)
        offset += len(clues)
    return known


def _add_stems(known: dict[str, Any], code: str, stems: Mapping[str, tuple[list[int], list[int]]]) -> None:
    unspaced = {}
    for stem, sets in stems.items():
        numbers = (" ".join(map(str, some)) for some in sets)
        line = "\t".join((stem, code, "tells" if _tells(stem) else "", *numbers))
        if stem[0] > LATIN and stem[0] not in SIGNS:
            unspaced[stem] = line
        else:
            start, lines = stem[:_START], known["stems"]
            lines[start] = f"{lines[start]}\n{line}" if start in lines else line
    if unspaced:
        begin = "".join(sorted({stem[0] for stem in unspaced}))
        known["unspaced"].append((begin, "\n".join(unspaced.values())))


def _tells(stem: str) -> bool:
    return stem.strip() not in tells_little() and (stem.endswith(" ") or len(stem) > _SHORT or stem[0] > LATIN)


def _add_common(known: dict[str, Any], language: Language) -> None:
    unspaced = {word for word in language.common if word[0] > LATIN}
    for word in sorted(language.common - unspaced - (frozenset() if language.code == "en" else tells_little())):
        codes = known["common"]
        codes[word] = f"{codes[word]} {language.code}" if word in codes else language.code
    if unspaced:
        known["common_unspaced"][language.code] = " ".join(sorted(unspaced))


class KnownBy:
    """What patterns of one language are known by."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._clues_of_lists: dict[str, tuple[Clue, ...]] = {}

    def clues(self, pattern: Pattern) -> tuple[Clue, ...]:
        """The clues one of which a text must give for a pattern to be worth trying; none where any text may match."""
        if not pattern.keys:
            return ()
        either, *others = [[clue for key in keys for clue in self._of_key(key)] for keys in pattern.keys]
        pairs = [clue for clue in either if clue.second]
        alone = frozenset(stem for clue in either if not clue.second for stem in clue.first)
        if others:
            second = frozenset(stem for clue in others[0] for stem in clue.first)
            written = [clue for key in pattern.keys[0] if key[0] != "<" for clue in self._of_key(key) if clue.second]
            alone |= frozenset(stem for clue in pairs if clue not in written for stem in clue.first)
            return (Clue(alone, second), *written)
        return (*([Clue(alone)] if alone else ()), *pairs)

    def _of_key(self, key: str) -> tuple[Clue, ...]:
        """A key is a stem (a whole word with a blank), two with a blank between them, or <the name> of a word list."""
        if key[0] != "<":
            first, _, second = key.partition(" ")
            return (Clue(frozenset([first + " "]), frozenset([second])) if second else Clue(frozenset([key])),)
        name = key[1:-1]
        if name not in self._clues_of_lists:
            entries = map(folded_source, self._words.entries(name))
            self._clues_of_lists[name] = clues_of(entries, self._words.frequent, self._words.spelled_out)
        return self._clues_of_lists[name]
