"""The nouns that every floor of the house shares. Frozen, without I/O; all instants are timezone-aware UTC."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

#: one post on several accounts of an audience within this time is one post to its readers; later it is said again
SIBLINGS = timedelta(days=7)

#: the slots of an account from an instant on, in order
Slots = Callable[[str, datetime], Iterator[datetime]]

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"https?://\S+")


class Kind(StrEnum):
    """What a post does to its readers."""

    SHARE_REQUEST = "share_request"
    VALUE = "value"
    PROMOTION = "promotion"
    FILLER = "filler"


class Action(StrEnum):
    """What the policies do with a post, from mildest to hardest."""

    ALLOW = "allow"
    REWRITE = "rewrite"
    DEFER = "defer"
    HOLD = "hold"
    BLOCK = "block"


class Severity(StrEnum):
    """How loudly a finding is told; `check` fails on warnings and errors."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Mode(StrEnum):
    """Who presses the button of an account."""

    #: the service does
    AUTO = "auto"
    #: a person does, in their own browser, with the composer filled for them
    ASSIST = "assist"
    #: nobody: the account is only previewed
    DRY = "dry"


@dataclass(frozen=True)
class Media:
    """A file to attach."""

    #: absolute path
    path: str
    #: what a person who cannot see it is told; None where the author wrote none
    alt: str | None = None


@dataclass(frozen=True)
class Item:
    """One thing that the site is asked to publish: the post itself, or one part of a thread."""

    text: str
    media: tuple[Media, ...] = ()


@dataclass(frozen=True)
class Content:
    """The words and files of a post, in the author's wording or in a rewritten one."""

    #: one text, or the items of a thread
    texts: tuple[str, ...]
    link: str | None = None
    media: tuple[Media, ...] = ()
    #: a reply of the author's own, published under the post
    first_comment: str | None = None

    @property
    def is_thread(self) -> bool:
        """Whether the author wrote several items."""
        return len(self.texts) > 1

    @cached_property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Every text that readers see, with the name by which findings point at it."""
        found = [("text", self.texts[0])]
        if self.is_thread:
            found = [(f"thread[{index}]", text) for index, text in enumerate(self.texts)]
        if self.first_comment is not None:
            found.append(("first_comment", self.first_comment))
        found += [(f"media[{i}].alt", m.alt) for i, m in enumerate(self.media) if m.alt is not None]
        return tuple(found)

    def with_field(self, name: str, text: str) -> Content:
        """The same content with the text of one field replaced."""
        if name == "first_comment":
            return replace(self, first_comment=text or None)
        if name.startswith("media["):
            index = int(name[6 : name.index("]")])
            media = list(self.media)
            media[index] = replace(media[index], alt=text)
            return replace(self, media=tuple(media))
        index = int(name[7:-1]) if name.startswith("thread[") else 0
        texts = list(self.texts)
        texts[index] = text
        return replace(self, texts=tuple(texts))

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What is sent, in order. The link follows the text on a line of its own unless the text holds it already."""
        texts = list(self.texts)
        if self.link and self.link not in texts[0]:
            texts[0] = f"{texts[0]}\n{self.link}" if texts[0] else self.link
        items = [Item(texts[0], self.media), *(Item(text) for text in texts[1:])]
        if self.first_comment:
            items.append(Item(self.first_comment))
        return tuple(items)

    @cached_property
    def words(self) -> str:
        """What it says, so that saying it again is noticed: case, blanks, marks and links do not make a difference."""
        said = " ".join(self.texts).casefold()
        return " ".join(_WORD.findall(_LINK.sub(" ", said) if "http" in said else said))

    def fingerprint(self) -> str:
        """SHA-256 of the wording and the media paths: an approval binds to it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Waiver:
    """An author's word that a rule does not apply to one post, and why."""

    reason: str
    #: the last day on which it holds, on the clock of the account's zone; None: for good
    until: date | None = None


@dataclass(frozen=True)
class Post:
    """What an author wants to say, whatever the accounts it goes to."""

    id: str
    content: Content
    #: posts of one series keep their order
    series: str | None = None
    #: the author may tighten the kind, never loosen it
    declared_kind: Kind | None = None
    #: waived rules by name
    allow: Mapping[str, Waiver] = field(default_factory=dict)


@dataclass(frozen=True)
class WeeklySlot:
    """A time of the week at which an account posts, on the clock of the account's zone."""

    #: 0 is Monday
    weekdays: frozenset[int]
    at: time


class Counting(StrEnum):
    """What a site calls a character (the docs name the sources)."""

    #: what a reader sees as one
    GRAPHEMES = "graphemes"
    #: UTF-16 code units, as JavaScript's `length` has them (Misskey, LinkedIn)
    UTF16 = "utf16"
    #: twitter-text's weights, configuration v3: links 23, emoji 2, letters beyond Latin, Greek and their like 2
    X = "x"
    #: graphemes, links as its client shortens them
    BLUESKY = "bluesky"
    #: graphemes, links 23, of a mention only the name before its domain, and no less than the web client counts
    MASTODON = "mastodon"
    #: graphemes, emoji by their UTF-8 bytes
    THREADS = "threads"


@dataclass(frozen=True)
class Limits:
    """What a site takes. A limit of None means that the site states none."""

    characters: int | None = None
    counting: Counting = Counting.GRAPHEMES
    #: UTF-8 bytes, beside `characters`
    bytes: int | None = None
    #: what every link costs, whatever its length; None counts links as they are
    link_characters: int | None = None
    media: int | None = None
    media_types: tuple[str, ...] = ()
    alt_characters: int | None = None
    threads: bool = False


@dataclass(frozen=True)
class Account:
    """One login on one site, as the policies need to know it."""

    name: str
    site: str
    audience: str
    #: IANA name
    timezone: str
    mode: Mode = Mode.AUTO
    slots: tuple[WeeklySlot, ...] = ()
    limits: Limits = Limits()


@dataclass(frozen=True)
class Finding:
    """One rule's remark on a post."""

    rule: str
    message: str
    #: what this finding alone would have done with the post; a check that says ALLOW only remarks, whatever its rule is set to do
    action: Action = Action.HOLD
    #: `text`, `thread[2]`, `first_comment`, `media[0].alt`, or another key of the post such as `at`; None: the whole post
    field: str | None = None
    #: Python string indices into that field of the author's wording, end exclusive
    start: int | None = None
    end: int | None = None
    #: what the rule saw: matched words, ids of the posts that used the budget up
    evidence: tuple[str, ...] = ()
    #: what would make it pass
    suggestion: str | None = None
    severity: Severity = Severity.WARNING


@dataclass(frozen=True)
class Ratio:
    """At most `asks` share requests for every `values` value posts."""

    asks: int
    values: int

    def __str__(self) -> str:
        return f"{self.asks}:{self.values}"


@dataclass(frozen=True)
class Window:
    """The posts that count: the last `posts`, the last `days` × 24 hours, or both (the stricter answer holds)."""

    posts: int | None = None
    days: int | None = None

    def __str__(self) -> str:
        parts = [f"last {self.posts} posts"] if self.posts is not None else []
        parts += [f"last {self.days} days"] if self.days is not None else []
        return " and ".join(parts)


@dataclass(frozen=True)
class Counter:
    """A budget that one kind of post spends and value posts earn."""

    kind: Kind
    ratio: Ratio
    window: Window
    #: the first posts of this kind that an audience may get before anything was given
    grace: int = 0


@dataclass(frozen=True)
class RuleSettings:
    """What a configuration says of one rule."""

    #: None: the rule's own
    action: Action | None = None
    #: None: what goes with the action
    severity: Severity | None = None
    enabled: bool = True
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Phrase:
    """Some words that an author explains; `*` in them stands for up to four others."""

    text: str
    #: sentences that hold it, and are read as it says
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Wording:
    """What authors teach the reader of texts, beyond what it knows."""

    #: phrases that are share requests
    asks: tuple[Phrase, ...] = ()
    #: phrases that are none, though they look like one
    not_asks: tuple[Phrase, ...] = ()


NOTHING_TAUGHT = Wording()


@dataclass(frozen=True)
class Policy:
    """The guardrails in force. Two policies with one stamp decide alike."""

    asking: Counter
    #: None: promotion is not limited
    promotion: Counter | None = None
    on_excess: tuple[Action, ...] = (Action.REWRITE, Action.DEFER, Action.HOLD)
    defer_within: timedelta = timedelta(days=30)
    defer_times: int = 3
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    wording: Wording = NOTHING_TAUGHT

    @property
    def counters(self) -> tuple[Counter, ...]:
        """What is counted."""
        return (self.asking, self.promotion) if self.promotion else (self.asking,)

    @cached_property
    def stamp(self) -> str:
        """Twelve hexadecimal digits that name this policy in every decision made under it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Entry:
    """One line of an audience's ledger: a post that went out, or may have."""

    #: when its intent was committed; for posts made by hand, when they appeared
    at: datetime
    post: str
    kind: Kind
    #: False while nobody knows whether it is out: it spends, but earns nothing
    proven: bool = True


@dataclass(frozen=True)
class Balance:
    """What a window held when a decision was made."""

    counter: Counter
    spent: int
    earned: int
    allowed: int
    #: whether one more may go out now
    free: bool
    #: ids of the posts that spent, oldest first
    spent_by: tuple[str, ...] = ()
    #: when the next would be free if nothing else were sent: None where only new value posts can free it
    next_free_at: datetime | None = None


@dataclass(frozen=True)
class Approval:
    """A named person's word that one exact wording may go out over the ratio."""

    by: str
    reason: str
    fingerprint: str
    expires_at: datetime

    def covers(self, content: Content, at: datetime) -> bool:
        """Whether it still holds for this wording at this time."""
        return at < self.expires_at and content.fingerprint() == self.fingerprint


@dataclass(frozen=True)
class Decision:
    """What the policies said of a post, and why."""

    action: Action
    kind: Kind
    #: the wording that would go out; the author's own unless rewritten
    content: Content
    findings: tuple[Finding, ...] = ()
    #: by what is counted; worked out when it is looked at
    balances: Mapping[Kind, Balance] = field(default_factory=dict)
    #: with `defer`: the slot at which it passes
    defer_to: datetime | None = None
    #: the stamp of the policy under which it was made
    policy: str = ""

    @property
    def goes_out(self) -> bool:
        """Whether the post may be published in the wording of this decision."""
        return self.action in (Action.ALLOW, Action.REWRITE)

    def reason(self) -> str:
        """The findings that led here, in one line, for the history."""
        deciding = [f for f in self.findings if f.action is not Action.ALLOW]
        return "; ".join(f"{f.rule}: {f.message}" for f in deciding) or "within the policies"


class Verdict(StrEnum):
    """What is known of a submission after the click."""

    #: proof that it is out
    PUBLISHED = "published"
    #: the site said no
    REFUSED = "refused"
    #: the site said: not now
    RATE_LIMITED = "rate-limited"
    #: no request left the browser, and none can
    NOT_SENT = "not-sent"
    #: anything else
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """What became of one submission."""

    verdict: Verdict
    url: str | None = None
    detail: str = ""
    #: seconds that the site asked us to wait
    retry_after: float | None = None


@dataclass(frozen=True)
class SeenPost:
    """One of an account's own posts, as the site shows it."""

    #: permalink, or whatever tells it from the others
    url: str
    text: str
