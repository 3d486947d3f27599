"""A database that is missing, locked, read-only, full, too new or none at all: one clear error, and nothing half-applied."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests_support import states

from postiquette.errors import StateError, StoreError
from postiquette.queue import store as store_module
from postiquette.queue.store import Store
from postiquette.queue.tables import metadata
from postiquette.scheduler.lock import ServiceLock, heartbeat

CONFIG = """
[accounts.board]
site = "sandbox"
url = "http://127.0.0.1:9"
slots = ["daily 09:00"]

[[posts]]
id = "a"
account = "board"
text = "The ferry runs again from seven."
"""


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def test_migrations_make_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path / "new.db"), create=True)
    with store.read() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    assert difference == []
    Store.open(url(tmp_path / "new.db")).close()


def test_settings_of_a_connection(tmp_path: Path) -> None:
    with Store.open(url(tmp_path / "new.db"), create=True).read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_run_and_publish_refuse_to_start_on_a_missing_database(configure, run, here: Path) -> None:
    configure(CONFIG)
    for command in ("run", "publish", "status", "history"):
        result = run(command)
        assert (result.code, "there is no database" in result.err) == (3, True), command
    assert not (here / "postiquette.db").exists()


def test_it_is_no_database(configure, run, here: Path) -> None:
    configure(CONFIG)
    (here / "postiquette.db").write_bytes(b"these are my notes, do not touch them" * 200)
    before = (here / "postiquette.db").read_bytes()
    result = run("sync")
    assert (result.code, "is not a database" in result.err) == (3, True)
    assert (here / "postiquette.db").read_bytes() == before


def test_it_is_somebody_elses_database(configure, run, here: Path) -> None:
    configure(CONFIG)
    with sqlite3.connect(here / "postiquette.db") as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    result = run("sync")
    assert (result.code, "holds other tables" in result.err) == (3, True)


def test_it_is_from_a_newer_version(configure, run, here: Path) -> None:
    configure(CONFIG)
    run("sync")
    with sqlite3.connect(here / "postiquette.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    result = run("list")
    assert (result.code, "was written by a newer Postiquette" in result.err) == (3, True)


def test_it_is_locked(configure, run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(CONFIG)
    run("sync")
    monkeypatch.setattr(store_module, "_BUSY_SECONDS", 0.1)
    other = sqlite3.connect(here / "postiquette.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    result = run("withdraw", "a")
    other.rollback()
    assert (result.code, "is locked by another program" in result.err) == (3, True)
    assert states(run)[0]["state"] == "scheduled"


def test_it_is_full(configure, run, here: Path) -> None:
    configure(CONFIG)
    run("sync")
    store = Store.open(url(here / "postiquette.db"))

    def write_more_than_fits() -> None:
        with store.begin() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for number in range(200):
                connection.execute(sa.text("INSERT INTO audiences (name) VALUES (:name)"), {"name": f"{number}" * 30})

    with pytest.raises(StoreError, match="no room left"):
        write_more_than_fits()
    with store.read() as connection:
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM audiences")) == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_it_is_read_only(configure, run, here: Path) -> None:
    configure(CONFIG)
    run("sync")
    (here / "postiquette.db").chmod(0o400)
    here.chmod(0o500)
    result = run("withdraw", "a")
    here.chmod(0o700)
    assert (result.code, "is read-only" in result.err or "cannot be opened" in result.err) == (3, True)


def test_a_rehearsal_leaves_no_trace(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path / "new.db"), create=True)
    with store.rehearse() as connection:
        connection.execute(sa.text("INSERT INTO audiences (name) VALUES ('me')"))
    with store.read() as connection:
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM audiences")) == 0


def test_a_rehearsal_keeps_nobody_waiting(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path / "new.db"), create=True)
    with store.rehearse() as rehearsing:
        rehearsing.execute(sa.text("INSERT INTO audiences (name) VALUES ('me')"))
        with store.begin() as writing:
            writing.execute(sa.text("INSERT INTO audiences (name) VALUES ('you')"))
        assert rehearsing.scalars(sa.text("SELECT name FROM audiences")).all() == ["me"]
    with store.read() as connection:
        assert connection.scalars(sa.text("SELECT name FROM audiences")).all() == ["you"]


def test_the_service_lock_is_given_back_by_the_kernel(tmp_path: Path) -> None:
    database = tmp_path / "postiquette.db"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from postiquette.scheduler.lock import ServiceLock\n"
            "with ServiceLock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)",
            str(database),
        ],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(StateError, match=f"process {holder.pid}"), ServiceLock(database):
        pass
    found = heartbeat(database)
    assert found is not None
    assert found.pid == holder.pid
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert heartbeat(database) is None
    with ServiceLock(database):
        pass
