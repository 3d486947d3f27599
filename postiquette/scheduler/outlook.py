"""Lays the queue out for the policies: what is scheduled, and what each audience was sent. One code path for preview and service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from postiquette.model import Account, Action, Decision, Kind
from postiquette.policies.forecast import Audience, Candidate, Forecast, Planned
from postiquette.policies.rule import Past
from postiquette.queue import books, deliveries
from postiquette.queue.delivery import Delivery
from postiquette.queue.states import NEEDS_A_PERSON, State
from postiquette.queue.store import Connection
from postiquette.scheduler.project import Project

#: deliveries that will go out if nothing stops them
_COMING = (State.SCHEDULED, State.CLAIMED)


def from_store(project: Project, connection: Connection) -> Forecast:
    """The whole queue as the database has it."""
    waiting = [d for d in deliveries.in_states(connection, _COMING) if d.account in project.accounts]
    return _forecast(project, connection, waiting, {account.audience for account in project.accounts.values()})


def for_one(project: Project, connection: Connection, delivery: Delivery) -> Forecast:
    """What a decision about one delivery needs, whatever its state: its audience, and what else waits for it if it may move."""
    audience = project.accounts[delivery.account].audience
    waiting = [delivery]
    if delivery.by_slot:
        names = [account.name for account in project.accounts.values() if account.audience == audience]
        coming = deliveries.in_states(connection, _COMING, accounts=names)
        waiting += [other for other in coming if other.id != delivery.id]
    return _forecast(project, connection, waiting, {audience})


def _forecast(
    project: Project, connection: Connection, waiting: Sequence[Delivery], audiences: Iterable[str]
) -> Forecast:
    wordings = books.settled_wordings(connection, {delivery.post.id for delivery in waiting})
    candidates = []
    for delivery in waiting:
        candidate = _candidate(delivery, project.accounts[delivery.account])
        out = wordings.get((candidate.account.audience, delivery.post.id), [])
        candidates.append(replace(candidate, settled=books.settled_for(out, delivery.due_at, delivery.id)))
    histories = {name: _audience(connection, name) for name in audiences}
    return Forecast(candidates, histories, project.policy, project.rulebook, project.slots)


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


def _audience(connection: Connection, name: str) -> Audience:
    book = books.book(connection, name)
    return Audience(book.entries, [Past(*text) for text in book.texts], book.earlier)


def waiting_for_a_person(project: Project, connection: Connection) -> list[tuple[str, Planned]]:
    """What is held, unconfirmed or handed over, each with its state and what is known of it."""
    found = []
    for delivery in deliveries.in_states(connection, sorted(NEEDS_A_PERSON)):
        account = project.accounts.get(delivery.account)
        if account is None:
            continue
        candidate = _candidate(delivery, account)
        if delivery.state is State.HELD:
            decision = for_one(project, connection, delivery).decide(delivery.key, delivery.due_at)
            decision = replace(decision, action=Action.HOLD)
        else:
            decision = Decision(Action.ALLOW, delivery.kind or Kind.VALUE, delivery.sent or delivery.post.content)
        found.append((str(delivery.state), Planned(candidate, delivery.intent_at or delivery.due_at, decision)))
    return found
