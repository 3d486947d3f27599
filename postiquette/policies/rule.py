"""What a rule is: a name, a manual, a check. A rule gets facts and returns findings; it neither acts nor prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from postiquette.model import NOTHING_TAUGHT, Account, Action, Balance, Content, Finding, Kind, Post, Wording
from postiquette.policies.language.reader import Reading, Request

Family = Literal["asking", "repeating", "promotion", "fit", "timing"]
Options = Mapping[str, object]


@dataclass(frozen=True)
class Past:
    """A post that its audience has been sent, as the repeat rules need it."""

    post: str
    at: datetime
    content: Content


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
    #: newest first
    past: Iterable[Past] = ()
    #: the local time as it was written, without its zone; None for slots
    written_at: datetime | None = None
    #: whether the post's siblings have already spent for it
    already_counted: bool = False
    #: what authors taught the reader
    wording: Wording = NOTHING_TAUGHT


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
    #: option names with their defaults; a value must have the default's type
    options: Options = field(default_factory=dict)

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
    name: str, message: str, place: tuple[str | None, Request | None], evidence: tuple[str, ...], suggestion: str
) -> Finding:
    """A finding on one request, its own words leading the evidence."""
    field_name, request = place
    if request is None:
        return Finding(name, message, Action.HOLD, evidence=evidence, suggestion=suggestion)
    return Finding(
        name, message, Action.HOLD, field_name, request.start, request.end, (request.text, *evidence), suggestion
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
