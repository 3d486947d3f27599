"""The plan against brute force: every arrangement of a small queue, judged by the forecast that the service obeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from queues import START, queue, slots

from postiquette.model import Action, Counter, Entry, Kind, Policy, Ratio, RuleSettings, Window
from postiquette.policies import search
from postiquette.policies.forecast import Audience, Candidate, Forecast
from postiquette.policies.ledger import Ledger
from postiquette.policies.plan import Arrangement, arrange
from postiquette.policies.rulebook import Rulebook


def policy(ratio: str = "1:2", posts: int | None = 20, days: int | None = None, **more) -> Policy:
    asks, values = ratio.split(":")
    asking = Counter(Kind.SHARE_REQUEST, Ratio(int(asks), int(values)), Window(posts, days))
    # the letters' texts repeat, and that is not what is planned here
    rules = {"repeated-text": RuleSettings(enabled=False), **more.pop("rules", {})}
    on_excess = more.pop("on_excess", (Action.REWRITE, Action.HOLD))
    return Policy(asking, on_excess=on_excess, rules=rules, **more)


def plan(candidates: list[Candidate], rules: Policy, history: list[Entry] | None = None) -> Arrangement:
    return arrange(candidates, {"us": Audience(Ledger(history or []))}, rules, Rulebook(rules), slots, START)


def moved(candidates: list[Candidate], found: Arrangement) -> list[Candidate]:
    to = {move.candidate.key: move.to for move in found.moves}
    return [replace(one, at=to.get(one.key, one.at)) for one in candidates]


def left_over(candidates: list[Candidate], rules: Policy, history: list[Entry] | None = None) -> set[str]:
    """The asks that do not go out as they are, says the forecast."""
    made = Forecast(candidates, {"us": Audience(Ledger(history or []))}, rules, Rulebook(rules), slots)
    return {one.candidate.post.id for one in made.run(START) if one.decision.action is not Action.ALLOW}


def cost(candidates: list[Candidate], found: Arrangement) -> tuple[int, int, float]:
    shift = sum(move.shift.total_seconds() for move in found.moves)
    return len(found.left), len(found.moves), shift


def brute_force(candidates: list[Candidate], rules: Policy, history: list[Entry]) -> tuple[int, int, float]:
    """The least cost of any arrangement, all of them tried."""
    choices = []
    for one in candidates:
        near = [s for s in slots("", START) if abs(s - one.at) <= rules.defer_within] if one.by_slot else [one.at]
        choices.append(sorted({one.at, *near}))
    best: tuple[int, int, float] | None = None
    for times in product(*choices):
        if len(set(times)) < len(times):
            continue
        changed = [abs(at - one.at).total_seconds() for at, one in zip(times, candidates, strict=True) if at != one.at]
        if best is not None and (0, len(changed), sum(changed)) >= best:
            continue
        series = [at for at, one in zip(times, candidates, strict=True) if one.post.series]
        if series != sorted(series):
            continue
        arranged = [replace(one, at=at) for one, at in zip(candidates, times, strict=True)]
        found = len(left_over(arranged, rules, history)), len(changed), sum(changed)
        best = found if best is None or found < best else best
    assert best is not None
    return best


def test_a_queue_that_passes_is_left_alone() -> None:
    assert plan(queue("VVSVVS"), policy()) == Arrangement((), (), exact=True)


def test_an_ask_too_early_moves_behind_the_value_and_nothing_else_does() -> None:
    found = plan(queue("SVVVVV"), policy())
    [move] = found.moves
    assert (move.candidate.post.id, found.left, found.exact) == ("p00", (), True)
    assert left_over(moved(queue("SVVVVV"), found), policy()) == set()


def test_fixed_times_stay_and_make_others_move() -> None:
    candidates = queue("VVSVVS")
    candidates[5] = replace(candidates[5], by_slot=False)
    history = [Entry(START - timedelta(days=1), "before", Kind.SHARE_REQUEST)]
    rules = policy(defer_within=timedelta(days=5))
    found = plan(candidates, rules, history)
    assert {move.candidate.post.id for move in found.moves} <= {"p00", "p01", "p02", "p03", "p04"}
    assert len(found.left) <= 1


def test_where_nothing_helps_it_says_what_is_left() -> None:
    found = plan(queue("SSS"), policy())
    assert ([one.post.id for one in found.left], found.moves) == (["p00", "p01", "p02"], ())
    # with two months of slots to go through: too little is given, wherever they stand
    assert found.exact


def test_a_series_keeps_its_order() -> None:
    candidates = [replace(one, post=replace(one.post, series="clock")) for one in queue("SVVV")]
    found = plan(candidates, policy())
    assert (found.moves, [one.post.id for one in found.left]) == ((), ["p00"])


def test_a_gap_between_asks_is_kept() -> None:
    rules = policy(rules={"ask-too-soon": RuleSettings(options={"gap": "3d"})})
    candidates = queue("VVVVVVSS")
    found = plan(candidates, rules)
    assert left_over(moved(candidates, found), rules) == set()
    assert len(found.moves) == 1


def test_a_post_on_several_accounts_moves_as_one() -> None:
    candidates = queue("SVV", accounts=2)
    found = plan(candidates, policy())
    assert {move.candidate.key for move in found.moves} == {"p00@a0", "p00@a1"}
    assert left_over(moved(candidates, found), policy()) == set()


letters = st.text("VVSWPF", min_size=1, max_size=5)
ratios = st.sampled_from(["1:1", "1:2", "1:3", "2:3"])
actions = st.sampled_from([(Action.REWRITE, Action.HOLD), (Action.HOLD,)])
windows = st.sampled_from([(4, None), (20, None), (None, 2), (None, 30), (3, 3)])


@settings(max_examples=60)
@given(letters, ratios, windows, actions, st.sets(st.integers(0, 4)), st.text("VS", max_size=4), st.booleans())
def test_an_exact_plan_equals_brute_force(letters, ratio, window, on_excess, fixed, before, mending) -> None:
    rules = policy(ratio, *window, on_excess=on_excess, defer_within=timedelta(days=1))
    history = [
        Entry(START - timedelta(hours=len(before) - n), f"h{n}", Kind.VALUE if c == "V" else Kind.SHARE_REQUEST)
        for n, c in enumerate(before)
    ]
    candidates = [replace(one, by_slot=number not in fixed) for number, one in enumerate(queue(letters))]
    with pytest.MonkeyPatch.context() as patch:
        if mending:
            # as larger queues are searched
            patch.setattr(search, "_SMALL", 0)
        found = plan(candidates, rules, history)
    assert found.exact or (mending and found.left)
    assert left_over(moved(candidates, found), rules, history) == {one.post.id for one in found.left}
    if found.exact:
        assert cost(candidates, found) == brute_force(candidates, rules, history)


@settings(max_examples=60)
@given(st.text("VVVSS", min_size=2, max_size=8), ratios, windows, st.text("VVS", max_size=4))
def test_asks_find_room_wherever_the_slots_of_their_posts_have_it(letters, ratio, window, before) -> None:
    rules = policy(ratio, *window)
    history = [
        Entry(START - timedelta(hours=len(before) - n), f"h{n}", Kind.VALUE if c == "V" else Kind.SHARE_REQUEST)
        for n, c in enumerate(before)
    ]
    asks = [place for place, letter in enumerate(letters) if letter == "S"]
    others = (
        places
        for places in combinations(range(len(letters)), len(asks))
        if all(place >= own for place, own in zip(places, asks, strict=True))
    )
    orders = ("".join("S" if place in places else "V" for place in range(len(letters))) for places in others)
    if any(not left_over(queue(order), rules, history) for order in orders):
        with pytest.MonkeyPatch.context() as patch:
            # it is not gone through whole
            patch.setattr(search, "_SMALL", 0)
            assert plan(queue(letters), rules, history).left == ()


@settings(max_examples=60)
@example("WSSVV", "1:1", (3, 3), (Action.REWRITE, Action.HOLD), set())
@given(st.text("VVVSWPF", min_size=1, max_size=40), ratios, windows, actions, st.sets(st.integers(0, 39)))
def test_a_plan_applied_leaves_only_what_it_says_and_is_never_worse_than_deferring(
    letters, ratio, window, on_excess, fixed
) -> None:
    rules = policy(ratio, *window, on_excess=on_excess)
    candidates = [replace(one, by_slot=number not in fixed) for number, one in enumerate(queue(letters))]
    found = plan(candidates, rules)
    arranged = moved(candidates, found)
    assert left_over(arranged, rules) == {one.post.id for one in found.left}
    for one in arranged:
        assert sum(other.at == one.at and other.account == one.account for other in arranged) == 1
    deferring = replace(rules, on_excess=(Action.DEFER, *on_excess))
    made = Forecast(candidates, {}, deferring, Rulebook(deferring), slots).run(START)
    deferred = [one for one in made if one.decision.action is Action.DEFER]
    stuck = sum(
        one.decision.action is Action.HOLD or one.decision.content != one.candidate.post.content for one in made
    )
    assert (len(found.left), len(found.moves)) <= (stuck, len(deferred))


def test_an_ask_without_a_free_slot_changes_places_with_a_value_post() -> None:
    """None may go far: only a neighbour's slot is left."""
    candidates = queue("VSVVVVVSVVVVVVVV")
    rules = policy(posts=6, defer_within=timedelta(days=2))
    assert left_over(candidates, rules) == {"p01"}
    found = plan(candidates, rules)
    assert (found.left, found.exact) == ((), True)
    assert {move.candidate.post.id: move.to for move in found.moves} == {
        "p01": candidates[2].at,
        "p02": candidates[1].at,
    }
    assert left_over(moved(candidates, found), rules) == set()
    # what follows it in its series stays behind it
    series = [
        replace(one, post=replace(one.post, series="s")) if n in (1, 2) else one for n, one in enumerate(candidates)
    ]
    assert [one.post.id for one in plan(series, rules).left] == ["p01"]
