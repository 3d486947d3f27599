"""Lays the queue out for the policies: what is scheduled, and what each audience was sent. One code path for preview and service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from postiquette.model import Account, Action, Decision, Kind
from postiquette.policies.forecast import Audience, Candidate, Forecast, Layout, Planned
from postiquette.policies.ledger import Ledger
from postiquette.queue import books, deliveries
from postiquette.queue.delivery import Delivery
from postiquette.queue.states import NEEDS_A_PERSON, State
from postiquette.queue.store import Connection
from postiquette.scheduler.project import Project
from postiquette.scheduler.stored_past import StoredPast

#: deliveries that will go out if nothing stops them
_COMING = (State.SCHEDULED, State.CLAIMED)


def from_store(project: Project, connection: Connection, now: datetime, back: timedelta = timedelta(0)) -> Layout:
    """The whole queue as the database has it, with all of the history that decisions at `now` or later can depend on.

    With `back`, the history goes back at least so far.
    """
    waiting = [d for d in deliveries.in_states(connection, _COMING) if d.account in project.accounts]
    candidates = _candidates(project, connection, waiting)
    names = {account.audience for account in project.accounts.values()}
    audiences = {name: _audience(project, connection, name, candidates, now, back) for name in names}
    return Layout(candidates, audiences)


def decide_one(project: Project, connection: Connection, delivery: Delivery, at: datetime) -> Decision:
    """The decision about one delivery at `at`, whatever its state: what else waits is only read if it has to move."""
    audience = project.accounts[delivery.account].audience

    def rest() -> Iterable[Candidate]:
        names = [account.name for account in project.accounts.values() if account.audience == audience]
        coming = deliveries.in_states(connection, _COMING, accounts=names)
        return _candidates(project, connection, [other for other in coming if other.id != delivery.id])

    [candidate] = _candidates(project, connection, [delivery])
    history = _audience(project, connection, audience, [candidate], at)
    forecast = Forecast([candidate], {audience: history}, project.policy, project.rulebook, project.slots, rest=rest)
    return forecast.decide(delivery.key, at)


def _candidates(project: Project, connection: Connection, waiting: Sequence[Delivery]) -> list[Candidate]:
    wordings = books.settled_wordings(connection, {delivery.post.id for delivery in waiting})
    found = []
    for delivery in waiting:
        candidate = _candidate(delivery, project.accounts[delivery.account])
        out = wordings.get(candidate.unit, [])
        found.append(replace(candidate, settled=books.settled_for(out, delivery.due_at, delivery.id)))
    return found


def _candidate(delivery: Delivery, account: Account) -> Candidate:
    return Candidate(
        key=delivery.key,
        post=delivery.post,
        account=account,
        at=delivery.due_at,
        position=delivery.position,
        by_slot=delivery.by_slot,
        written_at=delivery.written_at,
        approval=delivery.approval,
        deferred=delivery.deferred,
    )


def _audience(
    project: Project,
    connection: Connection,
    name: str,
    candidates: Iterable[Candidate],
    at: datetime,
    back: timedelta = timedelta(0),
) -> Audience:
    book = books.book(connection, name, project.policy.counters, at, back)
    contents = [candidate.post.content for candidate in candidates if candidate.account.audience == name]
    past = StoredPast(connection, name, contents)
    return Audience(Ledger(book.entries, earlier=book.earlier), past, books.newest(connection, name))


def waiting_for_a_person(project: Project, connection: Connection) -> list[tuple[str, Planned]]:
    """What is held, unconfirmed or handed over, each with its state and what is known of it."""
    found = []
    for delivery in deliveries.in_states(connection, sorted(NEEDS_A_PERSON)):
        account = project.accounts.get(delivery.account)
        if account is None:
            continue
        candidate = _candidate(delivery, account)
        if delivery.state is State.HELD:
            decision = decide_one(project, connection, delivery, delivery.due_at)
            decision = replace(decision, action=Action.HOLD)
        else:
            decision = Decision(Action.ALLOW, delivery.kind or Kind.VALUE, delivery.sent or delivery.post.content)
        found.append((str(delivery.state), Planned(candidate, delivery.intent_at or delivery.due_at, decision)))
    return found
