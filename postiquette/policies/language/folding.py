"""Folds a text so that one spelling stands for many, and remembers where every character came from."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

#: invisible characters that serve to slip by: zero-width ones, joiners, bidi controls, soft hyphen, variation selectors
_INVISIBLE = frozenset(
    [173, 847, 1564, 6158, 65279, *range(8203, 8208), *range(8234, 8239), *range(8288, 8304), *range(65024, 65040)]
)
#: letters drawn like Latin ones (Unicode's confusables list names them), beyond what NFKC folds
_LOOKALIKES = dict(
    zip(
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" + "аеорсухіјѕԁһѡ" + "αορτυν" + "’‘ʼ“”„«»–—−‐‑‒",
        "abcdefghijklmnoprstuvwyz" + "aeopcyxijsdhw" + "aoptuv" + '\'\'\'"""""------',
        strict=True,
    )
)


@dataclass(frozen=True)
class Folded:
    """A folded text. `offsets[i]` is the index in the original of folded character i; one more entry marks the end."""

    text: str
    #: None where the text folds to itself, character by character
    offsets: list[int] | None
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the folded text came from."""
        if self.offsets is None:
            return start, end
        first = self.offsets[start]
        last = self.offsets[end - 1] if end > start else first - 1
        stop = last + 1
        # invisible characters and the tail of a surrogate-free cluster belong to what they follow
        while stop < len(self.original) and stop < self.offsets[end] and _fold(self.original[stop]) == "":
            stop += 1
        return first, stop


@cache
def _fold(char: str) -> str:
    if ord(char) in _INVISIBLE:
        return ""
    if char in _LOOKALIKES:
        return _LOOKALIKES[char]
    folded = unicodedata.normalize("NFKC", char).lower() if not 0xD800 <= ord(char) <= 0xDFFF else char
    return _LOOKALIKES.get(folded, folded)


def fold(text: str) -> Folded:
    """Fold case, compatibility forms, look-alike letters, typographic marks and invisible characters."""
    if text.isascii():
        return Folded(text.lower(), None, text)
    pieces, offsets = [], []
    for index, char in enumerate(text):
        piece = _fold(char)
        pieces.append(piece)
        offsets.extend([index] * len(piece))
    offsets.append(len(text))
    return Folded("".join(pieces), offsets, text)
