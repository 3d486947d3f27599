"""What the audiences have been sent, as the ledger wants it: read from the deliveries, never kept beside them.

No decision reads a whole history: the windows of a policy say how far back entries matter, and texts are looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from postiquette.model import SIBLINGS, Content, Counter, Entry, Kind
from postiquette.queue.delivery import content_from, digest
from postiquette.queue.states import Counted
from postiquette.queue.store import insert_if_absent
from postiquette.queue.tables import audiences, deliveries

#: databases take so many values in one question
_MANY = 500
#: rows of a page where it is not known how many will be wanted
_PAGE = 64
#: entries of a window by number that a candidate may pass over, being its own
_OWN = 4

#: what counts, whoever it went to
_COUNTED = sa.select(
    deliveries.c.post, deliveries.c.kind, deliveries.c.counted, deliveries.c.intent_at, deliveries.c.key
).where(deliveries.c.counted != str(Counted.NO), deliveries.c.intent_at.is_not(None))


@dataclass
class Book:
    """One audience: the entries that count."""

    entries: list[Entry] = field(default_factory=list)
    #: spending posts older than the entries, as far as `grace` has to know
    earlier: dict[Kind, int] = field(default_factory=dict)


def lock(connection: sa.Connection, audience: str) -> None:
    """Hold an audience's row until the transaction ends, so that no two workers spend the same ask."""
    insert_if_absent(connection, audiences, name=audience)
    connection.execute(sa.select(audiences).where(audiences.c.name == audience).with_for_update()).one()


def book(connection: sa.Connection, audience: str, counters: Sequence[Counter], at: datetime, back: timedelta) -> Book:
    """What the windows of some counters can hold at `at` or later, and whatever was sent within `back` before.

    A post on several accounts is one entry, at its first intent.
    """
    since = min(at - back, *(_reach(connection, audience, counter, at) for counter in counters))
    found = Book(entries(connection, audience, since))
    for counter in counters:
        if counter.grace:
            found.earlier[counter.kind] = _spent_before(connection, audience, counter, since)
    return found


def entries(connection: sa.Connection, audience: str, since: datetime) -> list[Entry]:
    """The entries of an audience from an instant on, in order."""
    rows = connection.execute(
        _counted(audience).where(deliveries.c.intent_at >= since).order_by(deliveries.c.intent_at, deliveries.c.key)
    ).all()
    # an earlier outing may have opened the unit that a row belongs to
    unsure = {row.post for row in rows if row.intent_at <= since + SIBLINGS}
    before = [
        row
        for some in _portions(sorted(unsure))
        # by the posts alone: told the audience as well, SQLite reads all of its history rather than look up the posts
        for row in connection.execute(
            _COUNTED.add_columns(deliveries.c.audience).where(
                deliveries.c.post.in_(some), deliveries.c.intent_at < since
            )
        )
        if row.audience == audience
    ]
    before.sort(key=lambda row: (row.intent_at, row.key))
    units = _units([*before, *rows])
    return sorted((e for e in units if e.at >= since), key=lambda entry: (entry.at, entry.post))


def _units(rows: Iterable[sa.Row[tuple[str, str, str, datetime, str]]]) -> Iterator[Entry]:
    """Rows in order of time, as one entry for what is one post to its readers."""
    open_: dict[str, Entry] = {}
    for row in rows:
        post, kind, counted, intent_at = row.post, row.kind, row.counted, row.intent_at
        known = open_.get(post)
        if known is not None and intent_at - known.at > SIBLINGS:
            yield known
            known = None
        proven = counted == Counted.PROVEN or (known is not None and known.proven)
        open_[post] = Entry(known.at if known else intent_at, post, Kind(kind), proven)
    yield from open_.values()


def _reach(connection: sa.Connection, audience: str, counter: Counter, at: datetime) -> datetime:
    """How far back a counter's window goes at `at`."""
    bounds = [at]
    if counter.window.days is not None:
        bounds.append(at - timedelta(days=counter.window.days))
    if counter.window.posts is not None:
        counts = sa.or_(
            deliveries.c.kind == str(counter.kind),
            sa.and_(deliveries.c.kind == str(Kind.VALUE), deliveries.c.counted == str(Counted.PROVEN)),
        )
        posts: set[str] = set()
        for row in _newest_first(connection, _counted(audience).where(counts), counter.window.posts * 2):
            posts.add(row.post)
            bounds.append(row.intent_at)
            if len(posts) >= counter.window.posts + _OWN:
                break
    return min(bounds)


def _spent_before(connection: sa.Connection, audience: str, counter: Counter, since: datetime) -> int:
    posts = (
        sa.select(deliveries.c.post)
        .where(
            deliveries.c.audience == audience,
            deliveries.c.kind == str(counter.kind),
            deliveries.c.intent_at < since,
            deliveries.c.counted != str(Counted.NO),
        )
        .distinct()
        .limit(counter.grace)
    )
    return len(connection.execute(posts).all())


def _counted(audience: str) -> sa.Select[tuple[str, str, str, datetime, str]]:
    return _COUNTED.where(deliveries.c.audience == audience)


def _newest_first(
    connection: sa.Connection, query: sa.Select[tuple[str, str, str, datetime, str]], page: int
) -> Iterator[sa.Row[tuple[str, str, str, datetime, str]]]:
    """Rows of a query page by page, so that who stops early pays little."""
    last: tuple[datetime, str] | None = None
    while True:
        portion = query if last is None else query.where(sa.tuple_(deliveries.c.intent_at, deliveries.c.key) < last)
        rows = connection.execute(
            portion.order_by(deliveries.c.intent_at.desc(), deliveries.c.key.desc()).limit(page)
        ).all()
        yield from rows
        if len(rows) < page:
            return
        last, page = (rows[-1].intent_at, rows[-1].key), page * 2


def newest(connection: sa.Connection, audience: str) -> datetime | None:
    """The latest intent that counts for an audience: nothing is decided as if it had not been, whatever a clock says."""
    row = next(_newest_first(connection, _counted(audience), 1), None)
    return row.intent_at if row else None


@dataclass(frozen=True)
class Text:
    """What an audience was told in one post."""

    post: str
    at: datetime
    kind: Kind
    content: Content


def texts(connection: sa.Connection, audience: str, kind: Kind | None = None) -> Iterator[Text]:
    """What an audience was told, newest first, read as it is asked for."""
    query = _counted(audience).add_columns(deliveries.c.sent)
    if kind is not None:
        query = query.where(deliveries.c.kind == str(kind))
    yield from map(_text, _newest_first(connection, query, _PAGE))


def told_before(connection: sa.Connection, audience: str, contents: Iterable[Content]) -> dict[str, list[Text]]:
    """By their words, the outings of posts that say the same as one of these, newest first."""
    wanted = {digest(content): content.words for content in contents}
    found: dict[str, list[Text]] = {}
    for some in _portions(sorted(wanted)):
        query = _counted(audience).add_columns(deliveries.c.sent, deliveries.c.words)
        rows = connection.execute(query.where(deliveries.c.words.in_(some)).order_by(deliveries.c.intent_at.desc()))
        for row in rows:
            found.setdefault(wanted[row.words], []).append(_text(row))
    return found


def _text(row: sa.Row[tuple[str, str, str, datetime, str]]) -> Text:
    return Text(row.post, row.intent_at, Kind(row.kind), content_from(row.sent))


@dataclass(frozen=True)
class Settled:
    """A wording in which a post went to an audience, or may have."""

    delivery: int
    at: datetime
    content: Content


def settled_wordings(connection: sa.Connection, posts: Iterable[str]) -> dict[tuple[str, str], list[Settled]]:
    """By audience and post, oldest first: in which wordings these posts went out, or may have."""
    found: dict[tuple[str, str], list[Settled]] = {}
    for some in _portions(sorted(posts)):
        rows = connection.execute(
            sa.select(
                deliveries.c.audience, deliveries.c.post, deliveries.c.id, deliveries.c.intent_at, deliveries.c.sent
            )
            .where(
                deliveries.c.post.in_(some),
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


def _portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]
