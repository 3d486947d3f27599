"""Posts from `[[posts]]` of the configuration itself."""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.config.load import Configuration
from postiquette.queue.sources.declared import Declared

NAME = "config"


def read(configuration: Configuration) -> Iterator[Declared]:
    """Every post, in the order in which it was written."""
    for number, entry in enumerate(configuration.settings.posts):
        line = configuration.line("posts", number)
        yield Declared(entry, NAME, configuration.file, line, ("posts", str(number)))
