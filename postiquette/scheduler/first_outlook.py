"""The queue as it would be in a database that is empty yet: `check`, `preview` and `plan` need none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from postiquette.policies.forecast import Candidate, Layout
from postiquette.queue.draft import Draft
from postiquette.scheduler.project import Project


def from_drafts(project: Project, drafts: Iterable[Draft], now: datetime) -> Layout:
    """The queue as it would be in a database that is empty yet."""
    next_slot = project.next_slot(now)
    taken: dict[str, set[datetime]] = {}
    candidates = []
    for position, draft in enumerate(drafts):
        occupied = taken.setdefault(draft.account, set())
        at = draft.at if draft.at is not None else next_slot(draft.account, occupied)
        occupied.add(at)
        candidates.append(
            Candidate(
                key=draft.key,
                post=draft.post,
                account=project.accounts[draft.account],
                at=at,
                position=position,
                by_slot=draft.at is None,
                written_at=draft.written_at,
            )
        )
    return Layout(candidates, {})
