"""What a dry run shows: the real plan, worked out by the code that the service obeys, in a database transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from postiquette.model import Account, Action, Balance, Content, Counter, Decision, Kind, Policy
from postiquette.policies.forecast import Layout, Planned
from postiquette.policies.ledger import Ledger, Openings
from postiquette.scheduler.project import Project


@dataclass
class Books:
    """What one audience was sent and, if the plan holds, will be sent."""

    ledger: Ledger
    policy: Policy
    since: datetime
    _openings: dict[Kind, Openings] = field(default_factory=dict)

    def next_free(self, counter: Counter, after: datetime) -> datetime | None:
        """When one more would pass if all that is planned goes out."""
        if counter.kind not in self._openings:
            self._openings[counter.kind] = Openings(self.ledger, counter, self.since)
        return self._openings[counter.kind].next(after)


@dataclass(frozen=True)
class Line:
    """One post of the preview."""

    key: str
    post: str
    account: Account
    at: datetime
    state: str
    decision: Decision
    #: the author's wording
    original: Content
    #: those of its audience
    books: Books
    #: whether a post that has no time of its own may move
    by_slot: bool

    @cached_property
    def ledger(self) -> tuple[Balance, ...]:
        """By what is counted, each with the next free time of the plan."""
        return tuple(
            replace(balance, next_free_at=self.at if balance.free else self.books.next_free(balance.counter, self.at))
            for balance in self.decision.balances.values()
        )


@dataclass(frozen=True)
class Outline:
    """The whole preview."""

    generated_at: datetime
    accounts: dict[str, Account]
    lines: tuple[Line, ...]
    #: by audience
    audiences: dict[str, Books]
    #: what a sync would do that a person should know
    notes: tuple[str, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether some post will not simply go out."""
        return any(line.decision.action not in (Action.ALLOW, Action.REWRITE) for line in self.lines)


@dataclass(frozen=True)
class LaidOut:
    """All that a dry run starts from."""

    layout: Layout
    #: what waits for a person, with its state
    waiting: tuple[tuple[str, Planned], ...] = ()
    notes: tuple[str, ...] = ()


@contextmanager
def laid_out(project: Project, now: datetime, *, back: timedelta = timedelta(0)) -> Iterator[LaidOut]:
    """The queue as it stands, or would after a sync; with `back`, the history goes back at least so far. Writes nothing."""
    with project.store_if_any() as store:
        if store is None:
            from postiquette.scheduler.first_outlook import from_drafts

            yield LaidOut(from_drafts(project, project.drafts, now))
            return
        from postiquette.queue import leases
        from postiquette.scheduler.intake import rehearse
        from postiquette.scheduler.outlook import from_store, waiting_for_a_person

        with rehearse(project, store, now) as (connection, notes):
            waiting = tuple(waiting_for_a_person(project, connection))
            paused = tuple(stop.told() for stop in leases.stops(connection))
            yield LaidOut(from_store(project, connection, now, back), waiting, (*paused, *notes))


def outline(project: Project, now: datetime, *, days: int | None = None, back: timedelta = timedelta(0)) -> Outline:
    """Work the plan out. Reads the database where there is one; writes nothing."""
    with laid_out(project, now, back=back) as found:
        return outline_of(project, found, now, days=days)


def outline_of(project: Project, found: LaidOut, now: datetime, *, days: int | None = None) -> Outline:
    """The preview of a queue that is laid out."""
    forecast = project.forecast(found.layout)
    plans = forecast.run(now)
    names = {account.audience for account in project.accounts.values()}
    books = {name: Books(forecast.audience(name).ledger, project.policy, now) for name in names}
    states = [("scheduled", plan) for plan in plans] + list(found.waiting)
    until = now + timedelta(days=days) if days is not None else None
    lines = [
        _line(state, plan, books[plan.candidate.account.audience])
        for state, plan in states
        if until is None or plan.at <= until
    ]
    lines.sort(key=lambda line: (line.at, line.key))
    return Outline(now, project.accounts, tuple(lines), books, found.notes)


def _line(state: str, plan: Planned, books: Books) -> Line:
    candidate = plan.candidate
    return Line(
        key=candidate.key,
        post=candidate.post.id,
        account=candidate.account,
        at=plan.at,
        state=state,
        decision=plan.decision,
        original=candidate.post.content,
        books=books,
        by_slot=candidate.by_slot,
    )


def standing(outline: Outline, policy: Policy) -> dict[str, tuple[Balance, ...]]:
    """The balances of every audience as they are now, each with the next free time of the plan."""
    now = outline.generated_at
    found = {}
    for name, books in outline.audiences.items():
        sent = books.ledger.as_of(now)
        found[name] = tuple(
            replace(sent.balance(counter, now), next_free_at=books.next_free(counter, now))
            for counter in policy.counters
        )
    return found
