"""What a dry run shows: the real plan, worked out by the code that the service obeys, in a database transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from postiquette.model import Account, Action, Balance, Content, Decision, Kind
from postiquette.policies.forecast import Audience, Forecast, Planned, next_free
from postiquette.scheduler.project import Project


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
    #: by what is counted, each with the next free time of the plan
    ledger: tuple[Balance, ...]


@dataclass(frozen=True)
class Outline:
    """The whole preview."""

    generated_at: datetime
    accounts: dict[str, Account]
    lines: tuple[Line, ...]
    #: by audience: what it was sent and will be sent
    audiences: dict[str, Audience]
    #: what a sync would do that a person should know
    notes: tuple[str, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether some post will not simply go out."""
        return any(line.decision.action not in (Action.ALLOW, Action.REWRITE) for line in self.lines)


def outline(project: Project, now: datetime, *, days: int | None = None) -> Outline:
    """Work the plan out. Reads the database where there is one; writes nothing."""
    database = project.configuration.database_file
    if database is not None and not database.exists():
        from postiquette.scheduler.first_outlook import from_drafts

        return _outline(project, now, days, from_drafts(project, project.drafts, now), (), ())
    return _from_store(project, now, days)


def _from_store(project: Project, now: datetime, days: int | None) -> Outline:
    from postiquette.queue import sync
    from postiquette.queue.store import Store
    from postiquette.scheduler.outlook import from_store, waiting_for_a_person

    store = Store.open(project.configuration.database_url)
    try:
        with store.rehearse() as connection:
            changes = sync.compare(connection, project.drafts, project.gathered.sources)
            if not changes.alarming:
                sync.apply(connection, changes, project.next_slot(now), "preview", now)
            notes = (*changes.alarming, *changes.refused)
            forecast = from_store(project, connection)
            return _outline(project, now, days, forecast, waiting_for_a_person(project, connection), notes)
    finally:
        store.close()


def _outline(
    project: Project,
    now: datetime,
    days: int | None,
    forecast: Forecast,
    waiting: Sequence[tuple[str, Planned]],
    notes: Iterable[str],
) -> Outline:
    history = {name: forecast.audience(name) for name in {a.audience for a in project.accounts.values()}}
    before = {name: replace(audience, entries=list(audience.entries)) for name, audience in history.items()}
    plans = forecast.run(now)
    states = [("scheduled", plan) for plan in plans] + list(waiting)
    until = now + timedelta(days=days) if days is not None else None

    def free(plan: Planned) -> datetime | None:
        name = plan.candidate.account.audience
        return next_free(before[name], _of(plans, name), project.policy, plan.at)

    lines = [_line(state, plan, free) for state, plan in states if until is None or plan.at <= until]
    lines.sort(key=lambda line: (line.at, line.key))
    return Outline(now, project.accounts, tuple(lines), history, tuple(notes))


def _of(plans: Iterable[Planned], audience: str) -> list[Planned]:
    return [plan for plan in plans if plan.candidate.account.audience == audience]


def _line(state: str, plan: Planned, free: Callable[[Planned], datetime | None]) -> Line:
    candidate = plan.candidate
    ledger = tuple(
        replace(balance, next_free_at=plan.at if balance.free else free(plan))
        if balance.counter.kind is Kind.SHARE_REQUEST
        else balance
        for balance in plan.decision.balances
    )
    return Line(
        key=candidate.key,
        post=candidate.post.id,
        account=candidate.account,
        at=plan.at,
        state=state,
        decision=plan.decision,
        original=candidate.post.content,
        ledger=ledger,
    )


def standing(project: Project, now: datetime) -> dict[str, tuple[Balance, ...]]:
    """The balances of every audience as they are now, each with the next free time of the plan."""
    from postiquette.policies.ledger import Ledger

    planned = outline(project, now)
    found = {}
    for name, audience in planned.audiences.items():
        sent = Ledger((entry for entry in audience.entries if entry.at <= now), earlier=audience.earlier)
        whole = Ledger(audience.entries, earlier=audience.earlier)
        counters = [counter for counter in (project.policy.asking, project.policy.promotion) if counter]
        balances = [
            replace(sent.balance(counter, now), next_free_at=whole.next_free(counter, now)) for counter in counters
        ]
        found[name] = tuple(balances)
    return found
