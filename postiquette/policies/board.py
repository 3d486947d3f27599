"""One audience's deliveries and slots, and what an arrangement of them is worth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from typing import NamedTuple

from postiquette.model import SIBLINGS, Entry, Kind, Policy, Slots
from postiquette.policies.decide import kind_in_excess, kind_of
from postiquette.policies.forecast import INSTANT, Audience, Candidate
from postiquette.policies.ledger import Ledger

_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Unit:
    """What is decided once: a post for its audience. What goes out much later than the rest of it is an outing of its own."""

    post: str
    kind: Kind
    #: what it counts as if it does not pass: what a rewriting makes of it, nothing where it is held
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


class Outing(NamedTuple):
    """What counts once."""

    at: datetime
    unit: Unit
    #: its first delivery
    key: str


@dataclass(frozen=True)
class Answer:
    """Times of the deliveries, and the asks that do not pass at them, each by its first delivery."""

    times: dict[str, datetime]
    left: tuple[str, ...]
    #: how many asks are left, deliveries moved, and the seconds of shift: less is better
    cost: tuple[int, int, float]


class Board:
    """One audience's deliveries and slots."""

    def __init__(
        self, candidates: list[Candidate], audience: Audience, policy: Policy, slots: Slots, now: datetime
    ) -> None:
        self.candidates = {candidate.key: candidate for candidate in sorted(candidates, key=lambda one: one.order)}
        self.units = dict(self._units(policy))
        #: the deliveries that may take another slot
        self.movable = [key for unit in self.units.values() if unit.free for key in unit.keys]
        self.now = now
        self.audience = audience
        self.policy = policy
        self.weekly = slots
        self._slots_of_account: dict[str, list[datetime]] = {}
        self._slots_of: dict[str, list[datetime]] = {}
        self._nearest: dict[str, list[datetime]] = {}
        #: by account and series, the deliveries that keep their order
        self.series: dict[tuple[str, str | None], list[str]] = {}
        for key, candidate in self.candidates.items():
            if candidate.post.series is not None:
                self.series.setdefault((candidate.account.name, candidate.post.series), []).append(key)
        gap = policy.rules.get("ask-too-soon")
        self.gap: timedelta = _gap(gap.options.get("gap")) if gap is not None else timedelta(0)

    def _units(self, policy: Policy) -> Iterator[tuple[str, Unit]]:
        keys: dict[str, list[str]] = {}
        for key, candidate in self.candidates.items():
            if candidate.settled is None:
                keys.setdefault(candidate.post.id, []).append(key)
        for post, mine in keys.items():
            all_ = [self.candidates[key] for key in mine]
            first, last = all_[0], all_[-1]
            kind = kind_of(first.post, first.post.content, policy.wording)
            saved = kind_in_excess(first.post, policy) if kind is Kind.SHARE_REQUEST else None
            # what it counts as changes with the time between its outings, and no sweep foresees that
            free = all(one.by_slot for one in all_) and last.at - first.at <= SIBLINGS
            content = first.post.content
            approved = any(one.approval is not None and one.approval.covers(content, one.at) for one in all_)
            yield post, Unit(post, kind, saved, tuple(mine), free, approved)

    @property
    def shares_instants(self) -> bool:
        """Whether two deliveries could go out at one time: they are on several accounts, or overdue."""
        accounts = {candidate.account.name for candidate in self.candidates.values()}
        return len(accounts) > 1 or any(candidate.at < self.now for candidate in self.candidates.values())

    @property
    def holds_more_still(self) -> bool:
        """Whether some slot posts are not moved, though they might be: they have several outings, or fixed times beside the slots."""
        free = set(self.movable)
        return any(one.by_slot and one.settled is None and key not in free for key, one in self.candidates.items())

    def unit_of(self, key: str) -> Unit:
        """The unit of a delivery that may move."""
        return self.units[self.candidates[key].post.id]

    def answer(self, times: dict[str, datetime]) -> Answer:
        """What becomes of the asks at these times, and what the moves cost."""
        left = tuple(outing.key for outing in self.failing(times))
        moved = self.moved(times)
        shift = sum(abs(at - self.candidates[key].at).total_seconds() for key, at in moved.items())
        return Answer(times, left, (len(left), len(moved), shift))

    def unmoved(self) -> dict[str, datetime]:
        """Every delivery at its own time."""
        return {key: candidate.at for key, candidate in self.candidates.items()}

    def moved(self, times: Mapping[str, datetime]) -> dict[str, datetime]:
        """The deliveries that are not at their own time."""
        return {key: at for key, at in times.items() if at != self.candidates[key].at}

    def in_order(self, times: Mapping[str, datetime]) -> list[Outing]:
        """All that goes out, none at the same instant as another."""
        firsts = [first for unit in self.units.values() for first in self._firsts(unit, times)]
        firsts.sort(key=lambda first: first[:3])
        found, last = [], self.audience.newest
        for due, _, key, unit in firsts:
            at = max(due, self.now)
            last = at if last is None or at > last else last + INSTANT
            found.append(Outing(last, unit, key))
        return found

    def _firsts(self, unit: Unit, times: Mapping[str, datetime]) -> Iterator[tuple[datetime, int, str, Unit]]:
        """The first delivery of each outing of a unit, with its time and position."""
        due = [(times[key], self.candidates[key].position, key) for key in unit.keys]
        begun: datetime | None = None
        for at, position, key in sorted(due) if len(due) > 1 else due:
            if begun is None or max(at, self.now) - begun > SIBLINGS:
                begun = max(at, self.now)
                yield at, position, key, unit

    def failing(self, times: Mapping[str, datetime]) -> Iterator[Outing]:
        """The asks that do not pass, in order; what goes out before them stands as the policy will have made it."""
        ledger = self.audience.ledger.copy()
        for outing in self.in_order(times):
            at, unit, _ = outing
            passes = self.passes(ledger, unit, at)
            if not passes:
                yield outing
            kind = unit.kind if passes else unit.saved
            if kind is not None:
                ledger.add(Entry(at, unit.post, kind))

    def passes(self, ledger: Ledger, unit: Unit, at: datetime) -> bool:
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

    def givers(self, key: str) -> Iterator[Unit]:
        """The value posts of a delivery's account that may take its slot, and leave it theirs."""
        mine, far = self.candidates[key], self.policy.defer_within
        for unit in self.units.values():
            if unit.kind is Kind.VALUE and unit.free and len(unit.keys) == 1:
                other = self.candidates[unit.keys[0]]
                if other.account.name == mine.account.name and abs(other.at - mine.at) <= far:
                    yield unit

    def colliding(self, times: Mapping[str, datetime]) -> Iterator[tuple[str, str]]:
        """Deliveries of one account at one time, where one of them was moved there; it comes first."""
        there: dict[tuple[str, datetime], list[str]] = {}
        for key, at in times.items():
            there.setdefault((self.candidates[key].account.name, at), []).append(key)
        for key, at in self.moved(times).items():
            yield from ((key, other) for other in there[self.candidates[key].account.name, at] if other != key)

    def disordered(self, times: Mapping[str, datetime]) -> Iterator[tuple[str, str]]:
        """Neighbours of a series that do not keep their order."""
        for keys in self.series.values():
            yield from (pair for pair in pairwise(keys) if times[pair[0]] > times[pair[1]])

    def is_possible(self, times: Mapping[str, datetime]) -> bool:
        """Whether every move goes to a slot within reach that nobody else has, and all series keep their order."""
        reached = all(at in self.slots(key) for key, at in self.moved(times).items())
        return reached and not any(self.colliding(times)) and not any(self.disordered(times))

    def slots(self, key: str) -> list[datetime]:
        """Every slot that a delivery could take, whoever has it now, in order: from now on, and not too far from its own time."""
        if key not in self._slots_of:
            candidate, far = self.candidates[key], self.policy.defer_within
            coming = self._coming(candidate.account.name)
            first = bisect_right(coming, max(self.now, candidate.at - far - INSTANT))
            self._slots_of[key] = coming[first : bisect_right(coming, candidate.at + far)]
        return self._slots_of[key]

    def _coming(self, account: str) -> list[datetime]:
        """The slots of an account that any of its deliveries could take."""
        if account not in self._slots_of_account:
            far = self.policy.defer_within
            own = [candidate.at for candidate in self.candidates.values() if candidate.account.name == account]
            coming, last = self.weekly(account, max(self.now, min(own) - far - INSTANT)), max(own) + far
            self._slots_of_account[account] = list(takewhile(lambda slot: slot <= last, coming))
        return self._slots_of_account[account]

    def nearest(self, key: str) -> list[datetime]:
        """Every slot that a delivery could take but its own, whoever has it now, the nearest first."""
        if key not in self._nearest:
            own = self.candidates[key].at
            self._nearest[key] = sorted(
                (slot for slot in self.slots(key) if slot != own), key=lambda slot: abs(slot - own)
            )
        return self._nearest[key]

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
