"""Every transaction of publishing: leasing an account, claiming what is due, committing the intent, recording the outcome.

Each method is one transaction that leaves the queue in a state from which a crash can be put right. Nothing here drives a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from postiquette.errors import SiteError
from postiquette.model import Action, Content, Decision, Item, Mode, Outcome, Verdict
from postiquette.queue import attempts, books, deliveries, leases
from postiquette.queue.deliveries import Move
from postiquette.queue.delivery import Delivery, sent_columns
from postiquette.queue.leases import Lease
from postiquette.queue.proof import proven
from postiquette.queue.states import Counted, State
from postiquette.queue.store import Connection, Store
from postiquette.scheduler import outlook
from postiquette.scheduler.project import Project

log = structlog.get_logger("postiquette.dispatch")

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


class Transactions:
    """What one worker writes into the queue. `now` is the clock of due times and ledgers, `wall` that of leases and deadlines."""

    def __init__(
        self,
        project: Project,
        store: Store,
        worker: str,
        now: Callable[[], datetime],
        wall: Callable[[], datetime],
    ) -> None:
        self.project = project
        self.store = store
        self.worker = worker
        self.now = now
        self.wall = wall

    def lease(self, account: str) -> Lease | None:
        """Lease an account; None where somebody else works on it."""
        with self.store.begin() as connection:
            leases.register(connection, [account])
            return leases.acquire(connection, account, self.worker, self.wall(), LEASE)

    def renew(self, lease: Lease) -> bool:
        """Prolong a lease; False where it was lost."""
        with self.store.begin() as connection:
            return leases.renew(connection, lease, self.wall(), LEASE)

    def release(self, lease: Lease) -> None:
        """Give an account back."""
        with self.store.begin() as connection:
            leases.release(connection, lease)

    def due(self) -> list[Delivery]:
        """What may be published now, in order of time: due, on an account that is open, with nothing unproven before it."""
        with self.store.read() as connection:
            waiting = deliveries.due(connection, self.now())
            closed = {attempt.account for attempt in attempts.still_open(connection)}
        accounts = self.project.accounts
        return [d for d in waiting if d.account in accounts and d.account not in closed and self._serves(d.account)]

    def _serves(self, account: str) -> bool:
        return self.project.accounts[account].mode is not Mode.DRY

    # --- before the point of no return ------------------------------------------------------------------------

    def settle_before(self, delivery: Delivery) -> Content | None:
        """Miss, hold, block, defer or hand over what is not to be published now; otherwise claim it, and say its wording."""
        with self.store.begin() as connection:
            delivery, now = self._locked(connection, delivery)
            if delivery.state is not State.SCHEDULED:
                return None
            begun = delivery.counted is not Counted.NO
            if now > delivery.due_at + delivery.late and not begun:
                late = now - delivery.due_at - delivery.late
                move = self.move(f"{_rounded(late)} later than `late` allows")
                deliveries.transition(connection, delivery, State.MISSED, move)
                log.warning("missed", post=delivery.key, due=delivery.due_at.isoformat())
                return None
            decision = outlook.decide_one(self.project, connection, delivery, now)
            if not decision.goes_out:
                self._obey(connection, delivery, decision)
                return None
            if self.project.accounts[delivery.account].mode is Mode.ASSIST:
                self._hand_over(connection, delivery, decision, now)
                return None
            deliveries.transition(connection, delivery, State.CLAIMED, self.move("due", decision), not_before=None)
            if delivery.failures >= self.project.configuration.settings.publishing.attempts:
                claimed = deliveries.get(connection, delivery.id)
                reason = f"given up after {delivery.failures} attempts that could not reach the button"
                deliveries.transition(connection, claimed, State.FAILED, self.move(reason))
                log.error("failed", post=delivery.key, reason=reason)
                return None
            return decision.content

    def _obey(self, connection: Connection, delivery: Delivery, decision: Decision) -> None:
        """Do what a decision says of a post that is not to go out now."""
        move = self.move(decision.reason(), decision)
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
            self.move("a person presses the button on this site", decision),
            counted=str(Counted.MAYBE),
            **sent_columns(decision.content, decision.kind),
            intent_at=now,
        )
        log.warning("handed over: `postiquette assist` opens the filled composer", post=delivery.key)

    def give_back(
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
                self.move(reason),
                failures=failures,
                not_before=self.now() + wait if wait else None,
            )
            if signed_out:
                leases.set_signed_out(connection, delivery.account, signed_out=True)
        log.warning("not sent", post=delivery.key, reason=reason, signed_out=signed_out)

    def give_up(self, delivery: Delivery, lease: Lease, reason: str) -> None:
        """The site does not take the post as it is: it fails, and a person sees to it."""
        with self.store.begin() as connection:
            if not leases.still_held(connection, lease, self.wall()):
                return
            delivery = deliveries.get(connection, delivery.id)
            if delivery.state is State.CLAIMED:
                deliveries.transition(connection, delivery, State.FAILED, self.move(reason))
            elif self._between_items(connection, delivery):
                # a thread that has begun is given up at its next claim, with the attempts used up
                spent = self.project.configuration.settings.publishing.attempts
                deliveries.transition(connection, delivery, State.SCHEDULED, self.move(reason), failures=spent)
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

    def out_already(self, delivery: Delivery) -> dict[int, str]:
        """The permalinks of a thread's items that are proven to be out, by number."""
        with self.store.read() as connection:
            return attempts.proven_items(connection, delivery.id)

    def commit_intent(
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
            decision = outlook.decide_one(self.project, connection, delivery, now)
            if not decision.goes_out and delivery.state is State.CLAIMED:
                self._obey(connection, delivery, decision)
                return None
            if decision.content != content:
                raise SiteError("the policies decided on another wording meanwhile")
            columns: dict[str, Any] = {"counted": str(Counted.MAYBE), **sent_columns(content, decision.kind)}
            if delivery.intent_at is None:
                columns["intent_at"] = now
            reason = "about to press the button" + (f" for item {number + 1}" if number else "")
            deliveries.transition(connection, delivery, State.SUBMITTING, self.move(reason, decision), **columns)
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

    def _locked(self, connection: Connection, delivery: Delivery) -> tuple[Delivery, datetime]:
        """Hold the audience's row; then, and not before, read the delivery and the time at which it is decided.

        The audience is the one in force now, and no decision is made as if an earlier one had not been, whatever a clock says.
        """
        audience = self.project.accounts[delivery.account].audience
        books.lock(connection, audience)
        delivery = deliveries.get(connection, delivery.id)
        if delivery.audience != audience:
            deliveries.update(connection, delivery, self.move(f"its audience is {audience} now"), audience=audience)
            delivery = deliveries.get(connection, delivery.id)
        newest = books.newest(connection, audience)
        return delivery, max(self.now(), newest + timedelta(microseconds=1)) if newest else self.now()

    # --- after the click --------------------------------------------------------------------------------------

    def record(self, delivery: Delivery, intent: Intent, outcome: Outcome) -> None:
        """Write down what became of an intent, at once."""
        clock = self.wall()
        with self.store.begin() as connection:
            delivery = deliveries.get(connection, delivery.id)
            if outcome.verdict is Verdict.PUBLISHED:
                move = self.move("the site answered with its permalink")
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
                deliveries.transition(connection, delivery, State.UNCONFIRMED, self.move(outcome.detail))
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
            deliveries.transition(connection, delivery, State.REFUSED, self.move(outcome.detail), **nothing_out)
            log.error("refused", post=delivery.key, detail=outcome.detail)
            return
        attempts.settle(connection, intent.attempt, "absent", clock, detail=outcome.detail)
        failures = delivery.failures + 1
        wait = timedelta(seconds=outcome.retry_after) if outcome.retry_after else self._backoff(failures)
        columns = {**nothing_out, "failures": failures, "not_before": self.now() + wait}
        deliveries.transition(connection, delivery, State.SCHEDULED, self.move(outcome.detail), **columns)
        log.warning("not sent", post=delivery.key, reason=outcome.detail)

    def move(self, reason: str, decision: Decision | None = None) -> Move:
        """A move by this worker, now."""
        return Move(self.worker, self.now(), reason, decision.policy if decision else None)


def _rounded(duration: timedelta) -> str:
    minutes = int(duration.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{max(1, minutes)} min"
