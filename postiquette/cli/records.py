"""What was: history, ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from postiquette.cli.context import Context, console, format_option, now, pass_context, print_json

if TYPE_CHECKING:
    from postiquette.preview.outline import Outline
    from postiquette.scheduler.project import Project


@click.command()
@click.argument("posts", nargs=-1)
@format_option("text", "json")
@pass_context
def history(context: Context, posts: tuple[str, ...], format_: str) -> int:
    """Print the audit log: every change of state, when, by whom and why. JSON is one line an event."""
    from postiquette.config.values import format_instant
    from postiquette.preview.safe import safe
    from postiquette.queue import deliveries

    with context.store() as store, store.read() as connection:
        for name in posts:
            deliveries.find(connection, name)
        events = deliveries.events(connection, posts)
    for event in events:
        if format_ == "json":
            line = {
                "post": event.key,
                "account": event.account,
                "from": event.from_state,
                "to": event.to_state,
                "at": format_instant(event.at),
                "by": event.by,
                "reason": event.reason,
                "url": event.url,
            }
            click.echo(json.dumps(line))
        else:
            change = event.to_state if event.from_state != event.to_state else f"still {event.to_state}"
            where = f"  {safe(event.url)}" if event.url else ""
            click.echo(
                f"{event.at:%Y-%m-%d %H:%M:%S}  {event.key}  {change}  {safe(event.reason)}  ({safe(event.by)}){where}"
            )
    return 0


@click.command()
@click.argument("audience", required=False)
@format_option("text", "json")
@click.option("--chart", is_flag=True, help="Also draw it over time, week by week.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page with the chart.")
@pass_context
def ledger(context: Context, audience: str | None, format_: str, chart: bool, html: Path | None) -> int:
    """Say of each audience what it was given and asked, what is left, when the next ask is free, and what used the budget up."""
    from postiquette.config.load import did_you_mean
    from postiquette.errors import InputError
    from postiquette.preview.chart import HISTORY
    from postiquette.preview.machine import balance_as_json
    from postiquette.preview.outline import outline, standing

    project = context.project()
    names = sorted({account.audience for account in project.accounts.values()})
    if audience is not None and audience not in names:
        raise InputError(f"there is no audience {audience!r}" + did_you_mean(audience, names))
    shown = [name for name in names if audience in (None, name)]
    found = outline(project, now(), back=HISTORY)
    balances = standing(found, project.policy)
    if html is not None:
        from postiquette.preview.page import render_ledger, write

        write(render_ledger(found, project, shown), html)
        click.echo(f"wrote {html}", err=True)
    if format_ == "json":
        print_json({name: [balance_as_json(balance) for balance in balances[name]] for name in shown})
        return 0
    for name in shown:
        _tell(project, found, name, chart)
    return 0


def _tell(project: Project, found: Outline, name: str, chart: bool) -> None:
    from rich.text import Text

    from postiquette.preview.chart import bar, weeks
    from postiquette.preview.outline import standing
    from postiquette.preview.safe import safe
    from postiquette.preview.wording import budget

    output = console()
    place = next(account for account in project.accounts.values() if account.audience == name)
    for balance in standing(found, project.policy)[name]:
        left = max(0, balance.allowed - balance.spent)
        line = f"{name}: {budget(balance, place)}, {left} left (given {balance.earned}, {balance.counter.window})"
        used = f"; used by {', '.join(safe(post) for post in balance.spent_by)}" if balance.spent_by else ""
        output.print(line + used)
    if not chart:
        return
    drawn = list(weeks(found.audiences[name], project.policy.asking, place.timezone, found.generated_at))
    most = max((week.given for week in drawn), default=0)
    for week in drawn:
        drawn_week = Text.assemble(
            (f"  {week.monday:%d %b %Y}  ", "dim" if week.planned else ""),
            (f"{bar(week.given, most):<24} {week.given:>3} given  ", "green"),
            (f"{'▲' * week.asked:<6} {week.asked:>2} asked  ", "magenta"),
            f"{week.balance.spent} of {week.balance.allowed} used at its end",
            ("  (planned)" if week.planned else "", "dim"),
        )
        output.print(drawn_week)


COMMANDS = [history, ledger]
