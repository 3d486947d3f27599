"""Attempts: what was about to be clicked, committed before the click, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from postiquette.queue.tables import attempts


@dataclass(frozen=True)
class Attempt:
    """One item of one delivery, once."""

    id: int
    delivery: int
    account: str
    item: int
    fence: int
    worker: str
    text: str
    baseline: tuple[str, ...]
    intent_at: datetime
    click_deadline: datetime
    open: bool
    outcome: str | None
    url: str | None
    looks: int
    look_at: datetime | None
    evidence: str | None


def _from_row(row: sa.Row[Any]) -> Attempt:
    data = row._mapping
    values = {name: data[name] for name in Attempt.__dataclass_fields__ if name != "baseline"}
    return Attempt(**values, baseline=tuple(data["baseline"]))


def commit_intent(connection: sa.Connection, **values: Any) -> int:
    """Write down what is about to be clicked; returns the attempt's number. The account is closed from here on."""
    result = connection.execute(sa.insert(attempts).values(open=True, **values).returning(attempts.c.id))
    number: int = result.scalar_one()
    return number


def settle(connection: sa.Connection, attempt: int, outcome: str, at: datetime, **values: Any) -> None:
    """Close an attempt: its account goes on."""
    connection.execute(
        sa.update(attempts)
        .where(attempts.c.id == attempt)
        .values(open=False, outcome=outcome, settled_at=at, look_at=None, **values)
    )


def note(connection: sa.Connection, attempt: int, **values: Any) -> None:
    """Add to what is known of an attempt that stays as open or closed as it was."""
    connection.execute(sa.update(attempts).where(attempts.c.id == attempt).values(**values))


def still_open(connection: sa.Connection) -> list[Attempt]:
    """Every attempt of which nobody knows what became of it, and that is still looked for."""
    return [_from_row(row) for row in connection.execute(sa.select(attempts).where(attempts.c.open))]


def of_delivery(connection: sa.Connection, delivery: int) -> Sequence[Attempt]:
    """All attempts of a delivery, oldest first."""
    query = sa.select(attempts).where(attempts.c.delivery == delivery).order_by(attempts.c.id)
    return [_from_row(row) for row in connection.execute(query)]


def proven_items(connection: sa.Connection, delivery: int) -> dict[int, str]:
    """The URL of every item of a delivery that is proven to be out, by its number."""
    return {
        attempt.item: attempt.url or ""
        for attempt in of_delivery(connection, delivery)
        if attempt.outcome == "published"
    }
