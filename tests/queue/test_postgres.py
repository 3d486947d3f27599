"""The same house on a real PostgreSQL, where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from houses import HEAD, MONDAY, House, post

from postiquette.preview.outline import outline
from postiquette.queue import books, leases
from postiquette.queue.store import Store
from postiquette.queue.tables import metadata
from postiquette.scheduler import intake
from postiquette.scheduler.health import health
from postiquette.scheduler.project import load_project


def program(name: str) -> str | None:
    places = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *places]))


def as_somebody() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL cannot run as root, and there is no user for it")
    return ["runuser", "-u", "postgres", "--"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    initdb, postgres = program("initdb"), program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("PostgreSQL is not installed")
    prefix = as_somebody()
    with tempfile.TemporaryDirectory(prefix="postiquette-pg-") as name:
        folder = Path(name)
        if prefix:
            shutil.chown(folder, "postgres")
        subprocess.run(
            [*prefix, initdb, "-D", str(folder / "data"), "-U", "tester", "-A", "trust", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
        process = subprocess.Popen(
            [*prefix, postgres, "-D", str(folder / "data"), "-p", str(port), *settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        try:
            yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()
            process.wait()


@pytest.fixture
def store(server: str) -> Iterator[Store]:
    engine = sa.create_engine(server)
    for _ in range(100):
        try:
            with engine.begin() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
            break
        except sa.exc.OperationalError:
            threading.Event().wait(0.1)
    engine.dispose()
    made = Store.open(server, create=True)
    yield made
    made.close()


def test_migrations_make_the_tables(store: Store) -> None:
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_whole_way_through(store: Store, server: str, here: Path, site) -> None:
    file = here / "postiquette.toml"
    head = HEAD.replace("{url}", site.url) + f'\n[service]\ndatabase = "{server}"\n'
    texts = ["Note one on ferries.", "Note two on harbours.", "Pls RT!", "RT pls"]
    file.write_text(head + "".join(post(f"p{n}", text) for n, text in enumerate(texts)))
    project = load_project(file)
    intake.take_in(project, store, MONDAY, "test", even_if_alarming=True)
    made = House(project, store, site)
    made.work(MONDAY + timedelta(hours=3))
    site.state.switch_on("error-after")
    made.work(*(MONDAY + timedelta(hours=h) for h in range(10, 60, 2)), sign_in=False)
    assert made.texts() == texts[:3]
    assert made.states() == {"p0@ada": "published", "p1@ada": "published", "p2@ada": "published", "p3@ada": "held"}


def test_the_services_at_work_are_known(store: Store, server: str, here: Path, site) -> None:
    file = here / "postiquette.toml"
    file.write_text(HEAD.replace("{url}", site.url) + f'\n[service]\ndatabase = "{server}"\n' + post("p", "Note one."))
    project = load_project(file)
    assert health(project, store, MONDAY).lines()[0] == "The service is not running."
    services = [Store.open(server, service=f"{'a-long-name-' * n}host:{4_000_000 + n}") for n in (0, 9)]
    found = health(project, store, MONDAY)
    for one in services:
        one.close()
    assert "The service is running (process 4000000 on host)." in found.lines()
    assert {one.pid for one in found.services} == {4_000_000, 4_000_009}
    assert found.as_json()["running"]
    assert not found.silent
    # the server takes a moment to notice
    for _ in range(100):
        if not (left := health(project, store, MONDAY).services):
            break
        threading.Event().wait(0.1)
    assert left == ()


def test_an_empty_database_is_no_fault_before_the_first_sync(server: str, here: Path, site) -> None:
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    file = here / "postiquette.toml"
    file.write_text(HEAD.replace("{url}", site.url) + f'\n[service]\ndatabase = "{server}"\n' + post("p", "Note one."))
    [line] = outline(load_project(file), MONDAY).lines
    assert line.key == "p@ada"


def test_two_at_once_wait_for_each_other(store: Store) -> None:
    """The first rows of an audience and an account, asked for by many at once; and the audience's lock."""
    order: list[str] = []
    errors: list[Exception] = []

    def work(name: str) -> None:
        try:
            with store.begin() as connection:
                leases.register(connection, ["ada"])
                books.lock(connection, "us")
                order.append(f"{name} in")
                threading.Event().wait(0.05)
                order.append(f"{name} out")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [entry.split()[1] for entry in order] == ["in", "out"] * 4
