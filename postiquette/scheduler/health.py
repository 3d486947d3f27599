"""How the service is: whether it runs, what comes next, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from postiquette.config.values import format_instant
from postiquette.queue import deliveries, leases
from postiquette.queue.delivery import Delivery
from postiquette.queue.leases import Switch
from postiquette.queue.states import NEEDS_A_PERSON, State
from postiquette.queue.store import Store
from postiquette.scheduler import intake
from postiquette.scheduler.lock import Heartbeat, heartbeat
from postiquette.scheduler.project import Project
from postiquette.scheduler.service import TICK


@dataclass(frozen=True)
class Health:
    """What `status` tells."""

    services: tuple[Heartbeat, ...]
    counts: dict[str, int]
    next_due: datetime | None
    stops: tuple[Switch, ...]
    signed_out: tuple[str, ...]
    waiting: tuple[Delivery, ...]
    #: scheduled for an account that is no longer configured: nobody will publish them
    orphans: tuple[Delivery, ...] = ()
    #: why the files are not taken in without a person's word
    alarming: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether a service holds its lock, but has not been heard of for three ticks."""
        return any(_is_silent(service) for service in self.services)

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody should do something."""
        return bool(self.waiting or self.orphans or self.signed_out or self.silent or self.alarming)

    def lines(self) -> list[str]:
        """For people."""
        lines = [
            f"The service ({service}) has been silent for {service.age:.0f} s."
            if _is_silent(service)
            else f"The service is running ({service})."
            for service in self.services
        ] or ["The service is not running."]
        lines += [switch.told() for switch in self.stops]
        lines += [f"{name} is signed out: postiquette login {name}" for name in self.signed_out]
        lines.append(", ".join(f"{count} {state}" for state, count in self.counts.items()) or "The queue is empty.")
        if self.next_due is not None:
            lines.append(f"Next: {self.next_due:%Y-%m-%d %H:%M} UTC")
        lines += [f"{delivery.key} is {delivery.state}: {_ADVICE[delivery.state]}" for delivery in self.waiting]
        lines += [f"{d.key} waits for an account that is no longer configured: withdraw it" for d in self.orphans]
        lines += [f"The files are not taken in: {why}. `postiquette sync` shows it." for why in self.alarming]
        return lines

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "running": bool(self.services),
            "silent": self.silent,
            "pid": self.services[0].pid if self.services else None,
            "counts": self.counts,
            "next_due": format_instant(self.next_due) if self.next_due else None,
            "paused": [switch.name for switch in self.stops],
            "signed_out": list(self.signed_out),
            "not_taken_in": list(self.alarming),
            "needs_a_person": [{"id": d.key, "state": str(d.state)} for d in (*self.waiting, *self.orphans)],
        }


_ADVICE = {
    State.HELD: "postiquette approve or reject",
    State.UNCONFIRMED: "postiquette resolve, after a look at the site",
    State.HANDED_OVER: "postiquette assist, then confirm or skip",
}


def _is_silent(service: Heartbeat) -> bool:
    return service.age is not None and service.age > 3 * TICK.total_seconds()


def _services(project: Project, store: Store) -> Iterator[Heartbeat]:
    file = project.configuration.database_file
    held = heartbeat(file) if file is not None else None
    if held is not None:
        yield held
    for name in store.services():
        host, _, pid = name.rpartition(":")
        yield Heartbeat(int(pid) if pid.isdigit() else 0, None, host)


def health(project: Project, store: Store, now: datetime) -> Health:
    """Look at the lock, or at who is connected, and at the tables."""
    with store.read() as connection:
        scheduled = deliveries.in_states(connection, (State.SCHEDULED,))
        return Health(
            services=tuple(_services(project, store)),
            counts=deliveries.counts(connection),
            next_due=min((delivery.due_at for delivery in scheduled), default=None),
            stops=tuple(leases.stops(connection)),
            signed_out=tuple(sorted(leases.signed_out(connection) & set(project.accounts))),
            waiting=tuple(deliveries.in_states(connection, NEEDS_A_PERSON)),
            orphans=tuple(d for d in scheduled if d.account not in project.accounts),
            alarming=tuple(intake.compare(project, connection, now).alarming),
        )
