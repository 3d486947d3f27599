"""Posts from other programs and for them: import, export, import-history."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from houses import post
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from postiquette.queue.sources import archives
from postiquette.queue.sources.csv_file import Options
from postiquette.queue.sources.csv_formats import guarded, unguarded

CONFIG = """
[service]
timezone = "Europe/Amsterdam"

[policy]
ratio = "1:2"
on_excess = ["hold"]

[accounts.ada]
site = "sandbox"
url = "http://127.0.0.1:9"
slots = ["daily 09:00", "daily 17:00"]

[accounts.bob]
site = "sandbox"
url = "http://127.0.0.1:9"
"""
FORMATS = {
    "buffer": ("Text,Image URL,Tags,Posting Time\nThe ferry runs again.,,harbour,2026-06-03 09:00\n", []),
    "hootsuite": ("2026/06/03 09:00,The ferry runs again.,https://example.org/ferry\n", ["--from", "hootsuite"]),
    "sprout": ("date,time_24hr,message_text,link,image_url\n06/13/2026,09:00,The ferry runs again.,,\n", []),
    "publer": (
        "Date,Text,Link(s),Media URL(s),Title,Label(s),Alt text(s),Comment(s)\n"
        "2026/06/03 09:00,The ferry runs again.,https://example.org/ferry,,,,,Bring a bike\n",
        [],
    ),
    "socialbee": (
        "text,link,imageUrls,gifUrls,videoUrls,postAtSpecificTime\nThe ferry runs again.,,,,,2026-06-03 09:00\n",
        [],
    ),
    "ayrshare": ("post,platforms,scheduleDate\nThe ferry runs again.,ada,2026-06-03T07:00:00Z\n", []),
    "own": ("id,account,date,text\nferry,ada,2026-06-03T09:00:00+02:00,The ferry runs again.\n", []),
}


@pytest.fixture
def monday(configure) -> Iterator[None]:
    configure(CONFIG)
    with time_machine.travel("2026-06-01T06:00:00Z", tick=False):
        yield


def queue(run) -> list[dict]:
    done = run("list", "--format", "json")
    return json.loads(done.out) if done.code == 0 else []


def texts(run) -> list[str]:
    return [one["content"]["texts"][0] for one in queue(run)]


@pytest.mark.parametrize("form", FORMATS)
def test_files_of_other_programs_come_in(run, monday, here: Path, form: str) -> None:
    text, options = FORMATS[form]
    (here / "posts.csv").write_text(text, encoding="utf-8")
    whose = [] if form in ("own", "ayrshare") else ["--account", "ada"]
    done = run("import", "posts.csv", *options, *whose)
    assert done.code == 0, done.err
    [post] = queue(run)
    assert post["account"] == "ada"
    assert post["due_at"][:16] == ("2026-06-13T07:00" if form == "sprout" else "2026-06-03T07:00")
    assert post["content"]["texts"] == ["The ferry runs again."]
    again = run("import", "posts.csv", *options, *whose)
    assert again.out == "0 added, 1 already there\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_spreadsheets_write_in_many_ways(run, monday, here: Path, encoding: str) -> None:
    text = 'Datum;message;date\nx;"Café ""Zur Uhr"";\nopen again";2026-06-03 09:00\n'
    (here / "posts.csv").write_bytes(text.encode(encoding))
    refused = run("import", "posts.csv", "--account", "ada")
    if encoding == "cp1252":
        assert refused.code != 0
        assert "posts.csv:2" in refused.err
        assert "--encoding cp1252" in refused.err
        refused = run("import", "posts.csv", "--account", "ada", "--encoding", "cp1252")
    assert refused.code == 0, refused.err
    assert "not taken: Datum (not known)" in refused.err
    assert 'Café "Zur Uhr";\n' in texts(run)[0]


def test_every_bad_row_is_named_and_nothing_is_taken_in(run, monday, here: Path) -> None:
    rows = {
        2: ("good,2026-06-03 09:00", ""),
        3: ("ragged", "1 cells"),
        4: ("ambiguous,3/4/2027 09:00", "--dates dmy"),
        5: ("old,1969-12-31 09:00", ""),
        6: ("far,9999-12-31 23:59", ""),
        7: ("past,2026-05-01 09:00", "in the past"),
        8: ("offset,2026-06-03T09:00:00+26:00", "2026-06-03T09:00:00+26:00"),
        9: ("timeless,2026-06-03", "no time of day"),
        10: (",2026-06-03 09:00", ""),
        11: ("none,tomorrow at nine", "tomorrow at nine"),
    }
    (here / "posts.csv").write_text("text,date\n" + "".join(f"{row}\n" for row, _ in rows.values()), encoding="utf-8")
    refused = run("import", "posts.csv", "--account", "ada")
    assert refused.code == 2
    for line, (_, reason) in rows.items():
        named = [one for one in refused.err.splitlines() if f"posts.csv:{line}" in one and reason in one]
        assert bool(named) == (line != 2), (line, refused.err)
    assert queue(run) == []
    part = run("import", "posts.csv", "--account", "ada", "--skip-bad")
    assert part.code == 1
    assert [one["due_at"][:16] for one in queue(run)] == ["2026-06-03T07:00"]


def test_dates_are_asked_for_and_read_as_said(run, monday, here: Path) -> None:
    (here / "posts.csv").write_text("text,date\nThe ferry runs again.,7/6/2026 09:00\n", encoding="utf-8")
    assert "--dates mdy" in run("import", "posts.csv", "--account", "ada").err
    assert "would be added" in run("import", "posts.csv", "--account", "ada", "--dates", "mdy", "--dry-run").out
    assert run("import", "posts.csv", "--account", "ada", "--dates", "mdy").code == 0
    assert [one["due_at"][:16] for one in queue(run)] == ["2026-07-06T07:00"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("date,url\n2026-06-03 09:00,x\n", "no column holds the text"),
        ("text,message\na,b\n", "two columns hold the text"),
        (
            'text,date\nThe ferry.,2026-06-03 09:00\n"never closed,2026-06-03 09:00\nThe tide.,\n',
            "posts.csv:3: this is not valid CSV",
        ),
        ("text,date\nThe ferry.,2026-06-03 09:00\n", "--account NAME"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(run, monday, here: Path, text: str, said: str) -> None:
    (here / "posts.csv").write_text(text, encoding="utf-8")
    refused = run("import", "posts.csv")
    assert refused.code == 2
    assert said in refused.err
    assert queue(run) == []


def test_a_large_file_names_its_last_bad_row(run, monday, here: Path) -> None:
    with (here / "posts.csv").open("w", encoding="utf-8") as file:
        file.write("text,date\n")
        for number in range(5_000):
            file.write(f'"Note {number}: the tide,\nand the moon",2026-06-03 09:00\n')
        file.write("Too late,2026-06-03 25:00\n")
    refused = run("import", "posts.csv", "--account", "ada")
    assert "posts.csv:10002" in refused.err
    assert "25:00" in refused.err
    assert queue(run) == []


def write_posts(here: Path, texts: list[str]) -> None:
    rows = io.StringIO(newline="")
    writer = csv.writer(rows)
    writer.writerow(["id", "account", "date", "text", "link", "series", "allow", "first_comment", "late"])
    for number, text in enumerate(texts):
        at = f"2026-06-{3 + number:02}T09:00:00+02:00"
        row = [f"p{number}", "ada,bob", at, text, "https://example.org/a,b", "clock", '{"crowding": "told twice"}']
        writer.writerow([*row, 'One more, "thing"', "90m"])
    (here / "posts.csv").write_text(rows.getvalue(), encoding="utf-8", newline="")


def everything(run) -> tuple[list[dict], str]:
    """The queue, and what else its posts declare."""
    return queue(run), run("export", "--raw").out


TEXTS = [
    "=1+1 is two",
    "+1 for the ferry",
    "-5 degrees",
    "@ada mended it",
    '\'tis "so"',
    "\tindented",
    "a,b\nc;d 🌊",
    "''=x",
]


def test_our_own_format_loses_nothing(run, monday, configure, here: Path) -> None:
    write_posts(here, TEXTS)
    assert run("import", "posts.csv").code == 0
    before = everything(run)
    assert len(before[0]) == 2 * len(TEXTS)
    assert run("export", "--output", "out.csv").code == 0
    written = (here / "out.csv").read_text(encoding="utf-8")
    for row in csv.reader(io.StringIO(written, newline="")):
        assert not any(cell[:1] in set("=+-@\t\r") for cell in row), row
    (here / "postiquette.db").unlink()
    done = run("import", "out.csv")
    assert done.code == 0, done.err
    assert everything(run) == before


def test_our_own_format_keeps_slots_as_they_were_arranged(run, monday, configure, here: Path) -> None:
    configure(CONFIG + 'slots = ["daily 12:00"]\n')
    for number, text in enumerate(["Tip 1: salt comes last.", "Tip 2: rest the dough.", "Tip 3: a hot stone."]):
        run("add", text, "--account", "ada", "--account", "bob", "--id", f"p{number}")
    run("reschedule", "p0@ada")
    before = everything(run)
    assert run("export", "--output", "out.csv").code == 0
    (here / "postiquette.db").unlink()
    assert run("import", "out.csv").code == 0
    assert everything(run) == before
    slots = {one["id"]: one["due_at"] for one in before[0]}
    assert slots["p0@ada"] > slots["p2@ada"] > slots["p1@ada"]


@given(st.text(max_size=40))
@example("'=x")
def test_a_guard_comes_off_as_it_went_on(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_a_post_comes_to_its_other_account_later(run, monday, here: Path) -> None:
    rows = "id,account,date,text\nferry,{},2026-06-03T09:00:00+02:00,{}\n"
    for account in ("ada", "bob", "ada", "bob"):
        (here / "posts.csv").write_text(rows.format(account, "The ferry runs again."), encoding="utf-8")
        assert run("import", "posts.csv").code == 0
    assert [one["account"] for one in queue(run)] == ["ada", "bob"]
    (here / "posts.csv").write_text(rows.format("bob", "It does not."), encoding="utf-8")
    assert "has another post of this id" in run("import", "posts.csv").err


def test_one_text_with_what_parts_items_elsewhere_comes_back(run, monday, here: Path) -> None:
    text = "Part one\n***\npart two"
    assert run("add", "--account", "ada", "--id", "star", "--at", "2026-06-04T09:00", text).code == 0
    run("export", "--output", "out.csv")
    (here / "postiquette.db").unlink()
    assert run("import", "out.csv").code == 0
    assert texts(run) == [text]


words = st.text(st.sampled_from("=+-@'\",;\n\t|*# abcé🌊"), min_size=1, max_size=24).filter(
    lambda text: all(item.strip() for item in text.split("\n***\n"))
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(words, min_size=1, max_size=4))
def test_texts_come_back_to_the_letter(run, monday, here: Path, written: list[str]) -> None:
    (here / "postiquette.db").unlink(missing_ok=True)
    write_posts(here, [f"{text}{number}" for number, text in enumerate(written)])
    taken = run("import", "posts.csv")
    assert taken.code == 0, taken.err
    before = everything(run)
    assert run("export", "--output", "out.csv").code == 0
    (here / "postiquette.db").unlink()
    assert run("import", "out.csv").code == 0
    assert everything(run) == before


@pytest.mark.parametrize("form", ["buffer", "hootsuite", "sprout", "publer", "socialbee", "ayrshare", "postfast"])
def test_what_is_written_for_another_program_comes_back(run, monday, here: Path, form: str) -> None:
    write_posts(here, ["The ferry runs again, from seven.", "=SUM(A1)"])
    run("import", "posts.csv")
    told = "whose a row is" in run("export", "--format", form).err
    assert told == (form not in ("ayrshare", "postfast"))
    done = run("export", "--format", form, "--account", "ada", "--output", "out.csv")
    assert "p0@ada: series" in done.err
    times = sorted(one["due_at"] for one in queue(run) if one["account"] == "ada")
    (here / "postiquette.db").unlink()
    options = ["--from", "hootsuite"] if form == "hootsuite" else []
    back = run("import", "out.csv", *options, "--account", "ada", "--dates", "mdy")
    assert back.code == 0, back.err
    assert sorted(one["due_at"] for one in queue(run)) == times
    assert texts(run) == ["The ferry runs again, from seven.", "=SUM(A1)"]


def test_what_would_come_back_otherwise_is_told(run, monday, configure, here: Path) -> None:
    for name in ("a,b.png", "c.png"):
        (here / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    media = '[{ path = "a,b.png", alt = "North | morning" }, { path = "c.png", alt = "South" }]'
    configure(CONFIG + post("mill", "Two pictures\n***\nof the mill.", media=media))
    run("sync")
    lost = run("export", "--format", "publer", "--account", "ada").err
    for what in ("a comma in the name of a file", "a | in an alt text", "a line that is ***"):
        assert f"mill@ada: {what}" in lost
    assert "mill@ada" not in run("export", "--format", "own").err


def test_the_calendar_is_read_by_a_calendar(run, monday, here: Path) -> None:
    write_posts(here, ["Ferry; from seven,\nevery day", "The clock strikes."])
    run("import", "posts.csv")
    run("export", "--format", "ics", "--output", "out.ics")
    events = Calendar.from_ical((here / "out.ics").read_bytes()).walk("VEVENT")
    assert len(events) == 4
    first = next(event for event in events if event["uid"].startswith("p0@ada"))
    assert first["dtstart"].dt.isoformat() == "2026-06-03T07:00:00+00:00"
    assert first["summary"] == "ada: Ferry; from seven,"
    assert "Ferry; from seven,\nevery day" in first["description"]


MASTODON = {
    "orderedItems": [
        {
            "type": "Create",
            "object": {
                "id": "https://example.social/users/ada/statuses/1",
                "published": "2026-05-30T09:00:00Z",
                "content": "<p>The clock strikes again.</p><p>Please share!<br>And thanks.</p>",
            },
        },
        {"type": "Announce", "object": "https://example.social/users/bob/statuses/9"},
    ]
}
TWEETS = [
    {"tweet": {"id_str": "17", "full_text": "Pls RT!", "created_at": "Sat May 30 09:00:00 +0000 2026"}},
    {"tweet": {"id_str": "18", "full_text": "RT @bob: Not mine", "created_at": "Sat May 30 09:10:00 +0000 2026"}},
]
ARCHIVES = {
    "outbox.json": json.dumps(MASTODON),
    "tweets.js": "window.YTD.tweets.part0 = " + json.dumps(TWEETS),
    "mine.jsonl": '{"at": "2026-05-30T09:00:00Z", "text": "Pls RT!", "id": "17"}\n\n',
    "mine.csv": "date,text\n2026-05-30T09:00:00Z,Pls RT!\n",
}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", ARCHIVES)
def test_what_was_made_by_hand_counts(run, monday, configure, here: Path, name: str, zipped: bool) -> None:
    file = here / name
    file.write_text(ARCHIVES[name], encoding="utf-8")
    if zipped:
        if name.startswith("mine"):
            return
        file = here / "archive.zip"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(f"data/{name}", ARCHIVES[name])
    assert "1 would be looked at" in run("import-history", file, "--account", "ada", "--dry-run").out
    assert run("import-history", file, "--account", "ada").out == "1 share request\n1 taken in, 0 known\n"
    assert run("import-history", file, "--account", "ada").out == "1 share request\n0 taken in, 1 known\n"
    assert "1 share request" not in run("ledger").err
    posts = "".join(
        f'[[posts]]\nid = "p{n}"\naccount = "ada"\ntext = "{text}"\n'
        for n, text in enumerate(["The ferry runs from seven.", "How we mended the clock, in three steps.", "Pls RT!"])
    )
    configure(CONFIG + posts)
    assert run("sync").code == 0
    [ask] = [one for one in json.loads(run("preview", "--format", "json").out)["posts"] if one["id"] == "p2@ada"]
    assert ask["decision"] == "hold"


def test_a_tweet_is_read_as_its_readers_saw_it(tmp_path: Path) -> None:
    link = {"url": "https://t.co/x", "expanded_url": "https://example.org/?ferry=1&copy=2"}
    tweet = {"id_str": "1", "full_text": "Rye &amp; oats https://t.co/x", "entities": {"urls": [link]}}
    file = tmp_path / "tweets.js"
    file.write_text("x = " + json.dumps([{**tweet, "created_at": "Sat May 30 09:00:00 +0000 2026"}]), encoding="utf-8")
    [post], problems = archives.read(file, Options())
    assert (post.text, problems) == ("Rye & oats https://example.org/?ferry=1&copy=2", [])


def test_bad_history_is_named_and_nothing_taken_in(run, monday, here: Path) -> None:
    rows = ['{"at": "2026-05-30T09:00:00Z", "text": "Pls RT!"}', '{"at": "yesterday", "text": "Hm"}', "[1]"]
    rows += ['{"at": "2026-05-30T09:00:00Z", "text": " "}', '{"at": "2027-05-30T09:00:00Z", "text": "Not yet"}']
    (here / "mine.jsonl").write_text("\n".join(rows), encoding="utf-8")
    refused = run("import-history", "mine.jsonl", "--account", "ada")
    assert refused.code == 2
    for line in (2, 3, 4, 5):
        assert f"mine.jsonl:{line}: " in refused.err
    assert "mine.jsonl:1" not in refused.err
    assert run("list", "--all", "--format", "json").out == ""


def test_films_have_a_column_of_their_own_and_lost_times_are_told(run, monday, configure, here: Path) -> None:
    for name in ("a.png", "b.gif", "c.mp4"):
        (here / name).write_bytes(b"x")
    media = 'media = [{ path = "a.png" }, { path = "b.gif" }, { path = "c.mp4" }]\n'
    night = post("night", "The clocks go back.", account='"ada"', at='"2026-10-25T02:30:15+01:00"')
    configure(CONFIG + night.rstrip() + "\n" + media)
    assert run("sync").code == 0
    told = run("export", "--format", "socialbee", "--account", "ada")
    assert "The clocks go back.,,a.png,b.gif,c.mp4,2026-10-25 02:30" in told.out
    assert "night@ada: which of the two hours it is that the clock shows twice" in told.err
    assert "night@ada: the seconds of its time" in told.err
    assert "seconds" not in run("export", "--format", "ayrshare", "--account", "ada").err
