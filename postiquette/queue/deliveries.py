"""The queue itself: finding deliveries, and moving them from state to state. Every move is a row in the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from postiquette.errors import InputError, StateError
from postiquette.queue.delivery import Delivery, from_row
from postiquette.queue.states import ALLOWED, CHANGEABLE, State
from postiquette.queue.tables import Instant, accounts, deliveries, history, switches

#: databases take so many values in one question
_MANY = 500


@dataclass(frozen=True)
class Move:
    """Who moves a delivery, when and why."""

    by: str
    at: datetime
    reason: str
    #: the stamp of the policy that decided, where one did
    policy: str | None = None


def find(connection: sa.Connection, name: str) -> list[Delivery]:
    """The deliveries of a key (`id@account`) or of a bare id. Raises InputError where there is none."""
    column = deliveries.c.key if "@" in name else deliveries.c.post
    rows = connection.execute(sa.select(deliveries).where(column == name).order_by(deliveries.c.key)).all()
    if not rows:
        raise InputError(f"there is no post {name!r} in the queue", hint="`postiquette list --all` shows every post.")
    return [from_row(row) for row in rows]


def get(connection: sa.Connection, delivery: int) -> Delivery:
    """The delivery of that row number."""
    return from_row(connection.execute(sa.select(deliveries).where(deliveries.c.id == delivery)).one())


def in_states(
    connection: sa.Connection, states: Iterable[State], accounts: Sequence[str] | None = None
) -> list[Delivery]:
    """All deliveries in any of these states, of these accounts where any are named, in order of time."""
    query = sa.select(deliveries).where(deliveries.c.state.in_([str(state) for state in states]))
    if accounts is not None:
        query = query.where(deliveries.c.account.in_(accounts))
    order = (deliveries.c.due_at, deliveries.c.position, deliveries.c.key)
    return [from_row(row) for row in connection.execute(query.order_by(*order))]


def by_keys(connection: sa.Connection, keys: Iterable[str]) -> dict[str, Delivery]:
    """The deliveries of these keys, as far as there are any."""
    return {found.key: found for found in _whose(connection, deliveries.c.key, keys)}


def of_posts(connection: sa.Connection, posts: Iterable[str]) -> list[Delivery]:
    """All deliveries of these posts."""
    return _whose(connection, deliveries.c.post, posts)


def _whose(connection: sa.Connection, column: sa.Column[Any], values: Iterable[str]) -> list[Delivery]:
    wanted, found = sorted(set(values)), []
    for start in range(0, len(wanted), _MANY):
        some = wanted[start : start + _MANY]
        found += [from_row(row) for row in connection.execute(sa.select(deliveries).where(column.in_(some)))]
    return found


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many deliveries are in each state."""
    number = sa.func.count()
    rows = connection.execute(sa.select(deliveries.c.state, number).group_by(deliveries.c.state)).all()
    found = {row[0]: row[1] for row in rows}
    return {str(state): found[state] for state in State if state in found}


def due(connection: sa.Connection, now: datetime) -> list[Delivery]:
    """What is due at `now` on accounts that are neither paused nor signed out, in order of time."""
    return [from_row(row) for row in connection.execute(_ready(now).add_columns(*deliveries.c))]


def next_due(connection: sa.Connection, after: datetime) -> datetime | None:
    """When the next delivery falls due later than `after`; None where nothing waits."""
    later_of = sa.func.greatest if connection.dialect.name == "postgresql" else sa.func.max
    not_before = sa.func.coalesce(deliveries.c.not_before, deliveries.c.due_at)
    when = sa.type_coerce(later_of(deliveries.c.due_at, not_before), Instant)
    found: datetime | None = connection.scalar(
        sa.select(when).where(*_claimable(), when > after).order_by(when).limit(1)
    )
    return found


def _ready(now: datetime) -> sa.Select[Any]:
    return (
        sa.select()
        .select_from(deliveries)
        .where(
            *_claimable(),
            deliveries.c.due_at <= now,
            sa.or_(deliveries.c.not_before.is_(None), deliveries.c.not_before <= now),
        )
        .order_by(deliveries.c.due_at, deliveries.c.position, deliveries.c.key)
    )


def _claimable() -> list[sa.ColumnElement[bool]]:
    closed = sa.select(accounts.c.name).where(accounts.c.signed_out)
    stopped = sa.select(switches.c.name)
    return [
        deliveries.c.state == str(State.SCHEDULED),
        deliveries.c.account.not_in(closed),
        deliveries.c.account.not_in(stopped),
        ~sa.exists(stopped.where(switches.c.name == "*")),
    ]


def taken_times(connection: sa.Connection, account: str) -> set[datetime]:
    """The times at which something of this account is scheduled or held."""
    states = [str(state) for state in CHANGEABLE]
    query = sa.select(deliveries.c.due_at).where(deliveries.c.account == account, deliveries.c.state.in_(states))
    return set(connection.scalars(query))


def insert(connection: sa.Connection, values: dict[str, Any], move: Move) -> int:
    """Add a delivery as scheduled; returns its row number."""
    row = {**values, "state": str(State.SCHEDULED), "created_at": move.at, "updated_at": move.at}
    result = connection.execute(sa.insert(deliveries).values(row).returning(deliveries.c.id))
    number: int = result.scalar_one()
    _record(connection, number, None, State.SCHEDULED, move, None)
    return number


def update(connection: sa.Connection, delivery: Delivery, move: Move, **columns: Any) -> None:
    """Change a delivery that stays in its state, such as its time or wording; the history tells of it."""
    _change(connection, delivery, delivery.state, move, columns)


def note(connection: sa.Connection, delivery: Delivery, move: Move) -> None:
    """Add a line to the history of a delivery that stays as it is."""
    _record(connection, delivery.id, delivery.state, delivery.state, move, None)


def transition(connection: sa.Connection, delivery: Delivery, to: State, move: Move, **columns: Any) -> None:
    """Move a delivery to another state. Raises StateError where that may not follow, or where somebody was faster."""
    if to not in ALLOWED[delivery.state]:
        raise StateError(f"{delivery.key} is {delivery.state}, which cannot become {to}")
    _change(connection, delivery, to, move, columns)


def _change(connection: sa.Connection, delivery: Delivery, to: State, move: Move, columns: dict[str, Any]) -> None:
    changed = connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery.id, deliveries.c.state == str(delivery.state))
        .values(state=str(to), updated_at=move.at, **columns)
    )
    if changed.rowcount != 1:
        raise StateError(f"{delivery.key} is no longer {delivery.state}: somebody else has moved it")
    _record(connection, delivery.id, delivery.state, to, move, columns.get("url"))


def _record(
    connection: sa.Connection, delivery: int, before: State | None, after: State, move: Move, url: str | None
) -> None:
    connection.execute(
        sa.insert(history).values(
            delivery=delivery,
            from_state=None if before is None else str(before),
            to_state=str(after),
            at=move.at,
            by=move.by,
            reason=move.reason,
            url=url,
            policy=move.policy,
        )
    )


@dataclass(frozen=True)
class Event:
    """One line of the audit log."""

    key: str
    account: str
    from_state: str | None
    to_state: str
    at: datetime
    by: str
    reason: str
    url: str | None


def events(connection: sa.Connection, names: Sequence[str] = ()) -> list[Event]:
    """The audit log, oldest first; of these posts or keys only, where any are named."""
    query = sa.select(
        deliveries.c.key,
        deliveries.c.account,
        history.c.from_state,
        history.c.to_state,
        history.c.at,
        history.c.by,
        history.c.reason,
        history.c.url,
    ).join(deliveries, deliveries.c.id == history.c.delivery)
    if names:
        query = query.where(sa.or_(deliveries.c.key.in_(names), deliveries.c.post.in_(names)))
    return [Event(*row) for row in connection.execute(query.order_by(history.c.id))]
