"""Lays the queue out for the policies: what is scheduled, and what each audience was sent. One code path for preview and service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from postiquette.model import Account, Action, Decision, Kind
from postiquette.policies.forecast import Audience, Candidate, Forecast, Planned
from postiquette.policies.rule import Past
from postiquette.queue import books, deliveries
from postiquette.queue.delivery import Delivery
from postiquette.queue.states import NEEDS_A_PERSON, State
from postiquette.queue.store import Connection
from postiquette.queue.sync import Draft
from postiquette.scheduler.project import Project

#: deliveries that will go out if nothing stops them
_COMING = (State.SCHEDULED, State.CLAIMED)


def from_store(project: Project, connection: Connection, *, also: Delivery | None = None) -> Forecast:
    """The queue as the database has it. `also` is judged with it, whatever its state."""
    waiting = [d for d in deliveries.in_states(connection, _COMING) if d.account in project.accounts]
    if also is not None and also.key not in {delivery.key for delivery in waiting}:
        waiting.append(also)
    candidates = []
    for delivery in waiting:
        candidate = _candidate(delivery, project.accounts[delivery.account])
        audience, post = candidate.account.audience, delivery.post.id
        settled = books.settled_wording(connection, audience, post, delivery.due_at, delivery.id)
        candidates.append(replace(candidate, settled=settled[0]) if settled else candidate)
    audiences = {candidate.account.audience for candidate in candidates}
    audiences |= {account.audience for account in project.accounts.values()}
    histories = {name: _audience(connection, name) for name in audiences}
    return Forecast(candidates, histories, project.policy, project.rulebook, project.slots)


def from_drafts(project: Project, drafts: Iterable[Draft], now: datetime) -> Forecast:
    """The queue as it would be in a database that is empty yet."""
    next_slot = project.next_slot(now)
    taken: dict[str, set[datetime]] = {}
    candidates = []
    for position, draft in enumerate(drafts):
        occupied = taken.setdefault(draft.account, set())
        at = draft.at if draft.at is not None else next_slot(draft.account, occupied)
        occupied.add(at)
        candidates.append(
            Candidate(
                key=draft.key,
                post=draft.post,
                account=project.accounts[draft.account],
                at=at,
                position=position,
                by_slot=draft.at is None,
                written_at=draft.written_at,
            )
        )
    return Forecast(candidates, {}, project.policy, project.rulebook, project.slots)


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
            decision = from_store(project, connection, also=delivery).decide(delivery.key, delivery.due_at)
            decision = replace(decision, action=Action.HOLD)
        else:
            decision = Decision(Action.ALLOW, delivery.kind or Kind.VALUE, delivery.sent or delivery.post.content)
        found.append((str(delivery.state), Planned(candidate, delivery.intent_at or delivery.due_at, decision)))
    return found
