from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from queues import START, queue, slots

from postiquette.model import Action, Content, Counter, Entry, Kind, Policy, Ratio, Window
from postiquette.policies.forecast import Audience, Candidate, Forecast
from postiquette.policies.ledger import Ledger
from postiquette.policies.rulebook import Rulebook


def forecast(candidates: list[Candidate], ratio: str = "1:4", posts: int = 20, history: list[Entry] | None = None):
    asks, values = ratio.split(":")
    policy = Policy(Counter(Kind.SHARE_REQUEST, Ratio(int(asks), int(values)), Window(posts=posts)))
    made = Forecast(candidates, {"us": Audience(Ledger(history or []))}, policy, Rulebook(policy), slots)
    return made, policy


def actions(letters: str, **more) -> str:
    made, _ = forecast(queue(letters, by_slot=more.pop("by_slot", True)), **more)
    plans = sorted(made.run(START), key=lambda plan: plan.candidate.key)
    return " ".join(plan.decision.action.value for plan in plans)


def test_scheduled_value_earns_before_its_time_has_come() -> None:
    assert actions("VVVVS") == "allow allow allow allow allow"


def test_an_ask_too_early_is_deferred_behind_the_value() -> None:
    made, _ = forecast(queue("SVVVV"))
    [moved] = [plan for plan in made.run(START) if plan.decision.action is Action.DEFER]
    assert moved.at > START + timedelta(days=2)


def test_fixed_times_stay() -> None:
    assert actions("SVVVV", by_slot=False) == "hold allow allow allow allow"


def test_a_rewritten_post_earns() -> None:
    assert actions("VVVWS") == "allow allow allow rewrite allow"


def test_nothing_but_asks_ends() -> None:
    assert actions("SSSSSS") == "hold hold hold hold hold hold"


def test_one_post_on_two_accounts_of_an_audience_is_decided_and_counted_once() -> None:
    made, _ = forecast(queue("VVVVSVVVS", accounts=2))
    plans = made.run(START)
    by_post: dict[str, set[tuple[Action, Content]]] = {}
    for plan in plans:
        by_post.setdefault(plan.candidate.post.id, set()).add((plan.decision.action, plan.decision.content))
    assert all(len(decisions) == 1 for decisions in by_post.values())
    entries = made.audience("us").ledger.entries()
    assert len(entries) == len({entry.post for entry in entries})


@settings(max_examples=60)
@given(
    st.text("VVVSWPF", min_size=1, max_size=14), st.sampled_from(["1:1", "1:2", "1:4", "2:3", "0:1"]), st.integers(2, 9)
)
def test_whatever_is_let_out_keeps_the_ratio(letters: str, ratio: str, posts: int) -> None:
    made, policy = forecast(queue(letters), ratio, posts)
    plans = made.run(START)
    assert len(plans) == len(letters)
    entries = made.audience("us").ledger.entries()
    for entry in entries:
        if entry.kind is Kind.SHARE_REQUEST:
            before = Ledger(other for other in entries if other.post != entry.post)
            assert before.balance(policy.asking, entry.at, entry.post).free
