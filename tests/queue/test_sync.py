from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from tests_support import states

BASE = """
[service]
timezone = "Europe/Amsterdam"

[accounts.board]
site = "sandbox"
url = "http://127.0.0.1:9"
slots = ["daily 09:00", "daily 17:30"]
"""


def post(id_: str, text: str = "The ferry runs again from seven.", **more: str) -> str:
    extra = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'[[posts]]\nid = "{id_}"\naccount = "board"\ntext = "{text}"\n{extra}'


@pytest.fixture(autouse=True)
def _monday() -> object:
    with time_machine.travel("2026-06-01T06:00:00Z", tick=False):
        yield


def test_the_same_files_twice_change_nothing(configure, run) -> None:
    configure(BASE + post("a") + post("b", "Another text altogether."))
    first = run("sync")
    assert (first.code, first.out.splitlines()[:2]) == (0, ["+ a@board", "+ b@board"])
    assert run("sync").out == "The queue is as the files say.\n"


def test_slots_are_given_in_order_and_kept(configure, run) -> None:
    configure(BASE + post("a") + post("b", "Another text altogether."))
    run("sync")
    before = states(run)
    configure(BASE + post("b", "Another text altogether.") + post("a"))
    assert "as the files say" in run("sync").out
    assert states(run) == before
    assert [row["due_at"] for row in before] == ["2026-06-01T07:00:00Z", "2026-06-01T15:30:00Z"]


def test_posts_leave_a_slot_that_is_none_any_more(configure, run) -> None:
    configure(BASE + post("a") + post("b", "Another text altogether.") + post("c", "A third, at its own time."))
    run("sync")
    run("reschedule", "c", "--at", "2026-06-02T12:00")
    run("add", "Said by command.", "--account", "board", "--id", "d")
    before = {row["id"]: row["due_at"][:16] for row in states(run)}
    assert before["d@board"] == "2026-06-02T07:00"
    moved = BASE.replace("09:00", "10:00")
    assert moved != BASE
    configure(moved + post("a") + post("b", "Another text altogether.") + post("c", "A third, at its own time."))
    assert "~ a@board  another slot" in run("sync", "--dry-run").out
    assert run("sync").out.splitlines()[-1] == "0 added, 2 changed, 0 withdrawn"
    now = {row["id"]: row["due_at"][:16] for row in states(run)}
    assert now == {**before, "a@board": "2026-06-01T08:00", "d@board": "2026-06-02T08:00"}
    assert run("sync").out == "The queue is as the files say.\n"
    configure(moved.replace("Europe/Amsterdam", "America/New_York") + post("a") + post("b", "Another text altogether."))
    run("sync", "--yes")
    zoned = {row["id"]: row["due_at"][:16] for row in states(run) if row["state"] == "scheduled"}
    assert zoned == {"a@board": "2026-06-01T14:00", "b@board": "2026-06-01T21:30", "d@board": "2026-06-02T14:00"}


def test_changed_added_and_withdrawn(configure, run) -> None:
    many = "".join(post(f"p{n}", f"Text number {n} of the series.") for n in range(10))
    configure(BASE + many)
    run("sync")
    configure(
        BASE
        + many.replace("number 3", "number three").replace(post("p9", "Text number 9 of the series."), "")
        + post("new")
    )
    result = run("sync")
    assert {"~ p3@board", "- p9@board", "+ new@board"} <= set(result.out.splitlines())
    assert result.code == 0


def test_more_than_a_fifth_to_withdraw_needs_a_yes(configure, run) -> None:
    configure(BASE + "".join(post(f"p{n}", f"Text number {n} here.") for n in range(4)))
    run("sync")
    before = states(run)
    configure(BASE + post("p0", "Text number 0 here."))
    refused = run("sync")
    assert refused.code == 2
    assert "3 of 4 queued posts would be withdrawn" in refused.err
    assert states(run) == before
    assert run("sync", "--yes").code == 0
    assert len(states(run)) == 1


def test_a_vanished_source_needs_a_yes(configure, run, here: Path) -> None:
    source = '[[sources]]\nkind = "markdown"\npath = "posts/*.md"\naccount = ["board"]\n'
    (here / "posts").mkdir()
    (here / "posts" / "clock.md").write_text("How we mended the clock.\n")
    configure(BASE + source + "".join(post(f"p{n}", f"Text number {n} here.") for n in range(9)))
    assert run("sync").code == 0
    (here / "posts").rename(here / "elsewhere")
    result = run("sync")
    assert result.code == 2
    assert "the source markdown:posts/*.md has vanished" in result.err
    assert "clock@board" in {row["id"] for row in states(run)}


def test_posts_added_by_command_are_left_alone(configure, run) -> None:
    configure(BASE + post("a"))
    run("sync")
    assert run("add", "The bakery is closed on Monday.", "--account", "board", "--id", "extra").code == 0
    assert "as the files say" in run("sync").out
    assert {row["id"] for row in states(run)} == {"a@board", "extra@board"}


def test_a_rescheduled_post_keeps_its_time_until_its_declaration_changes(configure, run) -> None:
    configure(BASE + post("a"))
    run("sync")
    assert run("reschedule", "a", "--at", "2026-06-05T12:00").code == 0
    run("sync")
    assert states(run)[0]["due_at"] == "2026-06-05T10:00:00Z"
    configure(BASE + post("a", at="2026-06-07T08:00:00"))
    run("sync")
    assert states(run)[0]["due_at"] == "2026-06-07T06:00:00Z"


def test_a_time_in_the_past_is_missed_at_sync_and_an_error_at_add(configure, run) -> None:
    configure(BASE + post("old", at="2026-05-01T09:00:00"))
    run("sync")
    assert [row["state"] for row in states(run, "--all")] == ["missed"]
    result = run("add", "Too late.", "--account", "board", "--at", "2026-05-01T09:00")
    assert (result.code, "is in the past" in result.err) == (2, True)


def test_a_withdrawn_post_does_not_come_back_by_itself(configure, run) -> None:
    configure(BASE + post("a"))
    run("sync")
    assert run("withdraw", "a").code == 0
    assert run("sync").code == 0
    assert [row["state"] for row in states(run, "--all")] == ["withdrawn"]
    assert run("reschedule", "a").code == 0
    assert [row["state"] for row in states(run)] == ["scheduled"]


def test_two_posts_with_one_id_are_an_error_with_both_places(configure, run, here: Path) -> None:
    configure(BASE + post("a") + post("a"))
    result = run("sync")
    assert result.code == 2
    assert "postiquette.toml:13 → posts → 1 → id 'a': this id is taken by the post at postiquette.toml:9" in result.err
    assert not (here / "postiquette.db").exists()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"account": '"bord"'}, "there is no account 'bord'; did you mean 'board'?"),
        ({"media": '[{ path = "none.png" }]'}, "there is no file 'none.png'"),
        ({"media": '[{ path = "../../etc/passwd" }]'}, "leads out of the folder"),
        ({"media": '[{ path = "/etc/passwd" }]'}, "leads out of the folder"),
        ({"allow": '{ over-ratio = "because" }'}, "over-ratio cannot be waived in a file"),
        ({"allow": '{ to-long = "because" }'}, "there is no rule 'to-long'; did you mean 'too-long'?"),
    ],
)
def test_what_only_the_whole_can_tell(configure, run, more: dict[str, str], expected: str) -> None:
    text = post("a", **more)
    if "account" in more:
        text = text.replace('account = "board"\n', "", 1)
    configure(BASE + text)
    result = run("sync")
    assert result.code == 2
    assert expected in result.err


def test_a_post_without_time_or_slots(configure, run) -> None:
    configure(BASE.replace('slots = ["daily 09:00", "daily 17:30"]', "") + post("a"))
    assert "no time: expected `at`, or slots for the account 'board'" in run("sync").err


FRONT = {
    "yaml.md": "---\nid: from-yaml\naccount: board\nat: 2026-06-03 09:00:00\n---\n\nThe ferry runs.\n",
    "toml.md": '+++\nid = "from-toml"\naccount = ["board"]\n+++\nThe bridge is open.\n',
    "name.md": "---\naccount: board\n---\nFirst item.\n\n***\n\nSecond item.\n",
}


def test_markdown_with_both_kinds_of_front_matter(configure, run, here: Path) -> None:
    (here / "posts").mkdir()
    for name, text in FRONT.items():
        (here / "posts" / name).write_text(text)
    configure(BASE + '[[sources]]\nkind = "markdown"\npath = "posts/*.md"\n')
    assert run("sync").code == 0
    rows = {row["post"]: row for row in states(run)}
    assert set(rows) == {"from-yaml", "from-toml", "name"}
    assert rows["from-yaml"]["content"]["texts"] == ["The ferry runs."]
    assert rows["from-yaml"]["due_at"] == "2026-06-03T07:00:00Z"
    assert rows["name"]["content"]["texts"] == ["First item.", "Second item."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nid: [\n---\nx", "posts/bad.md:2: this is not valid YAML"),
        ("+++\nid = \n+++\nx", "posts/bad.md:2: this is not valid TOML"),
        ("---\nid: a\n", "posts/bad.md:1: the front matter that begins with --- has no end"),
        (
            "---\nid: a\naccount: board\nlat: 2h\n---\nx",
            "posts/bad.md:4 → lat: unknown key 'lat'; did you mean 'late'?",
        ),
        ("---\n- a\n- b\n---\nx", "expected keys and values"),
    ],
)
def test_broken_front_matter(configure, run, here: Path, text: str, expected: str) -> None:
    (here / "posts").mkdir()
    (here / "posts" / "bad.md").write_text(text)
    configure(BASE + '[[sources]]\nkind = "markdown"\npath = "posts/*.md"\n')
    result = run("sync")
    assert result.code == 2
    assert expected in result.err


@pytest.mark.parametrize("path", ["../*.md", "/etc/*.md", ".."])
def test_a_glob_stays_in_its_folder(configure, run, path: str) -> None:
    configure(BASE + f'[[sources]]\nkind = "markdown"\npath = "{path}"\n')
    result = run("sync")
    assert (result.code, "leads out of the folder" in result.err) == (2, True)


def test_dry_run_writes_nothing(configure, run, here: Path) -> None:
    configure(BASE + post("a"))
    assert "+ a@board" in run("sync", "--dry-run").out
    assert not (here / "postiquette.db").exists()


def test_held_posts_wait_for_a_person(configure: Callable[[str], Path], run) -> None:
    """`approve`, `reject` and `edit` on posts that are not held, or not there."""
    configure(BASE + post("a"))
    run("sync")
    assert run("reject", "a", "--reason", "no").code == 2
    assert "there is no post 'b'" in run("approve", "b", "--reason", "yes").err
    assert run("edit", "a", "New words, better ones.").code == 0
    assert states(run)[0]["content"]["texts"] == ["New words, better ones."]
    assert "has no field 'thread[1]'" in run("edit", "a", "x", "--field", "thread[1]").err
