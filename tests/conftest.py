from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
import structlog
from houses import HEAD, MONDAY, House

from postiquette.cli.main import main
from postiquette.queue.store import Store
from postiquette.sandbox.server import Sandbox, sandbox
from postiquette.scheduler import intake
from postiquette.scheduler.project import load_project

# no test depends on speed, so no example is failed for being slow
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

MEMBERS = {"ada": "correct horse", "bob": "battery staple"}


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting, home or configuration of the machine reaches a test."""
    for name in ("POSTIQUETTE_SECRETS_DIR", "CREDENTIALS_DIRECTORY", "POSTIQUETTE_SESSION_KEY", "NOTIFY_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("POSTIQUETTE_USER", "tester")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    # `run` and `publish` send the logs where they were told to; the next test has its own
    handlers = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Call the program as a function."""

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands run in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def configure(here: Path) -> Callable[[str], Path]:
    """Write a configuration into the folder that commands run in."""

    def write(text: str) -> Path:
        file = here / "postiquette.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture(scope="session")
def _site() -> Iterator[Sandbox]:
    with sandbox(MEMBERS) as site:
        yield site


@pytest.fixture
def site(_site: Sandbox) -> Sandbox:
    """A sandbox without posts, sessions or faults."""
    for kept in (_site.state.toots, _site.state.submissions, _site.state.sessions, _site.state.faults):
        kept.clear()
    return _site


@pytest.fixture
def house(here: Path, site: Sandbox) -> Callable[..., House]:
    """Build a house from posts, signed out as yet."""

    def build(posts: str, head: str = HEAD) -> House:
        file = here / "postiquette.toml"
        file.write_text(head.replace("{url}", site.url) + posts, encoding="utf-8")
        project = load_project(file)
        store = Store.open(project.configuration.database_url, create=True)
        intake.take_in(project, store, MONDAY, "test", even_if_alarming=True)
        return House(project, store, site)

    return build
