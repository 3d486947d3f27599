"""What the rules find beyond their manuals' examples: edges, options, severities and waivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from postiquette.errors import InputError
from postiquette.model import (
    Account,
    Action,
    Content,
    Counter,
    Counting,
    Entry,
    Finding,
    Kind,
    Limits,
    Policy,
    Post,
    Ratio,
    RuleSettings,
    Severity,
    Waiver,
    Window,
)
from postiquette.policies.counting import length, size
from postiquette.policies.decide import Situation, decide
from postiquette.policies.ledger import Ledger
from postiquette.policies.past import Remembered, Sent
from postiquette.policies.rulebook import Rulebook

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
POLICY = Policy(Counter(Kind.SHARE_REQUEST, Ratio(1, 4), Window(posts=20)))
ACCOUNT = Account("me", "sandbox", "me", "Europe/Amsterdam")
VALUES = [Entry(NOW - timedelta(days=9 - n), f"v{n}", Kind.VALUE) for n in range(8)]


def sent(post: str, text: str, before: timedelta, kind: Kind = Kind.VALUE) -> Sent:
    return Sent(post, NOW - before, kind, Content((text,)))


def findings(text: str, rule: str, *past: Sent, at: datetime = NOW, allow=None, **tuned) -> list[Finding]:
    settings = RuleSettings(
        **{name: tuned.pop(name) for name in ("action", "severity") if name in tuned}, options=tuned
    )
    policy = replace(POLICY, rules={rule: settings})
    situation = Situation(
        Post("it", Content((text,)), allow=allow or {}), ACCOUNT, at, Ledger(VALUES), Remembered(past)
    )
    found = decide(situation, policy, Rulebook(policy)).findings
    return [finding for finding in found if finding.rule == rule]


def test_quiet_hours_pass_midnight_on_the_accounts_clock() -> None:
    def quiet(hour: int, minute: int = 0, **tuned) -> bool:
        return bool(findings("Tides.", "quiet-hours", at=NOW.replace(hour=hour, minute=minute), **tuned))

    # Amsterdam is two hours ahead
    assert [quiet(20, 59), quiet(21), quiet(23), quiet(3, 59), quiet(4)] == [False, True, True, True, False]
    assert [quiet(9, hours="11:00-12:00"), quiet(10, hours="11:00-12:00")] == [True, False]


def test_crowding_looks_at_the_last_post_of_another_id() -> None:
    assert findings("Tides.", "crowding", sent("other", "x", timedelta(minutes=9)))
    assert not findings("Tides.", "crowding", sent("other", "x", timedelta(minutes=10)))
    assert not findings("Tides.", "crowding", sent("it", "x", timedelta(minutes=1)))
    assert findings("Tides.", "crowding", sent("other", "x", timedelta(hours=1)), gap="2h")


def test_the_same_person_is_not_asked_again_and_a_mention_is_only_remarked_on() -> None:
    asked = sent("other", "@Maria please share our list", timedelta(days=6), Kind.SHARE_REQUEST)
    [finding] = findings("@maria please share the dates of the fair too", "same-person-again", asked)
    assert (finding.action, finding.evidence) == (Action.HOLD, ("other",))
    assert not findings("@maria please share the dates too", "same-person-again", asked, cooldown="5d", mentions="0s")
    mentioned = sent("other", "Thanks @maria@example.social for the ladder", timedelta(hours=3))
    [remark] = findings("And @maria@example.social held it.", "same-person-again", mentioned)
    assert (remark.action, remark.severity) == (Action.ALLOW, Severity.NOTE)


def test_a_repeated_ask_is_a_warning_and_holds_where_it_is_told_to() -> None:
    before = sent(
        "other",
        "Our survey of the night buses is open until Sunday. Please share!",
        timedelta(days=6),
        Kind.SHARE_REQUEST,
    )
    text = "Our survey of the night buses is open until Monday. Please share!"
    [finding] = findings(text, "repeated-ask", before)
    assert (finding.action, finding.severity) == (Action.ALLOW, Severity.WARNING)
    assert findings(text, "repeated-ask", before, action=Action.HOLD)[0].action is Action.HOLD
    assert not findings(text, "repeated-ask", before, cooldown="5d")
    assert not findings(text, "repeated-ask", before, similarity=100)


def test_crowds_are_counted_from_the_first_that_is_too_many() -> None:
    [finding] = findings("Lake #a1 #b #c #d #e #f #g", "hashtag-crowd")
    assert (finding.evidence, finding.start) == (("#f #g",), 21)
    assert not findings("Issue #1 and #2, https://example.org/#x #a #b", "hashtag-crowd", most=2)
    assert findings("@a @b @c", "mention-crowd", most=2)
    assert not findings("mail a@b.org, c@d.org @e", "mention-crowd", most=1)


def test_a_waiver_ends_and_its_end_is_told() -> None:
    def held(until: date | None) -> Finding:
        [finding] = findings("Tides.", "quiet-hours", at=NOW.replace(hour=22), action=Action.HOLD,
                             allow={"quiet-hours": Waiver("night shift", until)})  # fmt: skip
        return finding

    # it is past midnight in Amsterdam
    assert held(None).action is held(date(2026, 6, 2)).action is Action.ALLOW
    assert "waived: night shift" in held(None).message
    assert (held(date(2026, 6, 1)).action, "its waiver ended on 2026-06-01" in held(date(2026, 6, 1)).message) == (
        Action.HOLD,
        True,
    )


def test_a_waiver_that_nothing_needs_is_reported() -> None:
    [finding] = findings("Tides.", "unused-waiver", allow={"too-long": Waiver("long ago")})
    assert (finding.message, finding.severity) == (
        "too-long has nothing to remark here (waived: long ago)",
        Severity.NOTE,
    )


def test_action_and_severity_are_set_apart() -> None:
    late = NOW.replace(hour=22)
    assert findings("Tides.", "quiet-hours", at=late, severity=Severity.ERROR)[0].severity is Severity.ERROR
    assert findings("Tides.", "quiet-hours", at=late, action=Action.BLOCK)[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        ("quiet-hours", {"hours": "25:00-26:00"}, 'expected hours such as "23:00-06:00"'),
        ("repeated-ask", {"similarity": 120}, "expected a whole number from 50 to 100"),
        ("hashtag-crowd", {"most": True}, "expected a whole number"),
        ("crowding", {"gapp": "1h"}, "did you mean 'gap'"),
        ("ask-too-soon", {"gap": "soon"}, "expected a duration"),
    ],
)
def test_options_are_validated(rule: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Rulebook(replace(POLICY, rules={rule: RuleSettings(options=options)}))


FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("counting", "text", "expected"),
    [
        (Counting.GRAPHEMES, FAMILY + "é" + "e\u0301\r\n", 4),
        (Counting.UTF16, "a😀", 3),
        (Counting.X, "hello", 5),
        (Counting.X, "日本語", 6),
        (Counting.X, "“wow”…", 7),
        (Counting.X, FAMILY + "🐦‍🔥🇩🇪1️⃣", 8),
        (Counting.X, "https://example.org/" + "x" * 90 + " example.com", 23 + 1 + 23),
        (Counting.X, "e\u0301", 1),
        (Counting.BLUESKY, "https://example.org/a/very/long/path/indeed", len("example.org/a/very/long/...")),
        (Counting.BLUESKY, FAMILY, 1),
        (Counting.MASTODON, "@ada@example.social https://example.org/" + "x" * 50, 4 + 1 + 23),
        (Counting.MASTODON, "कि", 2),
        (Counting.THREADS, "ok 😀", 7),
    ],
)
def test_every_site_counts_in_its_own_way(counting: Counting, text: str, expected: int) -> None:
    assert length(text, Limits(counting=counting)) == expected


def test_bytes_are_a_limit_of_their_own() -> None:
    account = replace(ACCOUNT, limits=Limits(characters=300, bytes=10, counting=Counting.BLUESKY))
    situation = Situation(Post("it", Content((FAMILY,))), account, NOW, Ledger(VALUES))
    [finding] = [f for f in decide(situation, POLICY, Rulebook(POLICY)).findings if f.rule == "too-long"]
    assert finding.message == "25 bytes, but sandbox takes 10"
    assert size("é", Limits()) == 2
