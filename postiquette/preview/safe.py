"""Shows untrusted text: what could command a terminal or turn the reading direction becomes visible instead."""

from __future__ import annotations

import unicodedata


def safe(text: str, *, lines: bool = False) -> str:
    """The text with control, bidi and other invisible commands made visible; line ends stay where `lines`."""
    return "".join(char if char == "\n" and lines else _shown(char) for char in text)


def _shown(char: str) -> str:
    code = ord(char)
    if char == "\n":
        return "⏎"
    if char == "\t":
        return "→"
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "␡"
    # joiners and variation selectors make emoji sequences; they command nothing
    if code in (0x200C, 0x200D) or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return char
    return f"⟨U+{code:04X}⟩"
