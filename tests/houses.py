"""A whole house on a sandbox: project, store, dispatcher under a simulated clock, real Chromium."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from postiquette.publishing.publisher import Publisher
from postiquette.queue import attempts, deliveries
from postiquette.queue.attempts import Attempt
from postiquette.queue.delivery import Delivery
from postiquette.queue.states import State
from postiquette.queue.store import Store
from postiquette.sandbox.server import Sandbox
from postiquette.scheduler.dispatch import Dispatcher
from postiquette.scheduler.project import Project
from postiquette.scheduler.recovery import Recovery

#: the simulated clock of these tests
MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)

HEAD = """
[policy]
ratio = "1:2"

[publishing]
settle = "0s"
look_again = []
answer_timeout = "3s"
backoff = "1m"
attempts = 3

[accounts.ada]
site = "sandbox"
url = "{url}"
username = "ada"
password = "correct horse"
slots = ["daily 09:00", "daily 17:00"]

[accounts.bob]
site = "sandbox"
url = "{url}"
username = "bob"
password = "battery staple"
slots = ["daily 09:00", "daily 17:00"]
"""


@dataclass
class House:
    """A project with its store, a dispatcher under a simulated clock, and the site it posts to."""

    project: Project
    store: Store
    site: Sandbox
    clock: datetime = MONDAY
    worker: str = "test"
    #: how far the machine's clock is taken to have moved on beside the real one
    ahead: timedelta = timedelta()

    def work(self, *steps: datetime | timedelta, sign_in: bool = True, alone: bool = True) -> None:
        """Publish what is due at each of these times, with one browser."""
        asyncio.run(self._work(steps, sign_in, alone))

    async def _work(self, steps: tuple[datetime | timedelta, ...], sign_in: bool, alone: bool) -> None:
        publisher = Publisher(self.project.configuration, retry_wait=0)
        dispatcher = Dispatcher(
            self.project, self.store, publisher, worker=self.worker, now=lambda: self.clock, wall=self.wall
        )
        recovery = Recovery(dispatcher)
        try:
            if sign_in:
                for account in self.project.accounts:
                    await publisher.login(account, patience=20)
            await recovery.after_a_crash(alone=alone)
            for step in steps:
                self.clock = step if isinstance(step, datetime) else self.clock + step
                self.ahead += timedelta(minutes=2)
                await recovery.look()
                await dispatcher.round()
        finally:
            await publisher.close()

    def wall(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def deliveries(self) -> dict[str, Delivery]:
        with self.store.read() as connection:
            return {delivery.key: delivery for delivery in deliveries.in_states(connection, State)}

    def states(self) -> dict[str, str]:
        return {key: str(delivery.state) for key, delivery in self.deliveries().items()}

    def attempts(self, key: str) -> list[Attempt]:
        with self.store.read() as connection:
            return list(attempts.of_delivery(connection, deliveries.find(connection, key)[0].id))

    def path(self, key: str) -> list[str]:
        """The states that a delivery went through."""
        with self.store.read() as connection:
            return [event.to_state for event in deliveries.events(connection, [key])]

    def reasons(self, key: str) -> str:
        with self.store.read() as connection:
            return "\n".join(event.reason for event in deliveries.events(connection, [key]))

    def texts(self, author: str = "ada") -> list[str]:
        """What the site really shows, oldest first."""
        return [toot.text for toot in reversed(self.site.state.by(author))]


def post(id_: str, text: str = "The ferry runs again from seven.", **more: str) -> str:
    """A declared post; `more` are further keys, written as in TOML."""
    if "thread" not in more:
        more = {"text": json.dumps(text, ensure_ascii=False), **more}
    lines = [f"{key} = {value}" for key, value in {"account": '"ada"', **more}.items()]
    return "\n".join(["[[posts]]", f'id = "{id_}"', *lines, ""]) + "\n"
