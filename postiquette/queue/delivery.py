"""A delivery: one post on one account, with all that the queue knows of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from postiquette.errors import StoreError
from postiquette.model import Approval, Content, Kind, Media, Post, Waiver
from postiquette.queue.states import Counted, State


@dataclass(frozen=True)
class Delivery:
    """One row of the queue."""

    id: int
    #: id@account
    key: str
    post: Post
    account: str
    audience: str
    source: str
    declared: str
    position: int
    due_at: datetime
    by_slot: bool
    written_at: datetime | None
    #: later than this after `due_at` it is missed
    late: timedelta
    state: State
    counted: Counted
    kind: Kind | None
    #: the wording that went out, or was about to
    sent: Content | None
    intent_at: datetime | None
    url: str | None
    not_before: datetime | None
    failures: int
    resent: int
    deferred: int
    approval: Approval | None


def from_row(row: sa.Row[Any]) -> Delivery:
    """Read a row of `deliveries`. Raises StoreError for one that somebody has damaged."""
    try:
        return _from_row(row)
    except (ValueError, KeyError, TypeError) as error:
        key = row._mapping.get("key")
        raise StoreError(f"the row of {key} is damaged ({error})", hint="Restore a copy of the database.") from error


def _from_row(row: sa.Row[Any]) -> Delivery:
    data = row._mapping
    return Delivery(
        id=data["id"],
        key=data["key"],
        post=Post(
            id=data["post"],
            content=content_from(data["content"]),
            series=data["series"],
            declared_kind=Kind(data["declared_kind"]) if data["declared_kind"] else None,
            allow=waivers_from(data["allow"]),
        ),
        account=data["account"],
        audience=data["audience"],
        source=data["source"],
        declared=data["declared"],
        position=data["position"],
        due_at=data["due_at"],
        by_slot=data["by_slot"],
        written_at=datetime.fromisoformat(data["written_at"]) if data["written_at"] else None,
        late=timedelta(seconds=data["late"]),
        state=State(data["state"]),
        counted=Counted(data["counted"]),
        kind=Kind(data["kind"]) if data["kind"] else None,
        sent=content_from(data["sent"]) if data["sent"] else None,
        intent_at=data["intent_at"],
        url=data["url"],
        not_before=data["not_before"],
        failures=data["failures"],
        resent=data["resent"],
        deferred=data["deferred"],
        approval=approval_from(data["approval"]) if data["approval"] else None,
    )


def content_to(content: Content) -> dict[str, Any]:
    """Content as JSON holds it."""
    return asdict(content)


def sent_columns(content: Content, kind: Kind) -> dict[str, Any]:
    """The columns that say in which wording a post went out, or is about to, and what it is."""
    return {"sent": content_to(content), "words": digest(content), "kind": str(kind)}


def digest(content: Content) -> str:
    """Thirty-two hexadecimal digits of what a post says; texts that say the same have the same."""
    return hashlib.sha256(content.words.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def waivers_to(allow: Mapping[str, Waiver]) -> dict[str, Any]:
    """Waivers as JSON holds them."""
    return {
        rule: {"reason": waiver.reason, "until": waiver.until.isoformat() if waiver.until else None}
        for rule, waiver in allow.items()
    }


def waivers_from(data: Mapping[str, Any]) -> dict[str, Waiver]:
    """Waivers as `waivers_to` wrote them; earlier versions wrote the bare reason."""
    return {
        rule: Waiver(written)
        if isinstance(written, str)
        else Waiver(written["reason"], date.fromisoformat(written["until"]) if written["until"] else None)
        for rule, written in data.items()
    }


def content_from(data: Mapping[str, Any]) -> Content:
    """Content as `content_to` wrote it."""
    return Content(
        texts=tuple(data["texts"]),
        link=data["link"],
        media=tuple(Media(**item) for item in data["media"]),
        first_comment=data["first_comment"],
    )


def approval_to(approval: Approval) -> dict[str, Any]:
    """An approval as JSON holds it."""
    return {**asdict(approval), "expires_at": approval.expires_at.isoformat()}


def approval_from(data: Mapping[str, Any]) -> Approval:
    """An approval as `approval_to` wrote it."""
    return Approval(**{**data, "expires_at": datetime.fromisoformat(data["expires_at"])})
