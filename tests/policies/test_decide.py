from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from postiquette.errors import InputError
from postiquette.model import (
    Account,
    Action,
    Approval,
    Content,
    Counter,
    Entry,
    Kind,
    Limits,
    Media,
    Policy,
    Post,
    Ratio,
    RuleSettings,
    Waiver,
    Window,
)
from postiquette.policies.decide import Situation, decide
from postiquette.policies.ledger import Ledger
from postiquette.policies.past import Remembered, Sent
from postiquette.policies.rulebook import Rulebook, waiver_problem

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
POLICY = Policy(Counter(Kind.SHARE_REQUEST, Ratio(1, 4), Window(posts=20)))
ACCOUNT = Account("me", "sandbox", "me", "Europe/Amsterdam", limits=Limits(characters=60, media=1, threads=True))
GUIDE = "How we mended the church clock. Please share it with your friends!"


def values(count: int) -> list[Entry]:
    return [Entry(NOW - timedelta(days=9 - n), f"v{n}", Kind.VALUE) for n in range(count)]


def situation(
    text: str = GUIDE, *, history: list[Entry] | None = None, account: Account = ACCOUNT, **more
) -> Situation:
    content = more.pop("content", Content((text,)))
    post = Post("it", content, **{key: more.pop(key) for key in ("allow", "declared_kind") if key in more})
    roomy = replace(account, limits=replace(account.limits, characters=more.pop("characters", 500)))
    return Situation(post, roomy, NOW, Ledger(values(1) if history is None else history), **more)


def decided(case: Situation, policy: Policy = POLICY):
    return decide(case, policy, Rulebook(policy))


def test_an_earned_ask_goes_out_as_it_is() -> None:
    decision = decided(situation(history=values(4)))
    assert (decision.action, decision.kind, decision.findings) == (Action.ALLOW, Kind.SHARE_REQUEST, ())


def test_an_ask_too_many_is_rewritten_and_says_why() -> None:
    decision = decided(situation())
    assert decision.action is Action.REWRITE
    assert decision.content.texts == ("How we mended the church clock.",)
    assert decision.kind is Kind.VALUE
    [finding] = decision.findings
    assert (finding.rule, finding.field, finding.evidence[0]) == (
        "over-ratio",
        "text",
        "Please share it with your friends",
    )
    assert GUIDE[finding.start : finding.end] == finding.evidence[0]
    assert "3 more value posts" in finding.suggestion or "3 value posts" in finding.suggestion


def test_the_posts_that_used_the_budget_up_are_named() -> None:
    history = [*values(4), Entry(NOW - timedelta(hours=1), "earlier-ask", Kind.SHARE_REQUEST)]
    assert "earlier-ask" in decided(situation(history=history)).findings[0].evidence


def test_the_list_is_tried_in_order() -> None:
    hold_first = replace(POLICY, on_excess=(Action.HOLD, Action.REWRITE))
    assert decided(situation(), hold_first).action is Action.HOLD
    assert decided(situation("Pls RT!")).action is Action.HOLD
    assert decided(situation("Pls RT!"), replace(POLICY, on_excess=(Action.REWRITE,))).action is Action.BLOCK


def test_it_is_deferred_to_the_first_slot_that_is_earned() -> None:
    poor, rich = Ledger(values(1)), Ledger(values(4))
    slots = [NOW + timedelta(days=1), NOW + timedelta(days=2), NOW + timedelta(days=3)]
    later = list(zip(slots, [poor, rich, rich], strict=True))
    decision = decided(situation("Pls RT!", later=later))
    assert (decision.action, decision.defer_to) == (Action.DEFER, slots[1])
    assert decided(situation("Pls RT!", later=later, deferred=3)).action is Action.HOLD
    near = replace(POLICY, defer_within=timedelta(days=1))
    assert decided(situation("Pls RT!", later=later), near).action is Action.HOLD


def test_a_new_audience_is_not_asked() -> None:
    decision = decided(situation("Pls RT!", history=[]))
    assert decision.action is Action.HOLD
    assert "nothing-given-yet" in {finding.rule for finding in decision.findings}


def test_an_exempt_ask_goes_to_a_person() -> None:
    text = "Missing since Tuesday: our grey cat Tom, last seen at the mill. Please share!"
    assert decided(situation(text)).action is Action.HOLD
    assert decided(situation(text), replace(POLICY, on_excess=(Action.BLOCK,))).action is Action.HOLD


def test_an_approval_binds_to_its_wording_and_expires() -> None:
    case = situation("Pls RT!")
    good = Approval("ada", "launch day", case.post.content.fingerprint(), NOW + timedelta(days=1))
    assert decided(replace(case, approval=good)).action is Action.ALLOW
    assert "approved by ada: launch day" in decided(replace(case, approval=good)).findings[-1].message
    assert decided(replace(case, approval=replace(good, expires_at=NOW))).action is Action.HOLD
    assert decided(replace(case, approval=replace(good, fingerprint="another"))).action is Action.HOLD


def test_a_post_is_decided_once_for_its_audience() -> None:
    rewritten = Content(("How we mended the church clock.",))
    decision = decided(situation(history=values(8), settled=rewritten))
    assert (decision.action, decision.content) == (Action.REWRITE, rewritten)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content(("Here is how.", "Second part.", "Pls RT!")), "thread[2]"),
        (Content(("Here is how.",), first_comment="Pls RT!"), "first_comment"),
        (Content(("Here is how.",), media=(Media("/a.png", "A clock. Please retweet!"),)), "media[0].alt"),
    ],
)
def test_an_ask_anywhere_is_an_ask_and_a_hidden_one_is_remarked(content: Content, field: str) -> None:
    decision = decided(situation(content=content, history=values(1)))
    assert decision.action is not Action.ALLOW
    assert {"over-ratio", "hidden-ask"} <= {finding.rule for finding in decision.findings if finding.field == field}


def test_a_first_comment_that_only_asks_is_left_out() -> None:
    decision = decided(situation(content=Content(("Here is how we did it.",), first_comment="Pls RT!")))
    assert (decision.action, decision.content) == (Action.REWRITE, Content(("Here is how we did it.",)))


def test_a_label_tightens_and_cannot_launder() -> None:
    labelled = decided(situation("The bridge is open again.", declared_kind=Kind.SHARE_REQUEST))
    assert (labelled.kind, labelled.action) == (Kind.SHARE_REQUEST, Action.HOLD)


def test_the_asking_rules_cannot_be_waived_or_switched_off() -> None:
    waived = situation("Pls RT!", allow={"over-ratio": Waiver("because"), "nothing-given-yet": Waiver("because")})
    assert decided(waived).action is Action.HOLD
    assert "approve" in (waiver_problem("over-ratio") or "")
    with pytest.raises(InputError, match="cannot be switched off"):
        Rulebook(replace(POLICY, rules={"over-ratio": RuleSettings(enabled=False)}))


def test_fit_rules_and_waivers() -> None:
    long = situation("word " * 20, characters=60)
    assert decided(long).action is Action.HOLD
    assert (
        decided(replace(long, post=replace(long.post, allow={"too-long": Waiver("the limit was raised")}))).action
        is Action.ALLOW
    )
    many = situation(content=Content(("Here is how.",), media=(Media("/a.png", "a"), Media("/b.png", "b"))))
    assert [f.rule for f in decided(many).findings] == ["media-refused"]
    no_threads = replace(ACCOUNT, limits=replace(ACCOUNT.limits, threads=False))
    thread = situation(content=Content(("Here is how.", "And why.")), account=no_threads)
    assert [f.rule for f in decided(thread).findings] == ["thread-refused"]
    bare = situation(content=Content(("Here is how.",), media=(Media("/a.png"),)))
    assert [(f.rule, f.action) for f in decided(bare).findings] == [("missing-alt-text", Action.ALLOW)]


def test_length_is_counted_as_readers_and_the_site_count() -> None:
    weighted = replace(ACCOUNT, limits=Limits(characters=30, link_characters=23))
    long_link = "Look: https://example.org/" + "x" * 90
    case = Situation(Post("it", Content((long_link,))), weighted, NOW, Ledger())
    assert decided(case).action is Action.ALLOW
    family = "👩‍👩‍👧‍👦" * 30
    case = Situation(Post("it", Content((family,))), weighted, NOW, Ledger())
    assert not [finding for finding in decided(case).findings if finding.rule == "too-long"]


def test_repeated_text() -> None:
    sent = Sent(
        "wal", NOW - timedelta(days=3), Kind.VALUE, Content(("WAL mode, in three minutes: https://example.org/1",))
    )
    again = situation("wal MODE in three minutes https://example.org/2", past=Remembered([sent]))
    assert decided(again).action is Action.HOLD
    old = Remembered([replace(sent, at=NOW - timedelta(days=91))])
    assert decided(situation("WAL mode, in three minutes", past=old)).action is Action.ALLOW


def test_promotion_has_a_counter_of_its_own() -> None:
    policy = replace(POLICY, promotion=Counter(Kind.PROMOTION, Ratio(1, 4), Window(posts=10)))
    buy = "Early-bird tickets end tonight: https://example.org/t"
    assert decided(situation(buy, history=values(4)), policy).action is Action.ALLOW
    assert decided(situation(buy, history=values(3)), policy).action is Action.HOLD
    assert [f.rule for f in decided(situation(buy, history=values(3)), policy).findings] == ["over-promotion"]
    assert decided(situation(buy, history=[])).action is Action.ALLOW


def test_a_local_time_that_does_not_exist_is_remarked() -> None:
    gap = situation("The bridge is open.", written_at=datetime(2027, 3, 28, 2, 30))
    twice = situation("The bridge is open.", written_at=datetime(2027, 10, 31, 2, 30))
    assert "does not exist" in decided(gap).findings[0].message
    assert "comes twice" in decided(twice).findings[0].message
    assert decided(twice).findings[0].rule == "gap-in-time"
    assert not decided(situation("The bridge is open.", written_at=datetime(2027, 5, 1, 2, 30))).findings


def test_every_decision_is_stamped_with_its_policy() -> None:
    other = replace(POLICY, on_excess=(Action.HOLD,))
    assert decided(situation()).policy == POLICY.stamp != decided(situation(), other).policy


def test_options_are_validated() -> None:
    with pytest.raises(InputError, match="did you mean 'within'"):
        Rulebook(replace(POLICY, rules={"repeated-text": RuleSettings(options={"withn": "7d"})}))
    with pytest.raises(InputError, match="expected a duration"):
        Rulebook(replace(POLICY, rules={"repeated-text": RuleSettings(options={"within": "soon"})}))
    with pytest.raises(InputError, match="did you mean 'over-ratio'"):
        Rulebook(replace(POLICY, rules={"over-ration": RuleSettings()}))
