"""`postiquette run` as a process: publishes in time, takes changes in, stops when told, survives a restart in the middle."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests_support import states

from postiquette.scheduler.project import load_project, stamp_of
from postiquette.scheduler.systemd import unit

CONFIG = """
[publishing]
settle = "1s"
click_deadline = "2s"
look_again = ["1s"]

[accounts.ada]
site = "sandbox"
url = "{url}"
username = "ada"
password = "correct horse"
slots = ["daily 09:00"]
"""


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)


class Runner:
    def __init__(self, here: Path) -> None:
        self.here = here
        self.log = here / "run.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "postiquette", "run"],
                cwd=self.here,
                stderr=log,
                env={**os.environ, **environment},
            )
        wait_for(lambda: '"event": "ready"' in self.log.read_text(), "ready")
        return self.process

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=15)


@pytest.fixture
def runner(here: Path) -> Iterator[Runner]:
    made = Runner(here)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def at(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def declared(id_: str, seconds: float, text: str = "The ferry runs again from seven.") -> str:
    return f'[[posts]]\nid = "{id_}"\naccount = "ada"\ntext = "{text}"\nat = {at(seconds)}\n'


def test_it_publishes_in_time_and_takes_changed_files_in(configure, run, site, runner: Runner, here: Path) -> None:
    config = CONFIG.replace("{url}", site.url)
    first = declared("a", 0)
    configure(config + first)
    assert run("login", "ada").code == 0
    run("sync")
    process = runner.start()
    wait_for(lambda: len(site.state.toots) == 1, "the first post")
    assert run("status").out.startswith(f"The service is running (process {process.pid}).")
    second = run("run")
    assert (second.code, f"process {process.pid}" in second.err) == (2, True)
    assert run("publish").code == 2
    configure(config + first + declared("b", 1, "The bridge is open again."))
    process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(site.state.toots) == 2, "the post that was added while it ran")
    configure(config + first.replace('id = "a"', 'idd = "a"'))
    process.send_signal(signal.SIGHUP)
    wait_for(lambda: "is not taken in" in runner.log.read_text(), "the complaint")
    assert runner.stop() == 0
    assert [toot.text for toot in site.state.toots] == [
        "The ferry runs again from seven.",
        "The bridge is open again.",
    ]
    assert "correct horse" not in runner.log.read_text()


def test_a_restart_in_the_middle_loses_and_doubles_nothing(configure, run, site, runner: Runner) -> None:
    config = CONFIG.replace("{url}", site.url)
    posts = "".join(declared(f"p{n}", 0, f"Note {n} of the harbour master.") for n in range(5))
    configure(config + posts)
    run("login", "ada")
    run("sync")
    runner.start()
    wait_for(lambda: len(site.state.toots) >= 2, "two posts")
    runner.stop(signal.SIGKILL)
    runner.log.write_text("")
    runner.start()
    wait_for(lambda: len({toot.text for toot in site.state.toots}) == 5, "the rest")
    wait_for(lambda: {row["state"] for row in states(run, "--all")} == {"published"}, "all to be proven")
    runner.stop()
    assert len(site.state.toots) == 5


def test_a_stop_during_a_slow_answer_ends_within_ten_seconds(configure, run, site, runner: Runner) -> None:
    configure(CONFIG.replace("{url}", site.url) + declared("a", 0))
    run("login", "ada")
    run("sync")
    site.state.switch_on("silence")
    runner.start()
    wait_for(lambda: site.state.submissions, "the submission")
    began = time.monotonic()
    assert runner.stop() == 0
    assert time.monotonic() - began < 10
    runner.log.write_text("")
    runner.start()
    wait_for(lambda: states(run, "--all")[0]["state"] == "published", "the read-back")
    runner.stop()
    assert len(site.state.toots) == 1


def test_what_was_missed_is_said_and_not_sent(configure, run, site, runner: Runner) -> None:
    config = CONFIG.replace("{url}", site.url)
    configure(config + declared("a", 1).replace("[[posts]]", '[[posts]]\nlate = "0s"'))
    run("sync")
    time.sleep(1.5)
    runner.start()
    runner.stop()
    assert "missed while no service was running" in runner.log.read_text()
    assert [row["state"] for row in states(run, "--all")] == ["missed"]
    assert site.state.submissions == []


def test_it_tells_systemd(configure, run, site, runner: Runner, here: Path) -> None:
    configure(CONFIG.replace("{url}", site.url) + declared("a", 3600))
    run("sync")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(here / "notify"))
        listener.settimeout(10)
        runner.start(NOTIFY_SOCKET=str(here / "notify"))
        said = listener.recv(1000).decode()
        while "WATCHDOG=1" not in said:
            said += listener.recv(1000).decode()
        runner.stop()
        while "STOPPING=1" not in said:
            said += listener.recv(1000).decode()
    assert "READY=1" in said


def test_the_unit_is_hardened_and_leaves_chromiums_sandbox_alone(tmp_path: Path) -> None:
    text = unit(tmp_path / "postiquette.toml", [])
    for line in ("Type=notify", "NoNewPrivileges=yes", "ProtectSystem=strict", "WatchdogSec=90", "UMask=0077"):
        assert line in text
    for line in ("RestrictNamespaces=", "MemoryDenyWriteExecute=", "PrivateUsers="):
        assert line not in text


def test_the_unit_names_its_folders_for_systemd(tmp_path: Path) -> None:
    folder = tmp_path / "sp ace %h"
    text = unit(folder / "postiquette.toml", [tmp_path / "data"])
    assert f'--config "{tmp_path}/sp ace %%h/postiquette.toml" run' in text
    assert f'ReadWritePaths="{tmp_path}/sp ace %%h" "-{tmp_path}/data"' in text


def test_what_changes_while_it_is_read_is_another_change(configure, here: Path, monkeypatch) -> None:
    configure(CONFIG.replace("{url}", "http://127.0.0.1:9") + declared("a", 3600))
    file = here / "postiquette.toml"
    read = Path.read_bytes

    def read_and_edit(path: Path) -> bytes:
        found = read(path)
        if path.name == file.name:
            file.write_bytes(found + b"\n# one more line\n")
        return found

    monkeypatch.setattr(Path, "read_bytes", read_and_edit)
    project = load_project(file)
    assert stamp_of(project.configuration) != project.stamp


def test_a_locked_database_puts_a_change_off(configure, run, site, runner: Runner, here: Path) -> None:
    config = CONFIG.replace("{url}", site.url)
    configure(config + declared("a", 3600))
    run("sync")
    process = runner.start()
    lock = sqlite3.connect(here / "postiquette.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    configure(config + declared("a", 3600) + declared("b", 7200, "The bridge is open again."))
    process.send_signal(signal.SIGHUP)
    wait_for(lambda: "the next tick tries again" in runner.log.read_text(), "the complaint")
    lock.execute("ROLLBACK")
    wait_for(lambda: len(states(run)) == 2, "the change, at the next tick")
    assert runner.stop() == 0


def test_publish_says_who_is_signed_out(configure, run, site) -> None:
    configure(CONFIG.replace("{url}", site.url) + declared("a", 0))
    run("sync")
    for _ in range(2):
        result = run("publish")
        assert (result.code, "ada is signed out: postiquette login ada" in result.err) == (1, True)


def test_publish_does_one_round(configure, run, site) -> None:
    configure(CONFIG.replace("{url}", site.url) + declared("a", 0) + declared("b", 3600, "Later."))
    run("login", "ada")
    run("sync")
    assert run("publish").code == 0
    assert [toot.text for toot in site.state.toots] == ["The ferry runs again from seven."]
    assert run("publish").code == 0
    assert len(site.state.submissions) == 1
