"""The preview in a terminal: a timeline per account, each post with its decision, its wording and the budget."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from postiquette.model import Action, Finding, Kind
from postiquette.preview.outline import Line, Outline
from postiquette.preview.proposal import Proposal, zone_of
from postiquette.preview.safe import safe
from postiquette.preview.wording import body, budget, difference, local, verdict

_STYLES = {
    Action.ALLOW: "green",
    Action.REWRITE: "cyan",
    Action.DEFER: "yellow",
    Action.HOLD: "magenta",
    Action.BLOCK: "red",
}
_MARKS = {
    Kind.SHARE_REQUEST: "asks",
    Kind.VALUE: "gives",
    Kind.PROMOTION: "promotes",
    Kind.FILLER: "fills",
}


def show(outline: Outline, console: Console) -> None:
    """Print the whole preview."""
    for note in outline.notes:
        console.print(Text(f"! {safe(note)}", style="yellow"))
    for name, account in outline.accounts.items():
        lines = [line for line in outline.lines if line.account.name == name]
        title = f"{name} · {account.site} · audience {account.audience} · {account.timezone}"
        console.print(Rule(Text(title, style="bold"), align="left", style="dim"))
        if not lines:
            console.print(Text("  nothing is scheduled", style="dim"))
        for line in lines:
            console.print(_post(line, marks=not console.is_terminal))
    console.print(_summary(outline))


def _post(line: Line, *, marks: bool) -> RenderableType:
    style = _STYLES[line.decision.action]
    head = Text.assemble(
        (f"{local(line.at, line.account)}  ", "bold"),
        (f"{verdict(line)}", f"bold {style}"),
        (f"  {safe(line.post)} · {_MARKS[line.decision.kind]}", "dim"),
    )
    parts: list[RenderableType] = [head, Padding(_wording(line, marks=marks), (0, 0, 0, 4), expand=False)]
    parts += [Padding(_finding(finding), (0, 0, 0, 4), expand=False) for finding in _distinct(line.decision.findings)]
    if line.decision.kind is Kind.SHARE_REQUEST or line.decision.findings:
        budgets = "; ".join(budget(balance, line.account) for balance in line.ledger)
        if budgets:
            parts.append(Padding(Text(budgets, style="dim italic"), (0, 0, 0, 4), expand=False))
    return Group(*parts, "")


def _wording(line: Line, *, marks: bool) -> Text:
    """The wording; where it was rewritten the difference, in colours or (`marks`) as [-gone-] and {+new+}."""
    before, after = body(line.original), body(line.decision.content)
    if before == after:
        return Text(safe(before, lines=True))
    shown = Text()
    styles = {"same": "", "gone": "red strike", "new": "green bold"}
    signs = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")} if marks else {}
    for kind, stretch in difference(before, after):
        opening, closing = signs.get(kind, ("", ""))
        stretch = f"{opening}{stretch}{closing}"
        shown.append(safe(stretch, lines=True), style=styles[kind])
    return shown


def _distinct(findings: tuple[Finding, ...]) -> list[Finding]:
    return list({(finding.rule, finding.message): finding for finding in findings}.values())


def _finding(finding: Finding) -> Text:
    text = Text.assemble((f"{finding.rule}: ", _STYLES[finding.action]), (safe(finding.message), ""))
    if finding.start is not None and finding.evidence:
        text.append(f" “{safe(finding.evidence[0])}”", style="bold")
    elsewhere = finding.evidence[1:] if finding.start is not None else finding.evidence
    if elsewhere:
        text.append(f" (see {', '.join(safe(post) for post in elsewhere)})", style="dim")
    if finding.suggestion:
        text.append(f" → {safe(finding.suggestion)}", style="dim")
    return text


def show_proposal(proposal: Proposal, console: Console, *, applied: bool) -> None:
    """Print the plan: the days that change as they are and as planned, and what is left over."""
    moves, accounts = proposal.arrangement.moves, [line.account for line in proposal.before]
    zone = zone_of(accounts) if accounts else "UTC"
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "as it is", "as planned"):
        table.add_column(title, vertical="top")
    for day in proposal.days(zone):
        before, after = ({(line.key, line.at) for line in lines} for lines in (day.before, day.after))
        was = _entries(day.before, after, zone, "- ", "red")
        will_be = _entries(day.after, before, zone, "+ ", "green")
        table.add_row(Text(f"{day.day:%a %d %b %Y}", style="bold"), was, will_be)
    if moves:
        console.print(table)
        console.print(Text(f"Times in {zone}.", style="dim"))
    left = list(proposal.left_over())
    why = "no slot helps" if proposal.exact else "no slot was found for it"
    for line in left:
        console.print(
            Text.assemble((line.key, "bold magenta"), f" stays: {why}. {safe(line.decision.reason())}. ")
            + Text(f"It would be {_left(line)}.", style="dim")
        )
    for line in proposal.displaced():
        console.print(
            Text.assemble((line.key, "bold magenta"), f" passes only until then: it would be {_left(line)}. ")
            + Text(f"{safe(line.decision.reason())}.", style="dim")
        )
    for note in proposal.notes:
        console.print(Text(f"! {safe(note)}", style="yellow"))
    count = f"{len(moves)} post{'' if len(moves) == 1 else 's'} {'moved' if applied else 'to move'}"
    quality = "nothing better exists" if proposal.exact else "the best that was found"
    posts = len({(line.account.audience, line.post) for line in left})
    text = f"{count}, {posts} left over ({quality})." if accounts else "Nothing is scheduled."
    if not moves and not left and accounts:
        text = "No post has to move."
    elif moves and not applied:
        text += " `postiquette plan --apply` writes the new times into the queue."
    console.print(Text(text, style="bold"))


def _entries(lines: Iterable[Line], others: set[tuple[str, datetime]], zone: str, sign: str, style: str) -> Text:
    """The posts of a day, those marked that the other side has not."""
    shown = Text()
    for line in lines:
        changes = (line.key, line.at) not in others
        time = line.at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
        mark = _MARKS[line.decision.kind]
        shown.append(f"{sign if changes else '  '}{time}  {safe(line.key)} · {mark}\n", style if changes else "")
    shown.rstrip()
    return shown


def _left(line: Line) -> str:
    """What the policy does with an ask that does not pass."""
    when = line.decision.defer_to
    later = f" to {local(when, line.account)}, at the expense of a later ask" if when is not None else ""
    return _LEFT[line.decision.action] + later


_LEFT = {
    Action.ALLOW: "let out",
    Action.REWRITE: "rewritten",
    Action.DEFER: "deferred",
    Action.HOLD: "held for you",
    Action.BLOCK: "blocked",
}


def _summary(outline: Outline) -> Text:
    counts: dict[Action, int] = {}
    for line in outline.lines:
        counts[line.decision.action] = counts.get(line.decision.action, 0) + 1
    words = {
        Action.ALLOW: "go out as they are",
        Action.REWRITE: "rewritten",
        Action.DEFER: "deferred",
        Action.HOLD: "held",
        Action.BLOCK: "blocked",
    }
    parts = [f"{counts[action]} {words[action]}" for action in Action if action in counts]
    total = len(outline.lines)
    text = f"{total} post{'' if total == 1 else 's'}" + (f": {', '.join(parts)}" if parts else "")
    return Text(text + ". A dry run: nothing was sent.", style="bold")
