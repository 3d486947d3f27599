"""What was: history, ledger."""

from __future__ import annotations

import json

import click

from postiquette.cli.context import Context, console, format_option, now, pass_context, print_json


@click.command()
@click.argument("posts", nargs=-1)
@format_option("text", "json")
@pass_context
def history(context: Context, posts: tuple[str, ...], format_: str) -> int:
    """Print the audit log: every change of state, when, by whom and why. JSON is one line an event."""
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
                "at": event.at.isoformat().replace("+00:00", "Z"),
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
@pass_context
def ledger(context: Context, audience: str | None, format_: str) -> int:
    """Say of each audience what it was given and asked, what is left, and when the next ask is free."""
    from postiquette.config.load import did_you_mean
    from postiquette.errors import InputError
    from postiquette.preview.machine import balance_as_json
    from postiquette.preview.outline import standing
    from postiquette.preview.wording import budget

    project = context.project()
    names = sorted({account.audience for account in project.accounts.values()})
    if audience is not None and audience not in names:
        raise InputError(f"there is no audience {audience!r}" + did_you_mean(audience, names))
    found = standing(project, now())
    shown = {name: found[name] for name in names if audience in (None, name)}
    if format_ == "json":
        print_json({name: [balance_as_json(balance) for balance in balances] for name, balances in shown.items()})
        return 0
    output = console()
    for name, balances in shown.items():
        place = next(account for account in project.accounts.values() if account.audience == name)
        for balance in balances:
            line = f"{name}: {budget(balance, place)} (given {balance.earned}, {balance.counter.window})"
            output.print(line + (f"; used by {', '.join(balance.spent_by)}" if balance.spent_by else ""))
    return 0


COMMANDS = [history, ledger]
