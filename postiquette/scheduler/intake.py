"""Takes what the sources declare into the queue; the same for the command and for the running service."""

from __future__ import annotations

from datetime import datetime

from postiquette.queue import sync
from postiquette.queue.store import Store
from postiquette.queue.sync import Changes
from postiquette.scheduler.project import Project


def compare(project: Project, store: Store) -> Changes:
    """What a sync would change."""
    with store.read() as connection:
        return sync.compare(connection, project.drafts, project.gathered.sources)


def take_in(project: Project, store: Store, now: datetime, by: str, *, even_if_alarming: bool) -> Changes:
    """Bring the queue in line, whole or not at all; an alarming difference is only applied where somebody said yes."""
    with store.begin() as connection:
        changes = sync.compare(connection, project.drafts, project.gathered.sources)
        if changes and (even_if_alarming or not changes.alarming):
            sync.apply(connection, changes, project.next_slot(now), by, now)
        return changes
