"""Claim -> decide -> publish -> confirm, one post at a time per account.

The order is the contract: the policies are asked again in the very transaction that commits the intent, the intent is durable before
the click, and after the click nothing here may cause a second one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import ParamSpec, TypeVar

import structlog

from postiquette.errors import BrowserError, ComposerRefused, SignedOut, SiteError, StoreError
from postiquette.model import Content, Item, Outcome, Verdict
from postiquette.publishing.publisher import Publisher, Visit
from postiquette.publishing.recent import look_for
from postiquette.queue.delivery import Delivery
from postiquette.queue.leases import Lease
from postiquette.queue.store import Store
from postiquette.scheduler.project import Project
from postiquette.scheduler.transactions import LEASE, Intent, Paused, Transactions

log = structlog.get_logger("postiquette.dispatch")
P = ParamSpec("P")
T = TypeVar("T")


class Dispatcher:
    """Publishes what is due. Everything it needs comes in: project, store, publisher, clock."""

    def __init__(
        self,
        project: Project,
        store: Store,
        publisher: Publisher,
        *,
        worker: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`now` is the clock of due times and ledgers; leases and deadlines go by `wall`, the machine's own."""
        self.publisher = publisher
        self.transactions = Transactions(project, store, worker, now, wall)
        # one thread: SQLite has one writer, and the loop that drives the browser never waits for a disk
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that uses the store outside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *args, **kwargs))

    async def round(self) -> int:
        """Publish everything that is due, several audiences side by side; returns how many deliveries were settled.

        What is due for one audience goes in the order in which a look ahead judges it: whoever comes first spends first.
        """
        due = await self.call(self.transactions.due)
        accounts = self.transactions.project.accounts
        queues: dict[str, list[Delivery]] = {}
        for delivery in due:
            queues.setdefault(accounts[delivery.account].audience, []).append(delivery)
        limit = asyncio.Semaphore(self.transactions.project.configuration.settings.browser.contexts)

        async def serve(queue: list[Delivery]) -> int:
            async with limit:
                return await self._serve(queue)

        results = await asyncio.gather(*map(serve, queues.values()), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sum(result for result in results if isinstance(result, int))

    async def _serve(self, due: list[Delivery]) -> int:
        settled = 0
        while due:
            account = due[0].account
            lease = await self.call(self.transactions.lease, account)
            if lease is None:
                due = [delivery for delivery in due if delivery.account != account]
                continue
            try:
                while due and due[0].account == account:
                    await self._deliver(due[0], lease)
                    settled += 1
                    due = await self._still_due(due[1:])
            finally:
                await asyncio.shield(self.call(self.transactions.release, lease))
        return settled

    async def _still_due(self, left: list[Delivery]) -> list[Delivery]:
        """What may go yet: since the last post an account may be paused, signed out, or owe a proof."""
        if not left:
            return []
        wanted = {delivery.id for delivery in left}
        return [delivery for delivery in await self.call(self.transactions.due) if delivery.id in wanted]

    async def _deliver(self, delivery: Delivery, lease: Lease) -> None:
        claimed = await self.call(self.transactions.settle_before, delivery)
        if claimed is None:
            return
        try:
            async with self._renewing(lease), self.publisher.at(delivery.account) as visit:
                try:
                    await self._publish(visit, delivery, claimed, lease)
                except BaseException:
                    # a page that failed is not trusted again: its cookies, its driver, its process may be what failed
                    await visit.abandon()
                    raise
        except Paused as error:
            await self.call(self.transactions.give_back, delivery, lease, str(error), counts=False)
        except SignedOut as error:
            await self.call(self.transactions.give_back, delivery, lease, str(error), signed_out=True)
        except ComposerRefused as error:
            await self.call(self.transactions.give_up, delivery, lease, str(error))
        except (SiteError, BrowserError) as error:
            await self.call(self.transactions.give_back, delivery, lease, str(error))
        except asyncio.CancelledError:
            await asyncio.shield(
                self.call(self.transactions.give_back, delivery, lease, "the service was stopped", counts=False)
            )
            raise
        except StoreError:
            raise
        except Exception as error:
            # a mistake of ours must cost one post a try, not everybody the service; what was clicked is recovery's to find out
            log.exception("unexpected", post=delivery.key)
            await self.call(self.transactions.give_back, delivery, lease, f"unexpected {type(error).__name__}")

    async def _publish(self, visit: Visit, delivery: Delivery, content: Content, lease: Lease) -> None:
        items = content.items
        out = await self.call(self.transactions.out_already, delivery)
        for number, item in enumerate(items):
            if number in out:
                continue
            # side by side: what is there already, and the composer
            baseline, _ = await asyncio.gather(visit.recent(), visit.prepare(item, reply_to=out.get(number - 1)))
            urls = [post.url for post in baseline]
            intent = await self.call(self.transactions.commit_intent, delivery, lease, content, number, item, urls)
            if intent is None:
                return
            # from here on a stop of the service waits for the outcome, or leaves it to recovery
            outcome = await visit.submit(intent.deadline)
            outcome = await self._confirmed(visit, outcome, item, urls)
            if outcome.verdict in (Verdict.UNKNOWN, Verdict.NOT_SENT):
                await self._close_page(visit, intent, outcome)
            recorded = self.call(self.transactions.record, delivery, intent, outcome)
            if outcome.verdict is not Verdict.PUBLISHED:
                await recorded
                return
            await asyncio.gather(recorded, visit.keep_session())
            out[number] = outcome.url or ""

    async def _confirmed(self, visit: Visit, outcome: Outcome, item: Item, baseline: Sequence[str]) -> Outcome:
        """An answer that says no is believed only where the account's own posts agree."""
        if outcome.verdict is Verdict.NOT_SENT and not visit.place.site.shows_at_once:
            # our description of a site that we have not watched may be wrong about how it publishes
            return Outcome(Verdict.UNKNOWN, detail=outcome.detail)
        if outcome.verdict not in (Verdict.REFUSED, Verdict.RATE_LIMITED):
            return outcome
        try:
            found = look_for(item.text, await visit.recent(), baseline)
        except SiteError as error:
            return Outcome(Verdict.UNKNOWN, detail=f"{outcome.detail}; and then: {error}")
        if found:
            return Outcome(Verdict.PUBLISHED, url=found[0].url, detail=outcome.detail)
        if outcome.verdict is Verdict.RATE_LIMITED and not visit.place.site.shows_at_once:
            return Outcome(Verdict.UNKNOWN, detail=outcome.detail)
        return outcome

    async def _close_page(self, visit: Visit, intent: Intent, outcome: Outcome) -> None:
        if outcome.verdict is Verdict.UNKNOWN:
            await visit.leave_evidence(
                self.transactions.project.configuration.data_dir / "evidence" / str(intent.attempt)
            )
        await visit.abandon()

    def _renewing(self, lease: Lease) -> _Renewal:
        return _Renewal(self, lease)


class _Renewal:
    """Prolongs a lease while work goes on; when that fails the work is cancelled before it can click."""

    def __init__(self, dispatcher: Dispatcher, lease: Lease) -> None:
        self._dispatcher = dispatcher
        self._lease = lease
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def __aexit__(self, *error: object) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            if not await self._dispatcher.call(self._dispatcher.transactions.renew, self._lease):
                await self._dispatcher.publisher.browser.vacate(self._lease.account)
                return
