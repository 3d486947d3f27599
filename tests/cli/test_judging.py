"""`check` and `plan` as a person, an editor and a code host use them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from houses import post
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

HEAD = """[policy.rules]
repeated-ask = "off"

[accounts.ada]
site = "sandbox"
url = "http://127.0.0.1:9"  # here
slots = ["daily 09:00"]

[[sources]]
kind = "markdown"
path = "posts/*.md"
account = ["ada"]

"""
CLOCK = """[[posts]]
id = "clock"   # first
account = "ada"
text = '''The "old" clock strikes again \\o/. Please share!'''  # why not

[[posts]]
id = "ferry"
account = "ada"
text = \"\"\"
🌊 The ferry runs again from seven,
and the kiosk opens. Pls RT!
\"\"\"
"""
TIDE = "---\nid: tide  # md\n---\n\nThe tide tables hang at the pier.\nTell your friends!\n"


@pytest.fixture
def queue(here: Path) -> Iterator[Path]:
    """A queue in a file and a folder, as another system writes it: with a mark, and two characters a line end."""
    (here / "posts").mkdir()
    (here / "postiquette.toml").write_text(HEAD + CLOCK, encoding="utf-8-sig", newline="\r\n")
    (here / "posts" / "tide.md").write_text(TIDE, encoding="utf-8")
    with time_machine.travel("2026-06-01T06:00:00Z", tick=False):
        yield here


def test_what_is_wrong_stands_at_its_place(queue: Path, run) -> None:
    told = run("check")
    assert told.code == 1
    assert told.out.splitlines()[4:8] == [
        "postiquette.toml:24:22: over-ratio [warning: rewrite] 0 of 0 asks used in the last 20 posts and last 30 days (1 value post)",
        "    | and the kiosk opens. Pls RT!␍",
        "    |                      ^^^^^^^",
        "    = 3 value posts first, or take the request out",
    ]
    assert "posts/tide.md:6:1: over-ratio" in told.out
    alone = run("check", "posts")
    assert "1 post checked: 1 finding, 1 to act on" in alone.out


def test_files_are_mended_in_place_and_nothing_else_changes(queue: Path, run) -> None:
    file = queue / "postiquette.toml"
    before = file.read_bytes()
    shown = run("check", "--diff")
    assert (shown.code, file.read_bytes()) == (1, before)
    assert "-and the kiosk opens. Pls RT!\n" in shown.out.replace("\r", "")
    assert "+and the kiosk opens.\n" in shown.out.replace("\r", "")
    mended = run("check", "--fix")
    assert mended.code == 0
    assert "0 findings" in mended.out
    assert file.read_bytes() == before.replace(b" Please share!", b"").replace(b" Pls RT!", b"")
    assert (queue / "posts" / "tide.md").read_text() == TIDE.replace("Tell your friends!\n", "")
    again = file.read_bytes()
    assert run("check", "--fix").code == 0
    assert file.read_bytes() == again
    assert run("check", "--diff").out == ""


@pytest.mark.parametrize("name", ["posts/tide.md", "posts/new.md"])
def test_an_editor_asks_about_what_it_holds(queue: Path, run, monkeypatch, name: str) -> None:
    text = "---\nid: tide\n---\n\nThe tide tables hang here.\n\nPlease retweet!\n"
    if name == "posts/new.md":
        text = text.replace("id: tide", "id: new")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    told = run("check", "-", "--stdin-filename", name)
    assert told.code == 1
    assert f"{name}:7:1: over-ratio" in told.out
    assert "    | Please retweet!\n    | ^^^^^^^" in told.out
    assert run("check", "-", "--fix").code == 2


def test_sarif_is_what_its_schema_says(queue: Path, run) -> None:
    log = Sarif.model_validate_json(run("check", "--format", "sarif").out)
    places = [(result.ruleId, result.locations[0].physicalLocation) for result in log.runs[0].results]
    regions = {
        (rule, place.artifactLocation.uri, place.region.startLine, place.region.startColumn) for rule, place in places
    }
    assert ("over-ratio", "postiquette.toml", 24, 22) in regions
    assert ("over-ratio", "posts/tide.md", 6, 1) in regions
    assert {rule for rule, _ in places} <= {rule.id for rule in log.runs[0].tool.driver.rules}


def test_annotations_hold_no_line_ends(queue: Path, run) -> None:
    lines = run("check", "--format", "github").out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("::warning file=") for line in lines)
    assert "file=posts/tide.md,line=6,col=1" in lines[2]


def test_a_rule_is_as_severe_as_it_is_set(queue: Path, run) -> None:
    file = queue / "postiquette.toml"
    picture = CLOCK.partition("text = '''")[0] + 'text = "The pier at low tide."\nmedia = [{ path = "pier.png" }]\n'
    (queue / "pier.png").write_bytes(
        bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
    )
    (queue / "posts" / "tide.md").unlink()
    for severity, code in (("note", 0), ("warning", 1), ("error", 1)):
        rules = f'repeated-ask = "off"\nmissing-alt-text = {{ severity = "{severity}" }}'
        file.write_text(HEAD.replace('repeated-ask = "off"', rules) + picture)
        told = run("check")
        assert (told.code, f"missing-alt-text [{severity}" in told.out) == (code, True), told
    waived = 'allow = { missing-alt-text = { reason = "it shows nothing", until = %s } }\n'
    file.write_text(HEAD + picture + waived % "2026-07-01")
    assert "no alt text (waived: it shows nothing)" in run("check").out
    file.write_text(HEAD + picture + waived % "2026-05-01")
    assert "its waiver ended on 2026-05-01" in run("check").out
    file.write_text(HEAD + picture + 'allow = { over-ratio = "just this once" }\n')
    refused = run("check")
    assert refused.code == 2
    assert "approve" in refused.err


ASKS = post("ask0", "Pls RT!") + post("ask1", "Tell your friends!")
ASKS += "".join(post(f"v{n}", f"Note {n} of the harbour master: the ferry runs at {n + 6}.") for n in range(4))


def test_a_plan_is_read_by_machines_and_applied(queue: Path, run) -> None:
    (queue / "posts" / "tide.md").unlink()
    (queue / "postiquette.toml").write_text(
        HEAD.replace("[[sources]]", '[policy]\nratio = "1:2"\n\n[[sources]]') + ASKS
    )
    run("sync")
    proposed = json.loads(run("plan", "--format", "json").out)
    assert {move["id"] for move in proposed["moves"]} == {"ask0@ada", "ask1@ada"}
    assert proposed["left"] == []
    assert run("check").code == 1
    assert run("plan", "--apply").code == 0
    assert run("plan").out == "No post has to move.\n"
    assert run("check").code == 0


def test_where_no_order_helps_the_plan_says_so(queue: Path, run) -> None:
    (queue / "posts" / "tide.md").unlink()
    (queue / "postiquette.toml").write_text(HEAD + post("only", "Pls RT!", at="2026-06-03T09:00:00"))
    run("sync")
    told = run("plan")
    assert told.code == 1
    assert "only@ada stays: " in told.out
    assert "nothing has been given to this audience yet" in told.out
    assert [one["id"] for one in json.loads(run("plan", "--format", "json").out)["left"]] == ["only@ada"]


def test_the_ledger_is_drawn_with_what_was_made_by_hand(queue: Path, run) -> None:
    (queue / "posts" / "tide.md").unlink()
    posts = [{"at": f"2026-05-{day}T09:00:00Z", "text": f"Note {day}."} for day in range(20, 26)]
    posts.append({"at": "2026-05-27T09:00:00Z", "text": "Please share this!", "id": "img"})
    (queue / "mine.jsonl").write_text("\n".join(map(json.dumps, posts)))
    run("import-history", "mine.jsonl", "--account", "ada")
    assert "by-hand-img" in run("ledger").out
    assert "25 May 2026" in run("ledger", "--chart").out
    assert run("ledger", "--html", "ledger.html").code == 0
    page = (queue / "ledger.html").read_text(encoding="utf-8")
    assert "by-hand-img" in page


def only(queue: Path, text: str, **files: str) -> Path:
    """A queue of these posts and no others; `files` are Markdown posts by name."""
    (queue / "posts" / "tide.md").unlink()
    for name, markdown in files.items():
        (queue / "posts" / f"{name}.md").write_bytes(markdown.encode())
    file = queue / "postiquette.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


QUOTED = r"""[[posts]]
id = "basic"
account = "ada"
text = "The \"old\" lamp \u2615 was lit in 1820. Please share!"  # kept
[[posts]]
id = "literal"
account = "ada"
text = 'It is in C:\tides now. Pls RT!'
[[posts]]
id = "joined"
account = "ada"
text = \"\"\"
The kiosk opens \
    at nine.
Tell your friends!\"\"\"
[[posts]]
id = "thread"
account = "ada"
thread = ["The gun is fired at noon.", # one
  "It was cast in Delft. Please retweet!"]
""".replace('\\"\\"\\"', '"""')


def test_every_way_to_quote_is_kept(queue: Path, run) -> None:
    file = only(queue, QUOTED)
    file.chmod(0o640)
    mended = run("check", "--fix")
    assert (mended.code, mended.err) == (0, "fixed postiquette.toml: basic, literal, joined, thread\n")
    wanted = QUOTED.replace(" Please share!", "").replace(" Pls RT!", "").replace(" Please retweet!", "")
    assert file.read_text() == HEAD + wanted.replace("\nTell your friends!", "")
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_markdown_keeps_its_mark_and_line_ends(queue: Path, run, fence: str) -> None:
    key = "id: pier # x" if fence == "---" else 'id = "pier" # x'
    text = f"\ufeff{fence}\r\n{key}\r\n{fence}\r\n\r\n🌊 The pier is open. Please share!\r\nBring coats.  \r\n"
    only(queue, "", pier=text)
    assert run("check", "--fix").code == 0
    assert (queue / "posts" / "pier.md").read_bytes() == text.replace(" Please share!", "").encode()


def test_a_text_that_is_nothing_but_its_request_is_left(queue: Path, run) -> None:
    file = only(queue, post("bare", "Pls RT!"))
    before = file.read_bytes()
    assert (run("check", "--fix").code, file.read_bytes()) == (1, before)
    assert run("check", "--diff").code == 0


def test_a_diff_is_one_that_patch_reads(queue: Path, run) -> None:
    only(queue, "", gun="---\nid: gun\n---\nNoon\u2028gun fires. Pls RT!\n", lamp="The lamp turns. Please share!")
    assert run("check", "posts/gun.md", "--diff").out == (
        "--- a/posts/gun.md\n+++ b/posts/gun.md\n@@ -1,4 +1,4 @@\n ---\n id: gun\n ---\n"
        "-Noon\u2028gun fires. Pls RT!\n+Noon\u2028gun fires.\n"
    )
    assert run("check", "posts/lamp.md", "--diff").out == (
        "--- a/posts/lamp.md\n+++ b/posts/lamp.md\n@@ -1 +1 @@\n"
        "-The lamp turns. Please share!\n\\ No newline at end of file\n"
        "+The lamp turns.\n\\ No newline at end of file\n"
    )


def test_an_editor_asks_about_a_configuration(queue: Path, run, monkeypatch) -> None:
    file = only(queue, "")
    before = file.read_bytes()
    for text, code in ((post("a", "The pier is open. Pls RT!"), 1), (post("a", "The pier is open."), 0)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEAD + text).encode())))
        told = run("check", "-", "--stdin-filename", "postiquette.toml")
        assert (told.code, "postiquette.toml:17:27: nothing-given-yet" in told.out) == (code, bool(code)), told
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEAD + '[[posts]]\nid = "a"\ntxt = ""\n').encode())))
    told = run("check", "-", "--stdin-filename", "postiquette.toml")
    assert (told.code, "postiquette.toml:16" in told.err, "did you mean 'text'?" in told.err) == (2, True, True)
    assert file.read_bytes() == before


def test_sarif_points_at_the_words_and_names_files_as_links_do(queue: Path, run) -> None:
    only(queue, "", **{"a b%": "---\nid: sea\n---\n🌊🌊\n🌊 The pier is open. Pls RT!\n"})
    log = Sarif.model_validate_json(run("check", "--format", "sarif").out)
    [result] = log.runs[0].results
    place = result.locations[0].physicalLocation
    region = place.region
    # counted in code points, as the log says it does
    assert log.runs[0].columnKind.value == "unicodeCodePoints"
    assert (region.startLine, region.startColumn, region.endLine, region.endColumn) == (5, 21, 5, 28)
    assert region.snippet.text[20:27] == "Pls RT!"
    assert place.artifactLocation.uri == "posts/a%20b%25.md"


def test_what_an_author_wrote_ends_no_annotation(queue: Path, run) -> None:
    (queue / "pier.png").write_bytes(
        bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
    )
    waived = r'allow = { missing-alt-text = "100% sure:\n::error::no" }'
    only(queue, post("pier", "The pier.", media='[{ path = "pier.png" }]') + waived + "\n")
    assert run("check", "--format", "github").out == (
        "::notice file=postiquette.toml,line=18,col=1,title=missing-alt-text::"
        "no alt text (waived: 100%25 sure:%0A::error::no)\n"
    )


def test_a_waiver_that_nothing_needs_is_told(queue: Path, run) -> None:
    only(queue, post("hours", "Open till noon.", allow='{ too-long = "the limit was raised" }'))
    told = run("check")
    assert (told.code, told.out) == (
        0,
        "postiquette.toml:18:1: unused-waiver [note] too-long has nothing to remark here (waived: the limit was raised)\n"
        '    | allow = { too-long = "the limit was raised" }\n    = take the waiver out\n1 post checked: 1 finding, 0 to act on\n',
    )


RATIO = '[policy]\nratio = "1:2"\n\n'
NOTES = [post(f"v{n}", f"Note {n} of the harbour master: the ferry runs at {n + 6}.") for n in range(4)]


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


def test_the_ledger_names_its_audiences_and_draws_what_is_planned(queue: Path, run) -> None:
    only(queue, "".join(NOTES) + post("ask", "Pls RT!"))
    assert run("ledger", "ada", "--chart").out.splitlines()[1:] == [
        "  01 Jun 2026  ████                       4 given  ▲       1 asked  1 of 1 used at its end  (planned)"
    ]
    assert "did you mean 'ada'?" in run("ledger", "ad").err
