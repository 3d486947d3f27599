"""`plan` and `ledger` as a person uses them: what is left over, what is moved, and what was given and asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from houses import post

HEAD = """[policy.rules]
repeated-ask = "off"

[accounts.ada]
site = "sandbox"
url = "http://127.0.0.1:9"
slots = ["daily 09:00"]

"""
ASKS = post("ask0", "Pls RT!") + post("ask1", "Tell your friends!")
ASKS += "".join(post(f"v{n}", f"Note {n} of the harbour master: the ferry runs at {n + 6}.") for n in range(4))
RATIO = '[policy]\nratio = "1:2"\n\n'
NOTES = [post(f"v{n}", f"Note {n} of the harbour master: the ferry runs at {n + 6}.") for n in range(4)]


@pytest.fixture
def queue(here: Path) -> Iterator[Path]:
    """A Monday, and a configuration whose queue each test writes."""
    (here / "postiquette.toml").write_text(HEAD, encoding="utf-8")
    with time_machine.travel("2026-06-01T06:00:00Z", tick=False):
        yield here


def only(queue: Path, text: str) -> Path:
    """A queue of these posts and no others."""
    file = queue / "postiquette.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


def test_a_plan_is_read_by_machines_and_applied(queue: Path, run) -> None:
    file = only(queue, ASKS)
    file.write_text(RATIO + file.read_text())
    run("sync")
    proposed = json.loads(run("plan", "--format", "json").out)
    assert {move["id"] for move in proposed["moves"]} == {"ask0@ada", "ask1@ada"}
    assert proposed["left"] == []
    assert run("check").code == 1
    assert run("plan", "--apply").code == 0
    assert run("plan").out == "No post has to move.\n"
    assert run("check").code == 0


def test_where_no_order_helps_the_plan_says_so(queue: Path, run) -> None:
    only(queue, post("only", "Pls RT!", at="2026-06-03T09:00:00"))
    run("sync")
    told = run("plan")
    assert told.code == 1
    assert "only@ada stays: " in told.out
    assert "nothing has been given to this audience yet" in told.out
    assert [one["id"] for one in json.loads(run("plan", "--format", "json").out)["left"]] == ["only@ada"]


def test_a_plan_keeps_series_in_order_and_fixed_posts_in_place(queue: Path, run) -> None:
    series = post("s1", "Pls RT!", series='"s"') + post("s2", "The second part tells of tides.", series='"s"')
    fixed = post("market", "The market opens at noon.", at='"2026-06-02T12:00:00"')
    file = only(queue, series + fixed + "".join(NOTES))
    file.write_text(RATIO + file.read_text())
    run("sync")
    assert json.loads(run("plan", "--format", "json").out) == {
        "exact": True,
        "moves": [
            {"id": "s1@ada", "from": "2026-06-01T09:00:00Z", "to": "2026-06-07T09:00:00Z"},
            {"id": "s2@ada", "from": "2026-06-02T09:00:00Z", "to": "2026-06-08T09:00:00Z"},
        ],
        "left": [],
        "displaced": [],
        "notes": [],
    }
    due = {row["post"]: row["due_at"] for row in json.loads(run("list", "--format", "json").out)}
    assert due["s1"] < due["s2"] < due["market"], "a plan that is only shown moves nothing"
    run("plan", "--apply")
    due = {row["post"]: row["due_at"][:16] for row in json.loads(run("list", "--format", "json").out)}
    assert (due["s1"], due["s2"], due["market"]) == ("2026-06-07T09:00", "2026-06-08T09:00", "2026-06-02T12:00")
    assert json.loads(run("plan", "--format", "json").out) == {
        "exact": True,
        "moves": [],
        "left": [],
        "displaced": [],
        "notes": [],
    }


def test_a_plan_leaves_as_few_over_as_it_can(queue: Path, run) -> None:
    asks = post("f1", "Pls RT!", at='"2026-06-04T12:00:00"')
    asks += post("f2", "The mast is up again. Tell your friends!", at='"2026-06-05T12:00:00"')
    file = only(queue, "".join(NOTES[:2]) + asks)
    file.write_text(RATIO + file.read_text())
    run("sync")
    told = run("plan")
    assert (told.code, " ".join(told.out.split())) == (
        1,
        "f2@ada stays: no slot helps. over-ratio: 1 of 1 asks used in the last 20 posts and last 30 days (2 value posts). "
        "It would be rewritten. 0 posts to move, 1 left over (nothing better exists).",
    )


def test_a_plan_says_whose_place_a_deferral_would_take(queue: Path, run) -> None:
    asks = post("slot", "Pls RT!") + "".join(NOTES[:2])
    asks += post("fixed", "The mast is up again. Tell your friends!", at='"2026-06-20T12:00:00"')
    file = only(queue, asks)
    file.write_text(
        '[policy]\nratio = "1:2"\ndefer_within = "3d"\ngrace = 0\non_excess = ["defer", "hold"]\n\n' + file.read_text()
    )
    run("sync")
    told = " ".join(run("plan").out.split())
    assert "slot@ada stays" in told, told
    assert "fixed@ada passes only until then: it would be held for you." in told, told
    found = json.loads(run("plan", "--format", "json").out)
    assert [one["id"] for one in found["displaced"]] == ["fixed@ada"]


@pytest.mark.parametrize(
    ("text", "ratio", "refused"),
    [("Our survey is open. Please share!", "1:1", {"far@bob"}), ("Tip 1: rest the dough.", "1:3", set())],
)
def test_a_plan_counts_a_post_again_where_it_comes_again_much_later(
    queue: Path, run, text: str, ratio: str, refused: set[str]
) -> None:
    posts = post("v", "Tip 2: salt comes last.") + post("far", text, account='["ada", "bob"]')
    if not refused:
        posts += post("end", "Open until noon. Pls share!", at='"2026-06-25T12:00:00"')
    file = only(queue, posts)
    head, _, posts = file.read_text().partition("[[posts]]")
    bob = '[accounts.bob]\nsite = "sandbox"\nurl = "http://127.0.0.1:9"\naudience = "ada"\nslots = ["Wed 12:00"]\n\n'
    file.write_text(f'[policy]\nratio = "{ratio}"\ngrace = 0\n\n{head}{bob}[[posts]]{posts}')
    run("sync")
    run("reschedule", "far@bob", "--at", "2026-06-17T12:00")
    planned = json.loads(run("plan", "--format", "json").out)
    shown = json.loads(run("preview", "--format", "json").out)["posts"]
    assert {one["id"] for one in planned["left"]} == refused
    assert {one["id"] for one in shown if one["decision"] != "allow"} == refused


def test_a_plan_for_files_that_the_queue_does_not_know_is_not_applied(queue: Path, run) -> None:
    file = only(queue, ASKS)
    run("sync")
    file.write_text(file.read_text() + post("new", "The new kiosk sells tea."))
    refused = run("plan", "--apply")
    assert (refused.code, "`postiquette sync` first" in refused.err) == (2, True)


def test_the_ledger_is_drawn_with_what_was_made_by_hand(queue: Path, run) -> None:
    posts = [{"at": f"2026-05-{day}T09:00:00Z", "text": f"Note {day}."} for day in range(20, 26)]
    posts.append({"at": "2026-05-27T09:00:00Z", "text": "Please share this!", "id": "img"})
    (queue / "mine.jsonl").write_text("\n".join(map(json.dumps, posts)))
    run("import-history", "mine.jsonl", "--account", "ada")
    assert "by-hand-img" in run("ledger").out
    assert "25 May 2026" in run("ledger", "--chart").out
    assert run("ledger", "--html", "ledger.html").code == 0
    page = (queue / "ledger.html").read_text(encoding="utf-8")
    assert "by-hand-img" in page
    # a year stands once, below the first of its weeks, where it covers no other label
    assert (page.count(">25 May</text>"), page.count(">2026</text>")) == (1, 1)


def test_weeks_without_posts_are_drawn_too(queue: Path, run) -> None:
    posts = [{"at": f"2026-05-{day:02}T09:00:00Z", "text": f"Note {day}: the ferry runs at seven."} for day in (5, 26)]
    (queue / "mine.jsonl").write_text("\n".join(map(json.dumps, posts)))
    assert run("import-history", "mine.jsonl", "--account", "ada").code == 0
    shown = run("ledger", "ada", "--chart")
    assert shown.code == 0, shown
    weeks = [line.split("  ")[1] for line in shown.out.splitlines()[1:]]
    assert weeks == ["04 May 2026", "11 May 2026", "18 May 2026", "25 May 2026"]


def test_a_plan_tells_of_every_account_of_what_is_left(queue: Path, run) -> None:
    file = queue / "postiquette.toml"
    accounts = HEAD.replace("[accounts.ada]", '[accounts.ada]\naudience = "us"')
    accounts += (
        '[accounts.bob]\nsite = "sandbox"\nurl = "http://127.0.0.1:9"\nslots = ["daily 10:00"]\naudience = "us"\n\n'
    )
    policy = '[policy]\nratio = "1:2"\ngrace = 0\ndefer_within = "2d"\non_excess = ["defer", "block"]\n\n'
    asks = post("both", "Pls RT!", account='["ada", "bob"]') + "".join(NOTES[:2])
    asks += post("fixed", "The mast is up again. Tell your friends!", at='"2026-06-20T12:00:00"')
    file.write_text(policy + accounts + asks)
    run("sync")
    found = json.loads(run("plan", "--format", "json").out)
    deferred = {one["id"] for one in found["left"] if one["decision"] == "defer"}
    shown = {one["id"]: one["decision"] for one in json.loads(run("preview", "--format", "json").out)["posts"]}
    assert {key for key, decision in shown.items() if decision == "defer"} == deferred
    assert bool(deferred) == bool(found["displaced"])


def test_a_plan_and_a_preview_agree_on_what_is_left(queue: Path, run) -> None:
    sandbox = 'site = "sandbox"\nurl = "http://127.0.0.1:9"\naudience = "one"\n'
    accounts = f'[accounts.x]\n{sandbox}slots = ["Tue 08:00", "Wed 08:00"]\n\n'
    accounts += f'[accounts.y]\n{sandbox}slots = ["Mon 09:00"]\n\n'
    policy = '[policy]\nratio = "1:2"\non_excess = ["hold"]\n\n[policy.rules]\nrepeated-ask = "off"\n\n'
    posts = post("v1", "Rain water is the best for ferns.", account='"x"', at='"2026-06-01T08:00:00Z"')
    posts += post("both", "RT if you miss the spring", account='["y", "x"]')
    posts += post("v2", "A north window suits orchids.", account='"x"', at='"2026-06-01T10:00:00Z"')
    (queue / "postiquette.toml").write_text(policy + accounts + posts + post("last", "Pls RT!", account='"x"'))
    shown = {one["id"]: one["decision"] for one in json.loads(run("preview", "--format", "json").out)["posts"]}
    assert shown["both@x"] == "allow"
    made = run("plan", "--format", "json")
    found = json.loads(made.out)
    assert {one["id"] for one in found["left"]} == {key for key, decision in shown.items() if decision == "hold"}
    assert (made.code, found["exact"]) == (1, False)
    assert "2 left over (the best that was found)" in run("plan").out


def test_a_week_whose_posts_are_out_is_not_drawn_as_planned(queue: Path, run) -> None:
    only(queue, "")
    (queue / "mine.jsonl").write_text('{"at": "2026-06-01T05:00:00Z", "text": "The ferry runs at seven."}')
    assert run("import-history", "mine.jsonl", "--account", "ada").code == 0
    [_, week] = run("ledger", "ada", "--chart").out.splitlines()
    assert "1 given" in week
    assert "planned" not in week


def test_the_ledger_names_its_audiences_and_draws_what_is_planned(queue: Path, run) -> None:
    only(queue, "".join(NOTES) + post("ask", "Pls RT!"))
    assert run("ledger", "ada", "--chart").out.splitlines()[1:] == [
        "  01 Jun 2026  ████                       4 given  ▲       1 asked  1 of 1 used at its end  (planned)"
    ]
    assert "did you mean 'ada'?" in run("ledger", "ad").err
