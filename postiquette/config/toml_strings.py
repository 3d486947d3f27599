"""How a string is written in TOML: which character of it stands where, and how other words are put in its place."""

from __future__ import annotations

import re

_QUOTES = re.compile(r"'''|\"\"\"|'|\"")
#: a backslash at the end of a line, and all blanks that it takes away
_JOINED_LINES = re.compile(r"\\[ \t]*\r?\n[ \t\r\n]*")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)")
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def spelled(written: str) -> tuple[str, list[int]]:
    """The text that a written string stands for, and where in what is written each of its characters begins, and the end is."""
    quotes = _quotes(written)
    place, end = len(quotes), len(written) - len(quotes)
    if len(quotes) == 3 and (first := re.compile(r"\r?\n").match(written, place)):
        place = first.end()
    text, offsets = [], []
    while place < end:
        char, following = _character(written, place, escapes=quotes[0] == '"')
        if char:
            text.append(char)
            offsets.append(place)
        place = following
    return "".join(text), [*offsets, end]


def _character(written: str, place: int, *, escapes: bool) -> tuple[str, int]:
    """The next character and where the one after it begins; no character where lines are only joined."""
    if escapes and written[place] == "\\":
        joined = _JOINED_LINES.match(written, place)
        if joined:
            return "", joined.end()
        escape = _ESCAPE.match(written, place)
        assert escape is not None
        code = escape[0][1:]
        char = chr(int(code[1:], 16)) if code[0] in "uUx" and len(code) > 1 else _SHORT[code]
        return char, escape.end()
    if written.startswith("\r\n", place):
        return "\n", place + 2
    return written[place], place + 1


def respelled(words: str, written: str) -> str | None:
    """Words as they are written inside a string that is quoted as `written` is; None where its quotes cannot hold them."""
    quotes = _quotes(written)
    if quotes[0] == "'":
        unfit = quotes in words or (len(quotes) == 1 and "\n" in words) or re.search(r"[\x00-\x08\x0b-\x1f\x7f]", words)
        return None if unfit else words
    kept = "\n" if len(quotes) == 3 else ""
    return "".join(char if char in kept else _escaped(char) for char in words)


def _escaped(char: str) -> str:
    code = ord(char)
    return _ESCAPED.get(char) or (f"\\u{code:04x}" if code < 32 or code == 127 else char)


def _quotes(written: str) -> str:
    found = _QUOTES.match(written)
    assert found is not None
    return found[0]
