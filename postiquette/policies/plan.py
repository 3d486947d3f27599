"""Arranges a whole queue so that every window holds: the fewest moved deliveries, then the least total shift.

Audiences do not concern each other, so each is arranged by itself. A sweep in order of time keeps every ask that passes where it is,
and moves the others to the nearest free slot at which they pass and nobody after them is harmed, or lets them change places with a
value post. Where an ask at a fixed time does not pass, the latest asks before it that may move make room. Deferring each ask as its
turn comes, as the service does, is tried as well. A search then looks for anything better, as far as its budget goes: small queues
are gone through whole, and the answer is exact; elsewhere it is the best found, and never worse than either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from postiquette.model import Action, Entry, Kind, Policy
from postiquette.policies.decide import kind_of, without_requests
from postiquette.policies.forecast import INSTANT, Audience, Candidate, Forecast, Slots
from postiquette.policies.ledger import Ledger
from postiquette.policies.rulebook import Rulebook

#: arrangements that a search looks at, all audiences together
_BUDGET = 20_000
#: an audience with more deliveries that may move is not searched
_SMALL = 10
#: value posts that an ask without a free slot tries to change places with
_NEIGHBOURS = 20

_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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
    exact, budget = True, _BUDGET
    for name, candidates in by_audience.items():
        board = _Board(candidates, audiences.get(name, Audience()), policy, slots, now)
        found = _sweep(board)
        if found.cost > (0, 0, 0.0):
            found = min(found, board.answer(_deferred(board, rulebook)), key=lambda answer: answer.cost)
        better, budget, whole = _search(board, found, budget)
        exact = exact and whole
        moves += [Move(board.candidates[key], at) for key, at in board.moved(better.times).items()]
        left += [board.candidates[board.units[post].keys[0]] for post in better.left]
    moves.sort(key=lambda move: (move.to, move.candidate.key))
    left.sort(key=lambda candidate: candidate.order)
    return Arrangement(tuple(moves), tuple(left), exact)


@dataclass(frozen=True)
class _Unit:
    """What counts once: a post for its audience."""

    post: str
    kind: Kind
    #: what it counts as if it does not pass: value where a rewrite saves it, nothing elsewhere
    saved: Kind | None
    keys: tuple[str, ...]
    #: whether every delivery of it may move
    free: bool
    #: whether a person has approved it: it passes whatever the ledger says
    approved: bool

    @property
    def asks(self) -> bool:
        """Whether it needs to be earned."""
        return self.kind is Kind.SHARE_REQUEST


@dataclass(frozen=True)
class _Answer:
    """Times of the deliveries, and the asks that do not pass at them."""

    times: dict[str, datetime]
    left: tuple[str, ...]
    #: how many asks are left, deliveries moved, and the seconds of shift: less is better
    cost: tuple[int, int, float]


class _Board:
    """One audience's deliveries and slots."""

    def __init__(
        self, candidates: list[Candidate], audience: Audience, policy: Policy, slots: Slots, now: datetime
    ) -> None:
        self.candidates = {candidate.key: candidate for candidate in sorted(candidates, key=lambda one: one.order)}
        self.units = dict(self._units(policy))
        self.now = now
        self.audience = audience
        self.policy = policy
        self.weekly = slots
        self._slots_of: dict[str, list[datetime]] = {}
        #: by account and series, the deliveries that keep their order
        self.series: dict[tuple[str, str | None], list[str]] = {}
        for key, candidate in self.candidates.items():
            if candidate.post.series is not None:
                self.series.setdefault((candidate.account.name, candidate.post.series), []).append(key)
        gap = policy.rules.get("ask-too-soon")
        self.gap: timedelta = _gap(gap.options.get("gap")) if gap is not None else timedelta(0)

    def _units(self, policy: Policy) -> Iterator[tuple[str, _Unit]]:
        keys: dict[str, list[str]] = {}
        for key, candidate in self.candidates.items():
            if candidate.settled is None:
                keys.setdefault(candidate.post.id, []).append(key)
        for post, mine in keys.items():
            all_ = [self.candidates[key] for key in mine]
            first = all_[0]
            kind = kind_of(first.post, first.post.content, policy.wording)
            asks = kind is Kind.SHARE_REQUEST
            saved = Kind.VALUE if asks and without_requests(first.post, policy.wording) is not None else None
            free = all(one.by_slot for one in all_)
            content = first.post.content
            approved = any(one.approval is not None and one.approval.covers(content, one.at) for one in all_)
            yield post, _Unit(post, kind, saved, tuple(mine), free, approved)

    def answer(self, times: dict[str, datetime]) -> _Answer:
        """What becomes of the asks at these times, and what the moves cost."""
        left = tuple(self.failing(times))
        moved = self.moved(times)
        shift = sum(abs(at - self.candidates[key].at).total_seconds() for key, at in moved.items())
        return _Answer(times, left, (len(left), len(moved), shift))

    def moved(self, times: Mapping[str, datetime]) -> dict[str, datetime]:
        """The deliveries that are not at their own time."""
        return {key: at for key, at in times.items() if at != self.candidates[key].at}

    def in_order(self, times: Mapping[str, datetime]) -> list[tuple[datetime, _Unit]]:
        """The units as they go out, none at the same instant as another."""
        firsts = [
            (*min((times[key], self.candidates[key].position, key) for key in unit.keys), unit)
            for unit in self.units.values()
        ]
        firsts.sort(key=lambda first: first[:3])
        found, last = [], self.audience.newest
        for due, _, _, unit in firsts:
            at = max(due, self.now)
            last = at if last is None or at > last else last + INSTANT
            found.append((last, unit))
        return found

    def failing(self, times: Mapping[str, datetime]) -> Iterator[str]:
        """The asks that do not pass, what goes out before them standing as the policy will have made it."""
        ledger = self.audience.ledger.copy()
        for at, unit in self.in_order(times):
            passes = self.passes(ledger, unit, at)
            if not passes:
                yield unit.post
            kind = unit.kind if passes else unit.saved
            if kind is not None:
                ledger.add(Entry(at, unit.post, kind))

    def passes(self, ledger: Ledger, unit: _Unit, at: datetime) -> bool:
        """Whether a unit may go out at a time."""
        if not unit.asks or unit.approved:
            return True
        if not ledger.is_free(self.policy.asking, at, unit.post):
            return False
        if not self.gap:
            return True
        last = ledger.newest(Kind.SHARE_REQUEST, at, unit.post)
        return last is None or at - last >= self.gap

    def harmed(self, ledger: Ledger, at: datetime) -> bool:
        """Whether an ask that follows an entry at `at` passes no more."""
        window = self.policy.asking.window
        for seen, (moment, post) in enumerate(ledger.after(Kind.SHARE_REQUEST, at), start=1):
            beyond = window.days is None or moment > at + timedelta(days=window.days)
            if beyond and (window.posts is None or seen > window.posts) and moment - at >= self.gap:
                return False
            if post in self.units and not self.passes(ledger, self.units[post], moment):
                return True
        return False

    def ledger(self) -> Ledger:
        """What the audience was sent, to be added to."""
        return self.audience.ledger.copy()

    def free_slots(self, key: str, times: Mapping[str, datetime]) -> list[datetime]:
        """The slots that a delivery may take beside the others, in order."""
        account = self.candidates[key].account.name
        taken = {at for other, at in times.items() if other != key and self.candidates[other].account.name == account}
        low, high = self._between(key, times)
        return [slot for slot in self.slots(key) if low < slot < high and slot not in taken]

    def givers(self, key: str) -> Iterator[_Unit]:
        """The value posts of a delivery's account that may take its slot, and leave it theirs."""
        mine, far = self.candidates[key], self.policy.defer_within
        for unit in self.units.values():
            if unit.kind is Kind.VALUE and unit.free and len(unit.keys) == 1:
                other = self.candidates[unit.keys[0]]
                if other.account.name == mine.account.name and abs(other.at - mine.at) <= far:
                    yield unit

    def in_series(self, times: Mapping[str, datetime], changed: Iterable[str]) -> bool:
        """Whether what changed keeps the order of its series."""
        bounds = ((key, *self._between(key, times)) for key in changed)
        return all(low < times[key] < high for key, low, high in bounds)

    def slots(self, key: str) -> list[datetime]:
        """Every slot that a delivery could take, whoever has it now, in order: from now on, and not too far from its own time."""
        if key not in self._slots_of:
            candidate, far = self.candidates[key], self.policy.defer_within
            after = max(self.now, candidate.at - far - INSTANT)
            coming = self.weekly(candidate.account.name, after)
            self._slots_of[key] = list(takewhile(lambda slot: slot <= candidate.at + far, coming))
        return self._slots_of[key]

    def _between(self, key: str, times: Mapping[str, datetime]) -> tuple[datetime, datetime]:
        """Between which times a delivery must lie so that its series keeps its order on its account."""
        candidate = self.candidates[key]
        low, high = _EVER
        for other in self.series.get((candidate.account.name, candidate.post.series), ()):
            if self.candidates[other].order < candidate.order:
                low = max(low, times[other])
            elif other != key:
                high = min(high, times[other])
        return low, high


def _gap(written: object) -> timedelta:
    from postiquette.config.values import parse_duration

    return parse_duration(written) if written is not None else timedelta(0)


def _sweep(board: _Board) -> _Answer:
    """Keep what passes, in order of time; then find each of the others the nearest slot."""
    times = {key: candidate.at for key, candidate in board.candidates.items()}
    moments = {unit.post: at for at, unit in board.in_order(times)}
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
    board: _Board, ledger: Ledger, unit: _Unit, times: Mapping[str, datetime], moments: dict[str, datetime]
) -> dict[str, datetime]:
    """New times for an ask and for the nearest value post that can change places with it, so that it passes and harms nobody."""
    if len(unit.keys) != 1:
        return {}
    [key], before = unit.keys, moments[unit.post]
    for other in sorted(board.givers(key), key=lambda other: abs(moments[other.post] - before))[:_NEIGHBOURS]:
        after = moments[other.post]
        found = {key: times[other.keys[0]], other.keys[0]: times[key]}
        if not board.in_series({**times, **found}, found):
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


def _kept(board: _Board, times: Mapping[str, datetime]) -> tuple[Ledger, list[_Unit]]:
    """The ledger of all that may stay where it is, and the asks that may not, in order of time."""
    ledger, homeless = board.ledger(), []
    kept: list[tuple[datetime, _Unit]] = []
    for at, unit in board.in_order(times):
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
    order = {unit.post: at for at, unit in board.in_order(times)}
    return ledger, sorted(homeless, key=lambda unit: order[unit.post])


def _make_room(
    board: _Board, ledger: Ledger, kept: list[tuple[datetime, _Unit]], unit: _Unit, at: datetime
) -> list[_Unit]:
    """Take the latest asks that may move out of the way of one that may not; put them back where that does not help."""
    gone: list[tuple[datetime, _Unit]] = []
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


def _places(board: _Board, unit: _Unit, times: Mapping[str, datetime]) -> Iterator[datetime]:
    """The times at which a unit's first delivery could go out, the nearest first."""
    own = _first(unit, times)
    slots = {slot for key in unit.keys for slot in board.free_slots(key, times)}
    yield from sorted(slots, key=lambda slot: (abs(slot - own), slot))


def _settled(board: _Board, unit: _Unit, at: datetime, times: Mapping[str, datetime]) -> dict[str, datetime]:
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


def _deferred(board: _Board, rulebook: Rulebook) -> dict[str, datetime]:
    """The times at which everything would go out if each ask were deferred as its turn comes: the sweep is never worse than that."""
    deferring = replace(board.policy, on_excess=(Action.DEFER, Action.REWRITE, Action.HOLD))
    candidates = board.candidates.values()
    name = next(iter(candidates)).account.audience
    forecast = Forecast(candidates, {name: board.audience}, deferring, rulebook, board.weekly)
    plans = {plan.candidate.key: plan for plan in forecast.run(board.now)}
    return {
        key: plans[key].at if plans[key].decision.action is Action.DEFER else candidate.at
        for key, candidate in board.candidates.items()
    }


def _first(unit: _Unit, times: Mapping[str, datetime]) -> datetime:
    return min(times[key] for key in unit.keys)


def _search(board: _Board, found: _Answer, budget: int) -> tuple[_Answer, int, bool]:
    """Anything better than what was found; what is left of the budget; and whether all was looked at."""
    if found.cost == (0, 0, 0.0):
        return found, budget, True
    free = [key for unit in board.units.values() if unit.free for key in unit.keys]
    if len(free) > _SMALL:
        return found, budget, False
    search = _Search(board, found, budget)
    start = {key: candidate.at for key, candidate in board.candidates.items()}
    for moves in range(len(free) + 1):
        # nothing with more moves can be better than a whole answer with fewer
        if search.best.cost[0] == 0 and moves > search.best.cost[1]:
            break
        search.go(start, free, moves, 0.0)
        if search.budget <= 0:
            return search.best, 0, False
    return search.best, search.budget, True


class _Search:
    """Goes through every arrangement with so many moves, leaving out what cannot be better than the best known."""

    def __init__(self, board: _Board, best: _Answer, budget: int) -> None:
        self._board = board
        self.best = best
        self.budget = budget

    def go(self, times: dict[str, datetime], free: list[str], moves: int, shift: float) -> None:
        """Move `moves` more of the deliveries in `free`, having shifted so many seconds so far."""
        if self.budget <= 0:
            return
        if moves == 0:
            self.budget -= 1
            answer = self._board.answer(times)
            if answer.cost < self.best.cost and self._is_possible(times):
                self.best = answer
            return
        for place, key in enumerate(free[: len(free) - moves + 1]):
            own = self._board.candidates[key].at
            for slot in self._nearest(key):
                more = shift + abs(slot - own).total_seconds()
                done = sum(at != self._board.candidates[other].at for other, at in times.items()) + moves
                if (0, done, more) >= self.best.cost:
                    break
                self.go({**times, key: slot}, free[place + 1 :], moves - 1, more)
                if self.budget <= 0:
                    return

    def _nearest(self, key: str) -> list[datetime]:
        """Every other slot of a delivery, taken or not: whoever has it may move away."""
        own = self._board.candidates[key].at
        return sorted((slot for slot in self._board.slots(key) if slot != own), key=lambda slot: abs(slot - own))

    def _is_possible(self, times: Mapping[str, datetime]) -> bool:
        """Whether no two deliveries of an account share a slot that one of them moved to, and all series keep their order."""
        candidates = self._board.candidates
        for key, at in self._board.moved(times).items():
            account = candidates[key].account.name
            if any(times[o] == at and o != key and candidates[o].account.name == account for o in candidates):
                return False
        series = ([times[key] for key in keys] for keys in self._board.series.values())
        return all(moments == sorted(moments) for moments in series)
