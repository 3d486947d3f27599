"""A post as an author declares it, in `[[posts]]` or in front matter."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from postiquette.config.values import Duration
from postiquette.model import Kind, Waiver

#: longer than any site takes (Facebook's 63,206 is the longest known)
LONGEST_TEXT = 100_000

#: no composer takes NUL, nor half a character
_UNPUBLISHABLE = re.compile("[\0\ud800-\udfff]")

DEFAULT_LATE = timedelta(hours=2)


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def publishable(value: Any) -> Any:
    """A text as it can be published: line ends made one kind. Raises ValueError for what no composer takes."""
    if not isinstance(value, str):
        return value
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"the text has {len(value):,} characters; no site takes more than {LONGEST_TEXT:,}")
    if unknown := _UNPUBLISHABLE.search(value):
        raise ValueError(f"the character U+{ord(unknown[0]):04X} at position {unknown.start()} cannot be published")
    # a browser's text field knows only one line end
    return value.replace("\r\n", "\n").replace("\r", "\n")


Text = Annotated[str, BeforeValidator(publishable)]


class MediaEntry(BaseModel):
    """A file to attach, its path relative to the file that declares it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    #: relative to the declaring file, and inside its folder
    path: str
    #: what a person who cannot see it is told
    alt: Text | None = None


class _WrittenWaiver(BaseModel):
    """A rule that does not apply to a post: why, and until when."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    #: for whoever wonders later
    reason: str
    #: the last day on which it holds
    until: date | None = None

    @field_validator("reason")
    @classmethod
    def _some_reason(cls, value: str) -> str:
        if not value.strip():
            raise ValueError('a waiver needs its reason, as in allow = { repeated-text = "weekly opening hours" }')
        return value

    def as_waiver(self) -> Waiver:
        """The same as the policies take it."""
        return Waiver(self.reason, self.until)


def _waiver(value: Any) -> Any:
    return {"reason": value} if isinstance(value, str) else value


WaiverEntry = Annotated[_WrittenWaiver, BeforeValidator(_waiver)]


class PostEntry(BaseModel):
    """One declared post."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)

    #: what makes this the same post tomorrow
    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=120)
    #: the accounts it goes to
    account: Annotated[list[str], BeforeValidator(_one_or_many)] = Field(min_length=1)
    text: Text | None = None
    #: instead of text: several items, published as replies to each other
    thread: list[Text] | None = Field(default=None, min_length=2)
    link: str | None = Field(default=None, pattern=r"^https?://\S+$")
    first_comment: Text | None = Field(default=None, min_length=1)
    media: list[MediaEntry] = Field(default_factory=list)
    #: local time of the account's zone, or with an offset
    at: datetime | None = None
    slot: Literal["next"] | None = None
    late: Duration = DEFAULT_LATE
    series: str | None = None
    allow: dict[str, WaiverEntry] = Field(default_factory=dict)
    kind: Kind | None = None

    @field_validator("at", mode="before")
    @classmethod
    def _whole_time(cls, value: Any) -> Any:
        written = value
        if isinstance(value, str) and len(value) > 10:
            try:
                written = datetime.fromisoformat(value)
            except ValueError:
                written = None
        if value is None:
            return None
        if not isinstance(written, datetime):
            raise ValueError(f"expected a date and a time such as 2026-12-01T09:00:00, got {str(value)!r}")
        if not 2000 <= written.year < 2200:
            raise ValueError(f"expected a year between 2000 and 2199, got {written.year}")
        return written

    @field_validator("kind")
    @classmethod
    def _tighten_only(cls, value: Kind | None) -> Kind | None:
        if value not in (None, Kind.SHARE_REQUEST):
            raise ValueError(f'a label can only tighten: expected "share_request", got "{value}"')
        return value

    @model_validator(mode="after")
    def _one_body(self) -> PostEntry:
        if (self.text is None) == (self.thread is None):
            raise ValueError("expected either `text` or `thread`" + (", not both" if self.text is not None else ""))
        if self.text is not None and not self.text.strip() and not (self.media or self.link):
            raise ValueError("the text is empty, and there is neither a link nor media")
        if self.thread and not all(item.strip() for item in self.thread):
            raise ValueError("an item of the thread is empty")
        if self.thread and self.link:
            raise ValueError("a thread takes its link in one of its items, not in `link`")
        if self.at is not None and self.slot is not None:
            raise ValueError("expected either `at` or `slot`, not both")
        if len(set(self.account)) != len(self.account):
            raise ValueError("an account is named twice")
        return self
