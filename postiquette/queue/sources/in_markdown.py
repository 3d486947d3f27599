"""Where the words of a post stand that has a Markdown file to itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from postiquette.model import Content
from postiquette.queue.sources.front_matter import Parts
from postiquette.queue.sources.origin import Written, keys_of

#: a line of its own that separates the items of a thread
NEXT_ITEM = re.compile(r"^[ \t]*\*\*\*[ \t]*$", re.MULTILINE)
_Spell = Callable[[str], str | None]


@dataclass(frozen=True)
class InMarkdown:
    """The place of one post."""

    #: the file as it is on disk
    file: str
    parts: Parts
    content: Content
    line: int = 1

    def line_of(self, field: str) -> int:
        """The line of a field, in the front matter or below it."""
        found = self.written(field)
        return found.place(0)[0] if found else self.parts.line_of(keys_of(field))

    def written(self, field: str) -> Written | None:
        """A text of the post as it stands in the file."""
        text, keys = dict(self.content.fields).get(field), keys_of(field)
        if not text:
            return None
        if keys[0] in ("text", "thread") and self.parts.body.strip():
            return self._in_body(text, int(keys[1]) if len(keys) > 1 else 0)
        return self._in_toml(text, keys) if self.parts.kind == "toml" else self._in_yaml(text, keys)

    def _in_body(self, text: str, number: int) -> Written | None:
        begins = 0
        for _ in range(number):
            separator = NEXT_ITEM.search(self.parts.body, begins)
            begins = separator.end() if separator else begins
        begins = self.parts.body.find(text, begins)
        return self._from(self.parts.body_start + begins, list(range(len(text) + 1)), lambda words: words)

    def _in_toml(self, text: str, keys: tuple[str | int, ...]) -> Written | None:
        from postiquette.config.toml_strings import respelled, spelled

        found = self.parts.toml.string(keys)
        if found is None:
            return None
        start, written = found
        meant, offsets = spelled(written)
        if meant != text:
            return None
        return self._from(self.parts.front_start + start, offsets, lambda words: respelled(words, written))

    def _in_yaml(self, text: str, keys: tuple[str | int, ...]) -> Written | None:
        import yaml

        from postiquette.queue.sources.yaml_strings import offsets, respelled

        node = self.parts.yaml_node(keys)
        if not isinstance(node, yaml.ScalarNode):
            return None
        begins, ends, style = node.start_mark.index, node.end_mark.index, node.style
        found = offsets(self.parts.front[begins:ends], style, text)
        if found is None:
            return None
        return self._from(self.parts.front_start + begins, found, lambda words: respelled(words, style))

    def _from(self, start: int, offsets: Sequence[int], spell: _Spell) -> Written | None:
        """Places in the file as it is on disk, whose line ends may be longer."""
        if "\r" not in self.file:
            return Written(self.file, [start + offset for offset in offsets], spell)
        if not self.file.count("\r\n") == self.file.count("\r") == self.file.count("\n"):
            return None
        # a line end begins at its first character
        places = [index for index, char in enumerate(self.file) if char != "\n"] + [len(self.file)]

        def with_line_ends(words: str) -> str | None:
            spelled = spell(words)
            return spelled.replace("\n", "\r\n") if spelled is not None else None

        return Written(self.file, [places[start + offset] for offset in offsets], with_line_ends)
