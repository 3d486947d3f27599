"""What the audiences have been sent, as the ledger wants it: read from the deliveries, never kept beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from postiquette.model import SIBLINGS, Content, Entry, Kind
from postiquette.queue.delivery import content_from
from postiquette.queue.states import Counted
from postiquette.queue.store import insert_if_absent
from postiquette.queue.tables import audiences, deliveries


@dataclass
class Book:
    """One audience: the entries that count, and the texts it was sent, newest first."""

    entries: list[Entry] = field(default_factory=list)
    #: post id, when, wording
    texts: list[tuple[str, datetime, Content]] = field(default_factory=list)
    #: spending posts older than the entries
    earlier: dict[Kind, int] = field(default_factory=dict)


def lock(connection: sa.Connection, audience: str) -> None:
    """Hold an audience's row until the transaction ends, so that no two workers spend the same ask."""
    insert_if_absent(connection, audiences, name=audience)
    connection.execute(sa.select(audiences).where(audiences.c.name == audience).with_for_update()).one()


def book(connection: sa.Connection, audience: str, since: datetime | None = None) -> Book:
    """An audience's book. A post that went to several of its accounts is one entry, at its first intent.

    With `since`, older posts are only counted, for `grace`.
    """
    rows = connection.execute(
        sa.select(deliveries.c.post, deliveries.c.kind, deliveries.c.counted, deliveries.c.intent_at, deliveries.c.sent)
        .where(
            deliveries.c.audience == audience,
            deliveries.c.counted != str(Counted.NO),
            deliveries.c.intent_at.is_not(None),
        )
        .order_by(deliveries.c.intent_at, deliveries.c.key)
    )
    found = Book()
    entries: dict[str, Entry] = {}
    before: list[Entry] = []
    for post, kind, counted, intent_at, sent in rows:
        known = entries.get(post)
        if known is not None and intent_at - known.at > SIBLINGS:
            before.append(known)
            known = None
        proven = counted == Counted.PROVEN or (known is not None and known.proven)
        entries[post] = Entry(known.at if known else intent_at, post, Kind(kind), proven)
        found.texts.append((post, intent_at, content_from(sent)))
    for entry in sorted([*before, *entries.values()], key=lambda entry: (entry.at, entry.post)):
        if since is not None and entry.at < since:
            found.earlier[entry.kind] = found.earlier.get(entry.kind, 0) + 1
        else:
            found.entries.append(entry)
    found.texts.reverse()
    return found


def newest(connection: sa.Connection, audience: str) -> datetime | None:
    """The latest intent that counts for an audience: nothing is decided as if it had not been, whatever a clock says."""
    row = connection.execute(
        sa.select(deliveries.c.intent_at)
        .where(deliveries.c.audience == audience, deliveries.c.counted != str(Counted.NO))
        .where(deliveries.c.intent_at.is_not(None))
        .order_by(deliveries.c.intent_at.desc())
        .limit(1)
    ).first()
    return row.intent_at if row else None


@dataclass(frozen=True)
class Settled:
    """A wording in which a post went to an audience, or may have."""

    delivery: int
    at: datetime
    content: Content


def settled_wordings(connection: sa.Connection, posts: Iterable[str]) -> dict[tuple[str, str], list[Settled]]:
    """By audience and post, oldest first: in which wordings these posts went out, or may have."""
    found: dict[tuple[str, str], list[Settled]] = {}
    rows = connection.execute(
        sa.select(deliveries.c.audience, deliveries.c.post, deliveries.c.id, deliveries.c.intent_at, deliveries.c.sent)
        .where(
            deliveries.c.post.in_(list(posts)),
            deliveries.c.counted != str(Counted.NO),
            deliveries.c.sent.is_not(None),
            deliveries.c.intent_at.is_not(None),
        )
        .order_by(deliveries.c.intent_at)
    )
    for row in rows:
        settled = Settled(row.id, row.intent_at, content_from(row.sent))
        found.setdefault((row.audience, row.post), []).append(settled)
    return found


def settled_for(wordings: Iterable[Settled], at: datetime, delivery: int) -> Content | None:
    """The wording that a delivery at `at` takes over: a sibling's within `SIBLINGS`, or its own, however long ago."""
    near = (w for w in wordings if w.delivery == delivery or at - w.at <= SIBLINGS)
    return next((wording.content for wording in near), None)
