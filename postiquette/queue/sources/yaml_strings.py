"""YAML strings as they are written: which characters of the file became which of the text, and how other words are written there."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: what stands behind a backslash for one character, and the codes that follow some
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", " ": " ", "r": "\r"}
_CODES = {"x": 2, "u": 4, "U": 8}
_LINE_END = re.compile(r"[ \t]*\n\s*")
_BLOCK = re.compile(r"[|>][+-]?[ \t]*(?:#[^\n]*)?\n")
#: how far the lines of a block are moved in
_FIRST_LINE = re.compile(r"\n*( *)\S")
#: words that mean themselves in quotes or a block, and without either
_SIMPLE = re.compile(r"[^\n'\"\\]*\Z")
_PLAIN = re.compile(r"[^\n:#'\"\\]*\Z")


def offsets(written: str, style: str | None, text: str) -> Sequence[int] | None:
    """The index in `written` of each character of `text`, and of its end; None where it was written in a way that is not followed.

    `style` is what the YAML parser says: a quote, `|` or `>` for a block, None for a plain word.
    """
    if style in ("|", ">"):
        return _in_block(written, text, folded=style == ">")
    begins = 0 if style is None else 1
    return _followed(written, range(begins, len(written)), text, style)


def respelled(words: str, style: str | None) -> str | None:
    """How other words are written in such a string; None where they would have to be quoted anew."""
    return words if (_PLAIN if style is None else _SIMPLE).match(words) else None


def _in_block(written: str, text: str, *, folded: bool) -> Sequence[int] | None:
    header = _BLOCK.match(written)
    if header is None:
        return None
    first = _FIRST_LINE.match(written, header.end())
    if first is None:
        return None
    indent, at = len(first[1]), header.end()
    places: list[int] = []
    for line in written[header.end() :].splitlines(keepends=True):
        skipped = min(indent, len(line) - len(line.lstrip(" ")))
        places += range(at + skipped, at + len(line))
        at += len(line)
    if folded:
        return _followed(written, places, text, None)
    body = text.rstrip("\n")
    if "".join(written[place] for place in places[: len(body)]) != body:
        return None
    # the line ends that a block keeps at its end stand in the file; one that it may have lost does not
    ends = places[len(body)] if len(body) < len(places) else len(written)
    last = places[len(body) : len(text)] if header[0].startswith("|+") else []
    return [*places[: len(body)], *last, *[last[-1] if last else ends] * (len(text) - len(body) - len(last) + 1)]


def _followed(written: str, places: Sequence[int], text: str, style: str | None) -> Sequence[int] | None:
    """The places of a text whose lines were folded, and whose signs may be escaped."""
    said = "".join(written[place] for place in places)
    found: list[int] = []
    at = 0
    while len(found) < len(text):
        here = said[at : at + 1]
        line_end = _LINE_END.match(said, at)
        if line_end:
            number = line_end[0].count("\n")
            piece, length = (" " if number == 1 else "\n" * (number - 1)), len(line_end[0])
        elif style == "'" and here == "'":
            piece, length = "'", 2
        elif style == '"' and here == "\\":
            piece, length = _escaped(said, at)
        else:
            piece, length = here, 1
        if at >= len(said) or not text.startswith(piece, len(found)):
            # the line ends at the end of a block
            left = text[len(found) :]
            last = [*places[at : at + 1], *[len(written)] * len(left), len(written)]
            return [*found, *last[: len(left) + 1]] if not left.strip("\n") else None
        if not length:
            return None
        found += [places[at]] * len(piece)
        at += length
    return [*found, places[at] if at < len(places) else len(written)]


def _escaped(said: str, at: int) -> tuple[str, int]:
    """What an escape stands for, and how long it is; nothing, where it is none that is known."""
    sign = said[at + 1 : at + 2]
    if sign == "\n":
        # the line goes on
        return "", 2 + len(said[at + 2 :]) - len(said[at + 2 :].lstrip(" \t"))
    if sign in _CODES:
        code = said[at + 2 : at + 2 + _CODES[sign]]
        return (chr(int(code, 16)), 2 + len(code)) if re.fullmatch(r"[0-9A-Fa-f]+", code) else ("", 0)
    return (_ESCAPED[sign], 2) if sign in _ESCAPED else ("", 0)
