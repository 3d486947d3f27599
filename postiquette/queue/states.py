"""The life of a post: its states, and which may follow which (docs/life-of-a-post.md draws it)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a delivery is. At every moment it is in exactly one of these."""

    #: waits for its time
    SCHEDULED = "scheduled"
    #: a worker has it and prepares the composer; nothing can be out yet
    CLAIMED = "claimed"
    #: the intent is on record; from here on it may be out
    SUBMITTING = "submitting"
    #: nobody knows yet whether it is out
    UNCONFIRMED = "unconfirmed"
    #: waits for a person's word
    HELD = "held"
    #: a person has been given the filled composer
    HANDED_OVER = "handed-over"
    #: proven to be out
    PUBLISHED = "published"
    #: the site said no, and nothing went out
    REFUSED = "refused"
    #: the policies said no
    BLOCKED = "blocked"
    #: it was too late
    MISSED = "missed"
    #: the author took it back
    WITHDRAWN = "withdrawn"
    #: a person said no
    REJECTED = "rejected"
    #: it could not be prepared, however often it was tried
    FAILED = "failed"


S = State

#: what may follow what; None is the beginning
ALLOWED: dict[State | None, frozenset[State]] = {
    # a post made by hand comes in as published
    None: frozenset({S.SCHEDULED, S.PUBLISHED}),
    S.SCHEDULED: frozenset({S.CLAIMED, S.HELD, S.BLOCKED, S.MISSED, S.WITHDRAWN, S.HANDED_OVER, S.SCHEDULED}),
    S.CLAIMED: frozenset({S.SUBMITTING, S.SCHEDULED, S.HELD, S.BLOCKED, S.FAILED}),
    S.SUBMITTING: frozenset({S.PUBLISHED, S.REFUSED, S.UNCONFIRMED, S.SCHEDULED, S.SUBMITTING}),
    S.UNCONFIRMED: frozenset({S.PUBLISHED, S.SCHEDULED, S.WITHDRAWN, S.REFUSED}),
    S.HELD: frozenset({S.SCHEDULED, S.REJECTED, S.WITHDRAWN}),
    S.HANDED_OVER: frozenset({S.PUBLISHED, S.WITHDRAWN, S.MISSED}),
    # a hand-over that nobody confirmed in time may still be confirmed
    S.MISSED: frozenset({S.SCHEDULED, S.PUBLISHED}),
    S.FAILED: frozenset({S.SCHEDULED}),
    S.REFUSED: frozenset({S.SCHEDULED}),
    S.WITHDRAWN: frozenset({S.SCHEDULED}),
    S.PUBLISHED: frozenset(),
    S.BLOCKED: frozenset(),
    S.REJECTED: frozenset(),
}

TERMINAL = frozenset({S.PUBLISHED, S.REFUSED, S.BLOCKED, S.MISSED, S.WITHDRAWN, S.REJECTED, S.FAILED})

#: nothing of it can be out, and its author may still change it
CHANGEABLE = frozenset({S.SCHEDULED, S.HELD})

#: it is out, or may be
MAYBE_OUT = frozenset({S.SUBMITTING, S.UNCONFIRMED, S.HANDED_OVER, S.PUBLISHED})

#: what waits for a person
NEEDS_A_PERSON = frozenset({S.HELD, S.UNCONFIRMED, S.HANDED_OVER})


class Counted(StrEnum):
    """What a delivery is worth in its audience's ledger."""

    #: nothing of it is out
    NO = "no"
    #: it may be out: it spends, but earns nothing
    MAYBE = "maybe"
    #: it is out
    PROVEN = "proven"
