"""Takes what the sources declare into the queue; the same for the command, for the running service, and for a dry run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from postiquette.queue import sync
from postiquette.queue.store import Connection, Store
from postiquette.queue.sync import Changes
from postiquette.scheduler.project import Project


def compare(project: Project, connection: Connection, now: datetime) -> Changes:
    """What a sync would change."""
    return sync.compare(connection, project.drafts, project.gathered.sources, project.slots, now)


def take_in(project: Project, store: Store, now: datetime, by: str, *, even_if_alarming: bool) -> Changes:
    """Bring the queue in line, whole or not at all; an alarming difference is only applied where somebody said yes."""
    with store.begin() as connection:
        changes = compare(project, connection, now)
        if changes and (even_if_alarming or not changes.alarming):
            sync.apply(connection, changes, project.next_slot(now), by, now)
        return changes


@contextmanager
def rehearse(project: Project, store: Store, now: datetime) -> Iterator[tuple[Connection, tuple[str, ...]]]:
    """The queue as a sync would leave it, and what a person should know of that; nothing of it is kept."""
    with store.read() as connection:
        changes = compare(project, connection, now)
    if changes.alarming or not changes:
        with store.read() as connection:
            yield connection, (*changes.alarming, *changes.refused)
        return
    with store.rehearse() as connection:
        changes = compare(project, connection, now)
        if not changes.alarming:
            sync.apply(connection, changes, project.next_slot(now), "rehearsal", now)
        yield connection, (*changes.alarming, *changes.refused)
