"""A site on paper, at the seam between dispatching and publishing: it takes every post at once, but for those it is told to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

from postiquette.model import Item, Outcome, SeenPost, Verdict


class PaperPublisher:
    """Stands where the publisher stands; `outcomes` are what the next submissions come to, published when there are none left."""

    def __init__(self, outcomes: list[Verdict] | None = None) -> None:
        self.sent: list[tuple[str, str]] = []
        self.outcomes = outcomes or []
        self.browser = SimpleNamespace(vacate=self._nothing)

    async def _nothing(self, *_: object) -> None:
        pass

    @asynccontextmanager
    async def at(self, account: str) -> AsyncIterator[PaperVisit]:
        yield PaperVisit(self, account)


class PaperVisit:
    def __init__(self, publisher: PaperPublisher, account: str) -> None:
        self._publisher = publisher
        self._account = account
        self._item: Item | None = None
        self.place = SimpleNamespace(site=SimpleNamespace(shows_at_once=True))

    async def recent(self) -> list[SeenPost]:
        return []

    async def prepare(self, item: Item, reply_to: str | None = None) -> None:
        self._item = item

    async def submit(self, deadline: object) -> Outcome:
        verdict = self._publisher.outcomes.pop(0) if self._publisher.outcomes else Verdict.PUBLISHED
        if verdict is Verdict.PUBLISHED:
            self._publisher.sent.append((self._account, self._item.text))
            return Outcome(verdict, url=f"paper:{len(self._publisher.sent)}")
        return Outcome(verdict, detail="told to")

    async def keep_session(self) -> None:
        pass

    async def abandon(self) -> None:
        pass

    async def leave_evidence(self, folder: object) -> None:
        pass
