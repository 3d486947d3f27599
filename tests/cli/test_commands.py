"""Commands as a person uses them, with whole outputs; and the contracts that other programs rely on."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from houses import MONDAY, post
from tests_support import states

CONFIG = """
[service]
timezone = "Europe/Amsterdam"

[sites.x]
title = "X"
mode = "assist"
terms = "Automation is forbidden."
compose_link = "https://x.com/intent/post?text={text}"

[accounts.ada]
site = "sandbox"
url = "http://127.0.0.1:9"
slots = ["daily 09:00", "daily 17:00"]

[accounts.bird]
site = "x"
slots = ["daily 09:00"]
"""


@pytest.fixture
def monday():
    with time_machine.travel("2026-06-01T06:00:00Z", tick=False):
        yield


def feed(monkeypatch: pytest.MonkeyPatch, *rows: object) -> None:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_classify_contract(run, monkeypatch) -> None:
    feed(
        monkeypatch,
        {"id": "1", "text": "Tide tables 🌊. Please share!"},
        {"id": "2", "text": "Hi \ud83d", "lang": "xx"},
    )
    first, second = [json.loads(line) for line in run("classify", "--format", "json").out.splitlines()]
    assert set(first) == {"id", "kind", "lang", "requests", "quoted", "exempt"}
    [request] = first["requests"]
    assert set(request) == {"start", "end", "text", "type"}
    assert "Tide tables 🌊. Please share!"[request["start"] : request["end"]] == request["text"] == "Please share!"
    assert second["kind"] == "filler"


def test_closed_standard_input_is_no_mystery(run, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    for command in (("classify",), ("rewrite", "--format", "json"), ("check", "-")):
        told = run(*command)
        assert (told.code, "standard input is closed" in told.err) == (2, True), told


def test_rewrite_contract(run, monkeypatch) -> None:
    feed(
        monkeypatch, {"id": "1", "text": "Tide tables hang at the pier. Please share!"}, {"id": "2", "text": "Pls RT!"}
    )
    first, second = [json.loads(line) for line in run("rewrite", "--format", "json").out.splitlines()]
    assert set(first) == {"id", "text", "changed", "edits", "reason"}
    assert (first["text"], first["changed"], first["reason"]) == ("Tide tables hang at the pier.", True, None)
    assert (second["text"], second["reason"]) == (None, "nothing-left")


@pytest.mark.parametrize(
    "row", ["[", '{"id": 1, "text": "x"}', '{"id": "1"}', "[" * 100_000, '{"id":"1","text":"x","lang":5}']
)
def test_bad_lines_are_named(run, monkeypatch, row: str) -> None:
    feed(monkeypatch, {"id": "1", "text": "fine"}, row)
    result = run("classify", "--format", "json")
    assert (result.code, "standard input:2" in result.err) == (2, True)


def test_classify_names_pattern_example_and_unknown_languages(run, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Comparte esto!\nBlorp zzz. RT pls\n")))
    first, second = run("classify").out.splitlines()
    assert first == (
        "share_request  Comparte esto!   ← share “Comparte esto!” (es:imperative, as in “¡Comparte esto con tus amigos!”)"
    )
    assert second.endswith("(language not known: read for international words)")
    assert run("explain", "es:imperative").out.splitlines()[:2] == ["es:imperative", "Spanish: a request, type verb"]
    assert "did you mean 'es:imperative'?" in run("explain", "es:imperativ").err


TAUGHT = """
[policy.language]
asks = [{ phrase = "bump the thread", examples = ["Bump the thread!"] }]
not_asks = [{ phrase = "spread the word radio", examples = ["Spread the Word Radio is on"] }]
must_ask = ["Please share!", "Bump the thread, folks"]
must_not_ask = ["Spread the Word Radio starts at nine", "Tell your friends"]
"""


def test_policy_test_reads_the_sentences_as_taught(configure, run) -> None:
    configure(CONFIG + TAUGHT)
    result = run("policy", "test")
    assert result.code == 1
    assert result.out.splitlines() == [
        "postiquette.toml:24 → policy → language → must_not_ask → 1: “Tell your friends” is read as a share request: "
        "“Tell your friends” (en:tell-people)",
        "3 of 4 sentences are read as they should be",
    ]
    configure(CONFIG + TAUGHT.replace(', "Tell your friends"', ""))
    assert run("policy", "test").code == 0


def test_what_is_taught_is_checked_and_each_use_is_remarked_on(configure, run, monday) -> None:
    configure(CONFIG + TAUGHT + post("a", "Spread the Word Radio is on at nine tonight."))
    assert "excused-words" in run("check").out
    assert "excused by policy.language.not_asks" in run("preview").out
    configure(CONFIG + TAUGHT.replace('Spread the Word Radio is on"', 'Tune in"'))
    refused = run("check")
    assert (refused.code, "does not hold the phrase “spread the word radio”" in refused.err) == (2, True)


def test_a_finding_is_placed_below_any_letters_and_within_many_lines(configure, run, monday) -> None:
    file = configure(
        CONFIG
        + '''
[[posts]]
id = "long"
account = "ada"
text = """
Süße Äpfel 🍎 vom Hafen, fünf Körbe.
Zwei für die Küche.
🍎 Bitte teilen! Please share this with your neighbours."""
'''
    )
    lines = file.read_text(encoding="utf-8").split("\n")
    found = json.loads(run("check", "--format", "json").out)
    places = {(one["rule"], lines[one["line"] - 1][one["column"] - 1 :]) for one in found}
    assert ("nothing-given-yet", 'Bitte teilen! Please share this with your neighbours."""') in places


def test_check_in_every_format(configure, run, monday) -> None:
    configure(CONFIG + post("ask", "How we mended the clock.\nPlease share it!").replace("\\n", " "))
    text = run("check")
    assert text.code == 1
    assert text.out.splitlines()[:3] == [
        "postiquette.toml:22:34: nothing-given-yet [warning: rewrite] nothing has been given to this audience yet",
        '    | text = "How we mended the clock. Please share it!"',
        "    |                                  ^^^^^^^^^^^^^^^",
    ]
    [found] = json.loads(run("check", "--format", "json").out)
    assert (found["file"], found["line"], found["column"], found["posts"]) == ("postiquette.toml", 22, 34, ["ask@ada"])
    assert run("check", "--format", "github").out.startswith(
        "::warning file=postiquette.toml,line=22,col=34,title=noth"
    )
    sarif = json.loads(run("check", "--format", "sarif").out)
    [result] = sarif["runs"][0]["results"]
    assert (sarif["version"], result["ruleId"]) == ("2.1.0", "nothing-given-yet")
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 22


def test_history_contract(configure, run, monday) -> None:
    configure(CONFIG + post("a"))
    run("sync")
    run("withdraw", "a", "--reason", "not now")
    lines = [json.loads(line) for line in run("history", "--format", "json").out.splitlines()]
    assert lines[-1] == {
        "post": "a@ada",
        "account": "ada",
        "from": "scheduled",
        "to": "withdrawn",
        "at": "2026-06-01T06:00:00Z",
        "by": "tester",
        "reason": "not now",
        "url": None,
    }


def test_assisted_posts_wait_for_a_person(configure, run, monday, here: Path) -> None:
    configure(CONFIG + post("a", "Tides & times", account='"bird"') + post("b", "Another one.", account='"bird"'))
    run("sync")
    with time_machine.travel("2026-06-01T07:00:30Z", tick=False):
        assert run("publish").code == 1
        assert {row["id"]: row["state"] for row in states(run)} == {"a@bird": "handed-over", "b@bird": "scheduled"}
        assert "https://x.com/intent/post?text=Tides%20%26%20times" in run("assist", "--print").out
        assert run("confirm", "a", "https://x.com/me/status/1").code == 0
        assert run("confirm", "a").code == 2
    with time_machine.travel("2026-06-02T07:00:30Z", tick=False):
        run("publish")
        assert run("skip", "b").code == 0
    shown = {row["id"]: row["state"] for row in states(run, "--all")}
    assert shown == {"a@bird": "published", "b@bird": "withdrawn"}


def test_a_hand_over_that_nobody_confirms_is_missed_and_its_ask_stays_spent(configure, run, monday) -> None:
    configure(CONFIG.replace("[sites.x]", "[policy]\ngrace = 1\n[sites.x]") + post("a", "Pls RT!", account='"bird"'))
    run("sync")
    with time_machine.travel("2026-06-01T07:00:30Z", tick=False):
        run("publish")
    with time_machine.travel("2026-06-02T08:00:00Z", tick=False):
        run("publish")
        assert states(run, "--all")[0]["state"] == "missed"
        assert json.loads(run("ledger", "bird", "--format", "json").out)["bird"][0]["spent"] == 1


def test_a_held_ask_is_approved_once_in_its_wording(house, run) -> None:
    made = house(post("a", "Pls RT!"))
    made.work(MONDAY.replace(hour=9))
    assert made.states() == {"a@ada": "held"}
    with time_machine.travel(MONDAY.replace(hour=10), tick=False):
        assert run("approve", "a").code == 2
        assert run("approve", "a", "--reason", "launch day").code == 0
    made.work(MONDAY.replace(hour=10, minute=1))
    assert made.texts() == ["Pls RT!"]
    assert "launch day" in run("history", "a").out
    with time_machine.travel(MONDAY.replace(hour=11), tick=False):
        assert json.loads(run("ledger", "ada", "--format", "json").out)["ada"][0]["spent"] == 1


def test_a_rejected_post_stays_so(house, run) -> None:
    made = house(post("a", "Pls RT!"))
    made.work(MONDAY.replace(hour=9))
    assert run("reject", "a", "--reason", "not this one").code == 0
    made.work(MONDAY.replace(hour=11), sign_in=False)
    assert made.states() == {"a@ada": "rejected"}


def test_plan_moves_an_ask_behind_the_value(configure, run, monday) -> None:
    posts = post("ask", "Pls RT!") + "".join(post(f"v{n}", f"Note {n} of the harbour master.") for n in range(4))
    configure(CONFIG + posts)
    run("sync")
    result = run("plan", "--apply")
    assert (result.code, "Wed 03 Jun" in result.out and "+ 17:00  ask@ada" in result.out) == (0, True)
    assert next(row["due_at"] for row in states(run) if row["post"] == "ask") == "2026-06-03T15:00:00Z"
    assert run("plan").out == "No post has to move.\n"


def test_init_writes_a_starter_that_works(run, here: Path) -> None:
    assert run("init").code == 0
    assert run("check").code in (0, 1)
    assert (here / "postiquette.db").exists()
    again = run("init")
    assert (again.code, "is there already" in again.err) == (2, True)


def test_init_leaves_nothing_half_done(run, here: Path) -> None:
    (here / "postiquette.db").write_text("my notes")
    assert run("init").code == 3
    assert not (here / "postiquette.toml").exists()


def test_doctor_finds_the_browser(run, here: Path) -> None:
    result = run("doctor")
    assert (result.code, "✓ browser" in result.out) == (0, True)
    (here / "postiquette.toml").write_text('[browser]\nexecutable = "/no/such/browser"\n')
    result = run("doctor")
    assert (result.code, "is no program that can be run" in result.out) == (3, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(run, shell: str) -> None:
    assert "_POSTIQUETTE_COMPLETE" in run("completion", shell).out


def test_bad_usage_is_two_and_a_line(run) -> None:
    for arguments in (["nonsense"], ["explain"], ["explain", "over-ration"], ["list", "--format", "yaml"]):
        result = run(*arguments)
        assert result.code == 2, arguments
        assert "Traceback" not in result.err


def test_a_mistyped_command_is_answered_with_the_nearest(run) -> None:
    result = run("chekc")
    assert (result.code, "did you mean 'check'?" in result.err) == (2, True)


def test_status_says_that_files_wait_for_a_word(configure, run) -> None:
    posts = [post(name, f"Note on the {name}.") for name in ("ferry", "bridge", "pier")]
    configure(CONFIG + "".join(posts))
    run("sync")
    configure(CONFIG + posts[0])
    result = run("status")
    assert (result.code, "2 of 3 queued posts would be withdrawn" in result.out) == (1, True)


def test_what_should_not_happen_leaves_a_report(run, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr("postiquette.policies.rulebook.all_rules", lambda: 1 / 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run("rules")
    assert result.code == 70
    [report] = tmp_path.glob("postiquette-*.txt")
    assert str(report) in result.err
    assert "ZeroDivisionError" in report.read_text()


def test_it_runs_as_a_module(here: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "postiquette", "--version"], capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith("postiquette ")


def test_the_demo_runs(run, here: Path) -> None:
    result = run("demo", "--output", here / "demo")
    assert result.code == 0
    assert "↷ deferred  summer@ada" in result.out
    assert "… held  bread-giveaway@bakery" in result.out
    assert "✓ published  migration@ada" in result.out
    assert "Please share it with your friends" not in result.out.partition("3. What the site shows")[2]
    assert (here / "demo" / "report.html").exists()
    assert len(list((here / "demo" / "screens").iterdir())) >= 12
