"""`check` as a person, an editor and a code host use it."""

from __future__ import annotations

import io
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
        "    | and the kiosk opens. Pls RT!",
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


def test_what_cannot_be_mended_in_place_holds_up_nothing_else(queue: Path, run) -> None:
    ask = "Please share it with your friends!"
    alt = f"---\nmedia:\n  - path: a.png\n    alt: 'A clock with its hands. {ask}'\n---\n"
    (queue / "posts" / "a.png").write_bytes(b"x")
    kept = f"---\ntext: |+\n  We mended the clock.\n  {ask}\n\nseries: x\n---\n"
    folded = kept.replace("|+", ">+").replace("We mended the clock.", "Winding it takes an hour.")
    only(queue, "", alt=alt, block=kept, folded=folded)
    told = run("check", "--fix")
    assert "folded: it is written in a way that cannot be changed in place" in told.out + told.err
    said = {file.stem: file.read_text() for file in (queue / "posts").glob("*.md")}
    assert said == {
        "alt": alt.replace(f" {ask}", ""),
        "block": "---\ntext: |+\n  We mended the clock.\nseries: x\n---\n",
        "folded": folded,
    }


@pytest.mark.parametrize("pattern", ["*.md", "posts/**/*.md", "posts/[a-m]*.md", "posts/*.txt"])
def test_an_editor_is_told_of_the_source_that_would_take_a_file(queue: Path, run, monkeypatch, pattern: str) -> None:
    file = only(queue, "")
    file.write_text(file.read_text().replace("posts/*.md", pattern))
    for name in ("new.md", "posts/new.md", "posts/a/b/late.md"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"The tide tables hang here.\n")))
        taken = "account: this key is required" not in run("check", "-", "--stdin-filename", name).err
        (queue / name).parent.mkdir(parents=True, exist_ok=True)
        (queue / name).touch()
        assert taken == (queue / name in set(queue.glob(pattern))), (pattern, name)
        (queue / name).unlink()


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


def test_what_an_editor_holds_is_judged_in_its_place(queue: Path, run, monkeypatch) -> None:
    notes = {f"v{n}": f"---\nid: v{n}\n---\nNote {n}: the ferry runs at {n + 6}.\n" for n in range(4)}
    only(queue, "", first="---\nid: first\n---\nThe pier is open. Please share!\n", **notes)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((queue / "posts" / "first.md").read_bytes())))
    told = run("check", "-", "--stdin-filename", "posts/first.md")
    assert told.out == run("check", "posts/first.md").out
    assert "nothing-given-yet" in told.out


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


YAML = r"""---
thread:
  - |
    The gun is fired at noon.
    Please share!
  - 'It''s cast in Delft. Pls RT!'
first_comment: "The \"old\" one is in the museum. Tell
  your friends!"
---
"""


def test_every_way_to_write_yaml_is_kept(queue: Path, run) -> None:
    only(queue, "", gun=YAML)
    told = run("check").out
    for place in ("posts/gun.md:5:5", "posts/gun.md:6:27", "posts/gun.md:7:51"):
        assert f"{place}: " in told
    assert run("check", "--fix").code == 0
    kept = YAML.replace("\n    Please share!", "").replace(" Pls RT!", "").replace(" Tell\n  your friends!", "")
    assert (queue / "posts" / "gun.md").read_text() == kept


def test_a_text_that_is_nothing_but_its_request_is_left(queue: Path, run) -> None:
    file = only(queue, post("bare", "Pls RT!"))
    before = file.read_bytes()
    assert (run("check", "--fix").code, file.read_bytes()) == (1, before)
    shown = run("check", "--diff")
    assert (shown.code, shown.out) == (1, "")


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
    (queue / "posts" / "gun.md").write_text("---\nid: gun\n---\nThe gun fires at noon. Pls RT!\n", encoding="utf-8-sig")
    assert run("check", "posts/gun.md", "--diff").out.splitlines()[2:5] == ["@@ -1,4 +1,4 @@", " \ufeff---", " id: gun"]


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


@pytest.mark.parametrize(
    "waiver", ['allow = { too-long = "the limit was raised" }', 'allow.too-long.reason = "the limit was raised"']
)
def test_a_waiver_that_nothing_needs_is_told(queue: Path, run, waiver: str) -> None:
    only(queue, post("hours", "Open till noon.") + waiver + "\n")
    told = run("check")
    assert (told.code, told.out) == (
        0,
        "postiquette.toml:19:1: unused-waiver [note] too-long has nothing to remark here (waived: the limit was raised)\n"
        f"    | {waiver}\n    = take the waiver out\n1 post checked: 1 finding, 0 to act on\n",
    )
