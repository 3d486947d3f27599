"""The main job and its faults, on the sandbox, through real Chromium, under a simulated clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from houses import HEAD, MONDAY, post

from postiquette.queue import leases
from postiquette.scheduler.dispatch import LEASE

NINE = MONDAY + timedelta(hours=3)
QUICK = HEAD + '\n[browser]\ntimeout = "1s"\n'


def test_a_post_goes_out_verbatim_once(house) -> None:
    text = "Boats & <b>bread</b> {{ 7 * 7 }} \u202eabc\u202c 👩‍👩‍👧 [red]\n\nlast line"
    made = house(post("a", text))
    made.work(NINE, timedelta(hours=1))
    assert made.texts() == [text]
    assert made.path("a@ada") == ["scheduled", "claimed", "submitting", "published"]
    delivery = made.deliveries()["a@ada"]
    assert delivery.url == f"{made.site.url}/@ada/1"
    assert delivery.counted == "proven"


def test_not_before_its_time(house) -> None:
    made = house(post("a"))
    made.work(NINE - timedelta(minutes=1))
    assert made.states() == {"a@ada": "scheduled"}
    assert made.site.state.submissions == []


def test_the_ratio_holds_on_what_goes_out(house, run) -> None:
    texts = [
        "Note one on ferries.",
        "Please share our note on tides!",
        "Note two on harbours.",
        "Pls RT!",
        "Note three on sails.",
    ]
    made = house("".join(post(f"p{n}", text) for n, text in enumerate(texts)))
    made.work(*(MONDAY + timedelta(hours=h) for h in range(2, 24 * 4)))
    assert made.texts() == ["Note one on ferries.", "Note two on harbours.", "Pls RT!", "Note three on sails."]
    assert made.states()["p1@ada"] == "held"
    assert "over-ratio" in made.reasons("p1@ada")
    assert json.loads(run("plan", "--format", "json").out)["notes"] == [
        "not planned, for a person has the word: p1@ada is held"
    ]


def test_the_list_shows_what_went_out(house, run) -> None:
    made = house(post("tide", "The tide tables hang at the pier. Please share!"))
    assert "Please share!" in run("list").out
    made.work(NINE)
    assert made.texts() == ["The tide tables hang at the pier."]
    listed = run("list", "--all").out
    assert "The tide tables hang at the pier." in listed
    assert "Please share!" not in listed


def test_media_and_alt_text_arrive(house, here) -> None:
    from postiquette.preview.demonstration import _loaf

    (here / "loaf.png").write_bytes(_loaf())
    made = house(post("a", "Our rye.", media='[{ path = "loaf.png", alt = "A dark loaf" }]'))
    made.work(NINE)
    [toot] = made.site.state.by("ada")
    assert [alt for _, alt in toot.pictures] == ["A dark loaf"]
    assert made.site.state.pictures[toot.pictures[0][0]].data == _loaf()


def test_a_thread_and_a_first_comment_answer_each_other(house) -> None:
    made = house(post("a", thread='["One.", "Two.", "Three."]', first_comment='"And a word more."'))
    made.work(NINE)
    assert made.texts() == ["One.", "Two.", "Three.", "And a word more."]
    assert [toot.reply_to for toot in reversed(made.site.state.by("ada"))] == [None, 1, 2, 3]
    assert [attempt.outcome for attempt in made.attempts("a@ada")] == ["published"] * 4
    assert made.deliveries()["a@ada"].url == f"{made.site.url}/@ada/1"


def test_a_thread_goes_on_after_its_last_proven_item(house) -> None:
    made = house(post("a", thread='["One.", "Two.", "Three."]'))
    made.site.state.switch_on("error-before", after=1)
    made.work(NINE)
    assert made.states() == {"a@ada": "unconfirmed"}
    made.work(timedelta(minutes=1), timedelta(minutes=1))
    assert made.texts() == ["One.", "Two.", "Three."]
    assert [toot.reply_to for toot in reversed(made.site.state.by("ada"))] == [None, 1, 2]
    assert made.states() == {"a@ada": "published"}


def test_a_thread_that_is_not_complete_earns_nothing(house) -> None:
    made = house(post("a", thread='["One thing about ferries.", "Two."]'))
    made.site.state.switch_on("refuse", after=1)
    made.work(NINE)
    assert made.states() == {"a@ada": "refused"}
    assert made.deliveries()["a@ada"].counted == "maybe"


def test_two_accounts_side_by_side(house) -> None:
    made = house(post("a", "For both of you.", account='["ada", "bob"]'))
    made.work(NINE)
    assert (made.texts("ada"), made.texts("bob")) == (["For both of you."], ["For both of you."])


def test_too_late_is_missed_not_sent(house) -> None:
    made = house(post("a"))
    made.work(NINE + timedelta(hours=2, minutes=1))
    assert made.states() == {"a@ada": "missed"}
    assert made.site.state.submissions == []


def test_a_lost_composer_is_tried_again_later(house) -> None:
    made = house(post("a"), head=QUICK)
    made.work()
    made.site.state.switch_on("no-composer", 3)
    made.work(NINE, timedelta(seconds=30), timedelta(seconds=31), sign_in=False)
    assert made.path("a@ada") == ["scheduled", "claimed", "scheduled", "claimed", "submitting", "published"]
    assert made.deliveries()["a@ada"].failures == 0


def test_attempts_are_used_up(house) -> None:
    made = house(post("a"), head=QUICK)
    made.work()
    made.site.state.switch_on("no-composer", 99)
    made.work(NINE, *[timedelta(minutes=8)] * 4, sign_in=False)
    assert made.states() == {"a@ada": "failed"}
    assert made.site.state.submissions == []


def test_a_signed_out_account_waits_for_login(house) -> None:
    made = house(post("a"))
    made.work(NINE, sign_in=False)
    assert made.states() == {"a@ada": "scheduled"}
    assert "asks for a login" in made.reasons("a@ada")
    made.work(timedelta(minutes=1), sign_in=False)
    assert made.path("a@ada").count("claimed") == 1


def test_refused_is_refused(house) -> None:
    made = house(post("a"))
    made.site.state.switch_on("refuse")
    made.work(NINE, timedelta(minutes=30))
    assert made.states() == {"a@ada": "refused"}
    assert "this is not welcome here" in made.reasons("a@ada")
    assert len(made.site.state.submissions) == 1


def test_rate_limited_goes_again_after_the_time_asked_for(house) -> None:
    made = house(post("a"))
    made.site.state.switch_on("rate-limit")
    made.work(NINE, timedelta(seconds=29), timedelta(seconds=2))
    assert made.texts() == ["The ferry runs again from seven."]
    assert len(made.site.state.submissions) == 2


def test_stored_but_answered_with_an_error_is_found_and_not_sent_again(house) -> None:
    made = house(post("a"))
    made.site.state.switch_on("error-after")
    made.work(NINE, timedelta(minutes=1), timedelta(minutes=1))
    assert made.texts() == ["The ferry runs again from seven."]
    assert made.path("a@ada") == ["scheduled", "claimed", "submitting", "unconfirmed", "published"]


def test_stored_but_never_answered_is_found_and_not_sent_again(house) -> None:
    made = house(post("a"))
    made.site.state.switch_on("silence")
    made.work(NINE, timedelta(minutes=1))
    assert len(made.site.state.submissions) == 1
    assert made.states() == {"a@ada": "published"}


def test_an_error_and_proven_absence_goes_again_once(house) -> None:
    made = house(post("a"))
    made.site.state.switch_on("error-before")
    made.work(NINE, timedelta(minutes=1), timedelta(minutes=1))
    assert made.texts() == ["The ferry runs again from seven."]
    assert made.deliveries()["a@ada"].resent == 1
    assert "proven not to be out" in made.reasons("a@ada")


def test_absence_goes_again_only_once(house) -> None:
    made = house(post("a"))
    made.site.state.switch_on("error-before", 9)
    made.work(NINE, *[timedelta(minutes=1)] * 4)
    assert made.states() == {"a@ada": "unconfirmed"}
    assert len(made.site.state.submissions) == 2
    assert all(not attempt.open for attempt in made.attempts("a@ada"))


def test_an_unconfirmed_ask_stays_spent_and_the_account_goes_on(house) -> None:
    texts = ["Note one on ferries.", "Note two on harbours.", "Pls RT!", "RT pls"]
    made = house("".join(post(f"p{n}", text) for n, text in enumerate(texts)))
    made.work(NINE, MONDAY + timedelta(hours=11), MONDAY + timedelta(hours=26))
    made.site.state.switch_on("error-before", 2)
    made.work(MONDAY + timedelta(hours=27), *[timedelta(minutes=1)] * 3, MONDAY + timedelta(hours=35))
    assert made.states()["p2@ada"] == "unconfirmed"
    assert made.states()["p3@ada"] == "held"


def test_a_session_that_ends_at_the_click_is_unconfirmed_until_login(house) -> None:
    made = house(post("a"))
    made.site.state.switch_on("expire")
    made.work(NINE, timedelta(minutes=1))
    assert made.states() == {"a@ada": "unconfirmed"}
    with made.store.begin() as connection:
        assert leases.signed_out(connection) == {"ada"}
        leases.set_signed_out(connection, "ada", signed_out=False)
    made.work(timedelta(minutes=1), timedelta(minutes=1))
    assert made.texts() == ["The ferry runs again from seven."]


def test_paused_means_paused(house, run) -> None:
    made = house(post("a"))
    assert run("pause", "--reason", "a storm").code == 0
    made.work(NINE)
    assert made.states() == {"a@ada": "scheduled"}
    assert "a storm" in run("status").out
    run("resume")
    made.work(timedelta(minutes=1))
    assert made.states() == {"a@ada": "published"}


@pytest.mark.parametrize("worker", ["one", "two"])
def test_only_the_holder_of_the_lease_publishes(house, worker: str) -> None:
    made = house(post("a"))
    with made.store.begin() as connection:
        leases.register(connection, ["ada"])
        held = leases.acquire(connection, "ada", "somebody else", datetime.now(UTC), LEASE)
        assert held is not None
        assert leases.acquire(connection, "ada", worker, datetime.now(UTC), LEASE) is None
        assert leases.acquire(connection, "ada", worker, datetime.now(UTC) + LEASE, LEASE).fence == held.fence + 1
        assert not leases.still_held(connection, held, datetime.now(UTC))
    assert made.site.state.submissions == []
