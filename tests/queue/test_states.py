from __future__ import annotations

from postiquette.queue.states import ALLOWED, CHANGEABLE, MAYBE_OUT, TERMINAL, State


def reachable(start: State | None) -> set[State]:
    seen: set[State] = set()
    todo = [start]
    while todo:
        for following in ALLOWED[todo.pop()]:
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return seen


def test_every_state_has_its_row_and_is_reached() -> None:
    assert set(ALLOWED) == {None, *State}
    assert reachable(None) == set(State)


def test_every_state_that_is_not_terminal_leads_to_one() -> None:
    for state in set(State) - TERMINAL:
        assert reachable(state) & TERMINAL, state


def test_what_is_published_stays_so() -> None:
    assert ALLOWED[State.PUBLISHED] == frozenset()


def test_nothing_that_may_be_out_can_be_changed_by_its_author() -> None:
    assert not CHANGEABLE & MAYBE_OUT


def test_only_a_claimed_post_can_be_submitted() -> None:
    before = {state for state, following in ALLOWED.items() if State.SUBMITTING in following}
    assert before == {State.CLAIMED, State.SUBMITTING}
