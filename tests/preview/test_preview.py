from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import time_machine
from houses import post
from hypothesis import given
from hypothesis import strategies as st

from postiquette.preview.safe import safe
from postiquette.preview.wording import difference

CONFIG = """
[service]
timezone = "Europe/Amsterdam"

[policy]
ratio = "1:4"

[accounts.ada]
site = "sandbox"
url = "http://127.0.0.1:9"
audience = "us"
slots = ["daily 09:00", "daily 17:00"]
"""

POSTS = (
    post("ferry")
    + post("guide", "How we mended the clock. Please share it with your friends!")
    + post("bare", "Pls RT!", at="2026-06-02T12:00:00")
)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel("2026-06-01T06:00:00Z", tick=False):
        yield


def test_the_terminal_shows_the_plan(configure, run, here: Path) -> None:
    configure(CONFIG + POSTS)
    result = run("preview")
    assert result.code == 1
    assert result.out == (Path(__file__).with_name("expected_preview.txt")).read_text()
    assert not (here / "postiquette.db").exists()


def test_the_contract_of_the_json(configure, run) -> None:
    configure(CONFIG + POSTS)
    data = json.loads(run("preview", "--format", "json").out)
    assert set(data) >= {"generated_at", "accounts", "posts"}
    keys = {"id", "account", "site", "at", "state", "decision", "text", "original_text", "findings", "thread", "ledger"}
    for entry in data["posts"]:
        assert keys <= set(entry)
    guide = next(entry for entry in data["posts"] if entry["id"] == "guide@ada")
    assert (guide["decision"], guide["text"]) == ("rewrite", "How we mended the clock.")
    assert guide["at"] == "2026-06-01T15:00:00Z"
    [finding] = guide["findings"]
    assert set(finding) >= {"rule", "message", "field", "start", "end", "evidence"}
    assert guide["original_text"][finding["start"] : finding["end"]] == finding["evidence"][0]
    assert set(guide["ledger"][0]) == {"counter", "window", "spent", "earned", "allowed", "next_free_at"}


def test_before_and_after_sync_the_plan_is_the_same(configure, run) -> None:
    configure(CONFIG + POSTS)
    before = json.loads(run("preview", "--format", "json").out)
    run("sync")
    assert json.loads(run("preview", "--format", "json").out) == before


def test_a_preview_of_changed_files_leaves_the_queue_alone(configure, run) -> None:
    configure(CONFIG + POSTS)
    run("sync")
    kept = run("list", "--format", "json").out
    configure(CONFIG + POSTS.replace("The ferry runs", "The old ferry runs") + post("more", "A fourth one here."))
    shown = json.loads(run("preview", "--format", "json").out)
    assert {"more@ada"} <= {entry["id"] for entry in shown["posts"]}
    assert run("list", "--format", "json").out == kept


NASTY = "</article><script>alert(1)</script> {{ 7*7 }} {% raw %} \\u001b[31mred\\u202e [bold]x[/] &amp; 👩‍👩‍👧"


def test_hostile_text_is_shown_safely_everywhere(configure, run, here: Path) -> None:
    configure(CONFIG + f'[[posts]]\nid = "x"\naccount = "ada"\ntext = "{NASTY}"\n')
    text = json.loads(f'"{NASTY}"')
    page = here / "page.html"
    shown = run("preview", "--html", page)
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert "␛[31mred⟨U+202E⟩ [bold]x[/]" in re.sub(r"\s*\n\s*", " ", shown.out)
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "49" not in html.split("&lt;script")[1][:60]
    assert "http://" not in re.sub(r"xmlns=\S+", "", html)
    assert "\x1b" not in html
    assert json.loads(run("preview", "--format", "json").out)["posts"][0]["text"] == text
    for command in (["sync"], ["list"], ["show", "x"], ["check"]):
        printed = run(*command).out
        assert "\x1b[31m" not in printed
        assert "\u202e" not in printed


def test_the_page_asks_for_nothing(configure, run, here: Path) -> None:
    configure(CONFIG + POSTS)
    run("preview", "--html", here / "page.html")
    html = (here / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in html
    assert not re.findall(r'(?:src|href)="(?!data:)', html)


@given(st.text(st.characters(exclude_categories=())))
def test_safe_text_commands_nothing(text: str) -> None:
    shown = safe(text)
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E]
    assert safe(shown) == shown


@given(st.text("ab \n", max_size=30), st.text("ab \n", max_size=30))
def test_a_difference_holds_both_wordings(before: str, after: str) -> None:
    stretches = list(difference(before, after))
    assert "".join(text for kind, text in stretches if kind != "new") == before
    assert "".join(text for kind, text in stretches if kind != "gone") == after
