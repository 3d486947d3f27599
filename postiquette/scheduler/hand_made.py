"""Reads posts that were made by hand as the policies read any other, on the clock of their account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from postiquette.errors import Problem
from postiquette.model import Account, Content, Policy, Post
from postiquette.policies.decide import kind_of
from postiquette.queue.by_hand import Published
from postiquette.queue.sources.archives import ByHand
from postiquette.scheduler.slots import instant


def as_published(
    posts: Iterable[ByHand], account: Account, policy: Policy, now: datetime
) -> tuple[list[Published], list[Problem]]:
    """The posts in order of time, each with its kind; and those that cannot have been made yet."""
    found: list[Published] = []
    problems: list[Problem] = []
    for post in posts:
        at = instant(post.at, account.timezone)
        if at > now:
            message = f"the post is of {at:%Y-%m-%d %H:%M} UTC, which is still to come"
            problems.append(Problem(message, post.place, post.line))
            continue
        content = Content((post.text,))
        found.append(
            Published(post.id, at, content, kind_of(Post(post.id, content), content, policy.wording), post.url)
        )
    return sorted(found, key=lambda one: (one.at, one.id)), problems
