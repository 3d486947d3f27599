"""Queues in letters: V gives, S asks and nothing else, W asks and gives, P promotes, F fills."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from postiquette.model import Account, Content, Post
from postiquette.policies.forecast import Candidate

START = datetime(2026, 6, 1, tzinfo=UTC)
TEXTS = {
    "V": "Note {n}: the ferry runs again from seven, and the timetable hangs at the pier.",
    "S": "Pls RT!",
    "W": "Note {n}: how we mended the clock. Please share it!",
    "P": "Buy ticket {n} now",
    "F": "Happy Friday!",
}


def slots(account: str, after: datetime):
    day = after.replace(hour=0, minute=0, second=0, microsecond=0)
    for step in range(200):
        for hour in (9, 17):
            moment = day + timedelta(days=step, hours=hour)
            if moment > after:
                yield moment


def queue(letters: str, *, by_slot: bool = True, accounts: int = 1, audience: str = "us") -> list[Candidate]:
    places = slots("", START)
    found = []
    for number, letter in enumerate(letters):
        at = next(places)
        post = Post(f"p{number:02}", Content((TEXTS[letter].format(n=number),)))
        for index in range(accounts):
            account = Account(f"a{index}", "sandbox", audience, "UTC")
            found.append(Candidate(f"{post.id}@a{index}", post, account, at, number, by_slot))
    return found
