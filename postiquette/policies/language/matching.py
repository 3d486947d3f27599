"""Matches patterns with PCRE2, and never gives up with an error, whatever the text.

PCRE2 sets a word list down once however often a pattern names it, so that what would take Python's `re` seconds to compile takes
milliseconds. What is used often is compiled further, to machine code. That has little stack; a text that needs more is matched by the
slower interpreter, which counts its steps and stops after ten million.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol, TypeVar

import pcre2

#: machine code takes as long to make as so many texts take to match
_OFTEN = 15

_Result = TypeVar("_Result")


class Match(Protocol):
    """What is used of a match; as in `re`."""

    @property
    def string(self) -> str:
        """The text that was searched."""

    def __getitem__(self, group: int | str) -> str: ...

    def start(self, group: int | str = 0) -> int:
        """Where a group begins; -1 where it took no part."""

    def end(self, group: int | str = 0) -> int:
        """Where a group ends, exclusive."""

    def span(self, group: int | str = 0) -> tuple[int, int]:
        """Both."""


class Regex:
    """A regular expression in PCRE2's syntax. Raises `pcre2.PatternError` when it is first used where it is none."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._uses = 0
        self._quick: Any = None

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> Match | None:
        """The first match in a stretch of a text."""
        if self._uses <= _OFTEN:
            self._use()
        try:
            found: Match | None = self._quick.search(text, start, end)
        except pcre2.LibraryError:
            found = self._patiently(lambda regex: regex.search(text, start, end), None)
        return found

    def match(self, text: str, start: int = 0) -> Match | None:
        """A match that begins there. The interpreter finds it: PCRE2's machine code knows no anchors that are not in the pattern."""
        found: Match | None = self._patiently(lambda regex: regex.match(text, start), None)
        return found

    def fullmatch(self, text: str) -> Match | None:
        """A match of the whole text; by the interpreter, too."""
        found: Match | None = self._patiently(lambda regex: regex.fullmatch(text), None)
        return found

    def all_in(self, text: str) -> list[Match]:
        """All that do not overlap."""
        # most texts have none, and a search says so sooner
        if self.search(text) is None:
            return []
        try:
            return list(self._quick.finditer(text))
        except pcre2.LibraryError:
            return self._patiently(lambda regex: list(regex.finditer(text)), [])

    def sub(self, instead: Callable[[Match], str], text: str) -> str:
        """The text with something else in place of each match."""
        parts, end = [], 0
        for match in self.all_in(text):
            parts += [text[end : match.start()], instead(match)]
            end = match.end()
        return "".join([*parts, text[end:]]) if parts else text

    @property
    def groups(self) -> dict[str, int]:
        """The numbers of the named groups."""
        return dict(self._interpreted.groupindex)

    def _use(self) -> None:
        self._uses += 1
        self._quick = self._interpreted if self._uses <= _OFTEN else pcre2.compile(self.source)

    @cached_property
    def _interpreted(self) -> Any:
        return pcre2.compile(self.source, jit=False)

    def _patiently(self, how: Callable[[Any], _Result], in_vain: _Result) -> _Result:
        """What the interpreter finds, which needs no stack."""
        regex = self._interpreted
        try:
            return how(regex)
        except pcre2.LibraryError:
            return in_vain
