"""What a crash left behind, and what nobody knows: found out by reading back, never by clicking again.

Nothing is concluded from absence before the click deadline and the settle time are past. Absence proves something only where the
page is dead (its process is, or its context was closed), the click was fenced, and the site is known to show a post at once; then the
post may go again, once. Anything else waits for a person, and an ask stays spent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog

from postiquette.config.settings import PublishingSettings
from postiquette.errors import BrowserError, PostiquetteError, SignedOut, SiteError, StoreError
from postiquette.model import SeenPost
from postiquette.publishing.recent import look_for, reaches_back
from postiquette.queue import attempts, deliveries, leases
from postiquette.queue.attempts import Attempt
from postiquette.queue.delivery import Delivery
from postiquette.queue.proof import proven
from postiquette.queue.states import Counted, State
from postiquette.queue.store import Connection
from postiquette.scheduler.dispatch import Dispatcher

log = structlog.get_logger("postiquette.recovery")

#: an unproven post goes again at most this often by itself
_RESENDS = 1
_LONGEST_WAIT = timedelta(hours=1)


class Recovery:
    """Works beside a dispatcher, on the same store and with the same publisher."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._transactions = dispatcher.transactions

    async def after_a_crash(self, *, alone: bool) -> list[Delivery]:
        """Put right what dead workers left; returns posts that were missed meanwhile.

        `alone`: no other worker can be alive (the service lock is ours), so every lease is void.
        """
        return await self._dispatcher.call(self._after_a_crash, alone)

    def _after_a_crash(self, alone: bool) -> list[Delivery]:
        now, clock = self._transactions.now(), self._transactions.wall()
        with self._transactions.store.begin() as connection:
            if alone:
                leases.end_all(connection)
            for delivery in deliveries.in_states(connection, (State.CLAIMED, State.SUBMITTING)):
                if not leases.is_leased(connection, delivery.account, clock):
                    self._put_right(connection, delivery.id, clock)
            missed = []
            for delivery in deliveries.in_states(connection, (State.SCHEDULED,)):
                if delivery.due_at + delivery.late < now and delivery.counted is Counted.NO:
                    move = self._transactions.move("its time passed while no service was running")
                    deliveries.transition(connection, delivery, State.MISSED, move)
                    missed.append(delivery)
            for delivery in deliveries.in_states(connection, (State.HANDED_OVER,)):
                if (delivery.intent_at or now) + self._settings.handed_over < now:
                    # it may be out all the same: an ask stays spent
                    deliveries.transition(
                        connection, delivery, State.MISSED, self._transactions.move("nobody confirmed it in time")
                    )
                    missed.append(delivery)
            return missed

    def _put_right(self, connection: Connection, number: int, clock: datetime) -> None:
        """The account's row is locked by now: what is read here is what is."""
        delivery = deliveries.get(connection, number)
        if delivery.state not in (State.CLAIMED, State.SUBMITTING):
            return
        attempt = next((a for a in attempts.of_delivery(connection, number) if a.open), None)
        if attempt is None:
            reason = "its worker died before the click" if delivery.state is State.CLAIMED else "the thread goes on"
            deliveries.transition(connection, delivery, State.SCHEDULED, self._transactions.move(reason))
        else:
            look_at = max(attempt.click_deadline, clock) + self._settings.settle
            attempts.note(connection, attempt.id, outcome="unknown", look_at=look_at)
            move = self._transactions.move("its worker died between the intent and its outcome")
            deliveries.transition(connection, delivery, State.UNCONFIRMED, move)
        log.warning("put right", post=delivery.key, was=delivery.state.value)

    async def look(self) -> None:
        """Read back every unproven post whose time has come."""
        for attempt in await self._dispatcher.call(self._to_look_for):
            lease = await self._dispatcher.call(self._transactions.lease, attempt.account)
            if lease is None:
                continue
            try:
                await self.read_back(attempt)
            except StoreError:
                raise
            except PostiquetteError as error:
                log.error("cannot read back", account=attempt.account, reason=str(error))
            finally:
                await self._dispatcher.call(self._transactions.release, lease)

    async def next_look(self) -> datetime | None:
        """When the next unproven post is to be read back."""
        return await self._dispatcher.call(self._next_look)

    async def read_back(self, attempt: Attempt) -> None:
        """Look for one post on its account's own timeline, and settle what can be settled."""
        publisher = self._dispatcher.publisher
        try:
            async with publisher.at(attempt.account) as visit:
                try:
                    seen = await visit.recent()
                except SiteError:
                    await visit.abandon()
                    raise
        except SignedOut as error:
            await self._dispatcher.call(self._unreadable, attempt, str(error), signed_out=True)
        except (SiteError, BrowserError) as error:
            await self._dispatcher.call(self._unreadable, attempt, str(error), signed_out=False)
        else:
            found = look_for(attempt.text, seen, attempt.baseline)
            proof = publisher.shows_at_once(attempt.account) and reaches_back(seen, attempt.baseline)
            await self._dispatcher.call(self._settle, attempt, found, absence_is_proof=proof)

    def _to_look_for(self) -> list[Attempt]:
        clock = self._transactions.wall()
        with self._transactions.store.read() as connection:
            closed = leases.signed_out(connection)
            waiting = attempts.still_open(connection)
        known = self._transactions.project.accounts
        return [
            a for a in waiting if a.look_at and a.look_at <= clock and a.account in known and a.account not in closed
        ]

    def _next_look(self) -> datetime | None:
        with self._transactions.store.read() as connection:
            closed = leases.signed_out(connection)
            times = [a.look_at for a in attempts.still_open(connection) if a.look_at and a.account not in closed]
        return min(times, default=None)

    def _settle(self, attempt: Attempt, found: list[SeenPost], *, absence_is_proof: bool) -> None:
        clock = self._transactions.wall()
        with self._transactions.store.begin() as connection:
            delivery = deliveries.get(connection, attempt.delivery)
            if delivery.state is not State.UNCONFIRMED:
                return
            if len(found) == 1:
                self._found(connection, delivery, attempt, found[0], clock)
            elif found:
                detail = f"found {len(found)} times: {', '.join(post.url for post in found)}"
                attempts.settle(connection, attempt.id, "unknown", clock, detail=detail)
                deliveries.note(connection, delivery, self._transactions.move(detail))
                log.error("found twice", post=delivery.key, detail=detail)
            elif absence_is_proof and delivery.resent < _RESENDS:
                self._absent(connection, delivery, attempt, clock)
            else:
                self._look_again(connection, delivery, attempt, clock)

    def _found(
        self, connection: Connection, delivery: Delivery, attempt: Attempt, post: SeenPost, clock: datetime
    ) -> None:
        proven(connection, delivery, attempt.id, post.url, self._transactions.move("found on the site"), clock)
        log.info("found on the site", post=delivery.key, url=post.url)

    def _absent(self, connection: Connection, delivery: Delivery, attempt: Attempt, clock: datetime) -> None:
        attempts.settle(connection, attempt.id, "absent", clock)
        begun = bool(attempts.proven_items(connection, delivery.id))
        columns: dict[str, Any] = {
            "counted": str(Counted.MAYBE if begun else Counted.NO),
            "resent": delivery.resent + 1,
        }
        if not begun:
            columns["intent_at"] = None
        move = self._transactions.move("proven not to be out: the click was fenced and the site shows posts at once")
        deliveries.transition(connection, delivery, State.SCHEDULED, move, **columns)
        log.warning("proven absent, goes again", post=delivery.key)

    def _look_again(self, connection: Connection, delivery: Delivery, attempt: Attempt, clock: datetime) -> None:
        pauses = self._settings.look_again
        if attempt.looks < len(pauses):
            look_at = clock + pauses[attempt.looks]
            attempts.note(connection, attempt.id, looks=attempt.looks + 1, look_at=look_at)
            log.warning("not found on the site yet", post=delivery.key, looks_again_at=look_at.isoformat())
            return
        attempts.settle(connection, attempt.id, "unknown", clock, detail="not found, and nothing proves its absence")
        deliveries.note(connection, delivery, self._transactions.move("not found on the site; a person has to look"))
        log.error("a person has to look: `postiquette resolve`", post=delivery.key)

    def _unreadable(self, attempt: Attempt, reason: str, *, signed_out: bool) -> None:
        clock = self._transactions.wall()
        with self._transactions.store.begin() as connection:
            # as long again as it has been unknown: patient, but never for good
            wait = min(max(self._settings.settle, clock - attempt.intent_at), _LONGEST_WAIT)
            attempts.note(connection, attempt.id, look_at=clock + wait, detail=f"cannot be read back: {reason}")
            if signed_out:
                leases.set_signed_out(connection, attempt.account, signed_out=True)
        log.warning("cannot read back", account=attempt.account, reason=reason)

    @property
    def _settings(self) -> PublishingSettings:
        return self._transactions.project.configuration.settings.publishing
