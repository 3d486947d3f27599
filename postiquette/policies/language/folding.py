"""Folds a text so that one spelling stands for many, and remembers where every character came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

#: invisible characters that serve to slip by: zero-width ones, joiners, bidi controls, soft hyphen, variation selectors
_INVISIBLE = frozenset(
    [
        *(173, 847, 1564, 1600, 6158, 65279),
        *(*range(8203, 8208), *range(8234, 8239), *range(8288, 8304), *range(65024, 65040), *range(0x1F3FB, 0x1F400)),
    ]
)
#: letters drawn like Latin ones (Unicode's confusables list names them) and typographic marks, beyond what NFKC folds
_DRAWN_ALIKE = dict(
    zip(
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" + "аеорсухіјѕԁһѡ" + "αορτυν",
        "abcdefghijklmnoprstuvwyz" + "aeopcyxijsdhw" + "aoptuv",
        strict=True,
    )
)
#: letters that are written one for the other: Arabic ones at the end of words and as Persian keyboards have them
_INTERCHANGED = dict(zip("ıłøđةىیکہ", "ilodهييكه", strict=True))
_LOOKALIKES = _DRAWN_ALIKE | _INTERCHANGED | dict(zip("’‘ʼ“”„«»–—−‐‑‒", '\'\'\'"""""------', strict=True))
#: in place of half a character, which no encoding has
_NO_CHARACTER = "\ufffd"
#: scripts beyond this one are not looked up word by word
LATIN = "\u024f"
#: signs that stand for a verb, one that does where a blank follows, and the one of hashtags
SIGNS = "@#🔁🔄♻🔃❤♥⭐"
#: letters in fancy dress (mathematical, circled, squared) and invisible characters between plain letters
_DRESSED = re.compile(
    "[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f130-\U0001f189]|(?<=[a-zA-Z])[\u00ad\u200b-\u200f\u2060\ufeff]+(?=[a-zA-Z])"
)
#: scripts whose letters are read without the marks that people leave out when they type: Latin, Greek, Arabic
_MARKED = ((0xC0, 0x24F), (0x1E00, 0x1EFF), (0x370, 0x3FF), (0x620, 0x64A), (0x66E, 0x6D3))
#: a stop that a word follows; words whose stop ends no sentence, the same in two halves, and their greatest length
_STOP = re.compile(r"\.(?= ?[^\W_])")
_ABBREVIATED = re.compile(
    r"(?<![^\W_])(?:avd?a?|dra?|mrs?|ms|prof|sra?|srta|nr|vs|ca|bzw|bspw|ing|arq|lic|mme|mlle|sig|approx|tel|vol|fig|art"
    r"|z\.? ?b|d\.? ?h|u\.? ?a|p\.? ?ej|e\.g|i\.e)\Z",
    re.IGNORECASE,
)
_IN_HALVES = re.compile(r"(?:z\. b|d\. h|u\. a|p\. ej)\.", re.IGNORECASE)
_LONGEST = 8
#: the Portuguese and Spanish "para"
_SHORT_FOR_TO = re.compile(r"(?<= )p/ (?=[^\W\d_])")
#: a letter that no word has, in place of a stop
_AS_LETTER = "ª"
#: the marks themselves, where they stand alone: combining accents, Arabic vowel signs
_MARKS = frozenset([*range(0x300, 0x370), *range(0x64B, 0x660), 0x670])


class _Table(dict[int, str]):
    """What every character folds to, worked out when it is first seen."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        if len(folded) != 1:
            _UNEVEN.add(chr(code))
        return folded


#: characters seen so far that do not fold to exactly one
_UNEVEN: set[str] = set()
_TABLE = _Table()


# made for every text: frozen, it would take longer to make than to fold
@dataclass(eq=False)
class Folded:
    """A folded text, and the original that it came from."""

    text: str
    original: str

    @cached_property
    def _offsets(self) -> list[int] | None:
        """The index in the original of every folded character, and of the end; None where the two run side by side."""
        if len(self.text) == len(self.original) and _UNEVEN.isdisjoint(self.original):
            return None
        offsets = [index for index, char in enumerate(self.original) for _ in _TABLE[ord(char)]]
        offsets.append(len(self.original))
        return offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the folded text came from."""
        offsets = self._offsets
        if offsets is None:
            return start, end
        first = offsets[start]
        stop = (offsets[end - 1] if end > start else first - 1) + 1
        # what folds to nothing belongs to what it follows
        while stop < len(self.original) and stop < offsets[end] and _TABLE[ord(self.original[stop])] == "":
            stop += 1
        return first, stop


def fold(text: str) -> Folded:
    """Fold case, accents, compatibility forms, look-alike letters, typographic marks and invisible characters."""
    return Folded(text.lower() if text.isascii() else text.translate(_TABLE), text)


def spelled_out(text: str) -> str:
    """The text with letters in place of the stops of abbreviations, as long as it was: what ends no sentence looks like it no more."""
    written = text
    for stop in _STOP.finditer(written):
        at = stop.start()
        if _ABBREVIATED.search(written, max(0, at - _LONGEST), at) or _IN_HALVES.match(written, max(0, at - 1)):
            text = text[:at] + _AS_LETTER + text[at + 1 :]
    return _SHORT_FOR_TO.sub(" a ", text) if "p/" in text else text


def disguised(text: str) -> bool:
    """Whether letters are drawn so that a reader of words, and no reader of shapes, misses them."""
    return _DRESSED.search(text) is not None or not _DRAWN_ALIKE.keys().isdisjoint(text.lower())


def _fold(char: str) -> str:
    if ord(char) in _INVISIBLE or ord(char) in _MARKS:
        return ""
    if 0xD800 <= ord(char) <= 0xDFFF:
        return _NO_CHARACTER
    if char in _LOOKALIKES:
        return _LOOKALIKES[char]
    folded = "".join(_bare(part) for part in unicodedata.normalize("NFKC", char).lower())
    return _LOOKALIKES.get(folded, folded)


def _bare(char: str) -> str:
    if char == "ß":
        return "ss"
    if not any(first <= ord(char) <= last for first, last in _MARKED):
        return "" if ord(char) in _MARKS else char
    return "".join(part for part in unicodedata.normalize("NFD", char) if ord(part) not in _MARKS)
