"""Judges a whole queue as it will stand at each send time. The preview shows it, and the service obeys the same code.

Everything is simulated in order of time: what is scheduled before counts as it would go out, a deferred post comes back at its
new slot, and posts of one id to one audience are decided once.
"""

from __future__ import annotations

import heapq
from collections import Counter as Multiset
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from postiquette.model import SIBLINGS, Account, Action, Approval, Content, Decision, Entry, Policy, Post, Slots
from postiquette.policies.decide import Situation, decide, kind_of
from postiquette.policies.known import reading_of
from postiquette.policies.ledger import Ledger
from postiquette.policies.past import NOTHING_SENT, Past, Remembered, Sent
from postiquette.policies.rulebook import Rulebook

#: no two decisions about one audience are made at the same instant
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Candidate:
    """One scheduled delivery: a post on one account at a time."""

    key: str
    post: Post
    account: Account
    at: datetime
    #: among deliveries of one time, the order in which they were declared
    position: int = 0
    #: whether the time came from a slot, so that it may move
    by_slot: bool = False
    #: the local time as it was written
    written_at: datetime | None = None
    approval: Approval | None = None
    deferred: int = 0
    #: the wording in which part of it already went out
    settled: Content | None = None

    @property
    def order(self) -> tuple[datetime, int, str]:
        """Who goes first."""
        return self.at, self.position, self.key

    @property
    def unit(self) -> tuple[str, str]:
        """What is decided once: a post for an audience."""
        return self.account.audience, self.post.id


@dataclass(frozen=True)
class Planned:
    """What the forecast says of one delivery."""

    candidate: Candidate
    #: when it would go out, or when it was judged; after a deferral, the new slot
    at: datetime
    decision: Decision


@dataclass
class Audience:
    """What an audience was sent."""

    ledger: Ledger = field(default_factory=Ledger)
    past: Past = NOTHING_SENT
    #: the newest entry: nothing is decided as if it had not been
    newest: datetime | None = None

    def continued(self) -> Audience:
        """The same, to be added to without touching this one."""
        return Audience(self.ledger.copy(), Remembered(older=self.past), self.newest)


@dataclass(frozen=True)
class Layout:
    """A queue laid out for the policies: what waits, and what each audience was sent."""

    queue: list[Candidate]
    audiences: dict[str, Audience]


class Forecast:
    """The queue, the audiences' histories and the policy, ready to be asked."""

    def __init__(
        self,
        queue: Iterable[Candidate],
        audiences: Mapping[str, Audience],
        policy: Policy,
        rulebook: Rulebook,
        slots: Slots,
        *,
        rest: Callable[[], Iterable[Candidate]] = tuple,
    ) -> None:
        """`rest` gives what else waits, beside `queue`; it is only asked where a post has to find another slot."""
        self._queue = {candidate.key: candidate for candidate in queue}
        self._rest = rest
        self._audiences = {name: audience.continued() for name, audience in audiences.items()}
        #: by unit, the wording in which it went out, and when
        self._settled: dict[tuple[str, str], tuple[Content, datetime]] = {}
        self._policy = policy
        self._rulebook = rulebook
        self._slots = slots
        self._ahead: _Ahead | None = None
        #: the delivery that looks for a later slot, and so does not stand in its own way
        self._aside: Candidate | None = None
        for candidate in self._queue.values():
            if candidate.settled is not None:
                self._settled[candidate.unit] = candidate.settled, candidate.at

    def audience(self, name: str) -> Audience:
        """An audience's history, with what the forecast has let out so far."""
        if name not in self._audiences:
            self._audiences[name] = Audience().continued()
        return self._audiences[name]

    def decide(self, key: str, at: datetime) -> Decision:
        """The decision about one delivery at `at`, with the rest of the queue as it stands."""
        candidate = self._queue[key]
        audience = self.audience(candidate.account.audience)
        settled, settled_at = self._settled.get(candidate.unit, (None, at))
        situation = Situation(
            post=candidate.post,
            account=candidate.account,
            at=at,
            ledger=audience.ledger,
            past=audience.past,
            written_at=candidate.written_at,
            approval=candidate.approval,
            settled=settled if at - settled_at <= SIBLINGS else None,
            later=self._later(candidate, at) if candidate.by_slot else (),
            deferred=candidate.deferred,
        )
        decision = decide(situation, self._policy, self._rulebook)
        if self._ahead is not None and self._aside is not None:
            self._ahead.put(self._aside)
            self._aside = None
        return decision

    def run(self, now: datetime) -> list[Planned]:
        """Let the whole queue go by, and say of each delivery what becomes of it. Posts already due are judged at `now`."""
        # one after the other they are read faster than each in its turn
        for candidate in self._queue.values():
            for _, text in candidate.post.content.fields:
                reading_of(text, self._policy.wording)
        waiting = [(*candidate.order, candidate.key) for candidate in self._queue.values()]
        heapq.heapify(waiting)
        planned: dict[str, Planned] = {}
        while waiting:
            due, _, _, key = heapq.heappop(waiting)
            candidate, at = self._queue[key], max(due, now)
            moment = self._moment(candidate, at)
            decision = self.decide(key, moment)
            if decision.action is Action.DEFER and decision.defer_to is not None:
                moved = replace(candidate, at=decision.defer_to, deferred=candidate.deferred + 1)
                self._move(candidate, moved)
                planned[key] = Planned(candidate, decision.defer_to, decision)
                heapq.heappush(waiting, (*moved.order, key))
                continue
            self._leave(candidate)
            if decision.goes_out:
                self._let_out(candidate, moment, decision)
            deferral = planned.get(key)
            if deferral is not None and decision.goes_out:
                # what it says is what it will say when its new time has come
                told = {(finding.rule, finding.message) for finding in deferral.decision.findings}
                more = tuple(one for one in decision.findings if (one.rule, one.message) not in told)
                final = replace(
                    deferral.decision,
                    content=decision.content,
                    kind=decision.kind,
                    findings=deferral.decision.findings + more,
                )
                planned[key] = replace(deferral, at=at, decision=final)
            else:
                planned[key] = Planned(candidate, at, decision)
        return sorted(planned.values(), key=lambda plan: (plan.at, plan.candidate.position, plan.candidate.key))

    def _moment(self, candidate: Candidate, at: datetime) -> datetime:
        newest = self.audience(candidate.account.audience).newest
        return max(at, newest + INSTANT) if newest is not None else at

    def _let_out(self, candidate: Candidate, at: datetime, decision: Decision) -> None:
        settled = self._settled.get(candidate.unit)
        if settled is not None and at - settled[1] <= SIBLINGS:
            return
        self._settled[candidate.unit] = decision.content, at
        audience, entry = self.audience(candidate.account.audience), Entry(at, candidate.post.id, decision.kind)
        audience.ledger.add(entry)
        audience.newest = at
        assert isinstance(audience.past, Remembered)
        audience.past.add(Sent(candidate.post.id, at, decision.kind, decision.content))
        if self._ahead is not None:
            self._ahead.went_out(candidate, entry)

    def _leave(self, candidate: Candidate) -> None:
        del self._queue[candidate.key]
        if self._ahead is not None:
            self._ahead.drop(candidate)

    def _move(self, candidate: Candidate, moved: Candidate) -> None:
        self._queue[candidate.key] = moved
        if self._ahead is not None:
            self._ahead.drop(candidate)
            self._ahead.put(moved)

    def _later(self, candidate: Candidate, at: datetime) -> Iterator[tuple[datetime, Ledger]]:
        """The account's free slots after `at`, each with the ledger that the rest of the queue will have made by then."""
        if self._ahead is None:
            for other in self._rest():
                self._queue.setdefault(other.key, other)
            out = {unit: at for unit, (_, at) in self._settled.items()}
            self._ahead = _Ahead(self._queue.values(), self._audiences, self._policy, out)
        self._ahead.drop(candidate)
        self._aside = candidate
        until = at + self._policy.defer_within
        follower = self._ahead.next_of_series(candidate)
        ledger = self._ahead.ledger(candidate.account.audience)
        for slot in self._slots(candidate.account.name, at):
            if slot > until or (follower is not None and slot >= follower):
                return
            if slot > at and not self._ahead.is_taken(candidate.account.name, slot):
                yield slot, ledger


class _Ahead:
    """What is to come, for posts that look for a later slot: free slots, and ledgers as the rest of the queue will make them.

    What waits counts as its authors wrote it; asks count, so a deferral never hopes.
    """

    def __init__(
        self,
        queue: Iterable[Candidate],
        audiences: Mapping[str, Audience],
        policy: Policy,
        out: dict[tuple[str, str], datetime],
    ) -> None:
        self._policy = policy
        self._ledgers = {name: audience.ledger.copy() for name, audience in audiences.items()}
        self._taken: Multiset[tuple[str, datetime]] = Multiset()
        #: by unit, what waits of it; the first of them stands for it in the ledger
        self._waiting: dict[tuple[str, str], list[Candidate]] = {}
        self._entered: dict[tuple[str, str], Entry] = {}
        #: by unit, when it went out: what is left of it spends and earns nothing more, for a while
        self._out = out
        self._series: dict[tuple[str, str], list[Candidate]] = {}
        for candidate in sorted(queue, key=lambda candidate: candidate.order):
            self.put(candidate)

    def put(self, candidate: Candidate) -> None:
        """A delivery waits for its time."""
        self._taken[candidate.account.name, candidate.at] += 1
        self._waiting.setdefault(candidate.unit, []).append(candidate)
        if candidate.post.series is not None:
            self._series.setdefault((candidate.account.name, candidate.post.series), []).append(candidate)
        self._enter(candidate.unit)

    def drop(self, candidate: Candidate) -> None:
        """A delivery waits no more."""
        self._taken[candidate.account.name, candidate.at] -= 1
        self._waiting[candidate.unit].remove(candidate)
        if candidate.post.series is not None:
            self._series[candidate.account.name, candidate.post.series].remove(candidate)
        self._enter(candidate.unit)

    def went_out(self, candidate: Candidate, entry: Entry) -> None:
        """A unit is decided: it stands in the ledger as it went out."""
        self._out[candidate.unit] = entry.at
        self.ledger(candidate.unit[0]).add(entry)
        self._enter(candidate.unit)

    def ledger(self, audience: str) -> Ledger:
        """The ledger to come of an audience."""
        return self._ledgers.setdefault(audience, Ledger())

    def is_taken(self, account: str, at: datetime) -> bool:
        """Whether something of the account waits for that very time."""
        return self._taken[account, at] > 0

    def next_of_series(self, candidate: Candidate) -> datetime | None:
        """When the next post of a candidate's series is due on its account: order within a series is kept."""
        if candidate.post.series is None:
            return None
        others = self._series[candidate.account.name, candidate.post.series]
        return min((other.at for other in others if other.order > candidate.order), default=None)

    def _enter(self, unit: tuple[str, str]) -> None:
        """Let the first delivery that waits of a unit stand for it."""
        ledger, entered = self.ledger(unit[0]), self._entered.pop(unit, None)
        if entered is not None:
            ledger.remove(entered)
        out = self._out.get(unit)
        left = (
            one
            for one in self._waiting.get(unit, ())
            if one.settled is None and (out is None or one.at - out > SIBLINGS)
        )
        first = min(left, key=lambda candidate: candidate.order, default=None)
        if first is not None:
            kind = kind_of(first.post, first.post.content, self._policy.wording)
            self._entered[unit] = Entry(first.at, first.post.id, kind)
            ledger.add(self._entered[unit])
