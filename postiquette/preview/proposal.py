"""The least change that makes a whole queue pass, as a person looks at it before saying yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from postiquette.config.values import format_instant
from postiquette.model import SIBLINGS, Account, Action
from postiquette.policies.forecast import Layout
from postiquette.policies.plan import Arrangement, arrange
from postiquette.policies.rules import ask_too_soon, nothing_given_yet, over_ratio
from postiquette.preview.outline import LaidOut, Line, laid_out, outline_of
from postiquette.scheduler.project import Project

#: the rules by which an ask passes or does not, whatever it says
_BUDGET = (over_ratio.NAME, nothing_given_yet.NAME, ask_too_soon.NAME)


@dataclass(frozen=True)
class Day:
    """One day of the calendar: what stands on it, and what would."""

    day: date
    before: tuple[Line, ...]
    after: tuple[Line, ...]


@dataclass(frozen=True)
class Proposal:
    """An arrangement, with the queue as it is and as it would be."""

    arrangement: Arrangement
    #: every post in the order of its present time
    before: tuple[Line, ...]
    #: every post in the order of its planned time, judged there
    after: tuple[Line, ...]
    #: what is not planned, and what else a person should know
    notes: tuple[str, ...] = ()

    def days(self, zone: str) -> Iterator[Day]:
        """The days on which something changes, on the clock of a zone."""
        place = ZoneInfo(zone)
        by_day: dict[date, tuple[list[Line], list[Line]]] = {}
        for side, lines in enumerate((self.before, self.after)):
            for line in lines:
                by_day.setdefault(line.at.astimezone(place).date(), ([], []))[side].append(line)
        for day, (before, after) in sorted(by_day.items()):
            if {(line.key, line.at) for line in before} != {(line.key, line.at) for line in after}:
                yield Day(day, tuple(before), tuple(after))

    @property
    def exact(self) -> bool:
        """Whether nothing better exists; not claimed where the policy judges the accounts of one post apart, and the plan as one."""
        over = {(line.account.audience, line.post) for line in self.left_over()}
        return self.arrangement.exact and over == {candidate.unit for candidate in self.arrangement.left}

    def left_over(self) -> Iterator[Line]:
        """The asks that do not pass as planned, on each account where they do not."""
        arranged, deferred = self._arranged()
        for line in self.after:
            if line.key in arranged or (_is_over(line) and line.account.audience not in deferred):
                yield line

    def displaced(self) -> Iterator[Line]:
        """The asks that pass where they are, but no more once what is left over in their audience has been deferred."""
        arranged, deferred = self._arranged()
        for line in self.after:
            if _is_over(line) and line.key not in arranged and line.account.audience in deferred:
                yield line

    def _arranged(self) -> tuple[set[str], set[str]]:
        """What the arrangement left over and the policy does not let out, by key; and the audiences in which it defers some of that."""
        left: dict[tuple[str, str], list[datetime]] = {}
        for candidate in self.arrangement.left:
            left.setdefault(candidate.unit, []).append(candidate.at)
        lines = [
            line
            for line in self.after
            if line.decision.action is not Action.ALLOW
            and any(abs(line.at - at) <= SIBLINGS for at in left.get((line.account.audience, line.post), ()))
        ]
        deferred = {line.account.audience for line in lines if line.decision.action is Action.DEFER}
        return {line.key for line in lines}, deferred

    def as_json(self) -> dict[str, Any]:
        """For programs; times are ISO 8601 in UTC."""
        return {
            "exact": self.exact,
            "moves": [
                {"id": move.candidate.key, "from": format_instant(move.candidate.at), "to": format_instant(move.to)}
                for move in self.arrangement.moves
            ],
            "left": [
                {"id": line.key, "decision": str(line.decision.action), "reason": line.decision.reason()}
                for line in self.left_over()
            ],
            "displaced": [
                {"id": line.key, "decision": str(line.decision.action), "reason": line.decision.reason()}
                for line in self.displaced()
            ],
            "notes": list(self.notes),
        }


def _is_over(line: Line) -> bool:
    return any(f.rule in _BUDGET and f.action is not Action.ALLOW for f in line.decision.findings)


def propose(project: Project, now: datetime) -> Proposal:
    """Work out the least change. Writes nothing."""
    with laid_out(project, now) as found:
        return proposal_of(project, found, now)


def proposal_of(project: Project, found: LaidOut, now: datetime) -> Proposal:
    """The least change of a queue that is laid out."""
    layout = found.layout
    arrangement = arrange(layout.queue, layout.audiences, project.policy, project.rulebook, project.slots, now)
    to = {move.candidate.key: move.to for move in arrangement.moves}
    planned = Layout([replace(one, at=to.get(one.key, one.at)) for one in layout.queue], layout.audiences)
    after = outline_of(project, LaidOut(planned), now).lines
    own = {one.key: one.at for one in layout.queue}
    before = sorted((replace(line, at=own[line.key]) for line in after), key=lambda line: (line.at, line.key))
    # a post that is deferred all the same, or judged late, stands where the plan puts it
    placed = [replace(line, at=to.get(line.key, own[line.key])) for line in after]
    placed.sort(key=lambda line: (line.at, line.key))
    return Proposal(arrangement, tuple(before), tuple(placed), (*_not_planned(found), *found.notes))


def _not_planned(found: LaidOut) -> Iterator[str]:
    """What waits for a person takes no part: it may never go out."""
    if found.waiting:
        keys = ", ".join(f"{plan.candidate.key} is {state}" for state, plan in found.waiting)
        yield f"not planned, for a person has the word: {keys}"


def zone_of(accounts: Sequence[Account]) -> str:
    """The clock on which a calendar of several accounts is shown: theirs where they share one, else UTC."""
    zones = {account.timezone for account in accounts}
    return zones.pop() if len(zones) == 1 else "UTC"
