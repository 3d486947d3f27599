"""Posts from `[[posts]]` of the configuration itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from postiquette.config.load import Configuration
from postiquette.queue.sources.declared import Declared, declared_content
from postiquette.queue.sources.origin import Written, keys_of

NAME = "config"


def read(configuration: Configuration) -> Iterator[Declared]:
    """Every post, in the order in which it was written."""
    for number, entry in enumerate(configuration.settings.posts):
        yield Declared(entry, NAME, configuration.file, _InConfig(configuration, number), ("posts", str(number)))


@dataclass(frozen=True)
class _InConfig:
    configuration: Configuration
    number: int

    @property
    def line(self) -> int | None:
        return self.configuration.line("posts", self.number)

    def line_of(self, field: str) -> int | None:
        return self.configuration.line("posts", self.number, *keys_of(field))

    def written(self, field: str) -> Written | None:
        from postiquette.config.toml_strings import respelled, spelled

        keys = ("posts", self.number, *keys_of(field))
        found = self.configuration.places.string(keys)
        if found is None:
            return None
        start, written = found
        text, offsets = spelled(written)
        content = declared_content(self.configuration.settings.posts[self.number])
        if text != dict(content.fields).get(field):
            return None
        file = self.configuration.text
        # a string begins on the line of its key
        above = self.configuration.line(*keys) or 1, file.rfind("\n", 0, start) + 1
        return Written(file, [start + offset for offset in offsets], lambda words: respelled(words, written), above)
