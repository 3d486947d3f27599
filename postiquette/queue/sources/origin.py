"""Where a declared post stands: for messages, and for mending its words in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Written:
    """One text of a post as it stands in its file."""

    #: the whole file
    file: str
    #: the index in the file of each of the text's characters, and of its end
    offsets: Sequence[int]
    #: how other words are written in its place; None where they cannot be
    spell: Callable[[str], str | None]
    #: a line at or above the text, 1-based, and the index in the file at which it begins: lines are counted from there
    above: tuple[int, int] = (1, 0)

    def place(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column of a character of the text."""
        index = self.offsets[offset]
        line, begins = self.above
        return line + self.file.count("\n", begins, index), index - self.file.rfind("\n", 0, index)


class Origin(Protocol):
    """What a source knows of the place of one of its posts."""

    @property
    def line(self) -> int | None:
        """The 1-based line on which the post begins; None where the place is the whole file."""

    def line_of(self, field: str) -> int | None:
        """The line of `text`, `thread[2]`, `media[0].alt` or any other key."""

    def written(self, field: str) -> Written | None:
        """A text of the post as it stands in the file; None where it cannot be traced there."""


class Nowhere:
    """A post that stands in no file, such as one added by command."""

    line: int | None = None

    def line_of(self, field: str) -> int | None:
        """No line."""
        return None

    def written(self, field: str) -> Written | None:
        """No text."""
        return None


def keys_of(field: str) -> tuple[str | int, ...]:
    """A field's name as the keys that lead to it: `media[0].alt` is ("media", 0, "alt")."""
    parts = field.replace("]", "").replace(".", "[").split("[")
    return tuple(int(part) if part.isdigit() else part for part in parts)
