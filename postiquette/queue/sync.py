"""Brings the queue in line with what the sources declare: shows the difference first, then applies it whole or not at all.

What a source says now is compared with what *that source* said last. Posts from elsewhere are not touched, and a post that was
deferred or rescheduled keeps its time until its declaration changes. One that goes by slots takes another where its own is no slot of its
account any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from postiquette.errors import InputError
from postiquette.model import Slots
from postiquette.queue import deliveries, leases
from postiquette.queue.deliveries import Move
from postiquette.queue.delivery import Delivery, content_to, waivers_to
from postiquette.queue.draft import Draft, NextSlot
from postiquette.queue.states import CHANGEABLE, Counted, State

#: more than this part of the queue to withdraw, and a person has to say so
WITHDRAW_WITHOUT_ASKING = 0.2

#: the digest of a post that its source no longer declares: it comes back when it is declared again
UNDECLARED = ""

#: the source of posts that were added by command
BY_COMMAND = "command"


@dataclass
class Changes:
    """What a sync would do."""

    added: list[Draft] = field(default_factory=list)
    changed: list[tuple[Delivery, Draft]] = field(default_factory=list)
    withdrawn: list[Delivery] = field(default_factory=list)
    #: what goes by slots, and whose time is no slot of its account any more
    slotless: list[Delivery] = field(default_factory=list)
    #: what cannot be done, and why
    refused: list[str] = field(default_factory=list)
    #: why a person has to say yes first
    alarming: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.withdrawn or self.slotless)


def compare(
    connection: sa.Connection, drafts: Iterable[Draft], sources: Iterable[str], slots: Slots, now: datetime
) -> Changes:
    """The difference between what is declared and the queue. `sources` are those that were there to be read."""
    drafts = list(drafts)
    changes = Changes()
    queue = deliveries.by_keys(connection, (draft.key for draft in drafts))
    for draft in drafts:
        known = queue.get(draft.key)
        if known is None:
            changes.added.append(draft)
        elif known.source == BY_COMMAND and known.state is not State.WITHDRAWN:
            changes.refused.append(
                f"{draft.key} was added by command; declare it under another id, or withdraw that one"
            )
        elif known.declared != draft.declared:
            _compare_changed(changes, known, draft, deliveries.of_posts(connection, [known.post.id]))
    declared = {draft.key for draft in drafts}
    waiting = deliveries.in_states(connection, CHANGEABLE)
    from_files = [d for d in waiting if d.source != BY_COMMAND and d.counted is Counted.NO]
    changes.withdrawn = [delivery for delivery in from_files if delivery.key not in declared]
    fixed = {draft.key for _, draft in changes.changed if draft.at is not None}
    gone = fixed | {delivery.key for delivery in changes.withdrawn}
    changes.slotless = list(_slotless((d for d in waiting if d.key not in gone), slots, now))
    _alarm(changes, from_files, set(sources))
    return changes


def _slotless(waiting: Iterable[Delivery], slots: Slots, now: datetime) -> Iterator[Delivery]:
    """What is to come and goes by slots, at a time that is none; an account without slots has nothing better to offer."""
    by_account: dict[str, list[Delivery]] = {}
    for delivery in waiting:
        if delivery.by_slot and delivery.counted is Counted.NO and delivery.due_at > now:
            by_account.setdefault(delivery.account, []).append(delivery)
    for account, mine in by_account.items():
        last = max(delivery.due_at for delivery in mine)
        coming = slots(account, now)
        known = set(takewhile(last.__ge__, coming))
        if known or next(coming, None) is not None:
            yield from sorted((d for d in mine if d.due_at not in known), key=lambda d: (d.due_at, d.position))


def _compare_changed(changes: Changes, known: Delivery, draft: Draft, queue: Iterable[Delivery]) -> None:
    out = has_sibling_out(known, queue)
    if out is not None and draft.post.content != known.post.content:
        changes.refused.append(
            f"{draft.key} goes out in the wording of {out}, which is out; say it anew under another id"
        )
    elif known.counted is not Counted.NO:
        changes.refused.append(f"{draft.key} is {known.state}, and part of it is out: a file cannot change it any more")
    elif known.state in CHANGEABLE or _comes_back(known):
        changes.changed.append((known, draft))
    else:
        changes.refused.append(f"{draft.key} is {known.state}; reschedule it, or give the new wording a new id")


def _comes_back(known: Delivery) -> bool:
    """Whether a withdrawn post is only back in its file, or takes the place of one that was added by command."""
    return known.state is State.WITHDRAWN and (known.declared == UNDECLARED or known.source == BY_COMMAND)


def has_sibling_out(delivery: Delivery, queue: Iterable[Delivery]) -> str | None:
    """The key of another delivery of the same post to the same audience that is out, or may be."""
    unit = (delivery.post.id, delivery.audience)
    siblings = (other for other in queue if (other.post.id, other.audience) == unit and other.key != delivery.key)
    return next((sibling.key for sibling in siblings if sibling.counted is not Counted.NO), None)


def _alarm(changes: Changes, from_files: list[Delivery], sources: set[str]) -> None:
    vanished = sorted({delivery.source for delivery in changes.withdrawn} - sources)
    for source in vanished:
        changes.alarming.append(f"the source {source} has vanished")
    count, total = len(changes.withdrawn), len(from_files)
    if count > total * WITHDRAW_WITHOUT_ASKING:
        changes.alarming.append(f"{count} of {total} queued posts would be withdrawn")


def apply(connection: sa.Connection, changes: Changes, next_slot: NextSlot, by: str, now: datetime) -> None:
    """Write a difference into the queue. Times that have passed become `missed`, never a burst of late posts."""
    taken: dict[str, set[datetime]] = {}
    leases.register(connection, sorted({draft.account for draft in changes.added}))
    position = connection.scalar(sa.text("SELECT COALESCE(MAX(position), 0) FROM deliveries")) or 0
    for delivery in changes.withdrawn:
        move = Move(by, now, "no longer declared by its source")
        deliveries.transition(connection, delivery, State.WITHDRAWN, move, declared=UNDECLARED)
    slotless = {delivery.key for delivery in changes.slotless}
    for known, draft in changes.changed:
        move = Move(by, now, "its declaration changed")
        _apply_changed(connection, known, draft, next_slot, taken, move, keeps_slot=known.key not in slotless)
    changed = {known.key for known, _ in changes.changed}
    for delivery in changes.slotless:
        if delivery.key not in changed:
            at = _next_free(connection, delivery.account, next_slot, taken)
            was = f"{delivery.due_at:%Y-%m-%d %H:%M} UTC is no slot of {delivery.account} any more"
            deliveries.update(connection, delivery, Move(by, now, was), due_at=at)
    for draft in changes.added:
        position += 1
        insert(connection, draft, position, next_slot, taken, Move(by, now, f"declared by {draft.source}"))


def insert(
    connection: sa.Connection,
    draft: Draft,
    position: int,
    next_slot: NextSlot,
    taken: dict[str, set[datetime]],
    move: Move,
) -> None:
    """Add one draft; a time that is already too late makes it `missed` at once."""
    at = _time(connection, draft, next_slot, taken, move.at)
    values = {**_columns(draft), "key": draft.key, "post": draft.post.id, "account": draft.account, "due_at": at}
    number = deliveries.insert(connection, {**values, "position": position}, move)
    if draft.at is not None and at + draft.late < move.at:
        _miss(connection, number, move)


def _apply_changed(
    connection: sa.Connection,
    known: Delivery,
    draft: Draft,
    next_slot: NextSlot,
    taken: dict[str, set[datetime]],
    move: Move,
    *,
    keeps_slot: bool,
) -> None:
    keeps_slot = keeps_slot and draft.at is None and known.by_slot and known.due_at > move.at
    at = known.due_at if keeps_slot else _time(connection, draft, next_slot, taken, move.at)
    columns = {**_columns(draft), "due_at": at, "deferred": known.deferred if keeps_slot else 0, "not_before": None}
    if known.state is not State.SCHEDULED:
        deliveries.transition(connection, known, State.SCHEDULED, move, **columns)
    else:
        deliveries.update(connection, known, move, **columns)
    if draft.at is not None and at + draft.late < move.at:
        _miss(connection, known.id, move)


def _miss(connection: sa.Connection, number: int, move: Move) -> None:
    delivery = deliveries.get(connection, number)
    reason = f"its time, {delivery.due_at:%Y-%m-%d %H:%M} UTC, had passed when it was taken in"
    deliveries.transition(connection, delivery, State.MISSED, Move(move.by, move.at, reason))


def _time(
    connection: sa.Connection, draft: Draft, next_slot: NextSlot, taken: dict[str, set[datetime]], now: datetime
) -> datetime:
    if draft.at is not None:
        return draft.at
    return _next_free(
        connection, draft.account, next_slot, taken, draft.seat if draft.seat and draft.seat > now else None
    )


def _next_free(
    connection: sa.Connection,
    account: str,
    next_slot: NextSlot,
    taken: dict[str, set[datetime]],
    wish: datetime | None = None,
) -> datetime:
    if account not in taken:
        taken[account] = deliveries.taken_times(connection, account)
    occupied = taken[account]
    at = wish if wish is not None and wish not in occupied else next_slot(account, occupied)
    occupied.add(at)
    return at


def _columns(draft: Draft) -> dict[str, Any]:
    post = draft.post
    return {
        "audience": draft.audience,
        "source": draft.source,
        "declared": draft.declared,
        "content": content_to(post.content),
        "series": post.series,
        "declared_kind": str(post.declared_kind) if post.declared_kind else None,
        "allow": waivers_to(post.allow),
        "by_slot": draft.at is None,
        "written_at": draft.written_at.isoformat() if draft.written_at else None,
        "late": int(draft.late.total_seconds()),
    }


def add(connection: sa.Connection, drafts: list[Draft], next_slot: NextSlot, by: str, now: datetime) -> None:
    """Add posts by command. Raises InputError for an id that is taken and for a time in the past."""
    past = [draft for draft in drafts if draft.at is not None and draft.at < now]
    if past:
        problems = [draft.declaration.problem(f"{draft.at:%Y-%m-%d %H:%M} UTC is in the past") for draft in past]
        raise InputError(problems, hint="Expected a time to come.")
    wanted = {draft.post.id: draft.post.content for draft in drafts}
    keys = {draft.key for draft in drafts}
    for known in deliveries.of_posts(connection, wanted):
        if known.key in keys or known.post.content != wanted[known.post.id]:
            raise InputError(f"the id {known.post.id!r} is taken; choose another")
    apply(connection, Changes(added=drafts), next_slot, by, now)
