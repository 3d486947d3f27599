"""What reviews found, each with the test that would have caught it."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from houses import HEAD, MONDAY, House, post
from tests_support import states

from postiquette.model import SeenPost
from postiquette.publishing.publisher import Publisher
from postiquette.publishing.recent import NEWEST, look_for, reaches_back
from postiquette.publishing.sessions import Sessions
from postiquette.scheduler import intake
from postiquette.scheduler.project import load_project

NINE = MONDAY + timedelta(hours=3)
ELEVEN = MONDAY + timedelta(hours=11)


def test_a_description_that_does_not_know_the_request_never_sends_twice(house, here: Path) -> None:
    """A request that passes beside the gate may have been the post: unknown, not "not sent"."""
    spec = """
[sites.mine]
title = "Mine"
terms = "Mine."
[sites.mine.login]
url = "/login"
signed_out = "/login"
signed_in = { label = "What would you like to say?" }
steps = [
    { fill = { label = "Name" }, secret = "username" },
    { fill = { label = "Password" }, secret = "password" },
    { click = { role = "button", name = "Sign in" } },
]
[sites.mine.composer]
url = "/compose"
text = { label = "What would you like to say?" }
[sites.mine.submit]
button = { role = "button", name = "Post" }
request = "POST /api/statuses"
permalink = "{url}"
[sites.mine.recent]
url = "/api/me/posts"
json_items = "posts"
json_text = "text"
json_url = "url"
"""
    made = house(post("a"), head=spec + HEAD.replace('site = "sandbox"', 'site = "mine"', 1))
    made.work(NINE, *[timedelta(minutes=2)] * 4)
    assert made.texts() == ["The ferry runs again from seven."]
    assert made.states() == {"a@ada": "published"}


def test_absence_means_something_only_where_the_list_goes_back(house) -> None:
    full = [SeenPost(f"u{n}", f"text {n}") for n in range(NEWEST)]
    assert not reaches_back(full, ["older"])
    assert reaches_back(full, ["u19", "older"])
    assert reaches_back(full[:-1], [])
    made = house(post("a"))
    made.site.state.switch_on("error-after")
    made.work(NINE)
    for number in range(NEWEST + 1):
        made.site.state.publish("ada", f"By hand, number {number}.", [], None)
    made.work(*[timedelta(minutes=2)] * 3, sign_in=False)
    assert made.texts().count("The ferry runs again from seven.") == 1
    assert made.states() == {"a@ada": "unconfirmed"}


def test_a_post_that_was_there_before_is_not_taken_for_the_new_one() -> None:
    old = SeenPost("u1", "Same words.")
    assert look_for("Same words.", [old], ["u1"]) == []
    assert look_for("Same words.", [old], []) == [old]


def test_a_clock_that_steps_back_frees_no_ask(house) -> None:
    texts = ["Note one on ferries.", "Note two on harbours.", "Pls RT!", "RT pls"]
    at = '"2026-06-01T09:00:00"'.strip('"')
    made = house("".join(post(f"p{n}", text, at=at) for n, text in enumerate(texts[:2])))
    made.work(NINE)
    more = house("".join(post(f"p{n}", text, at=at, late='"9h"') for n, text in enumerate(texts)))
    more.work(NINE + timedelta(hours=1), sign_in=False)
    assert more.texts().count("Pls RT!") + more.texts().count("RT pls") == 1
    more.work(NINE + timedelta(minutes=30), NINE + timedelta(hours=2), sign_in=False)
    assert more.texts().count("Pls RT!") + more.texts().count("RT pls") == 1


def test_an_audience_that_is_changed_keeps_the_ratio(house, here: Path) -> None:
    asks = "".join(post(f"ask{n}", f"Pls RT number {n}!", at=f"2026-06-02T{9 + n:02}:00:00") for n in range(3))
    made = house(asks)
    values = "".join(
        post(f"v{n}", f"Note {n} of the harbour master.", at=f"2026-06-01T{9 + n:02}:00:00") for n in range(4)
    )
    file = here / "postiquette.toml"
    file.write_text(file.read_text().replace('username = "ada"', 'username = "ada"\naudience = "team"') + values)
    project = load_project(file)
    intake.take_in(project, made.store, MONDAY, "test", even_if_alarming=True)
    changed = House(project, made.store, made.site)
    changed.work(*(MONDAY + timedelta(hours=h) for h in range(3, 34)))
    asked = [text for text in changed.texts() if "RT" in text]
    assert len(asked) == 2
    assert {delivery.audience for delivery in changed.deliveries().values()} == {"team"}


@pytest.fixture
def monday():
    with time_machine.travel("2026-06-01T06:00:00Z", tick=False):
        yield


BASE = '[accounts.board]\nsite = "sandbox"\nurl = "http://127.0.0.1:9"\nslots = ["daily 09:00", "daily 17:30"]\n'


def board(id_: str, text: str = "The ferry runs again from seven.", **more: str) -> str:
    return post(id_, text, account='"board"', **more)


def test_a_post_that_comes_back_to_its_file_comes_back(configure, run, monday) -> None:
    many = "".join(board(f"p{n}", f"Text number {n} here.") for n in range(6))
    configure(BASE + many)
    run("sync")
    configure(BASE + many.replace(board("p5", "Text number 5 here."), ""))
    assert "- p5@board" in run("sync").out
    configure(BASE + many)
    assert "~ p5@board" in run("sync").out
    assert len(states(run)) == 6


def test_a_zone_that_is_changed_moves_what_was_written_in_local_time(configure, run, monday) -> None:
    text = BASE + board("a", at="2026-07-04T09:00:00")
    configure('[service]\ntimezone = "Europe/Amsterdam"\n' + text)
    run("sync")
    configure('[service]\ntimezone = "America/New_York"\n' + text)
    run("sync")
    assert states(run)[0]["due_at"] == "2026-07-04T13:00:00Z"


def test_a_corrected_post_that_was_held_gets_a_slot_to_come(house, here: Path) -> None:
    made = house(post("a", "Pls RT!"))
    made.work(NINE)
    assert made.states() == {"a@ada": "held"}
    file = here / "postiquette.toml"
    file.write_text(file.read_text().replace("Pls RT!", "The pier is open on Sundays, too."))
    intake.take_in(load_project(file), made.store, NINE + timedelta(days=3), "test", even_if_alarming=True)
    assert made.deliveries()["a@ada"].due_at > NINE + timedelta(days=3)


def test_a_siblings_wording_cannot_be_changed_once_one_is_out(house, here: Path, run) -> None:
    head = HEAD.replace('username = "ada"', 'username = "ada"\naudience = "us"').replace(
        'username = "bob"', 'username = "bob"\naudience = "us"'
    )
    head = head.replace('slots = ["daily 09:00", "daily 17:00"]\n', 'slots = ["daily 09:00"]\n', 1)
    tail = head.rpartition('slots = ["daily 09:00", "daily 17:00"]')
    head = tail[0] + 'slots = ["daily 17:00"]' + tail[2]
    made = house(post("a", account='["ada", "bob"]'), head=head)
    made.work(NINE)
    file = here / "postiquette.toml"
    file.write_text(file.read_text().replace("from seven", "from eight"))
    changes = intake.take_in(load_project(file), made.store, NINE, "test", even_if_alarming=True)
    assert [message.split()[0] for message in changes.refused] == ["a@ada", "a@bob"]
    with time_machine.travel(NINE, tick=False):
        assert run("edit", "a@bob", "Other words.").code == 2
    made.work(ELEVEN, sign_in=False)
    assert made.texts("bob") == ["The ferry runs again from seven."]


def test_a_refused_post_that_is_sent_again_counts_from_then(house, run) -> None:
    made = house(post("a"))
    made.site.state.switch_on("refuse")
    made.work(NINE)
    assert made.deliveries()["a@ada"].intent_at is None
    with time_machine.travel(NINE + timedelta(days=1), tick=False):
        assert run("reschedule", "a", "--at", "2026-06-03T09:00").code == 0
    made.work(NINE + timedelta(days=2), sign_in=False)
    assert made.deliveries()["a@ada"].intent_at == NINE + timedelta(days=2)


def test_a_thread_refused_in_the_middle_can_go_on(house, run) -> None:
    made = house(post("a", thread='["One.", "Two.", "Three."]'))
    made.site.state.switch_on("refuse", after=1)
    made.work(NINE)
    assert made.states() == {"a@ada": "refused"}
    with time_machine.travel(NINE, tick=False):
        assert run("reschedule", "a", "--at", "2026-06-01T10:00").code == 0
    made.work(NINE + timedelta(hours=1), sign_in=False)
    assert made.texts() == ["One.", "Two.", "Three."]


def test_an_approval_lets_every_held_post_go(house, run) -> None:
    made = house(post("a", at="2026-06-01T09:00:00") + post("b", at="2026-06-01T10:00:00"))
    made.work(NINE, timedelta(hours=1))
    assert made.states() == {"a@ada": "published", "b@ada": "held"}
    with time_machine.travel(NINE + timedelta(hours=1), tick=False):
        assert run("approve", "b", "--reason", "said twice on purpose").code == 0
    made.work(timedelta(minutes=1), sign_in=False)
    assert made.states()["b@ada"] == "published"


def test_pause_holds_while_a_post_is_prepared(house, run) -> None:
    made = house(post("a"))
    made.work()
    original = Publisher.patiently

    async def paused_meanwhile(self, step):
        result = await original(self, step)
        await asyncio.get_running_loop().run_in_executor(None, lambda: pause(made))
        return result

    Publisher.patiently = paused_meanwhile
    try:
        made.work(NINE, sign_in=False)
    finally:
        Publisher.patiently = original
    assert made.site.state.submissions == []
    assert made.states() == {"a@ada": "scheduled"}


def pause(made: House) -> None:
    from postiquette.queue import leases
    from postiquette.queue.leases import Switch

    with made.store.begin() as connection:
        leases.pause(connection, Switch("*", "tester", MONDAY, "stop"))


def test_a_picture_that_is_gone_fails_one_post_and_nothing_else(house, here: Path) -> None:
    (here / "gone.png").write_bytes(b"x")
    made = house(post("a", media='[{ path = "gone.png" }]') + post("b", "Another one.", account='"bob"'))
    (here / "gone.png").unlink()
    made.work(NINE)
    assert made.states() == {"a@ada": "failed", "b@bob": "published"}


def test_a_session_that_cannot_be_read_stops_its_account_only(house, here: Path) -> None:
    made = house(post("a") + post("b", "Another one.", account='"bob"'))
    made.work()
    (here / "postiquette-data" / "sessions" / "ada.session").write_bytes(b"not sealed with our key")
    made.work(NINE, sign_in=False)
    assert made.states() == {"a@ada": "scheduled", "b@bob": "published"}
    assert (here / "postiquette-data" / "sessions" / "ada.session").read_bytes() == b"not sealed with our key"


def test_sessions_are_sealed_and_private(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    sessions.save("ada", {"cookies": [{"name": "s", "value": "very secret"}], "origins": []})
    sessions.save("ada", {"cookies": [], "origins": []})
    for file in (tmp_path / "sessions").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
        assert b"very secret" not in file.read_bytes()
    assert sessions.load("ada") == {"cookies": [], "origins": []}
    assert (tmp_path / "sessions" / "ada.previous").exists()


def test_a_crashed_page_and_a_dead_browser_are_replaced(house) -> None:
    made = house(post("a") + post("b", "The bridge is open again."))

    async def crash_between() -> None:
        from postiquette.scheduler.dispatch import Dispatcher

        publisher = Publisher(made.project.configuration, retry_wait=0)
        await publisher.login("ada", patience=20)
        clock = NINE
        dispatcher = Dispatcher(made.project, made.store, publisher, worker="t", now=lambda: clock, wall=made.wall)
        async with publisher.at("ada") as visit:
            for process in Path("/proc").glob("[0-9]*"):
                await kill_renderer(process)
            assert visit.seat.page is not None
        for step in range(4):
            clock = NINE + timedelta(hours=8 * (step > 1), minutes=10 * step)
            await dispatcher.round()
        await publisher.close()

    asyncio.run(asyncio.wait_for(crash_between(), 120))
    assert sorted(made.texts()) == ["The bridge is open again.", "The ferry runs again from seven."]


async def kill_renderer(process: Path) -> None:
    import os
    import signal

    try:
        arguments = (process / "cmdline").read_bytes()
        parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:
        return
    if b"--type=renderer" in arguments and descends_from_us(parent):
        os.kill(int(process.name), signal.SIGKILL)
    await asyncio.sleep(0)


def descends_from_us(pid: str) -> bool:
    import os

    while pid not in ("0", "1"):
        if int(pid) == os.getpid():
            return True
        try:
            pid = (Path("/proc") / pid / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            return False
    return False


def test_two_workers_cannot_spend_the_last_ask_both(house) -> None:
    """Two dispatchers, two accounts, one audience, one ask left: the audience's lock decides."""
    head = HEAD.replace('username = "ada"', 'username = "ada"\naudience = "us"').replace(
        'username = "bob"', 'username = "bob"\naudience = "us"'
    )
    values = "".join(post(f"v{n}", f"Note {n} of the harbour.", at="2026-06-01T09:00:00") for n in range(2))
    asks = post("x", "Pls RT!", at="2026-06-01T10:00:00") + post(
        "y", "RT pls", account='"bob"', at="2026-06-01T10:00:00"
    )
    made = house(values + asks, head=head)
    made.work(NINE)
    workers = [
        threading.Thread(target=House(made.project, made.store, made.site, worker=name).work,
                         args=(NINE + timedelta(hours=1),), kwargs={"sign_in": False, "alone": False})
        for name in ("one", "two")
    ]  # fmt: skip
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    asked = [text for text in made.texts("ada") + made.texts("bob") if "RT" in text]
    assert len(asked) == 1
    assert replace(made.deliveries()["x@ada"]).state != made.deliveries()["y@bob"].state
