"""What the sandbox remembers: its members, posts, sessions and switched-on faults. In memory only."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

#: what can be made to go wrong, once or several times
Fault = Literal[
    "error-before",  # the submission is answered with 500, and nothing is stored
    "error-after",  # the submission is stored, and answered with 500 all the same
    "silence",  # the submission is stored, and never answered
    "refuse",  # the submission is answered with 422
    "rate-limit",  # the submission is answered with 429
    "slow",  # the submission is answered after two seconds
    "expire",  # the session ends before the submission
    "no-composer",  # the composer page comes without its form
    "unreadable",  # reading back is answered with 503
]

LIMIT = 500


@dataclass(frozen=True)
class Picture:
    """An uploaded file."""

    id: str
    type: str
    data: bytes


@dataclass(frozen=True)
class Toot:
    """One published post."""

    id: int
    author: str
    text: str
    at: datetime
    pictures: tuple[tuple[str, str], ...] = ()
    reply_to: int | None = None


@dataclass
class State:
    """Everything, behind one lock."""

    #: user name -> password
    members: dict[str, str]
    toots: list[Toot] = field(default_factory=list)
    #: session token -> user name
    sessions: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    #: every request that could have published, whatever became of it
    submissions: list[str] = field(default_factory=list)
    #: what the next occasions of each kind do
    faults: dict[str, list[bool]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def switch_on(self, fault: Fault, times: int = 1, *, after: int = 0) -> None:
        """Let `after` occasions pass, and make the next `times` go wrong."""
        with self.lock:
            self.faults[fault] = [False] * after + [True] * times

    def fails(self, fault: Fault) -> bool:
        """Whether this occasion is to go wrong; it is used up by asking."""
        with self.lock:
            coming = self.faults.get(fault)
            return coming.pop(0) if coming else False

    def sign_in(self, name: str, password: str) -> str | None:
        """A new session, or None where name and password do not match."""
        if not secrets.compare_digest(self.members.get(name, "\0").encode(), password.encode()):
            return None
        token = secrets.token_urlsafe(24)
        with self.lock:
            self.sessions[token] = name
        return token

    def end_sessions(self) -> None:
        """Sign everybody out."""
        with self.lock:
            self.sessions.clear()

    def upload(self, type_: str, data: bytes) -> str:
        """Keep a file; returns its id."""
        name = hashlib.sha256(data).hexdigest()[:16]
        with self.lock:
            self.pictures[name] = Picture(name, type_, data)
        return name

    def publish(self, author: str, text: str, pictures: list[tuple[str, str]], reply_to: int | None) -> Toot:
        """Store a post."""
        with self.lock:
            toot = Toot(len(self.toots) + 1, author, text, datetime.now(UTC), tuple(pictures), reply_to)
            self.toots.append(toot)
            return toot

    def by(self, author: str | None = None) -> list[Toot]:
        """Posts, newest first."""
        with self.lock:
            return [toot for toot in reversed(self.toots) if author in (None, toot.author)]
