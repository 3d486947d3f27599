"""What a source declares, before the queue has seen it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from postiquette.config.entry import PostEntry
from postiquette.config.load import show_path
from postiquette.errors import Problem
from postiquette.model import Content, Media, Post
from postiquette.queue.sources.origin import Origin


@dataclass(frozen=True)
class Declared:
    """One declared post and where it stands."""

    entry: PostEntry
    #: such as "config" or "markdown:posts/*.md"
    source: str
    file: Path
    origin: Origin
    #: keys that lead to it inside the file, for messages
    keys: tuple[str, ...] = ()
    #: the slot that it had elsewhere, and takes again where it is free
    seat: datetime | None = None

    def problem(self, message: str, *keys: str) -> Problem:
        """A problem with this post."""
        return Problem(message, show_path(self.file), self.origin.line, (*self.keys, f"id {self.entry.id!r}", *keys))

    def media_path(self, path: str) -> Path:
        """Where a file that the post names lies."""
        return (self.file.parent / path).resolve()

    def post(self) -> Post:
        """The same as the policies take it."""
        entry = self.entry
        content = declared_content(entry)
        if entry.media:
            media = (Media(str(self.media_path(item.path)), item.alt) for item in entry.media)
            content = replace(content, media=tuple(media))
        return Post(
            id=entry.id,
            content=content,
            series=entry.series,
            declared_kind=entry.kind,
            allow={rule: waiver.as_waiver() for rule, waiver in entry.allow.items()},
        )

    def digest(self, *account: str) -> str:
        """SHA-256 of the declaration, and of what else its `account` makes of it.

        What the source said last is compared with what it says now.
        """
        data: dict[str, Any] = {**self.entry.model_dump(mode="json", exclude={"account"}), "on": account}
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def declared_content(entry: PostEntry) -> Content:
    """What a post says, its media where the author wrote them."""
    return Content(
        texts=tuple(entry.thread) if entry.thread else (entry.text or "",),
        link=entry.link,
        media=tuple(Media(item.path, item.alt) for item in entry.media),
        first_comment=entry.first_comment,
    )
