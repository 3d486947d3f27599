"""The preview and the ledger as one HTML file each: no request leaves them, and every text in them is escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from postiquette.errors import InputError
from postiquette.model import Action, Entry, Kind
from postiquette.preview.chart import weeks
from postiquette.preview.outline import Line, Outline, standing
from postiquette.preview.proposal import Proposal, zone_of
from postiquette.preview.safe import safe
from postiquette.preview.wording import body, budget, difference, local, verdict
from postiquette.scheduler.project import Project

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Bar:
    """One post in the chart of an audience, left to right in time."""

    post: str
    at: datetime
    kind: Kind
    #: percent of the chart's width
    x: float
    planned: bool


def write_page(outline: Outline, file: Path, pictures: Mapping[str, Path], proposal: Proposal | None = None) -> None:
    """Write the page; pictures of composers are put into it, and the plan where one is proposed."""
    write(render(outline, pictures, proposal), file)


def write(page: str, file: Path) -> None:
    """Write a page whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and not file.is_file():
        raise InputError(f"{file} is no file that a page can be written to")
    unfinished = file.with_name(file.name + ".new")
    unfinished.write_text(page, encoding="utf-8", errors="xmlcharrefreplace")
    unfinished.replace(file)


def render(outline: Outline, pictures: Mapping[str, Path] | None = None, proposal: Proposal | None = None) -> str:
    """The page as text."""
    shown = {key: _data_url(picture) for key, picture in (pictures or {}).items()}
    counts = {action: sum(line.decision.action is action for line in outline.lines) for action in Action}
    return _environment.get_template("preview.html").render(
        outline=outline,
        counts=counts,
        columns=[
            (account, [_card(line, shown) for line in _of(outline, name)]) for name, account in outline.accounts.items()
        ],
        charts=[
            (name, list(_bars(books.ledger.entries(), outline.generated_at)))
            for name, books in outline.audiences.items()
        ],
        plan=_plan(proposal, outline) if proposal is not None else None,
        generated=f"{outline.generated_at:%Y-%m-%d %H:%M} UTC",
    )


def _plan(proposal: Proposal, outline: Outline) -> dict[str, Any]:
    """The plan as a calendar: day by day what goes from it and what comes to it."""
    zone = zone_of(list(outline.accounts.values()))
    place = ZoneInfo(zone)

    def shown(line: Line, others: set[tuple[str, datetime]]) -> dict[str, Any]:
        changes = (line.key, line.at) not in others
        return {"time": f"{line.at.astimezone(place):%H:%M}", "post": line.key, "changes": changes}

    days = []
    for day in proposal.days(zone):
        before = {(line.key, line.at) for line in day.before}
        after = {(line.key, line.at) for line in day.after}
        days.append(
            {
                "day": f"{day.day:%a %d %b %Y}",
                "before": [shown(line, after) for line in day.before],
                "after": [shown(line, before) for line in day.after],
            }
        )
    return {
        "days": days,
        "moves": len(proposal.arrangement.moves),
        "exact": proposal.exact,
        "left": [{"post": line.key, "why": safe(line.decision.reason())} for line in proposal.left_over()],
        "displaced": [{"post": line.key, "why": safe(line.decision.reason())} for line in proposal.displaced()],
        "zone": zone,
    }


def _of(outline: Outline, account: str) -> list[Line]:
    return [line for line in outline.lines if line.account.name == account]


def _card(line: Line, pictures: Mapping[str, str]) -> dict[str, Any]:
    before, after = body(line.original), body(line.decision.content)
    stretches = list(difference(before, after)) if before != after else [("same", after)]
    findings = {(finding.rule, finding.message): finding for finding in line.decision.findings}.values()
    return {
        "key": line.key,
        "post": line.post,
        "day": local(line.at, line.account, "%A %d %B %Y"),
        "time": local(line.at, line.account, "%H:%M"),
        "verdict": verdict(line),
        "action": str(line.decision.action),
        "kind": str(line.decision.kind).replace("_", " "),
        "stretches": [(kind, safe(stretch, lines=True)) for kind, stretch in stretches],
        "media": [safe(media.alt or "no alt text") for media in line.decision.content.media],
        "findings": [
            {
                "rule": finding.rule,
                "message": safe(finding.message),
                "words": safe(finding.evidence[0]) if finding.start is not None and finding.evidence else "",
                "others": [safe(p) for p in finding.evidence[1 if finding.start is not None else 0 :]],
                "suggestion": safe(finding.suggestion or ""),
            }
            for finding in findings
        ],
        "budgets": [budget(balance, line.account) for balance in line.ledger],
        "picture": pictures.get(line.key),
    }


def _bars(entries: list[Entry], now: datetime) -> Iterator[Bar]:
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.post))
    for number, entry in enumerate(ordered):
        x = 100 * (number + 0.5) / len(ordered)
        yield Bar(entry.post, entry.at, entry.kind, round(x, 2), entry.at > now)


def _data_url(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()


def render_ledger(outline: Outline, project: Project, names: list[str]) -> str:
    """The ledgers of some audiences over time, as a page."""
    balances = standing(outline, project.policy)
    shown = []
    for name in names:
        place = next(account for account in outline.accounts.values() if account.audience == name)
        drawn = list(weeks(outline.audiences[name], project.policy.asking, place.timezone, outline.generated_at))
        shown.append(
            {
                "name": name,
                "lines": [f"{budget(one, place)} (given {one.earned}, {one.counter.window})" for one in balances[name]],
                "used": [safe(post) for one in balances[name] for post in one.spent_by],
                "most": max([1, *(max(week.given, week.asked) for week in drawn)]),
                "weeks": [
                    {
                        "monday": week.monday,
                        "given": week.given,
                        "asked": week.asked,
                        "spent": week.balance.spent,
                        "allowed": week.balance.allowed,
                        "planned": week.planned,
                    }
                    for week in drawn
                ],
            }
        )
    generated = f"{outline.generated_at:%Y-%m-%d %H:%M} UTC"
    return _environment.get_template("ledger.html").render(audiences=shown, generated=generated)
