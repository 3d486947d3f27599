"""Takes in posts that were made by hand: from then on they count like any other that is out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from postiquette.model import Content, Kind
from postiquette.queue.deliveries import Move
from postiquette.queue.delivery import content_to, digest, sent_columns
from postiquette.queue.states import Counted, State
from postiquette.queue.tables import deliveries, history

#: our own post may appear in a site's export; its time there differs a little
_SAME = timedelta(hours=1)
_MANY = 500


@dataclass(frozen=True)
class Published:
    """One post, read."""

    id: str
    at: datetime
    content: Content
    kind: Kind
    url: str | None


def take_in(connection: sa.Connection, account: str, audience: str, posts: Sequence[Published], move: Move) -> int:
    """Add what is not there yet; returns how many were added. `posts` are in order of time.

    The same are posts of one id, and posts of one URL or the same words at about the same time.
    """
    known = _known(connection, account, audience, posts)
    added: list[dict[str, Any]] = []
    for post in posts:
        key = f"{post.id}@{account}"
        if key in known.keys or (post.url is not None and post.url in known.urls):
            continue
        if any(abs(at - post.at) < _SAME for at in known.times.get(digest(post.content), ())):
            continue
        known.keys.add(key)
        added.append(_columns(key, account, audience, post, move))
    for start in range(0, len(added), _MANY):
        some = added[start : start + _MANY]
        connection.execute(sa.insert(deliveries), some)
        ids = connection.scalars(sa.select(deliveries.c.id).where(deliveries.c.key.in_([row["key"] for row in some])))
        line = {"from_state": None, "to_state": str(State.PUBLISHED), "at": move.at, "by": move.by}
        connection.execute(sa.insert(history), [{**line, "delivery": number, "reason": move.reason} for number in ids])
    return len(added)


@dataclass
class _Known:
    keys: set[str]
    urls: set[str]
    #: by what was said, when
    times: dict[str, list[datetime]]


def _known(connection: sa.Connection, account: str, audience: str, posts: Sequence[Published]) -> _Known:
    """What the account has of the same ids, and what it published at about the same times."""
    found = _Known(set(), set(), {})
    mine = sa.select(deliveries.c.key, deliveries.c.url, deliveries.c.words, deliveries.c.intent_at)
    for start in range(0, len(posts), _MANY):
        some = posts[start : start + _MANY]
        times = [post.at for post in some]
        then = deliveries.c.intent_at.between(min(times) - _SAME, max(times) + _SAME)
        for wanted in (
            deliveries.c.key.in_([f"{post.id}@{account}" for post in some]),
            sa.and_(deliveries.c.audience == audience, then, deliveries.c.account == account),
        ):
            for row in connection.execute(mine.where(wanted)):
                found.keys.add(row.key)
                if row.url:
                    found.urls.add(row.url)
                if row.words and row.intent_at:
                    found.times.setdefault(row.words, []).append(row.intent_at)
    return found


def _columns(key: str, account: str, audience: str, post: Published, move: Move) -> dict[str, Any]:
    return {
        "key": key,
        "post": post.id,
        "account": account,
        "audience": audience,
        "source": "by-hand",
        "declared": "",
        "position": 0,
        "content": content_to(post.content),
        "allow": {},
        "due_at": post.at,
        "by_slot": False,
        "late": 0,
        "state": str(State.PUBLISHED),
        "counted": str(Counted.PROVEN),
        **sent_columns(post.content, post.kind),
        "intent_at": post.at,
        "url": post.url,
        "created_at": move.at,
        "updated_at": move.at,
    }
