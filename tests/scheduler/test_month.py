"""A month of posts as a person would write them: check, plan, preview, and out through a real browser under a simulated clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import time_machine
from houses import MONDAY, post

from postiquette.policies.language.reader import read
from postiquette.queue.states import State

HEAD = """
[service]
timezone = "Europe/Amsterdam"

[policy]
ratio = "1:2"
window = { posts = 12, days = 30 }
on_excess = ["defer", "rewrite", "hold"]

[publishing]
settle = "0s"
look_again = []

[accounts.ada]
site = "sandbox"
url = "{url}"
username = "ada"
password = "correct horse"
audience = "town"
slots = ["Mon-Fri 09:00"]

[accounts.bob]
site = "sandbox"
url = "{url}"
username = "bob"
password = "battery staple"
audience = "town"
slots = ["Tue 12:30", "Thu 12:30", "Sat 11:00"]
"""
#: by account, in the order in which they were written; the asks cluster, as they do
MONTH = {
    "ada": [
        "Our winter programme is out: eleven evenings, all free. Please share it with your street!",
        "The tower clock runs again. What broke was a pin of two millimetres.",
        "Retweet if you miss the night bus.",
        "How we counted the passengers of line 4: three people, three doors, one week.",
        "1,204 people rode line 4 at night last week. The council had guessed 300.",
        "The library lends tools now: drills, ladders, and a machine that sews leather.",
        "Tell your friends: the night bus is back from Friday!",
        "Three repairs that need no tools, and one that looks as if it did.",
        "The harbour pilots showed us how they read the tide without a table.",
        "What the mayor said about the pier, and what the minutes say she said.",
        "A baker of ninety explains why her oven faces north.",
        "We need 40 more signatures by Sunday. Pls RT!",
        "The museum opens its cellar on Saturday: bring a torch.",
        "Corrections: the ferry costs 2.50, not 2.80. We read last year's table.",
        "Spread the word: the choir sings in the tunnel on Sunday at four.",
        "The tunnel echoes for nine seconds. We measured it with a balloon.",
        "Thank you for sharing the tunnel concert. 300 came, and 40 sang.",
        "What is under the market square: a map in four layers.",
    ],
    "bob": [
        "Please share the petition for the footbridge, it closes tonight.",
        "I walk the dyke every Tuesday. Here is what grew since last time.",
        "Two kingfishers at the lock, and how to tell them apart.",
        "The footbridge: what it costs, who pays, and what the engineers doubt.",
        "A heron ate the mayor's goldfish. Here is the photograph that proves it.",
        "How old is that willow? Measure round it and multiply by two.",
        "Tag a friend who should walk the dyke with us!",
        "Frost on the reeds. Come before nine, it melts.",
    ],
}


def test_a_month_goes_by(house, run) -> None:
    posts = "".join(
        post(f"{account}-{number:02}", text, account=f'"{account}"')
        for account, texts in MONTH.items()
        for number, text in enumerate(texts)
    )
    posts += post("fair", "The winter fair is on: stalls, soup, and the old carousel.", at="2026-06-12T10:00:00")
    made = house(posts, HEAD)
    with time_machine.travel(MONDAY, tick=False):
        found = json.loads(run("check", "--format", "json").out)
        assert {"nothing-given-yet", "over-ratio"} <= {finding["rule"] for finding in found}
        assert run("plan", "--apply").code == 0
        assert run("plan").out == "No post has to move.\n"
        assert run("check").code == 0
        said = {one["id"]: one for one in json.loads(run("preview", "--format", "json").out)["posts"]}
    assert {one["decision"] for one in said.values()} == {"allow"}
    times = sorted({datetime.fromisoformat(one["at"]) for one in said.values()})
    made.work(*times)

    out = made.deliveries()
    assert {delivery.state for delivery in out.values()} == {State.PUBLISHED}
    assert {key: delivery.due_at for key, delivery in out.items()} == {
        key: datetime.fromisoformat(one["at"]) for key, one in said.items()
    }
    assert out["fair@ada"].due_at == datetime(2026, 6, 12, 8, tzinfo=UTC)
    # what the site really shows is what was written, once each
    for account, texts in MONTH.items():
        shown = made.texts(account)
        assert sorted(shown) == sorted(
            texts + (["The winter fair is on: stalls, soup, and the old carousel."] * (account == "ada"))
        )
    gave_and_asked(sorted((delivery.due_at, delivery.sent.texts[0]) for delivery in out.values()))


def gave_and_asked(history: list[tuple[datetime, str]]) -> None:
    """Count again by hand: at each ask, no more than one for each two value posts of the last twelve posts and thirty days."""
    asks = 0
    for place, (at, text) in enumerate(history):
        if read(text).kind != "share_request":
            continue
        asks += 1
        before = [
            read(said).kind for when, said in history[max(0, place - 12) : place] if at - when <= timedelta(days=30)
        ]
        assert 2 * (before.count("share_request") + 1) <= before.count("value"), (at, text)
    assert asks == 7
