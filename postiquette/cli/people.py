"""What a person decides: approve, reject, resolve; and what a person publishes: assist, confirm, skip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from postiquette.cli.context import Context, now, parse_time, pass_context, person, printable

if TYPE_CHECKING:
    from postiquette.queue.delivery import Delivery
    from postiquette.queue.states import State
    from postiquette.queue.store import Connection
    from postiquette.scheduler.project import Project


@click.command()
@click.argument("post")
@click.option("--reason", required=True, help="Why this may go out; it is kept with your name.")
@click.option("--at", help="When, on the account's clock.  [default: its own time, or at once where that has passed]")
@pass_context
def approve(context: Context, post: str, reason: str, at: str | None) -> int:
    """Let a held post go out in exactly this wording, over the ratio if need be. The ask still counts as spent."""
    from postiquette.errors import InputError, StateError
    from postiquette.model import Approval
    from postiquette.queue import deliveries
    from postiquette.queue.deliveries import Move
    from postiquette.queue.delivery import approval_to
    from postiquette.queue.states import CHANGEABLE, State

    if not printable(reason).strip():
        raise click.UsageError("--reason is empty; say why")
    project = context.project()
    moment = now()
    expires = moment + project.configuration.settings.policy.approval_expires
    with context.store(project) as store, store.begin() as connection:
        for delivery in deliveries.find(connection, post):
            if delivery.state not in CHANGEABLE:
                raise StateError(f"{delivery.key} is {delivery.state}: there is nothing to approve")
            zone = project.account(delivery.account).timezone
            due = parse_time(at, zone) if at else max(delivery.due_at, moment)
            if due < moment:
                raise InputError(f"{at!r} is in the past; expected a time to come")
            approval = Approval(
                person(), printable(reason), delivery.post.content.fingerprint(), max(expires, due + (expires - moment))
            )
            columns: dict[str, Any] = {"approval": approval_to(approval), "due_at": due}
            move = Move(person(), moment, f"approved: {printable(reason)}")
            if delivery.state is State.HELD:
                deliveries.transition(connection, delivery, State.SCHEDULED, move, **columns)
            else:
                deliveries.update(connection, delivery, move, **columns)
            click.secho(f"✓ {delivery.key} goes out {due:%Y-%m-%d %H:%M} UTC", fg="green")
    return 0


@click.command()
@click.argument("post")
@click.option("--reason", required=True, help="Why not, for the record.")
@pass_context
def reject(context: Context, post: str, reason: str) -> int:
    """Say no to a held post, for good."""
    from postiquette.queue.states import State

    return _move_all(context, post, State.REJECTED, printable(reason), only=(State.HELD,))


def _move_all(context: Context, post: str, to: State, reason: str, *, only: tuple[State, ...], **columns: Any) -> int:
    """Move every delivery of a post that is in one state; an error where none is."""
    from postiquette.errors import StateError
    from postiquette.queue import deliveries
    from postiquette.queue.deliveries import Move

    with context.store() as store, store.begin() as connection:
        found = deliveries.find(connection, post)
        ready = [delivery for delivery in found if delivery.state in only]
        if not ready:
            raise StateError(f"{found[0].key} is {found[0].state}; expected a post that is {only[0]}")
        for delivery in ready:
            deliveries.transition(connection, delivery, to, Move(person(), now(), reason), **columns)
            click.echo(f"{delivery.key} is {to}")
    return 0


@click.command()
@click.argument("post")
@click.option("--published", metavar="URL", help="It is out, there.")
@click.option("--not-published", is_flag=True, help="It is not out: it goes again, after one more look at the site.")
@click.option("--drop", is_flag=True, help="Leave it; it will not go again, and an ask stays spent.")
@pass_context
def resolve(context: Context, post: str, published: str | None, not_published: bool, drop: bool) -> int:
    """Say what became of an unconfirmed post, after you looked at the site yourself."""
    if sum((published is not None, not_published, drop)) != 1:
        raise click.UsageError("expected one of --published URL, --not-published and --drop")
    if drop:
        return _drop(context, post)
    if published is not None:
        _check_url(published)
        return _found(context, post, published)
    return _send_again(context, post)


def _drop(context: Context, post: str) -> int:
    from postiquette.queue import attempts, deliveries
    from postiquette.queue.deliveries import Move
    from postiquette.queue.states import State

    with context.store() as store, store.begin() as connection:
        for delivery in _unconfirmed(connection, post):
            last = attempts.of_delivery(connection, delivery.id)[-1]
            attempts.settle(connection, last.id, "unknown", now())
            move = Move(person(), now(), "dropped by a person")
            deliveries.transition(connection, delivery, State.WITHDRAWN, move)
            click.echo(f"{delivery.key} is withdrawn")
    return 0


def _found(context: Context, post: str, url: str) -> int:
    from postiquette.queue import attempts
    from postiquette.queue.deliveries import Move
    from postiquette.queue.proof import proven

    with context.store() as store, store.begin() as connection:
        for delivery in _unconfirmed(connection, post):
            last = attempts.of_delivery(connection, delivery.id)[-1]
            state = proven(connection, delivery, last.id, url, Move(person(), now(), "found by a person"), now())
            click.echo(f"{delivery.key} is {state}")
    return 0


def _unconfirmed(connection: Connection, post: str) -> list[Delivery]:
    from postiquette.errors import StateError
    from postiquette.queue import deliveries
    from postiquette.queue.states import State

    found = deliveries.find(connection, post)
    ready = [delivery for delivery in found if delivery.state is State.UNCONFIRMED]
    if not ready:
        raise StateError(f"{found[0].key} is {found[0].state}; expected a post that is unconfirmed")
    return ready


def _send_again(context: Context, post: str) -> int:
    """A post may have appeared after it was given up: the site is asked once more before it goes again."""
    import asyncio

    from postiquette.queue import attempts, deliveries
    from postiquette.queue.deliveries import Move
    from postiquette.queue.proof import proven
    from postiquette.queue.states import Counted, State

    project = context.project()
    with context.store(project) as store:
        with store.read() as connection:
            waiting = [(d, attempts.of_delivery(connection, d.id)[-1]) for d in _unconfirmed(connection, post)]
        for delivery, attempt in waiting:
            found = asyncio.run(_look_once_more(project, attempt.account, attempt.text, attempt.baseline))
            with store.begin() as connection:
                if found is not None:
                    move = Move(person(), now(), "found on the site after all")
                    proven(connection, delivery, attempt.id, found, move, now())
                    click.echo(f"{delivery.key} is out after all: {found}")
                    continue
                attempts.settle(connection, attempt.id, "absent", now())
                begun = bool(attempts.proven_items(connection, delivery.id))
                columns: dict[str, Any] = {
                    "counted": str(Counted.MAYBE if begun else Counted.NO),
                    "due_at": max(delivery.due_at, now()),
                }
                if not begun:
                    columns["intent_at"] = None
                move = Move(person(), now(), "not published, says a person; the site was asked once more")
                deliveries.transition(connection, delivery, State.SCHEDULED, move, **columns)
                click.echo(f"{delivery.key} goes again")
    return 0


async def _look_once_more(project: Project, account: str, text: str, baseline: tuple[str, ...]) -> str | None:
    from postiquette.publishing.publisher import Publisher
    from postiquette.publishing.recent import look_for

    publisher = Publisher(project.configuration)
    try:
        async with publisher.at(account) as visit:
            found = look_for(text, await visit.recent(), baseline)
            return found[0].url if found else None
    finally:
        await publisher.close()


@click.command()
@click.option("--open/--print", "open_", default=True, help="Open each in your browser, or print the links.")
@pass_context
def assist(context: Context, open_: bool) -> int:
    """Hand you every post that you are to publish yourself: the site's own composer, filled, in your own browser."""
    from postiquette.preview.safe import safe
    from postiquette.publishing.addresses import filled
    from postiquette.publishing.find_sites import known_sites
    from postiquette.queue import deliveries
    from postiquette.queue.states import State

    project = context.project()
    sites = known_sites(project.configuration)
    with context.store(project) as store, store.read() as connection:
        waiting = deliveries.in_states(connection, (State.HANDED_OVER,))
    for delivery in waiting:
        site = sites[project.account(delivery.account).site]
        item = (delivery.sent or delivery.post.content).items[0]
        link = filled(site.spec.compose_link or "", text=item.text)
        click.secho(f"{delivery.key}", bold=True)
        click.echo("  | " + safe(item.text, lines=True).replace("\n", "\n  | "))
        click.echo(f"  {link}")
        if open_:
            click.launch(link)
        click.echo(f"  then: postiquette confirm {delivery.key} [URL]   or: postiquette skip {delivery.key}")
    if not waiting:
        click.echo("Nothing waits for you.")
    return 0


@click.command()
@click.argument("post")
@click.argument("url", required=False)
@pass_context
def confirm(context: Context, post: str, url: str | None) -> int:
    """Say that you published a post that was handed to you; with its URL if you have it."""
    from postiquette.queue.states import Counted, State

    if url is not None:
        _check_url(url)
    columns: dict[str, Any] = {"counted": str(Counted.PROVEN), **({"url": url} if url else {})}
    return _move_all(
        context, post, State.PUBLISHED, "published by hand", only=(State.HANDED_OVER, State.MISSED), **columns
    )


@click.command()
@click.argument("post")
@pass_context
def skip(context: Context, post: str) -> int:
    """Say that you did not publish a post that was handed to you, and will not."""
    from postiquette.queue.states import Counted, State

    return _move_all(
        context, post, State.WITHDRAWN, "skipped by a person", only=(State.HANDED_OVER,), counted=str(Counted.NO)
    )


def _check_url(url: str) -> None:
    if not url.startswith(("https://", "http://")):
        raise click.UsageError(f"expected the post's URL, got {url!r}")


COMMANDS = [approve, reject, resolve, assist, confirm, skip]
