"""One round of what is due, then the end: what `publish` does, and the demo with a clock of its own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from postiquette.publishing.publisher import Publisher
from postiquette.queue.delivery import Delivery
from postiquette.queue.store import Store
from postiquette.scheduler.dispatch import Dispatcher
from postiquette.scheduler.project import Project
from postiquette.scheduler.recovery import Recovery
from postiquette.scheduler.service import worker_name

#: a post that cannot be proven within this time is left for the next round
_PATIENCE = timedelta(minutes=2)


async def one_round(project: Project, store: Store, *, alone: bool) -> list[Delivery]:
    """Recover, publish what is due, look once for what is unproven; returns what was missed."""
    publisher = Publisher(project.configuration)
    try:
        dispatcher = Dispatcher(project, store, publisher, worker=worker_name())
        recovery = Recovery(dispatcher)
        missed = await recovery.after_a_crash(alone=alone)
        await recovery.look()
        await dispatcher.round()
        look_at = await recovery.next_look()
        if look_at is not None and look_at - datetime.now(UTC) < _PATIENCE:
            await asyncio.sleep(max(0.0, (look_at - datetime.now(UTC)).total_seconds()))
            await recovery.look()
            await dispatcher.round()
        return missed
    finally:
        await publisher.close()
