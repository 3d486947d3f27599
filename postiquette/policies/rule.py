"""What a rule is: a name, a manual, a check. A rule gets facts and returns findings; it neither acts nor prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from postiquette.config.values import format_duration, parse_duration
from postiquette.model import NOTHING_TAUGHT, Account, Action, Balance, Content, Finding, Kind, Post, Severity, Wording
from postiquette.policies.language.reader import Reading, Request
from postiquette.policies.past import NOTHING_SENT, Past, people_in

Family = Literal["asking", "repeating", "promotion", "fit", "timing"]
#: the values in force, by option name, each of the type that its option reads
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """Something of a rule that a configuration may set."""

    default: Any
    meaning: str
    #: reads a written value; raises ValueError with what was found and what was expected
    read: Callable[[object], Any]
    #: writes a value as `read` reads it
    write: Callable[[Any], str] = repr


def duration(default: timedelta, meaning: str) -> Option:
    """An option such as "7d"."""
    return Option(default, meaning, parse_duration, lambda value: f'"{format_duration(value)}"')


def whole(default: int, meaning: str, *, least: int = 0, most: int = 10_000) -> Option:
    """An option that is a whole number within bounds."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"expected a whole number from {least} to {most:,}, got {value!r}")
        return value

    return Option(default, meaning, read)


@dataclass(frozen=True)
class Case:
    """All that a rule may know of one post on one account at one time."""

    post: Post
    #: the wording that is judged: the author's, or a rewritten one
    content: Content
    account: Account
    at: datetime
    kind: Kind
    #: by field name
    readings: Mapping[str, Reading]
    #: by what is counted
    balances: Mapping[Kind, Balance]
    #: what the audience was sent before
    past: Past = NOTHING_SENT
    #: of an ask, when the ledger has the last one before it; in a look ahead that may still be to come
    last_ask: datetime | None = None
    #: the local time as it was written, without its zone; None for slots
    written_at: datetime | None = None
    #: whether the post's siblings have already spent for it
    already_counted: bool = False
    #: what authors taught the reader
    wording: Wording = NOTHING_TAUGHT
    #: waivers of rules that had nothing to remark; known to the last rule asked
    unused_waivers: tuple[str, ...] = ()

    @cached_property
    def local(self) -> datetime:
        """The time on the clock of the account's zone."""
        return self.at.astimezone(ZoneInfo(self.account.timezone))

    @cached_property
    def people(self) -> frozenset[str]:
        """Whom the wording mentions."""
        return people_in(self.content)


@dataclass(frozen=True)
class Rule:
    """One rule. Its name is its file's."""

    name: str
    family: Family
    #: what happens to a post with a finding; `allow` only remarks
    action: Action
    check: Callable[[Case, Options], Iterable[Finding]]
    #: what the rule finds, why it matters, an example, and what to write instead
    manual: str
    waivable: bool = True
    options: Mapping[str, Option] = field(default_factory=dict)
    #: None: what goes with the action
    severity: Severity | None = None
    #: the only kind of post that it can remark on; None: any
    concerns: Kind | None = None

    @property
    def summary(self) -> str:
        """The manual's first line."""
        return self.manual.strip().splitlines()[0]


def named(module: str) -> str:
    """The rule name of a module: `postiquette.policies.rules.over_ratio` is `over-ratio`."""
    return module.rpartition(".")[2].replace("_", "-")


def requests_in(case: Case) -> Iterator[tuple[str | None, Request | None]]:
    """Every request of a post with the field it stands in; one empty pair where only the author's label makes it an ask."""
    places: list[tuple[str | None, Request | None]]
    places = [(name, request) for name, reading in case.readings.items() for request in reading.requests]
    yield from places or [(None, None)]


def ask_finding(
    name: str, message: str, place: tuple[str | None, Request | None], evidence: tuple[str, ...], suggestion: str | None
) -> Finding:
    """A finding on one request, its own words leading the evidence."""
    field_name, request = place
    if request is None:
        return Finding(name, message, evidence=evidence, suggestion=suggestion)
    words = (request.text, *evidence)
    return Finding(
        name,
        message,
        field=field_name,
        start=request.start,
        end=request.end,
        evidence=words,
        suggestion=suggestion,
    )


def way_out(balance: Balance) -> str:
    """What would make one more ask pass."""
    ratio = balance.counter.ratio
    if ratio.asks == 0:
        return "the policy allows no asks at all; take the request out"
    missing = -(-((balance.spent + 1) * ratio.values) // ratio.asks) - balance.earned
    return f"{counted(missing, 'value post')} first, or take the request out"


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 value post", "3 value posts"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
