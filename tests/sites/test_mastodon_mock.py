"""A real site that we did not write: mastodon-mock's web client, by the description that ships in docs/examples."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests_support import states

from postiquette.config.load import load_configuration
from postiquette.publishing.publisher import Publisher

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / ".sites" / "mastodon-mock" / "bin" / "mastodon_mock"
EXAMPLE = ROOT / "docs" / "examples" / "mastodon-mock.toml"

SERVER = """
[server]
host = "127.0.0.1"
port = {port}
[database]
path = "{folder}/db.sqlite"
[[seed.accounts]]
username = "alice"
display_name = "Alice"
access_token = "alice_token"
email = "alice@example.test"
"""


class Mock:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, path: str, body: object = None, method: str | None = None) -> object:
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(body).encode() if body is not None else None,
            method=method,
            headers={"Authorization": "Bearer alice_token", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def texts(self) -> list[str]:
        statuses = self.ask("/api/v1/timelines/home?limit=40")
        assert isinstance(statuses, list)
        return [status["content"].replace("<p>", "").replace("</p>", "") for status in reversed(statuses)]


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[Mock]:
    assert PROGRAM.exists(), "`make test` installs mastodon-mock"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "mock.toml"
    config.write_text(SERVER.format(port=port, folder=tmp_path))
    address = ["--host", "127.0.0.1", "--port", str(port), "--domain", f"127.0.0.1:{port}"]
    command = [str(PROGRAM), "serve", "--config", str(config), *address, "--log-level", "warning"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = Mock(port)
    for _ in range(300):
        try:
            made.ask("/api/v2/instance")
            break
        except OSError:
            time.sleep(0.1)
    yield made
    server.terminate()
    server.wait()


def at(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_the_whole_way_through_run_with_a_restart_in_the_middle(here: Path, run, mock: Mock) -> None:
    """Posts, an ask that is earned, one that is rewritten, one that is held; killed and started again half way."""
    texts = {
        "tides": "The tide tables for June hang at the pier, next to the ferry times.",
        "clock": "How we mended the church clock: a spring, a file and three evenings.",
        "earned": "Please share the ferry times with your neighbours!",
        "rewritten": "The swimming pool opens on Saturday at nine. Please share it with your friends!",
        "held": "Pls RT!",
    }
    config = EXAMPLE.read_text().replace("http://127.0.0.1:8082", mock.url).partition("[[posts]]")[0]
    # a pause after the second, in which it is killed
    times = dict(zip(texts, map(at, (0, 2, 12, 13, 14)), strict=True))
    config += "".join(
        f'[[posts]]\nid = "{id_}"\naccount = "alice"\ntext = "{text}"\nat = {times[id_]}\n'
        for id_, text in texts.items()
    )
    # where the kill falls between the click and its record, the post is looked for at once, and has to be found
    config += '\n[publishing]\nsettle = "0s"\nclick_deadline = "5s"\n'
    (here / "postiquette.toml").write_text(config)
    assert run("login", "alice").code == 0
    assert run("sync").code == 0
    process = start(here)
    wait_for(lambda: len(mock.texts()) >= 2, here / "run.log", pause=0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process = start(here)
    wait_for(lambda: all(row["state"] in ("published", "held") for row in states(run, "--all")), here / "run.log")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0
    shown = {row["post"]: row for row in states(run, "--all")}
    assert shown["held"]["state"] == "held"
    published = mock.texts()
    assert sorted(published) == sorted(set(published)), "something went out twice"
    assert "The swimming pool opens on Saturday at nine." in published
    assert "Please share the ferry times with your neighbours!" in published
    assert not any("Pls RT" in text for text in published)
    assert len(published) == 4
    for row in shown.values():
        if row["state"] == "published":
            assert row["url"].startswith(mock.url + "/_ui/statuses/")


@pytest.mark.parametrize("empty", ["p.muted.center:text('timeline is empty')", "p.muted.center"])
def test_own_posts_are_read_once_the_page_has_them(here: Path, run, mock: Mock, empty: str) -> None:
    """The client says "Loading…" first, in the very element that says "empty" later: not to be taken for no posts."""
    config = EXAMPLE.read_text().replace("http://127.0.0.1:8082", mock.url).partition("[[posts]]")[0]
    assert 'empty = { css = "p.muted.center' in config
    config = config.replace("p.muted.center:text('timeline is empty')", empty)
    (here / "postiquette.toml").write_text(config)
    assert run("login", "alice").code == 0
    publisher = Publisher(load_configuration(here / "postiquette.toml"))

    async def texts() -> list[list[str]]:
        read = []
        async with publisher.at("alice") as visit:
            for said in ("The ferry runs.", "The pier is open."):
                read.append([post.text for post in await visit.recent()])
                await asyncio.to_thread(mock.ask, "/api/v1/statuses", {"status": said})
            read.append([post.text for post in await visit.recent()])
        await publisher.close()
        return read

    assert asyncio.run(texts()) == [[], ["The ferry runs."], ["The pier is open.", "The ferry runs."]]


def test_an_error_without_proof_is_unconfirmed_and_not_repeated(here: Path, run, mock: Mock) -> None:
    """The client shows nothing on a 503, and keeps the text: no error visible is not success, and no reason to click again."""
    settings = '\n[publishing]\nsettle = "0s"\nclick_deadline = "1s"\nlook_again = []\n'
    config = EXAMPLE.read_text().replace("http://127.0.0.1:8082", mock.url).partition("[[posts]]")[0] + settings
    config += f'[[posts]]\nid = "a"\naccount = "alice"\ntext = "The ferry runs."\nat = {at(0)}\n'
    (here / "postiquette.toml").write_text(config)
    run("login", "alice")
    run("sync")
    effect = {"type": "status", "status": 503, "body": {"error": "busy"}}
    match = {"methods": ["POST"], "path": "/api/v1/statuses"}
    mock.ask("/api/v1/_mock/faults", {"match": match, "effect": effect, "remaining": 1})
    assert run("publish").code == 1
    assert states(run)[0]["state"] == "unconfirmed"
    assert run("publish").code == 1
    assert mock.texts() == []
    mock.ask("/api/v1/_mock/faults", method="DELETE")
    assert run("resolve", "a", "--not-published").code == 0
    assert run("publish").code == 0
    assert mock.texts() == ["The ferry runs."]


def start(here: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "postiquette", "run"]
    with (here / "run.log").open("ab") as log:
        return subprocess.Popen(command, cwd=here, stderr=log, env=os.environ.copy())


def wait_for(condition, log: Path, seconds: float = 90, pause: float = 0.2) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, log.read_text()
        time.sleep(pause)
