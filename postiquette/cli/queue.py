"""The queue: sync, add, list, show, edit, reschedule, withdraw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from postiquette.cli.context import (
    Context,
    console,
    format_option,
    now,
    parse_time,
    pass_context,
    person,
    print_json,
    printable,
)

if TYPE_CHECKING:
    from postiquette.queue.delivery import Delivery
    from postiquette.queue.sync import Changes


@click.command()
@click.option("--yes", is_flag=True, help="Apply even where a source vanished or much would be withdrawn.")
@click.option("--dry-run", is_flag=True, help="Show the difference, and change nothing.")
@pass_context
def sync(context: Context, yes: bool, dry_run: bool) -> int:
    """Bring the queue in line with the files, showing + added ~ changed - withdrawn. The same files twice change nothing."""
    from postiquette.queue.sync import Changes
    from postiquette.scheduler import intake

    project = context.project()
    if dry_run:
        with project.store_if_any() as store:
            if store is None:
                changes = Changes(added=project.drafts)
            else:
                with store.read() as connection:
                    changes = intake.compare(project, connection, now())
    else:
        with context.store(project, create=True) as store:
            changes = intake.take_in(project, store, now(), person(), even_if_alarming=yes)
    _show_changes(changes)
    if changes.alarming and not yes and not dry_run:
        for reason in changes.alarming:
            click.echo(f"error: {reason}", err=True)
        click.echo("hint: nothing was changed; `postiquette sync --yes` applies it.", err=True)
        return 2
    return 1 if changes.refused else 0


def _show_changes(changes: Changes) -> None:
    for draft in changes.added:
        click.secho(f"+ {draft.key}", fg="green")
    for _, draft in changes.changed:
        click.secho(f"~ {draft.key}", fg="yellow")
    for delivery in changes.slotless:
        click.secho(f"~ {delivery.key}  another slot: its own is none any more", fg="yellow")
    for delivery in changes.withdrawn:
        click.secho(f"- {delivery.key}", fg="red")
    for message in changes.refused:
        click.secho(f"! {message}", fg="magenta")
    if not changes:
        click.echo("The queue is as the files say.")
        return
    changed = {known.key for known, _ in changes.changed} | {delivery.key for delivery in changes.slotless}
    click.echo(f"{len(changes.added)} added, {len(changed)} changed, {len(changes.withdrawn)} withdrawn")


@click.command()
@click.argument("text")
@click.option("--account", "accounts", multiple=True, required=True, help="An account; may be given several times.")
@click.option("--id", "id_", help="What to call it.  [default: made from the time]")
@click.option("--at", help="When, on the account's clock: 2026-12-01T09:00.  [default: the next free slot]")
@click.option("--link", help="A link to end with.")
@click.option("--media", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True, help="A file.")
@click.option("--alt", multiple=True, help="What the file shows, one for each --media.")
@click.option("--late", help="How much later it may still go out.  [default: 2h]")
@pass_context
def add(
    context: Context,
    text: str,
    accounts: tuple[str, ...],
    id_: str | None,
    at: str | None,
    link: str | None,
    media: tuple[Path, ...],
    alt: tuple[str, ...],
    late: str | None,
) -> int:
    """Put one post into the queue."""
    from postiquette.config.entry import PostEntry
    from postiquette.config.load import explain
    from postiquette.errors import InputError
    from postiquette.queue import sync as queue_sync
    from postiquette.queue.sources.declared import Declared
    from postiquette.queue.sources.gather import examine
    from postiquette.queue.sources.origin import Nowhere

    project = context.project()
    moment = now()
    values: dict[str, Any] = {
        "id": id_ or f"added-{moment:%Y%m%d-%H%M%S-%f}",
        "account": list(accounts),
        "text": text,
        "link": link,
        "at": at,
        "media": [{"path": file.name, "alt": described} for file, described in _paired(media, alt)],
    }
    from pydantic import ValidationError

    try:
        entry = PostEntry.model_validate({**values, **({"late": late} if late else {})})
    except ValidationError as error:
        raise InputError(list(explain(error, PostEntry))) from None
    folder = media[0].parent if media else Path.cwd()
    declared = Declared(entry, queue_sync.BY_COMMAND, folder / "command line", Nowhere())
    problems = examine([declared], project.configuration)
    if problems:
        raise InputError(problems)
    drafts = list(project.drafts_of(declared))
    with context.store(project, create=True) as store, store.begin() as connection:
        queue_sync.add(connection, drafts, project.next_slot(moment), person(), moment)
    for draft in drafts:
        click.secho(f"+ {draft.key}", fg="green")
    return 0


def _paired(media: tuple[Path, ...], alt: tuple[str, ...]) -> list[tuple[Path, str | None]]:
    if len({file.parent.resolve() for file in media}) > 1:
        raise click.UsageError("all --media files must lie in one folder")
    if len(alt) > len(media):
        raise click.UsageError("there are more --alt than --media")
    return [(file, alt[number] if number < len(alt) else None) for number, file in enumerate(media)]


@click.command("list")
@click.option("--all", "all_", is_flag=True, help="Show what is over and done with, too.")
@click.option("--state", multiple=True, help="Only posts in this state.")
@click.option("--account", help="Only posts of this account.")
@format_option("text", "json")
@pass_context
def list_(context: Context, all_: bool, state: tuple[str, ...], account: str | None, format_: str) -> int:
    """List the queue in order of time."""
    from postiquette.queue import deliveries
    from postiquette.queue.states import TERMINAL, State

    known = [str(s) for s in State]
    unknown = [name for name in state if name not in known]
    if unknown:
        raise click.UsageError(f"there is no state {unknown[0]!r}; expected one of {', '.join(known)}")
    project = context.project()
    with context.store(project) as store, store.read() as connection:
        counts = deliveries.counts(connection)
        wanted = [s for s in State if (s in state if state else all_ or s not in TERMINAL)]
        shown = deliveries.in_states(connection, wanted, accounts=[account] if account is not None else None)
    if account is not None and not shown:
        project.account(account)
    if format_ == "json":
        print_json([_as_json(delivery) for delivery in shown])
        return 0
    from rich.table import Table
    from rich.text import Text

    from postiquette.preview.safe import safe
    from postiquette.preview.wording import local

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("when", "post", "state", "text"):
        table.add_column(title, no_wrap=title != "text")
    for delivery in shown:
        place = project.accounts.get(delivery.account)
        when = local(delivery.due_at, place) if place else f"{delivery.due_at:%Y-%m-%d %H:%M}Z"
        first = safe((delivery.sent or delivery.post.content).items[0].text)
        words = first if len(first) <= 60 else first[:59] + "…"
        table.add_row(when, delivery.key, str(delivery.state), Text(words))
    output = console()
    if shown:
        output.print(table)
    hidden = sum(counts.values()) - len(shown)
    output.print(f"{len(shown)} shown" + (f", {hidden} more with --all" if hidden and not all_ and not state else ""))
    return 0


@click.command()
@click.argument("post")
@format_option("text", "json")
@pass_context
def show(context: Context, post: str, format_: str) -> int:
    """Show one post (an id, or id@account): its wording, state, attempts and history."""
    from postiquette.preview.safe import safe
    from postiquette.queue import attempts, deliveries

    with context.store() as store, store.read() as connection:
        found = deliveries.find(connection, post)
        tried = {delivery.id: list(attempts.of_delivery(connection, delivery.id)) for delivery in found}
        events = deliveries.events(connection, [delivery.key for delivery in found])
    if format_ == "json":
        print_json([_as_json(delivery) for delivery in found])
        return 0
    for delivery in found:
        click.secho(f"{delivery.key}  {delivery.state}", bold=True)
        click.echo(f"  due {delivery.due_at:%Y-%m-%d %H:%M} UTC{' (slot)' if delivery.by_slot else ''}")
        if delivery.url:
            click.echo(f"  at {safe(delivery.url)}")
        for item in (delivery.sent or delivery.post.content).items:
            click.echo("  | " + safe(item.text, lines=True).replace("\n", "\n  | "))
        for attempt in tried[delivery.id]:
            outcome = attempt.outcome or "open"
            evidence = f", evidence in {attempt.evidence}" if attempt.evidence else ""
            click.echo(f"  attempt {attempt.intent_at:%Y-%m-%d %H:%M:%S} item {attempt.item + 1}: {outcome}{evidence}")
        for event in events:
            if event.key == delivery.key:
                click.echo(
                    f"  {event.at:%Y-%m-%d %H:%M:%S}  {event.to_state}  {safe(event.reason)}  ({safe(event.by)})"
                )
    return 0


@click.command()
@click.argument("post")
@click.argument("text", required=False)
@click.option("--field", default="text", show_default=True, help="text, thread[1], first_comment or media[0].alt.")
@pass_context
def edit(context: Context, post: str, text: str | None, field: str) -> int:
    """Change the wording of a post that is not out yet; without TEXT, in your editor. A changed file overrides it."""
    from postiquette.config.entry import publishable
    from postiquette.errors import InputError, StateError
    from postiquette.queue import deliveries
    from postiquette.queue.deliveries import Move
    from postiquette.queue.delivery import content_to
    from postiquette.queue.states import CHANGEABLE, Counted, State
    from postiquette.queue.sync import has_sibling_out

    with context.store() as store:
        with store.read() as connection:
            found = deliveries.find(connection, post)
        fields = dict(found[0].post.content.fields)
        if field not in fields:
            raise InputError(f"{post} has no field {field!r}; expected one of {', '.join(fields)}")
        try:
            wording = publishable(text if text is not None else (click.edit(fields[field]) or "").rstrip("\n"))
        except ValueError as error:
            raise InputError(str(error)) from None
        if not wording.strip():
            raise InputError("the wording is empty; the post is left as it was")
        with store.begin() as connection:
            for delivery in deliveries.find(connection, post):
                if delivery.state not in CHANGEABLE or delivery.counted is not Counted.NO:
                    raise StateError(f"{delivery.key} is {delivery.state}: it can no longer be changed")
                out = has_sibling_out(delivery, deliveries.of_posts(connection, [delivery.post.id]))
                if out is not None:
                    raise StateError(f"{delivery.key} goes out in the wording of {out}, which is out already")
                content = delivery.post.content.with_field(field, wording)
                moment = now()
                move = Move(person(), moment, f"{field} edited")
                if delivery.state is State.HELD:
                    columns = {"content": content_to(content), "due_at": max(delivery.due_at, moment)}
                    deliveries.transition(connection, delivery, State.SCHEDULED, move, **columns)
                else:
                    deliveries.update(connection, delivery, move, content=content_to(content))
                click.secho(f"~ {delivery.key}", fg="yellow")
    return 0


@click.command()
@click.argument("post")
@click.option("--at", help="When, on the account's clock: 2026-12-01T09:00.  [default: the next free slot]")
@pass_context
def reschedule(context: Context, post: str, at: str | None) -> int:
    """Give a post another time; also brings back what was missed, failed, refused or withdrawn."""
    from postiquette.errors import InputError, StateError
    from postiquette.queue import attempts, deliveries
    from postiquette.queue.deliveries import Move
    from postiquette.queue.states import ALLOWED, Counted, State

    project = context.project()
    moment = now()
    with context.store(project) as store, store.begin() as connection:
        for delivery in deliveries.find(connection, post):
            account = project.account(delivery.account)
            if State.SCHEDULED not in ALLOWED[delivery.state] or delivery.state in (State.CLAIMED, State.SUBMITTING):
                raise StateError(f"{delivery.key} is {delivery.state}: it cannot be given another time")
            begun = attempts.of_delivery(connection, delivery.id)
            known = bool(begun) and all(a.outcome in ("published", "refused", "absent") for a in begun)
            if delivery.counted is not Counted.NO and not known:
                raise StateError(f"{delivery.key} may be out already; `postiquette resolve` says what became of it")
            taken = deliveries.taken_times(connection, delivery.account)
            due = parse_time(at, account.timezone) if at else project.next_slot(moment)(delivery.account, taken)
            if due < moment:
                raise InputError(f"{at!r} is in the past; expected a time to come")
            columns = {"due_at": due, "by_slot": at is None, "written_at": None, "not_before": None, "failures": 0}
            move = Move(person(), moment, f"rescheduled to {due:%Y-%m-%d %H:%M} UTC")
            if delivery.state is State.SCHEDULED:
                deliveries.update(connection, delivery, move, **columns)
            else:
                deliveries.transition(connection, delivery, State.SCHEDULED, move, **columns)
            click.secho(f"~ {delivery.key}  {due:%Y-%m-%d %H:%M} UTC", fg="yellow")
    return 0


@click.command()
@click.argument("post")
@click.option("--reason", default="withdrawn by hand", help="Why, for the record.")
@pass_context
def withdraw(context: Context, post: str, reason: str) -> int:
    """Take a post back that is not out yet."""
    from postiquette.errors import StateError
    from postiquette.queue import deliveries
    from postiquette.queue.deliveries import Move
    from postiquette.queue.states import CHANGEABLE, State

    with context.store() as store, store.begin() as connection:
        found = deliveries.find(connection, post)
        ready = [delivery for delivery in found if delivery.state in CHANGEABLE]
        if not ready:
            raise StateError(f"{found[0].key} is {found[0].state}: it cannot be withdrawn")
        for delivery in ready:
            deliveries.transition(connection, delivery, State.WITHDRAWN, Move(person(), now(), printable(reason)))
            click.secho(f"- {delivery.key}", fg="red")
    return 0


def _as_json(delivery: Delivery) -> dict[str, Any]:
    from postiquette.config.values import format_instant
    from postiquette.queue.delivery import content_to

    return {
        "id": delivery.key,
        "post": delivery.post.id,
        "account": delivery.account,
        "audience": delivery.audience,
        "source": delivery.source,
        "state": str(delivery.state),
        "due_at": format_instant(delivery.due_at),
        "by_slot": delivery.by_slot,
        "content": content_to(delivery.sent or delivery.post.content),
        "url": delivery.url,
    }


COMMANDS = [sync, add, list_, show, edit, reschedule, withdraw]
