"""An audience's past as the database has it: looked up as the rules ask, and no further back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from postiquette.model import Content, Kind
from postiquette.policies.past import Sent
from postiquette.queue import books
from postiquette.queue.books import Text
from postiquette.queue.store import Connection


class StoredPast:
    """Reads while its connection is open. What was read once is kept, so that a whole queue asks little more than one post."""

    def __init__(self, connection: Connection, audience: str, contents: Iterable[Content]) -> None:
        """`contents` are the wordings that will be asked for."""
        self._connection = connection
        self._audience = audience
        self._contents = list(contents)
        self._told: dict[str, list[Text]] | None = None
        self._newest: dict[Kind | None, _Kept] = {}

    def newest(self, kind: Kind | None = None) -> Iterator[Sent]:
        """What was sent, of one kind where one is named, newest first."""
        if kind not in self._newest:
            self._newest[kind] = _Kept(books.texts(self._connection, self._audience, kind))
        return iter(self._newest[kind])

    def with_words(self, words: str) -> Iterator[Sent]:
        """What was sent with these very words, newest first."""
        if self._told is None:
            self._told = books.told_before(self._connection, self._audience, self._contents)
        return map(_sent, self._told.get(words, ()))


class _Kept:
    """An iterator that can be gone through again, without being read again."""

    def __init__(self, texts: Iterator[Text]) -> None:
        self._left = map(_sent, texts)
        self._read: list[Sent] = []

    def __iter__(self) -> Iterator[Sent]:
        place = 0
        while True:
            if place == len(self._read):
                following = next(self._left, None)
                if following is None:
                    return
                self._read.append(following)
            yield self._read[place]
            place += 1


def _sent(text: Text) -> Sent:
    return Sent(text.post, text.at, text.kind, text.content)
