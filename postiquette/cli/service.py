"""Running: run, publish, pause, resume, status, service install."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from postiquette.cli.context import Context, console, format_option, now, pass_context, person, print_json, printable

if TYPE_CHECKING:
    from postiquette.config.load import Configuration
    from postiquette.queue.store import Store
    from postiquette.scheduler.lock import ServiceLock
    from postiquette.scheduler.project import Project

#: why something is paused, where nobody says
_BY_HAND = "paused by hand"


@contextmanager
def _on_duty(context: Context) -> Iterator[tuple[Project, Store, ServiceLock | None]]:
    """The project with its database, which must be there, and the lock that keeps a second service away."""
    from contextlib import ExitStack

    from postiquette.scheduler.lock import ServiceLock
    from postiquette.scheduler.logs import configure
    from postiquette.scheduler.service import worker_name

    configure(verbose=context.verbose)
    project = context.project()
    with ExitStack() as stack:
        store = stack.enter_context(context.store(project, service=worker_name()))
        file = project.configuration.database_file
        lock = stack.enter_context(ServiceLock(file)) if file is not None else None
        yield project, store, lock


@click.command()
@pass_context
def run(context: Context) -> int:
    """Publish what falls due, in the background, until SIGTERM; SIGHUP and changed files are taken in while it runs."""
    import asyncio
    import gc

    from postiquette.scheduler import intake
    from postiquette.scheduler.service import Service, worker_name

    # it lives long enough to have garbage; but its queue is large, and seldom any of it
    gc.enable()
    gc.set_threshold(100_000, 50, 100)

    with _on_duty(context) as (project, store, lock):
        changes = intake.take_in(project, store, now(), worker_name(), even_if_alarming=False)
        if changes.alarming:
            click.echo(f"warning: {'; '.join(changes.alarming)}; the queue is kept as it is", err=True)
            click.echo("hint: `postiquette sync --yes` applies the difference.", err=True)

        async def serve() -> None:
            await Service(project, store, beat=lock.beat if lock else lambda: None, alone=lock is not None).run()

        asyncio.run(serve())
    return 0


@click.command()
@pass_context
def publish(context: Context) -> int:
    """Publish what is due now, once, and end: for cron. Unproven posts are looked for before it ends.

    Exit code 1 where something needs you: a post that did not go out, or an account that is signed out.
    """
    import asyncio

    from postiquette.queue import deliveries, leases
    from postiquette.queue.states import NEEDS_A_PERSON, State
    from postiquette.scheduler.round import one_round

    over = (State.REFUSED, State.BLOCKED, State.FAILED)
    with _on_duty(context) as (project, store, lock):
        with store.read() as connection:
            before = {delivery.key for delivery in deliveries.in_states(connection, over)}
        missed = asyncio.run(one_round(project, store, alone=lock is not None))
        for delivery in missed:
            click.echo(f"missed: {delivery.key}, due {delivery.due_at:%Y-%m-%d %H:%M} UTC", err=True)
        with store.read() as connection:
            waiting = deliveries.in_states(connection, NEEDS_A_PERSON)
            waiting += [one for one in deliveries.in_states(connection, over) if one.key not in before]
            signed_out = sorted(leases.signed_out(connection) & set(project.accounts))
    for delivery in waiting:
        click.echo(f"needs you: {delivery.key} is {delivery.state}", err=True)
    for name in signed_out:
        click.echo(f"needs you: {name} is signed out: postiquette login {name}", err=True)
    return 1 if waiting or missed or signed_out else 0


@click.command()
@click.argument("account", required=False)
@click.option("--reason", default=_BY_HAND, help="Why, for whoever wonders later.")
@pass_context
def pause(context: Context, account: str | None, reason: str) -> int:
    """Stop publishing, for one account or for all. It holds until `resume`, restarts included."""
    from postiquette.queue import leases
    from postiquette.queue.leases import Switch

    project = context.project()
    name = _account_or_all(project, account)
    with context.store(project) as store, store.begin() as connection:
        leases.pause(connection, Switch(name, person(), now(), printable(reason) or _BY_HAND))
    click.echo(f"{account or 'everything'} is paused; `postiquette resume{f' {account}' if account else ''}` goes on")
    return 0


@click.command()
@click.argument("account", required=False)
@pass_context
def resume(context: Context, account: str | None) -> int:
    """Go on after `pause`. What has become too late meanwhile is missed, and said so."""
    from postiquette.queue import leases

    project = context.project()
    name = _account_or_all(project, account)
    with context.store(project) as store, store.begin() as connection:
        stopped = leases.resume(connection, name)
    nothing = f"{account} was not paused" if account else "nothing was paused"
    click.echo(f"{account or 'everything'} goes on" if stopped else nothing)
    return 0


def _account_or_all(project: Project, account: str | None) -> str:
    from postiquette.config.load import did_you_mean

    if account is not None and account not in project.accounts:
        raise click.UsageError(f"there is no account {account!r}" + did_you_mean(account, list(project.accounts)))
    return account or "*"


@click.command()
@format_option("text", "json")
@pass_context
def status(context: Context, format_: str) -> int:
    """Say how the service is, what comes next, and what needs you. Exit code 1 where something does."""
    from postiquette.preview.safe import safe
    from postiquette.scheduler.health import health

    project = context.project()
    with context.store(project) as store:
        found = health(project, store, now())
    if format_ == "json":
        print_json(found.as_json())
        return 1 if found.needs_a_person else 0
    output = console()
    for line in found.lines():
        output.print(safe(line))
    return 1 if found.needs_a_person else 0


@click.group()
def service() -> None:
    """Have the system run Postiquette."""


@service.command()
@click.option("--print", "print_", is_flag=True, help="Show the unit, and write nothing.")
@pass_context
def install(context: Context, print_: bool) -> int:
    """Write a hardened systemd user unit for this configuration."""
    import os

    from postiquette.config.load import load_configuration
    from postiquette.scheduler.systemd import unit

    configuration = load_configuration(context.config_file)
    database = configuration.database_file
    written = [configuration.data_dir.resolve(), *([database.parent] if database is not None else [])]
    text = unit(configuration.file.resolve(), [folder for folder in written if not _lies_in(folder, configuration)])
    if print_:
        click.echo(text, nl=False)
        return 0
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    place = home / "systemd" / "user" / "postiquette.service"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    click.echo(f"wrote {place}")
    click.echo("next: systemctl --user daemon-reload && systemctl --user enable --now postiquette")
    click.echo("and, so that it runs while you are logged out: loginctl enable-linger")
    return 0


def _lies_in(folder: Path, configuration: Configuration) -> bool:
    return folder.is_relative_to(configuration.file.resolve().parent)


COMMANDS: list[Any] = [run, publish, pause, resume, status, service]
