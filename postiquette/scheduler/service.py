"""The background service. APScheduler is its alarm clock and nothing more: its jobs only set an event, its store is memory, and
what is due is read from the table each time. A restart loses an alarm that is worked out again, and nothing that matters.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from postiquette.errors import PostiquetteError, StoreError
from postiquette.publishing.publisher import Publisher
from postiquette.queue import deliveries
from postiquette.queue.store import Store
from postiquette.scheduler import intake, systemd
from postiquette.scheduler.dispatch import Dispatcher
from postiquette.scheduler.project import Project, load_project, stamp_of
from postiquette.scheduler.recovery import Recovery

log = structlog.get_logger("postiquette.service")

#: the heartbeat; a clock that is set or a machine that slept is noticed within one
TICK = timedelta(seconds=10)
#: how long a stop waits for the post in hand
_GRACE = 7.0


def worker_name() -> str:
    """Who a worker is, in leases and in the history."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Service:
    """Runs until it is told to stop."""

    def __init__(
        self,
        project: Project,
        store: Store,
        *,
        beat: Callable[[], None] = lambda: None,
        alone: bool = True,
    ) -> None:
        """`beat` is called with every tick; `alone` says that no other worker shares the database."""
        self._project = project
        self._store = store
        self._publisher = Publisher(project.configuration)
        self._dispatcher = Dispatcher(project, store, self._publisher, worker=worker_name())
        self._recovery = Recovery(self._dispatcher)
        self._beat = beat
        self._alone = alone
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._reload = False
        self._seen = project.stamp

    async def run(self) -> None:
        """Recover, then publish what falls due until SIGTERM or SIGINT; SIGHUP takes the configuration in again."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        await self._start_up()
        clock = self._alarm_clock()
        clock.start()
        systemd.notify("READY=1", "STATUS=waiting for what falls due")
        log.info("ready", database=self._store.name, worker=worker_name())
        try:
            while not self._stop.is_set():
                await self._turn(clock)
        finally:
            systemd.notify("STOPPING=1")
            clock.shutdown(wait=False)
            await self._publisher.close()
            log.info("stopped")

    def stop(self) -> None:
        """Finish the post in hand, or let go of it safely, and end."""
        self._stop.set()
        self._wake.set()

    def _hang_up(self) -> None:
        self._reload = True
        self._wake.set()

    async def _start_up(self) -> None:
        for delivery in await self._recovery.after_a_crash(alone=self._alone):
            log.warning("missed while no service was running", post=delivery.key, due=delivery.due_at.isoformat())

    def _alarm_clock(self) -> AsyncIOScheduler:
        clock = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        clock.add_listener(
            lambda event: log.error("the alarm clock", event=str(event)), EVENT_JOB_ERROR | EVENT_JOB_MISSED
        )
        clock.add_job(self._ring, IntervalTrigger(seconds=int(TICK.total_seconds()), timezone=UTC), id="tick")
        return clock

    async def _ring(self) -> None:
        """All that a job of the alarm clock ever does."""
        self._wake.set()

    async def _turn(self, clock: AsyncIOScheduler) -> None:
        self._say_alive()
        self._wake.clear()
        if self._reload or (
            self._project.configuration.settings.service.reload and stamp_of(self._project.configuration) != self._seen
        ):
            await self._take_in_changes()
        began = datetime.now(UTC)
        await self._work_or_stop()
        if self._stop.is_set():
            return
        await self._set_alarm(clock, began)
        await self._publisher.browser.close_if_idle()
        with suppress(TimeoutError):
            # belt and braces: should the alarm clock ever fall silent, this does not
            await asyncio.wait_for(self._wake.wait(), TICK.total_seconds() * 1.5)

    def _say_alive(self) -> None:
        self._beat()
        systemd.notify("WATCHDOG=1")

    async def _work_or_stop(self) -> None:
        """One round; a stop lets it finish for a while, then cancels it, which is safe at every step."""
        work = asyncio.create_task(self._round())
        stopped = asyncio.create_task(self._stop.wait())
        try:
            while not (work.done() or stopped.done()):
                await asyncio.wait({work, stopped}, timeout=TICK.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
                self._say_alive()
            if not work.done():
                await asyncio.wait({work}, timeout=_GRACE)
        finally:
            stopped.cancel()
            if not work.done():
                log.warning("letting go of the post in hand")
                work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    async def _round(self) -> None:
        try:
            await self._recovery.after_a_crash(alone=False)
            await self._recovery.look()
            await self._dispatcher.round()
        except PostiquetteError as error:
            log.error("this round failed; the next one tries again", reason=str(error), hint=error.hint)
        except Exception:
            log.exception("this round failed unexpectedly; the next one tries again")

    async def _set_alarm(self, clock: AsyncIOScheduler, after: datetime) -> None:
        """Ring when something falls due that was not due at `after`; what was left over waits for the next tick."""
        times = [await self._dispatcher.call(self._next_due, after), await self._recovery.next_look()]
        due = min((time for time in times if time is not None), default=None)
        if due is not None and due > datetime.now(UTC):
            clock.add_job(self._ring, DateTrigger(due), id="alarm", replace_existing=True)
        elif due is not None and due > after:
            self._wake.set()

    def _next_due(self, after: datetime) -> datetime | None:
        with self._store.read() as connection:
            return deliveries.next_due(connection, after)

    async def _take_in_changes(self) -> None:
        """Take changed files in; a mistake in them, or an alarming difference, leaves everything as it was."""
        hung_up, self._reload = self._reload, False
        # what changes while they are read is another change
        now = stamp_of(self._project.configuration)
        try:
            project = load_project(self._project.configuration.file)
            changes = await self._dispatcher.call(
                intake.take_in, project, self._store, datetime.now(UTC), worker_name(), even_if_alarming=False
            )
        except StoreError as error:
            log.error("the changed configuration is not taken in yet; the next tick tries again", reason=str(error))
            self._reload = hung_up
            return
        except PostiquetteError as error:
            log.error("the changed configuration is not taken in", reason=str(error))
            self._seen = now
            return
        self._project = self._dispatcher.transactions.project = project
        await self._publisher.reconfigure(project.configuration)
        self._seen = project.stamp
        if changes.alarming:
            log.warning("the queue is kept as it is; run `postiquette sync --yes`", why="; ".join(changes.alarming))
        log.info(
            "configuration taken in",
            added=len(changes.added),
            changed=len(changes.changed) + len(changes.slotless),
            withdrawn=0 if changes.alarming else len(changes.withdrawn),
        )
