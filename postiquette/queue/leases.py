"""Accounts: who publishes for one right now, whether it is signed in, and the stop button.

An account is leased, not a post: so there is one post at a time per account. Every lease has a higher fence than the one before,
and whatever is written under an older fence is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from postiquette.queue.store import insert_if_absent
from postiquette.queue.tables import accounts, switches


@dataclass(frozen=True)
class Lease:
    """The right to publish for one account, until it ends."""

    account: str
    owner: str
    fence: int
    until: datetime


def register(connection: sa.Connection, names: list[str]) -> None:
    """Make sure that every account has its row."""
    for name in names:
        insert_if_absent(connection, accounts, name=name)


def acquire(connection: sa.Connection, account: str, owner: str, now: datetime, length: timedelta) -> Lease | None:
    """Lease an account; None where somebody else holds it."""
    row = connection.execute(
        sa.update(accounts)
        .where(
            accounts.c.name == account,
            sa.or_(accounts.c.lease_until.is_(None), accounts.c.lease_until <= now),
        )
        .values(owner=owner, lease_until=now + length, fence=accounts.c.fence + 1)
        .returning(accounts.c.fence)
    ).first()
    return Lease(account, owner, row.fence, now + length) if row else None


def still_held(connection: sa.Connection, lease: Lease, now: datetime) -> bool:
    """Whether this very lease is in force; the row stays locked until the transaction ends."""
    row = connection.execute(
        sa.select(accounts.c.fence, accounts.c.lease_until).where(accounts.c.name == lease.account).with_for_update()
    ).one()
    return bool(row.fence == lease.fence and row.lease_until is not None and row.lease_until > now)


def renew(connection: sa.Connection, lease: Lease, now: datetime, length: timedelta) -> bool:
    """Prolong a lease; False where it is no longer ours."""
    changed = connection.execute(
        sa.update(accounts)
        .where(accounts.c.name == lease.account, accounts.c.fence == lease.fence, accounts.c.lease_until > now)
        .values(lease_until=now + length)
    )
    return changed.rowcount == 1


def release(connection: sa.Connection, lease: Lease) -> None:
    """Give a lease back; one that has passed to somebody else is left alone."""
    connection.execute(
        sa.update(accounts)
        .where(accounts.c.name == lease.account, accounts.c.fence == lease.fence)
        .values(owner=None, lease_until=None)
    )


def is_leased(connection: sa.Connection, account: str, now: datetime) -> bool:
    """Whether somebody works on an account; its row stays locked until the transaction ends."""
    row = connection.execute(
        sa.select(accounts.c.lease_until).where(accounts.c.name == account).with_for_update()
    ).first()
    return row is not None and row.lease_until is not None and row.lease_until > now


def end_all(connection: sa.Connection) -> None:
    """End every lease: for a start-up that knows every earlier holder to be dead."""
    connection.execute(sa.update(accounts).values(owner=None, lease_until=None))


def set_signed_out(connection: sa.Connection, account: str, *, signed_out: bool) -> None:
    """Remember whether an account waits for `login`."""
    connection.execute(sa.update(accounts).where(accounts.c.name == account).values(signed_out=signed_out))


def signed_out(connection: sa.Connection) -> set[str]:
    """The accounts that wait for `login`."""
    return set(connection.scalars(sa.select(accounts.c.name).where(accounts.c.signed_out)))


@dataclass(frozen=True)
class Switch:
    """A stop that a person has set; `name` is an account, or "*" for all."""

    name: str
    by: str
    at: datetime
    reason: str

    def told(self) -> str:
        """For people."""
        name = "Everything" if self.name == "*" else self.name
        return f"{name} is paused by {self.by} since {self.at:%Y-%m-%d %H:%M} UTC: {self.reason}"


def pause(connection: sa.Connection, switch: Switch) -> None:
    """Stop an account, or everything; a stop that is set already keeps its first reason."""
    insert_if_absent(connection, switches, name=switch.name, by=switch.by, at=switch.at, reason=switch.reason)


def resume(connection: sa.Connection, name: str) -> bool:
    """Take a stop away; False where there was none."""
    return connection.execute(sa.delete(switches).where(switches.c.name == name)).rowcount > 0


def stopped(connection: sa.Connection, account: str) -> bool:
    """Whether an account, or everything, is paused."""
    return connection.execute(sa.select(switches.c.name).where(switches.c.name.in_([account, "*"]))).first() is not None


def stops(connection: sa.Connection) -> list[Switch]:
    """Every stop in force."""
    return [Switch(*row) for row in connection.execute(sa.select(switches).order_by(switches.c.name))]
