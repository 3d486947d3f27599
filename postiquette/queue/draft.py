"""A declared post on one account, before the queue has seen it. No database: `check` gets by without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postiquette.model import Post
from postiquette.queue.sources.declared import Declared


@dataclass(frozen=True)
class Draft:
    """A declared post on one account, with its time worked out; what sync compares with the queue."""

    post: Post
    account: str
    audience: str
    declaration: Declared
    #: None: the account's next free slot
    at: datetime | None
    #: the slot that it takes if that is free
    seat: datetime | None = None
    written_at: datetime | None = None
    #: what else, beside its declaration, makes the post what it is on this account
    on: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Which source declares it."""
        return self.declaration.source

    @property
    def late(self) -> timedelta:
        """Later than this after its time it is missed."""
        return self.declaration.entry.late

    @property
    def declared(self) -> str:
        """Digest of the declaration."""
        return self.declaration.digest(*self.on)

    @property
    def key(self) -> str:
        """id@account."""
        return f"{self.post.id}@{self.account}"


#: the next free slot of an account: its name and the times already taken
NextSlot = Callable[[str, set[datetime]], datetime]
