"""What an audience was sent, as the repeat rules look it up: the newest first, and no further back than they ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol

from postiquette.model import Content, Kind

_MENTION = re.compile(r"(?<![\w@/.])@[\w.-]*\w(?:@[\w.-]*\w)?")


def people_in(content: Content) -> frozenset[str]:
    """Whom a post mentions, in any of its fields: names with their @, case folded."""
    texts = (text for _, text in content.fields if "@" in text)
    return frozenset(name.casefold() for text in texts for name in _MENTION.findall(text))


@dataclass(frozen=True)
class Sent:
    """A post that its audience has been sent."""

    post: str
    at: datetime
    kind: Kind
    content: Content

    @cached_property
    def words(self) -> str:
        """What it says, as `Content.words` has it."""
        return self.content.words

    @cached_property
    def people(self) -> frozenset[str]:
        """Whom it mentions."""
        return people_in(self.content)


class Past(Protocol):
    """An audience's past. Every answer is worked out as it is read, so who stops early pays little."""

    def newest(self, kind: Kind | None = None) -> Iterator[Sent]:
        """What was sent, of one kind where one is named, newest first."""

    def with_words(self, words: str) -> Iterator[Sent]:
        """What was sent with these very words, newest first."""


class Remembered:
    """A past in memory. What is added must be newer than what is there, or older than nothing that matters."""

    def __init__(self, sent: Iterable[Sent] = (), older: Past | None = None) -> None:
        """`older` goes on where this ends."""
        self._all: list[Sent] = []
        self._by_kind: dict[Kind, list[Sent]] = {}
        self._by_words: dict[str, list[Sent]] = {}
        self._older = older
        for one in sorted(sent, key=lambda one: (one.at, one.post)):
            self.add(one)

    def add(self, sent: Sent) -> None:
        """Remember one more."""
        self._all.append(sent)
        self._by_kind.setdefault(sent.kind, []).append(sent)
        self._by_words.setdefault(sent.words, []).append(sent)

    def newest(self, kind: Kind | None = None) -> Iterator[Sent]:
        """What was sent, of one kind where one is named, newest first."""
        yield from reversed(self._all if kind is None else self._by_kind.get(kind, []))
        if self._older is not None:
            yield from self._older.newest(kind)

    def with_words(self, words: str) -> Iterator[Sent]:
        """What was sent with these very words, newest first."""
        yield from reversed(self._by_words.get(words, []))
        if self._older is not None:
            yield from self._older.with_words(words)


NOTHING_SENT = Remembered()
