"""Arranges a whole queue so that every window holds: the fewest moved deliveries, then the least total shift.

Audiences do not concern each other, so each is arranged by itself. A sweep in order of time keeps every ask that passes where it is,
and moves the others to the nearest free slot at which they pass and nobody after them is harmed, or lets them change places with a
value post. Where an ask at a fixed time does not pass, the latest asks before it that may move make room. Deferring each ask as its
turn comes, as the service does, is tried as well. A search then looks for anything better, as far as its budget goes: where it comes
to its end the answer is exact; elsewhere it is the best found, and never worse than either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from postiquette.model import Action, Entry, Policy, Slots
from postiquette.policies.board import Answer, Board, Unit
from postiquette.policies.forecast import Audience, Candidate, Forecast
from postiquette.policies.ledger import Ledger
from postiquette.policies.respace import respaced
from postiquette.policies.rulebook import Rulebook
from postiquette.policies.search import search

#: deliveries that searches judge, shared by the audiences
_BUDGET = 200_000
#: deliveries that are judged to take back the moves of an audience whose asks were all spread anew
_EFFORT = 10_000
#: value posts that an ask without a free slot tries to change places with
_NEIGHBOURS = 20


@dataclass(frozen=True)
class Move:
    """A delivery that goes out at another time."""

    candidate: Candidate
    to: datetime

    @property
    def shift(self) -> timedelta:
        """How far, in either direction."""
        return abs(self.to - self.candidate.at)


@dataclass(frozen=True)
class Arrangement:
    """A whole queue, arranged."""

    moves: tuple[Move, ...]
    #: asks that no slot helps: the least that must be rewritten, held or approved
    left: tuple[Candidate, ...]
    #: whether nothing better exists; otherwise it is the best that was found
    exact: bool


def arrange(
    queue: Iterable[Candidate],
    audiences: Mapping[str, Audience],
    policy: Policy,
    rulebook: Rulebook,
    slots: Slots,
    now: datetime,
) -> Arrangement:
    """The least change that makes a queue pass. Posts at fixed times stay; those of a series keep their order."""
    by_audience: dict[str, list[Candidate]] = {}
    for candidate in queue:
        by_audience.setdefault(candidate.account.audience, []).append(candidate)
    moves: list[Move] = []
    left: list[Candidate] = []
    exact = True
    for name, candidates in by_audience.items():
        board = Board(candidates, audiences.get(name, Audience()), policy, slots, now)
        found = _sweep(board, board.unmoved())
        if found.cost > (0, 0, 0.0):
            found = min(found, board.answer(_deferred(board, rulebook)), key=lambda answer: answer.cost)
        if found.left and (spread := respaced(board, _EFFORT)):
            found = min(found, spread, key=lambda answer: answer.cost)
        while found.left and (again := _sweep(board, found.times)).cost < found.cost:
            # what was moved has made room
            found = again
        better, proved = search(board, found, _BUDGET // len(by_audience))
        exact = exact and proved
        moves += [Move(board.candidates[key], at) for key, at in board.moved(better.times).items()]
        left += [board.candidates[key] for key in better.left]
    moves.sort(key=lambda move: (move.to, move.candidate.key))
    left.sort(key=lambda candidate: candidate.order)
    return Arrangement(tuple(moves), tuple(left), exact)


def _sweep(board: Board, start: Mapping[str, datetime]) -> Answer:
    """Keep what passes where it is at the start, in order of time; then find each of the others the nearest slot."""
    times = dict(start)
    moments = {unit.post: at for at, unit, _ in board.in_order(times)}
    ledger, homeless = _kept(board, times)
    for unit in homeless:
        for at in _places(board, unit, times):
            moment = max(at, board.now)
            entry = Entry(moment, unit.post, unit.kind)
            if not board.passes(ledger, unit, moment):
                continue
            ledger.add(entry)
            if board.harmed(ledger, moment):
                ledger.remove(entry)
                continue
            times |= _settled(board, unit, at, times)
            break
        else:
            changed = _swapped(board, ledger, unit, times, moments)
            times |= changed
            if not changed and unit.saved is not None:
                ledger.add(Entry(_first(unit, times), unit.post, unit.saved))
    return board.answer(times)


def _swapped(
    board: Board, ledger: Ledger, unit: Unit, times: Mapping[str, datetime], moments: dict[str, datetime]
) -> dict[str, datetime]:
    """New times for an ask and for the nearest value post that can change places with it, so that it passes and harms nobody."""
    if len(unit.keys) != 1:
        return {}
    [key], before = unit.keys, moments[unit.post]
    for other in sorted(board.givers(key), key=lambda other: abs(moments[other.post] - before))[:_NEIGHBOURS]:
        after = moments[other.post]
        found = {key: times[other.keys[0]], other.keys[0]: times[key]}
        if any(board.disordered({**times, **found})):
            continue
        out = Entry(after, other.post, other.kind)
        gives, asks = Entry(before, other.post, other.kind), Entry(after, unit.post, unit.kind)
        ledger.remove(out)
        ledger.add(gives)
        if board.passes(ledger, unit, after):
            ledger.add(asks)
            if not board.harmed(ledger, min(before, after)) and not board.harmed(ledger, after):
                moments[unit.post], moments[other.post] = after, before
                return found
            ledger.remove(asks)
        ledger.remove(gives)
        ledger.add(out)
    return {}


def _kept(board: Board, times: Mapping[str, datetime]) -> tuple[Ledger, list[Unit]]:
    """The ledger of all that may stay where it is, and the asks that may not, in order of time."""
    ledger, homeless = board.ledger(), []
    kept: list[tuple[datetime, Unit]] = []
    for at, unit, _ in board.in_order(times):
        if not board.passes(ledger, unit, at) and not unit.free:
            homeless += _make_room(board, ledger, kept, unit, at)
        if board.passes(ledger, unit, at):
            ledger.add(Entry(at, unit.post, unit.kind))
            if unit.asks and unit.free and not unit.approved:
                kept.append((at, unit))
        elif unit.free:
            homeless.append(unit)
        elif unit.saved is not None:
            ledger.add(Entry(at, unit.post, unit.saved))
    order = {unit.post: at for at, unit, _ in board.in_order(times)}
    return ledger, sorted(homeless, key=lambda unit: order[unit.post])


def _make_room(board: Board, ledger: Ledger, kept: list[tuple[datetime, Unit]], unit: Unit, at: datetime) -> list[Unit]:
    """Take the latest asks that may move out of the way of one that may not; put them back where that does not help."""
    gone: list[tuple[datetime, Unit]] = []
    while kept and not board.passes(ledger, unit, at):
        moment, other = kept.pop()
        ledger.remove(Entry(moment, other.post, other.kind))
        gone.append((moment, other))
    if board.passes(ledger, unit, at):
        return [other for _, other in gone]
    for moment, other in reversed(gone):
        ledger.add(Entry(moment, other.post, other.kind))
        kept.append((moment, other))
    return []


def _places(board: Board, unit: Unit, times: Mapping[str, datetime]) -> Iterator[datetime]:
    """The times at which a unit's first delivery could go out, the nearest first."""
    own = _first(unit, times)
    slots = {slot for key in unit.keys for slot in board.free_slots(key, times)}
    yield from sorted(slots, key=lambda slot: (abs(slot - own), slot))


def _settled(board: Board, unit: Unit, at: datetime, times: Mapping[str, datetime]) -> dict[str, datetime]:
    """New times for the deliveries of a unit that goes out at `at` or later: those that are late enough stay."""
    later = at > _first(unit, times)
    found: dict[str, datetime] = {}
    for key in unit.keys:
        if later and times[key] >= at:
            continue
        slot = next((slot for slot in board.free_slots(key, {**times, **found}) if slot >= at), None)
        if slot is not None:
            found[key] = slot
            if not later:
                break
    return found


def _deferred(board: Board, rulebook: Rulebook) -> dict[str, datetime]:
    """The times at which everything would go out if each ask were deferred as its turn comes: the sweep is never worse than that."""
    others = (step for step in board.policy.on_excess if step is not Action.DEFER)
    deferring = replace(board.policy, on_excess=(Action.DEFER, *others))
    candidates = board.candidates.values()
    name = next(iter(candidates)).account.audience
    forecast = Forecast(candidates, {name: board.audience}, deferring, rulebook, board.weekly)
    plans = {plan.candidate.key: plan for plan in forecast.run(board.now)}
    return {
        key: plans[key].at if plans[key].decision.action is Action.DEFER else candidate.at
        for key, candidate in board.candidates.items()
    }


def _first(unit: Unit, times: Mapping[str, datetime]) -> datetime:
    return min(times[key] for key in unit.keys)
