"""Opens the database: SQLite or PostgreSQL, the right settings, the right version, and errors that a person can act on.

SQL is spoken in this folder only. Transactions on SQLite begin IMMEDIATE, so that who checks is also who writes; WAL with
`synchronous=FULL` makes a committed intent survive a power cut.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql, sqlite

from postiquette.errors import NoQueue, StoreError

#: a transaction that is under way, as the rest of this folder wants it handed over
Connection = sa.Connection

#: the newest step in migrations/versions
VERSION = "0002"

_BUSY_SECONDS = 5

#: what a service's connections are called where the server lists them, before the service's own name
_SERVICE = "postiquette: "
#: PostgreSQL cuts the name of a connection off
_NAME = 63


class Store:
    """A database that is there and of our version. Connections are handed out one transaction at a time."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        #: as it is shown to a person
        self.name = name

    @classmethod
    def open(cls, url: str, *, create: bool = False, service: str = "") -> Store:
        """Open the database at an SQLAlchemy URL; `service` names the service that it is opened for, as `services` will tell.

        Raises NoQueue where there is none yet (unless `create`), StoreError where it is unfit.
        """
        file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
        try:
            name = str(file) if file else sa.make_url(url).render_as_string(hide_password=True)
        except (ValueError, exc.ArgumentError) as error:
            raise StoreError(f"service.database is no address of a database: {error}") from None
        if file is not None and not file.exists():
            if not create:
                raise NoQueue(f"there is no database at {name}", hint="`postiquette sync` creates it.")
            if not file.parent.is_dir():
                raise StoreError(f"there is no folder {file.parent} for the database", hint="Create it first.")
        elif file is not None and not _looks_like_sqlite(file):
            raise StoreError(
                f"{name} is not a database", hint="Move it away, or name another file in `service.database`."
            )
        store = cls(_engine(url, service), name)
        try:
            store._check_version(create=create)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One writing transaction: committed at the end, rolled back on any error."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One reading transaction, which blocks nobody."""
        with self._translated(), self._engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def rehearse(self) -> Iterator[sa.Connection]:
        """One transaction that is always rolled back: what would happen, without it happening.

        On SQLite, whose writers keep each other out, in a copy.
        """
        with self._translated(), self._apart() as engine, engine.connect() as connection:
            transaction = connection.begin()
            yield connection
            transaction.rollback()

    @contextmanager
    def _apart(self) -> Iterator[sa.Engine]:
        if self._engine.dialect.name != "sqlite":
            yield self._engine
            return
        # without a name it is a file of its own, gone when it is closed
        copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        original = self._engine.raw_connection()
        try:
            original.driver_connection.backup(copy)  # type: ignore[union-attr]
        finally:
            original.close()
        engine = sa.create_engine("sqlite://", creator=lambda: copy, poolclass=sa.StaticPool)
        try:
            yield engine
        finally:
            engine.dispose()

    def services(self) -> list[str]:
        """The services that have it open. Only PostgreSQL tells: where one may be at work, a lock does."""
        if self._engine.dialect.name == "sqlite":
            return []
        query = sa.text(
            "SELECT DISTINCT application_name FROM pg_stat_activity"
            " WHERE datname = current_database() AND starts_with(application_name, :service)"
        )
        with self.read() as connection:
            return sorted(name.removeprefix(_SERVICE) for name in connection.scalars(query, {"service": _SERVICE}))

    def _check_version(self, *, create: bool) -> None:
        with self.read() as connection:
            tables = sa.inspect(connection).get_table_names()
            found = None
            if "alembic_version" in tables:
                found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if found == VERSION:
            return
        if found is not None and found > VERSION:
            raise StoreError(
                f"{self.name} was written by a newer Postiquette (version {found} of the tables, this one knows {VERSION})",
                hint="Upgrade Postiquette, or name another database.",
            )
        if found is None and tables:
            raise StoreError(
                f"{self.name} holds other tables, and none of Postiquette's", hint="Name another database."
            )
        if found is None and not create:
            raise NoQueue(f"{self.name} is empty", hint="`postiquette sync` fills it.")
        self._upgrade()

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", "postiquette.queue:migrations")
        config.set_main_option("path_separator", "os")
        with self.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7067)"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreError(f"{self.name} is of an unknown version: {error}", hint="Restore a copy.") from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise self._explained(error) from error

    def _explained(self, error: exc.DBAPIError) -> StoreError:
        said = str(error.orig)
        for part, message, hint in _KNOWN:
            if part in said:
                return StoreError(f"{self.name} {message}", hint=hint)
        return StoreError(f"{self.name} cannot be used: {said.strip().splitlines()[0]}")


def _looks_like_sqlite(file: Path) -> bool:
    """An empty or foreign file is never taken for an empty queue."""
    try:
        with file.open("rb") as stream:
            return stream.read(16) == b"SQLite format 3\0"
    except OSError as error:
        raise StoreError(
            f"{file} cannot be opened: {error.strerror}", hint="Check the path and its permissions."
        ) from None


def insert_if_absent(connection: sa.Connection, table: sa.Table, **values: Any) -> None:
    """Insert a row unless its key is there; safe where two do it at once."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())


#: what a database says, what it means, and what to do
_KNOWN = (
    ("database is locked", "is locked by another program", "Close it there, or try again."),
    ("readonly database", "is read-only", "Make the file and its folder writable."),
    ("disk is full", "has no room left on its disk", "Free some space; nothing was lost."),
    ("file is not a database", "is not a database", "Name another file in `service.database`."),
    ("unable to open database", "cannot be opened", "Check the path and its permissions."),
    ("disk I/O error", "cannot be read or written (disk I/O error)", "Check the disk; keep a copy of the file."),
    ("database disk image is malformed", "is damaged", "Restore a copy; `sqlite3 FILE .recover` may help."),
)


def _engine(url: str, service: str) -> sa.Engine:
    if not url.startswith("sqlite:///"):
        # the end of a name tells most: it is the number of the process
        name = {"application_name": _SERVICE + service[len(_SERVICE) - _NAME :]} if service else {}
        try:
            return sa.create_engine(url, pool_pre_ping=True, connect_args=name)
        except ModuleNotFoundError:
            raise StoreError("PostgreSQL needs its driver", hint="pip install 'postiquette[postgres]'") from None
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _record: Any) -> None:
        # the driver's own transactions begin too late: ours begin in `_begin`
        connection.isolation_level = None
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
