"""Where a key stands in a TOML text: `tomllib` does not say, and an error without a line is half an error."""

from __future__ import annotations

import re

#: the pieces of a TOML text that matter for finding keys; strings and comments are stepped over whole
_TOKEN = re.compile(
    r"""(?P<string>\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
      | (?P<comment>\#[^\n]*)
      | (?P<newline>\n)
      | (?P<header>(?<![^\n])[ \t]*\[\[?[^\[\]\n]+\]\]?[ \t]*(?=\#|\n|\r|\Z))
      | (?P<open>[\[{])
      | (?P<close>[\]}])
      | (?P<equals>=)
      | (?P<other>[^\s"'\#\[\]{}=]+)""",
    re.VERBOSE | re.DOTALL,
)
_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|\Z)""")

Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """Map every key path of a TOML text to its 1-based line; items of arrays of tables have their index in the path.

    Values inside inline tables and arrays are not listed: look for the longest prefix with `line_of`.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    line, depth, key = 1, 0, ""
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token.group()
        if kind == "header" and depth == 0:
            table = _enter(value.strip(), counts)
            lines.setdefault(table, line)
        elif kind == "equals" and depth == 0 and key:
            lines.setdefault((*table, *_parts(key)), line)
            key = ""
        elif kind == "newline":
            line += 1
            key = ""
        elif depth == 0 and kind in ("other", "string"):
            key += value
            line += value.count("\n")
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        else:
            line += value.count("\n")
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of the longest known beginning of a path; None where nothing of it is known."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _enter(header: str, counts: dict[Path, int]) -> Path:
    array = header.startswith("[[")
    path: Path = ()
    parts = _parts(header.strip("[] \t"))
    for number, part in enumerate(parts):
        path = (*path, part)
        last = number == len(parts) - 1
        if array and last:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(next(group for group in match.groups() if group is not None) for match in _KEY_PART.finditer(dotted))
