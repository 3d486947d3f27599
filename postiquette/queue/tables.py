"""The tables. Migrations make them; a test holds the two together. Instants are microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(sa.TypeDecorator[datetime]):
    """A timezone-aware datetime, stored as an integer so that comparing and sorting mean the same everywhere."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """To microseconds; a naive datetime is a mistake of ours, and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"{value!r} has no time zone")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Back to a datetime in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: a row to lock: whoever decides about an audience holds it
audiences = sa.Table("audiences", metadata, sa.Column("name", sa.String(120), primary_key=True))

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    #: who publishes for it now; its lease ends by itself
    sa.Column("owner", sa.String(200)),
    sa.Column("lease_until", Instant),
    #: grows with every lease: a write with an older number is refused
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    #: the saved session has ended: nothing is claimed until `login`
    sa.Column("signed_out", sa.Boolean, nullable=False, server_default=sa.false()),
)

#: the stop button; `name` is an account, or "*" for all
switches = sa.Table(
    "switches",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    #: id@account
    sa.Column("key", sa.String(250), nullable=False, unique=True),
    sa.Column("post", sa.String(120), nullable=False),
    sa.Column("account", sa.String(120), nullable=False),
    sa.Column("audience", sa.String(120), nullable=False),
    #: which source declared it, such as "config", "markdown:posts/*.md" or "command"
    sa.Column("source", sa.String(400), nullable=False),
    #: digest of what the source declared last
    sa.Column("declared", sa.String(64), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("series", sa.String(120)),
    sa.Column("declared_kind", sa.String(20)),
    sa.Column("allow", sa.JSON, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("by_slot", sa.Boolean, nullable=False),
    #: local time as written, ISO 8601 without offset
    sa.Column("written_at", sa.String(40)),
    #: seconds
    sa.Column("late", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("counted", sa.String(10), nullable=False, server_default="no"),
    #: what went out, or was about to
    sa.Column("kind", sa.String(20)),
    sa.Column("sent", sa.JSON),
    #: digest of what was said, so that saying it again is noticed
    sa.Column("words", sa.String(32)),
    sa.Column("intent_at", Instant),
    sa.Column("url", sa.Text),
    #: not to be claimed before: backoff
    sa.Column("not_before", Instant),
    #: safe failures so far
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    #: how often it went again after a read-back that proved absence
    sa.Column("resent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("deferred", sa.Integer, nullable=False, server_default="0"),
    sa.Column("approval", sa.JSON),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index(None, "state", "due_at"),
    sa.Index(None, "account", "state", "due_at"),
    sa.Index(None, "audience", "intent_at"),
    sa.Index("ix_deliveries_kind", "audience", "kind", "intent_at"),
    sa.Index("ix_deliveries_words", "audience", "words", "intent_at"),
    sa.Index(None, "post"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery", sa.Integer, sa.ForeignKey("deliveries.id"), nullable=False),
    sa.Column("account", sa.String(120), nullable=False),
    #: which item of the post, from 0
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("worker", sa.String(200), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    #: URLs of the account's newest posts before the click
    sa.Column("baseline", sa.JSON, nullable=False),
    sa.Column("intent_at", Instant, nullable=False),
    #: the page refuses the click from here on
    sa.Column("click_deadline", Instant, nullable=False),
    #: True until it is settled what became of it: an open attempt closes its account
    sa.Column("open", sa.Boolean, nullable=False),
    #: published, absent, refused or unknown
    sa.Column("outcome", sa.String(20)),
    sa.Column("url", sa.Text),
    sa.Column("detail", sa.Text),
    #: where screenshot and page text lie
    sa.Column("evidence", sa.Text),
    #: how often it was looked for, and when next
    sa.Column("looks", sa.Integer, nullable=False, server_default="0"),
    sa.Column("look_at", Instant),
    sa.Column("settled_at", Instant),
    sa.Index(None, "delivery", "item"),
    sa.Index(
        "uq_attempts_open_account",
        "account",
        unique=True,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    ),
)

#: the audit log: rows are only ever added
history = sa.Table(
    "history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery", sa.Integer, sa.ForeignKey("deliveries.id"), nullable=False),
    sa.Column("from_state", sa.String(20)),
    sa.Column("to_state", sa.String(20), nullable=False),
    sa.Column("at", Instant, nullable=False),
    #: a worker or a person
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    #: the stamp of the policy that decided, where one did
    sa.Column("policy", sa.String(20)),
    sa.Index(None, "delivery"),
)
