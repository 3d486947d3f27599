"""Where a key and a string stand in a TOML text: its parser does not say, and an error without a line is half an error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]

_PARSER = Parser(Language(tree_sitter_toml.language()))
_KEYS = ("bare_key", "quoted_key", "dotted_key")


class Places:
    """The places of one valid TOML text. It is only looked through when something is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def line(self, path: Path) -> int | None:
        """The 1-based line of a key, or of the longest known beginning of its path; None where nothing of it is known."""
        node, depth = self._find(path)
        return node.start_point.row + 1 if depth else None

    def string(self, path: Path) -> tuple[int, str] | None:
        """Where in the text a string begins, and how it is written, quotes included; None where there is none."""
        node, depth = self._find(path)
        node = _value(node)
        if depth < len(path) or node.type != "string":
            return None
        written = self._bytes[node.start_byte : node.end_byte].decode()
        row, column = node.start_point
        return self._begins[row] + len(self._bytes[node.start_byte - column : node.start_byte].decode()), written

    @cached_property
    def _begins(self) -> list[int]:
        """Where in the text each line begins."""
        return [0, *accumulate(len(line) + 1 for line in self._text.split("\n"))]

    @cached_property
    def _bytes(self) -> bytes:
        return self._text.encode("utf-8", "surrogatepass")

    @cached_property
    def _root(self) -> Node:
        return _PARSER.parse(self._bytes).root_node

    @cached_property
    def _sections(self) -> dict[Path, Node]:
        """Every table by its path; items of arrays of tables have their index in it."""
        found: dict[Path, Node] = {(): self._root}
        counts: dict[Path, int] = {}
        for node in self._root.children:
            if node.type not in ("table", "table_array_element"):
                continue
            path: Path = ()
            parts = [part for child in node.children if child.type in _KEYS for part in self._parts(child)]
            for number, part in enumerate(parts, start=1):
                path = (*path, part)
                if node.type == "table_array_element" and number == len(parts):
                    counts[path] = counts.get(path, -1) + 1
                if path in counts:
                    path = (*path, counts[path])
            found.setdefault(path, node)
        return found

    @cached_property
    def _top(self) -> list[Node]:
        return [child for child in self._root.children if child.type == "pair"]

    def _find(self, path: Path) -> tuple[Node, int]:
        """The deepest node on a path, and how many of its parts led there."""
        best, deepest = self._root, 0
        for length in range(len(path), -1, -1):
            section = self._sections.get(path[:length])
            if section is not None:
                node, depth = self._inside(section, path[length:])
                if length + depth > deepest:
                    best, deepest = node, length + depth
        return best, deepest

    def _inside(self, node: Node, path: Path) -> tuple[Node, int]:
        """The deepest node below one, by the rest of a path."""
        if not path:
            return node, 0
        for child, taken in self._children(node, path):
            deeper, more = self._inside(_value(child), path[taken:])
            return (deeper, taken + more) if more else (child, taken)
        return node, 0

    def _children(self, node: Node, path: Path) -> Iterator[tuple[Node, int]]:
        if node.type == "array":
            values = [child for child in node.named_children if child.type != "comment"]
            if isinstance(path[0], int) and path[0] < len(values):
                yield values[path[0]], 1
            return
        # the whole document has a child for every table of it, and its own keys before them
        pairs = self._top if node == self._root else node.children
        for pair in pairs:
            if pair.type == "pair":
                parts = self._parts(pair.children[0])
                # a dotted key may lead further than the path that is asked for
                common = min(len(parts), len(path))
                if path[:common] == parts[:common]:
                    yield pair, common

    def _parts(self, key: Node) -> tuple[str, ...]:
        if key.type == "dotted_key":
            return tuple(part for child in key.named_children for part in self._parts(child))
        written = self._bytes[key.start_byte : key.end_byte].decode()
        return (written if key.type == "bare_key" else written[1:-1],)


def _value(node: Node) -> Node:
    """What stands behind the equals sign of a pair; a comment may follow it."""
    return node.named_children[1] if node.type == "pair" else node
