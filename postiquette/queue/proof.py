"""What follows when an item is proven to be out: the post is, or its thread goes on."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from postiquette.queue import attempts, deliveries
from postiquette.queue.attempts import Attempt
from postiquette.queue.deliveries import Move
from postiquette.queue.delivery import Delivery
from postiquette.queue.states import Counted, State


def proven(
    connection: sa.Connection, delivery: Delivery, attempt: int, url: str | None, move: Move, clock: datetime
) -> State:
    """Settle an attempt as published; returns the state of its delivery then.

    With the last item the post is published and earns; before that its thread goes on, with the worker that has it,
    or with the next.
    """
    attempts.settle(connection, attempt, "published", clock, url=url)
    tried: dict[int, Attempt] = {found.id: found for found in attempts.of_delivery(connection, delivery.id)}
    items = len(delivery.sent.items) if delivery.sent else 1
    if tried[attempt].item + 1 < items:
        if delivery.state is State.SUBMITTING:
            return delivery.state
        on = Move(move.by, move.at, f"{move.reason}: the thread goes on")
        deliveries.transition(connection, delivery, State.SCHEDULED, on)
        return State.SCHEDULED
    first = attempts.proven_items(connection, delivery.id).get(0) or url
    columns = {"counted": str(Counted.PROVEN), "url": first, "failures": 0}
    deliveries.transition(connection, delivery, State.PUBLISHED, move, **columns)
    return State.PUBLISHED
