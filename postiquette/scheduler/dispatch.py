"""Claim -> decide -> publish -> confirm, one post at a time per account.

The order is the contract: the policies are asked again in the very transaction that commits the intent, the intent is durable before
the click, and after the click nothing here may cause a second one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ParamSpec, TypeVar

import structlog

from postiquette.errors import BrowserError, ComposerRefused, SignedOut, SiteError, StoreError
from postiquette.model import Action, Content, Decision, Item, Mode, Outcome, Verdict
from postiquette.publishing.publisher import Publisher, Visit
from postiquette.publishing.recent import look_for
from postiquette.queue import attempts, books, deliveries, leases
from postiquette.queue.deliveries import Move
from postiquette.queue.delivery import Delivery, content_to
from postiquette.queue.leases import Lease
from postiquette.queue.proof import proven
from postiquette.queue.states import Counted, State
from postiquette.queue.store import Connection, Store
from postiquette.scheduler import outlook
from postiquette.scheduler.project import Project

log = structlog.get_logger("postiquette.dispatch")
P = ParamSpec("P")
T = TypeVar("T")

#: how long an account is leased; it is prolonged while work goes on
LEASE = timedelta(seconds=90)
_LONGEST_BACKOFF = timedelta(hours=1)


@dataclass(frozen=True)
class Intent:
    """A committed intent: the point of no return is behind us."""

    attempt: int
    deadline: datetime


class LeaseLost(SiteError):
    """Somebody else has the account now; nothing was sent."""


class Paused(SiteError):
    """A person stopped the account while the post was prepared; nothing was sent."""


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
        self.project = project
        self.store = store
        self.publisher = publisher
        self.worker = worker
        self.now = now
        self.wall = wall
        # one thread: SQLite has one writer, and the loop that drives the browser never waits for a disk
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that uses the store outside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *args, **kwargs))

    async def round(self) -> int:
        """Publish everything that is due, several accounts side by side; returns how many deliveries were settled."""
        due = await self.call(self._due)
        accounts = list(dict.fromkeys(delivery.account for delivery in due))
        limit = asyncio.Semaphore(self.project.configuration.settings.browser.contexts)

        async def serve(account: str) -> int:
            async with limit:
                return await self._serve(account, [delivery for delivery in due if delivery.account == account])

        results = await asyncio.gather(*(serve(account) for account in accounts), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sum(result for result in results if isinstance(result, int))

    def _due(self) -> list[Delivery]:
        with self.store.read() as connection:
            waiting = deliveries.due(connection, self.now())
            closed = {attempt.account for attempt in attempts.still_open(connection)}
        accounts = self.project.accounts
        return [d for d in waiting if d.account in accounts and d.account not in closed and self._serves(d.account)]

    def _serves(self, account: str) -> bool:
        return self.project.accounts[account].mode is not Mode.DRY

    async def _serve(self, account: str, due: list[Delivery]) -> int:
        lease = await self.call(self.lease, account)
        if lease is None:
            return 0
        settled = 0
        try:
            while due:
                await self._deliver(due[0], lease)
                settled += 1
                due = [delivery for delivery in await self.call(self._due) if delivery.account == account]
            return settled
        finally:
            await asyncio.shield(self.call(self.release, lease))

    def lease(self, account: str) -> Lease | None:
        """Lease an account; None where somebody else works on it."""
        with self.store.begin() as connection:
            leases.register(connection, [account])
            return leases.acquire(connection, account, self.worker, self.wall(), LEASE)

    def release(self, lease: Lease) -> None:
        """Give an account back."""
        with self.store.begin() as connection:
            leases.release(connection, lease)

    async def _deliver(self, delivery: Delivery, lease: Lease) -> None:
        if self.project.accounts[delivery.account].mode is Mode.ASSIST:
            await self.call(self._settle_before, delivery, hand_over=True)
            return
        claimed = await self.call(self._settle_before, delivery, hand_over=False)
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
            await self.call(self._give_back, delivery, lease, str(error), counts=False)
        except SignedOut as error:
            await self.call(self._give_back, delivery, lease, str(error), signed_out=True)
        except ComposerRefused as error:
            await self.call(self._give_up, delivery, lease, str(error))
        except (SiteError, BrowserError) as error:
            await self.call(self._give_back, delivery, lease, str(error))
        except asyncio.CancelledError:
            await asyncio.shield(self.call(self._give_back, delivery, lease, "the service was stopped", counts=False))
            raise
        except StoreError:
            raise
        except Exception as error:
            # a mistake of ours must cost one post a try, not everybody the service; what was clicked is recovery's to find out
            log.exception("unexpected", post=delivery.key)
            await self.call(self._give_back, delivery, lease, f"unexpected {type(error).__name__}")

    # --- before the point of no return ------------------------------------------------------------------------

    def _settle_before(self, delivery: Delivery, *, hand_over: bool) -> Content | None:
        """Miss, hold, block, defer or hand over what is not to be published now; otherwise claim it, and say its wording."""
        with self.store.begin() as connection:
            delivery, now = self._locked(connection, delivery)
            if delivery.state is not State.SCHEDULED:
                return None
            begun = delivery.counted is not Counted.NO
            if now > delivery.due_at + delivery.late and not begun:
                late = now - delivery.due_at - delivery.late
                move = self._move(f"{_rounded(late)} later than `late` allows")
                deliveries.transition(connection, delivery, State.MISSED, move)
                log.warning("missed", post=delivery.key, due=delivery.due_at.isoformat())
                return None
            decision = outlook.from_store(self.project, connection).decide(delivery.key, now)
            if not decision.goes_out:
                self._obey(connection, delivery, decision)
                return None
            if hand_over:
                self._hand_over(connection, delivery, decision, now)
                return None
            deliveries.transition(connection, delivery, State.CLAIMED, self._move("due", decision), not_before=None)
            if delivery.failures >= self.project.configuration.settings.publishing.attempts:
                claimed = deliveries.get(connection, delivery.id)
                reason = f"given up after {delivery.failures} attempts that could not reach the button"
                deliveries.transition(connection, claimed, State.FAILED, self._move(reason))
                log.error("failed", post=delivery.key, reason=reason)
                return None
            return decision.content

    def _locked(self, connection: Connection, delivery: Delivery) -> tuple[Delivery, datetime]:
        """Hold the audience's row; then, and not before, read the delivery and the time at which it is decided.

        The audience is the one in force now, and no decision is made as if an earlier one had not been, whatever a clock says.
        """
        audience = self.project.accounts[delivery.account].audience
        books.lock(connection, audience)
        delivery = deliveries.get(connection, delivery.id)
        if delivery.audience != audience:
            deliveries.update(connection, delivery, self._move(f"its audience is {audience} now"), audience=audience)
            delivery = deliveries.get(connection, delivery.id)
        newest = books.newest(connection, audience)
        return delivery, max(self.now(), newest + timedelta(microseconds=1)) if newest else self.now()

    def _obey(self, connection: Connection, delivery: Delivery, decision: Decision) -> None:
        """Do what a decision says of a post that is not to go out now."""
        move = self._move(decision.reason(), decision)
        log.info(decision.action.value, post=delivery.key, reason=decision.reason())
        if decision.action is Action.DEFER and decision.defer_to is not None:
            columns = {"due_at": decision.defer_to, "deferred": delivery.deferred + 1}
            if delivery.state is State.SCHEDULED:
                deliveries.update(connection, delivery, move, **columns)
            else:
                deliveries.transition(connection, delivery, State.SCHEDULED, move, **columns)
        else:
            to = State.BLOCKED if decision.action is Action.BLOCK else State.HELD
            deliveries.transition(connection, delivery, to, move)

    def _hand_over(self, connection: Connection, delivery: Delivery, decision: Decision, now: datetime) -> None:
        deliveries.transition(
            connection,
            delivery,
            State.HANDED_OVER,
            self._move("a person presses the button on this site", decision),
            counted=str(Counted.MAYBE),
            kind=str(decision.kind),
            sent=content_to(decision.content),
            intent_at=now,
        )
        log.warning("handed over: `postiquette assist` opens the filled composer", post=delivery.key)

    def _give_back(
        self, delivery: Delivery, lease: Lease, reason: str, *, signed_out: bool = False, counts: bool = True
    ) -> None:
        """Nothing was sent: the post waits for its next try. Does nothing where its fate is already on record."""
        with self.store.begin() as connection:
            if not leases.still_held(connection, lease, self.wall()):
                return
            delivery = deliveries.get(connection, delivery.id)
            if delivery.state is not State.CLAIMED and not self._between_items(connection, delivery):
                return
            failures = delivery.failures + (1 if counts and not signed_out else 0)
            wait = self._backoff(failures) if counts and not signed_out else None
            deliveries.transition(
                connection,
                delivery,
                State.SCHEDULED,
                self._move(reason),
                failures=failures,
                not_before=self.now() + wait if wait else None,
            )
            if signed_out:
                leases.set_signed_out(connection, delivery.account, signed_out=True)
        log.warning("not sent", post=delivery.key, reason=reason, signed_out=signed_out)

    def _give_up(self, delivery: Delivery, lease: Lease, reason: str) -> None:
        with self.store.begin() as connection:
            if not leases.still_held(connection, lease, self.wall()):
                return
            delivery = deliveries.get(connection, delivery.id)
            if delivery.state is State.CLAIMED:
                deliveries.transition(connection, delivery, State.FAILED, self._move(reason))
            elif self._between_items(connection, delivery):
                # a thread that has begun is given up at its next claim, with the attempts used up
                spent = self.project.configuration.settings.publishing.attempts
                deliveries.transition(connection, delivery, State.SCHEDULED, self._move(reason), failures=spent)
        log.error("failed", post=delivery.key, reason=reason)

    @staticmethod
    def _between_items(connection: Connection, delivery: Delivery) -> bool:
        """Whether a thread has begun, and nothing of it is under way."""
        tried = attempts.of_delivery(connection, delivery.id)
        return delivery.state is State.SUBMITTING and not any(attempt.open for attempt in tried)

    def _backoff(self, failures: int) -> timedelta:
        first: timedelta = self.project.configuration.settings.publishing.backoff
        doublings = min(max(0, failures - 1), 20)
        return min(first * (1 << doublings), _LONGEST_BACKOFF)

    # --- the point of no return -------------------------------------------------------------------------------

    async def _publish(self, visit: Visit, delivery: Delivery, content: Content, lease: Lease) -> None:
        items = content.items()
        out = await self.call(self._proven, delivery)
        for number, item in enumerate(items):
            if number in out:
                continue
            # side by side: what is there already, and the composer
            baseline, _ = await asyncio.gather(visit.recent(), visit.prepare(item, reply_to=out.get(number - 1)))
            urls = [post.url for post in baseline]
            intent = await self.call(self._commit_intent, delivery, lease, content, number, item, urls)
            if intent is None:
                return
            # from here on a stop of the service waits for the outcome, or leaves it to recovery
            outcome = await visit.submit(intent.deadline)
            outcome = await self._confirmed(visit, outcome, item, urls)
            if outcome.verdict in (Verdict.UNKNOWN, Verdict.NOT_SENT):
                await self._close_page(visit, intent, outcome)
            await self.call(self._record, delivery, intent, outcome)
            if outcome.verdict is not Verdict.PUBLISHED:
                return
            out[number] = outcome.url or ""
        await visit.keep_session()

    def _proven(self, delivery: Delivery) -> dict[int, str]:
        with self.store.read() as connection:
            return attempts.proven_items(connection, delivery.id)

    def _commit_intent(
        self,
        delivery: Delivery,
        lease: Lease,
        content: Content,
        number: int,
        item: Item,
        baseline: Sequence[str],
    ) -> Intent | None:
        """Decide once more under the audience's lock; write the intent, or obey a decision that has become another."""
        clock = self.wall()
        with self.store.begin() as connection:
            delivery, now = self._locked(connection, delivery)
            if leases.stopped(connection, delivery.account):
                raise Paused("paused while it was prepared")
            if not leases.still_held(connection, lease, clock):
                raise LeaseLost("the lease of the account has ended")
            leases.renew(connection, lease, clock, LEASE)
            decision = outlook.from_store(self.project, connection, also=delivery).decide(delivery.key, now)
            if not decision.goes_out and delivery.state is State.CLAIMED:
                self._obey(connection, delivery, decision)
                return None
            if decision.content != content:
                raise SiteError("the policies decided on another wording meanwhile")
            columns: dict[str, Any] = {
                "counted": str(Counted.MAYBE),
                "kind": str(decision.kind),
                "sent": content_to(content),
            }
            if delivery.intent_at is None:
                columns["intent_at"] = now
            reason = "about to press the button" + (f" for item {number + 1}" if number else "")
            deliveries.transition(connection, delivery, State.SUBMITTING, self._move(reason, decision), **columns)
            deadline = clock + self.project.configuration.settings.publishing.click_deadline
            attempt = attempts.commit_intent(
                connection,
                delivery=delivery.id,
                account=delivery.account,
                item=number,
                fence=lease.fence,
                worker=self.worker,
                text=item.text,
                baseline=list(baseline),
                intent_at=clock,
                click_deadline=deadline,
            )
            return Intent(attempt, deadline)

    # --- after the click --------------------------------------------------------------------------------------

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
            await visit.leave_evidence(self.project.configuration.data_dir / "evidence" / str(intent.attempt))
        await visit.abandon()

    def _record(self, delivery: Delivery, intent: Intent, outcome: Outcome) -> None:
        """Write down what became of an intent, at once."""
        clock = self.wall()
        with self.store.begin() as connection:
            delivery = deliveries.get(connection, delivery.id)
            if outcome.verdict is Verdict.PUBLISHED:
                move = self._move("the site answered with its permalink")
                if proven(connection, delivery, intent.attempt, outcome.url, move, clock) is State.PUBLISHED:
                    log.info("published", post=delivery.key, url=outcome.url)
                return
            if outcome.verdict is Verdict.UNKNOWN:
                settle = self.project.configuration.settings.publishing.settle
                folder = str(self.project.configuration.data_dir / "evidence" / str(intent.attempt))
                look_at = max(intent.deadline, clock) + settle
                attempts.note(
                    connection,
                    intent.attempt,
                    outcome="unknown",
                    detail=outcome.detail,
                    evidence=folder,
                    look_at=look_at,
                )
                deliveries.transition(connection, delivery, State.UNCONFIRMED, self._move(outcome.detail))
                log.error("unconfirmed", post=delivery.key, detail=outcome.detail, look_at=look_at.isoformat())
                return
            self._record_no(connection, delivery, intent, outcome, clock)

    def _record_no(
        self, connection: Connection, delivery: Delivery, intent: Intent, outcome: Outcome, clock: datetime
    ) -> None:
        begun = bool(attempts.proven_items(connection, delivery.id))
        nothing_out: dict[str, Any] = {"counted": str(Counted.MAYBE if begun else Counted.NO)}
        if not begun:
            nothing_out["intent_at"] = None
        if outcome.verdict is Verdict.REFUSED:
            attempts.settle(connection, intent.attempt, "refused", clock, detail=outcome.detail)
            deliveries.transition(connection, delivery, State.REFUSED, self._move(outcome.detail), **nothing_out)
            log.error("refused", post=delivery.key, detail=outcome.detail)
            return
        attempts.settle(connection, intent.attempt, "absent", clock, detail=outcome.detail)
        failures = delivery.failures + 1
        wait = timedelta(seconds=outcome.retry_after) if outcome.retry_after else self._backoff(failures)
        columns = {**nothing_out, "failures": failures, "not_before": self.now() + wait}
        deliveries.transition(connection, delivery, State.SCHEDULED, self._move(outcome.detail), **columns)
        log.warning("not sent", post=delivery.key, reason=outcome.detail)

    # --- shared -----------------------------------------------------------------------------------------------

    def _move(self, reason: str, decision: Decision | None = None) -> Move:
        return Move(self.worker, self.now(), reason, decision.policy if decision else None)

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
            if not await self._dispatcher.call(self._renew):
                await self._dispatcher.publisher.browser.vacate(self._lease.account)
                return

    def _renew(self) -> bool:
        with self._dispatcher.store.begin() as connection:
            return leases.renew(connection, self._lease, self._dispatcher.wall(), LEASE)


def _rounded(duration: timedelta) -> str:
    minutes = int(duration.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{max(1, minutes)} min"
