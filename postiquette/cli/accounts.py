"""Sessions: login, accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from postiquette.cli.context import Context, console, format_option, pass_context, print_json


@click.command()
@click.argument("account")
@click.option(
    "--state", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take a Playwright storage state."
)
@click.option(
    "--patience",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    help="How many seconds a person has to sign in.",
)
@pass_context
def login(context: Context, account: str, state: Path | None, patience: float) -> int:
    """Sign an account in and keep the session, encrypted.

    Where the site's description says how, and the account's secrets are configured, nobody is needed; otherwise a browser
    window opens, and you sign in as ever.
    """
    import asyncio

    from postiquette.config.load import Configuration, did_you_mean
    from postiquette.errors import InputError
    from postiquette.publishing.publisher import Publisher
    from postiquette.queue import leases

    project = context.project()
    if account not in project.accounts:
        raise InputError(f"there is no account {account!r}" + did_you_mean(account, list(project.accounts)))

    async def sign_in() -> None:
        publisher = Publisher(project.configuration)
        try:
            if state is not None:
                publisher.keep(account, _storage_state(state))
                return
            if not publisher.has_secrets(account):
                settings = project.configuration.settings
                visible = settings.model_copy(
                    update={"browser": settings.browser.model_copy(update={"headless": False})}
                )
                await publisher.close()
                publisher = Publisher(Configuration(visible, project.configuration.file, project.configuration.text))
                click.echo("Sign in in the window that opens; it closes by itself.")
            await publisher.login(account, patience=patience)
        finally:
            await publisher.close()

    asyncio.run(sign_in())
    with context.store(project, create=True) as store, store.begin() as connection:
        leases.register(connection, [account])
        leases.set_signed_out(connection, account, signed_out=False)
    click.secho(f"✓ {account} is signed in", fg="green")
    return 0


def _storage_state(file: Path) -> dict[str, Any]:
    import json

    from postiquette.config.load import read_text
    from postiquette.errors import InputError, Problem

    try:
        data = json.loads(read_text(file))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("cookies"), list):
        raise InputError([Problem("expected a storage state of Playwright, with cookies and origins", str(file))])
    return data


@click.command()
@format_option("text", "json")
@pass_context
def accounts(context: Context, format_: str) -> int:
    """List the accounts: site, audience, mode, slots, and whether a session is kept."""
    from postiquette.config.values import format_slot
    from postiquette.publishing.sessions import Sessions
    from postiquette.queue import leases

    project = context.project()
    sessions = Sessions(project.configuration.data_dir)
    signed_out: set[str] = set()
    with project.store_if_any() as store:
        if store is not None:
            with store.read() as connection:
                signed_out = leases.signed_out(connection)
    rows = [
        {
            "account": account.name,
            "site": account.site,
            "audience": account.audience,
            "mode": str(account.mode),
            "timezone": account.timezone,
            "slots": [format_slot(slot) for slot in account.slots],
            "session": "ended" if account.name in signed_out else "kept" if sessions.has(account.name) else "none",
        }
        for account in project.accounts.values()
    ]
    if format_ == "json":
        print_json(rows)
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("account", "site", "audience", "mode", "session", "slots"):
        table.add_column(title)
    for row in rows:
        cells = [str(row[title]) for title in ("account", "site", "audience", "mode", "session")]
        table.add_row(*cells, ", ".join(row["slots"]))
    console().print(table)
    return 0


COMMANDS = [login, accounts]
