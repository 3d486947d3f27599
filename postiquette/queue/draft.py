"""A declared post on one account, before the queue has seen it. No database: `check` gets by without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postiquette.model import Post


@dataclass(frozen=True)
class Draft:
    """A declared post on one account, with its time worked out; what sync compares with the queue."""

    post: Post
    account: str
    audience: str
    source: str
    #: digest of the declaration
    declared: str
    late: timedelta
    #: None: the account's next free slot
    at: datetime | None
    written_at: datetime | None = None

    @property
    def key(self) -> str:
        """id@account."""
        return f"{self.post.id}@{self.account}"


#: the next free slot of an account: its name and the times already taken
NextSlot = Callable[[str, set[datetime]], datetime]
