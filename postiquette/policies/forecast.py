"""Judges a whole queue as it will stand at each send time. The preview shows it, and the service obeys the same code.

Everything is simulated in order of time: what is scheduled before counts as it would go out, a deferred post comes back at its
new slot, and posts of one id to one audience are decided once.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from postiquette.model import SIBLINGS, Account, Action, Approval, Content, Decision, Entry, Kind, Policy, Post
from postiquette.policies.decide import Situation, decide, kind_of
from postiquette.policies.ledger import Ledger
from postiquette.policies.rule import Past
from postiquette.policies.rulebook import Rulebook

#: the slots of an account from an instant on, in order
Slots = Callable[[str, datetime], Iterator[datetime]]


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


@dataclass(frozen=True)
class Planned:
    """What the forecast says of one delivery."""

    candidate: Candidate
    #: when it would go out, or when it was judged; after a deferral, the new slot
    at: datetime
    decision: Decision


@dataclass
class Audience:
    """What an audience was sent: the entries of its ledger and the texts of its posts, newest first."""

    entries: list[Entry] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    #: spending posts older than `entries`, by kind
    earlier: dict[Kind, int] = field(default_factory=dict)

    def without(self, post: str, at: datetime) -> Ledger:
        """The ledger as a decision about `post` at `at` sees it: the candidate is not among the posts that count.

        An earlier outing of the same id, longer ago than siblings lie apart, is another post to its readers.
        """
        others = (entry for entry in self.entries if entry.post != post or at - entry.at > SIBLINGS)
        return Ledger(others, earlier=self.earlier)


class Forecast:
    """The queue, the audiences' histories and the policy, ready to be asked."""

    def __init__(
        self,
        queue: Iterable[Candidate],
        audiences: Mapping[str, Audience],
        policy: Policy,
        rulebook: Rulebook,
        slots: Slots,
    ) -> None:
        self._queue = {candidate.key: candidate for candidate in queue}
        self._audiences = {
            name: replace(a, entries=list(a.entries), past=list(a.past)) for name, a in audiences.items()
        }
        self._settled: dict[tuple[str, str], Content] = {}
        self._policy = policy
        self._rulebook = rulebook
        self._slots = slots
        for candidate in self._queue.values():
            if candidate.settled is not None:
                self._settled[self._unit(candidate)] = candidate.settled

    def audience(self, name: str) -> Audience:
        """An audience's history, with what the forecast has let out so far."""
        return self._audiences.setdefault(name, Audience())

    def decide(self, key: str, at: datetime) -> Decision:
        """The decision about one delivery at `at`, with the rest of the queue as it stands."""
        candidate = self._queue[key]
        audience = self.audience(candidate.account.audience)
        situation = Situation(
            post=candidate.post,
            account=candidate.account,
            at=at,
            ledger=audience.without(candidate.post.id, at),
            past=audience.past,
            written_at=candidate.written_at,
            approval=candidate.approval,
            settled=self._settled.get(self._unit(candidate)),
            later=self._later(candidate, at) if candidate.by_slot else (),
            deferred=candidate.deferred,
        )
        return decide(situation, self._policy, self._rulebook)

    def run(self, now: datetime) -> list[Planned]:
        """Let the whole queue go by, and say of each delivery what becomes of it. Posts already due are judged at `now`."""
        waiting = [(*candidate.order, candidate.key) for candidate in self._queue.values()]
        heapq.heapify(waiting)
        planned: dict[str, Planned] = {}
        while waiting:
            at, _, _, key = heapq.heappop(waiting)
            candidate = self._queue[key]
            at = max(at, now)
            decision = self.decide(key, at)
            if decision.action is Action.DEFER and decision.defer_to is not None:
                moved = replace(candidate, at=decision.defer_to, deferred=candidate.deferred + 1)
                self._queue[key] = moved
                planned[key] = Planned(candidate, decision.defer_to, decision)
                heapq.heappush(waiting, (*moved.order, key))
                continue
            del self._queue[key]
            if decision.goes_out:
                self._let_out(candidate, at, decision)
            deferral = planned.get(key)
            if deferral is not None and decision.goes_out:
                planned[key] = replace(deferral, at=at)
            else:
                planned[key] = Planned(candidate, at, decision)
        return sorted(planned.values(), key=lambda plan: (plan.at, plan.candidate.position, plan.candidate.key))

    def _let_out(self, candidate: Candidate, at: datetime, decision: Decision) -> None:
        unit = self._unit(candidate)
        if unit in self._settled:
            return
        self._settled[unit] = decision.content
        audience = self.audience(candidate.account.audience)
        audience.entries.append(Entry(at, candidate.post.id, decision.kind))
        audience.past.insert(0, Past(candidate.post.id, at, decision.content))

    def _later(self, candidate: Candidate, at: datetime) -> Iterator[tuple[datetime, Ledger]]:
        """The account's free slots after `at`, each with the ledger that the rest of the queue will have made by then."""
        taken = {
            c.at for c in self._queue.values() if c.account.name == candidate.account.name and c.key != candidate.key
        }
        audience = self.audience(candidate.account.audience)
        ledger = audience.without(candidate.post.id, at)
        known = {entry.post for entry in audience.entries}
        coming = sorted(self._coming(candidate, known), key=lambda entry: (entry.at, entry.post))
        until = at + self._policy.defer_within
        for slot in self._slots(candidate.account.name, at):
            if slot > until:
                return
            if slot <= at or slot in taken:
                continue
            while coming and coming[0].at < slot:
                ledger.add(coming.pop(0))
            yield slot, ledger

    def _coming(self, candidate: Candidate, known: set[str]) -> Iterator[Entry]:
        """What else is scheduled for the audience, as its authors wrote it; asks count, so a deferral never hopes."""
        seen = {candidate.post.id, *known}
        for other in sorted(self._queue.values(), key=lambda c: c.order):
            if other.account.audience == candidate.account.audience and other.post.id not in seen:
                seen.add(other.post.id)
                yield Entry(other.at, other.post.id, kind_of(other.post, other.post.content, self._policy.wording))

    @staticmethod
    def _unit(candidate: Candidate) -> tuple[str, str]:
        return candidate.account.audience, candidate.post.id


def next_free(audience: Audience, plans: Sequence[Planned], policy: Policy, now: datetime) -> datetime | None:
    """When the next ask would pass if all that is planned goes out: the answer to "when may I ask again?"."""
    ledger = Ledger(audience.entries, earlier=audience.earlier)
    for plan in plans:
        if plan.decision.goes_out or plan.decision.action is Action.DEFER:
            ledger.add(Entry(plan.at, plan.candidate.post.id, plan.decision.kind))
    return ledger.next_free(policy.asking, now)
