"""The dry run: preview, plan."""

from __future__ import annotations

from pathlib import Path

import click

from postiquette.cli.context import Context, console, format_option, now, pass_context, person, print_json


@click.command()
@format_option("text", "json")
@click.option("--days", type=click.IntRange(0, 3660), help="How far ahead.  [default: everything]")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page, complete in one file."
)
@click.option(
    "--screens",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also fill each real composer, and take its picture. Nothing can be sent.",
)
@pass_context
def preview(context: Context, format_: str, days: int | None, html: Path | None, screens: Path | None) -> int:
    """Show what would go out, when, in which wording, and why. Nothing is sent, and nothing is written to the queue."""
    from postiquette.preview.outline import outline

    project = context.project()
    found = outline(project, now(), days=days)
    pictures: dict[str, Path] = {}
    if screens is not None:
        import asyncio

        from postiquette.preview.screens import photograph

        pictures, problems = asyncio.run(photograph(project.configuration, found, screens))
        for problem in problems:
            click.echo(f"no picture of {problem}", err=True)
        click.echo(f"{len(pictures)} pictures in {screens}", err=True)
    if html is not None:
        from postiquette.preview.page import write_page

        write_page(found, html, pictures)
        click.echo(f"wrote {html}", err=True)
    if format_ == "json":
        from postiquette.preview.machine import as_json

        print_json(as_json(found))
    else:
        from postiquette.preview.terminal import show

        show(found, console())
    return 1 if found.needs_attention else 0


@click.command()
@click.option("--apply", "apply_", is_flag=True, help="Write the new times into the queue.")
@pass_context
def plan(context: Context, apply_: bool) -> int:
    """Propose slots at which every ask passes; posts at fixed times stay. Best found: the earliest slot for each in turn."""
    from postiquette.model import Action
    from postiquette.preview.outline import outline
    from postiquette.preview.wording import local
    from postiquette.queue import deliveries
    from postiquette.queue.deliveries import Move
    from postiquette.queue.states import State

    project = context.project()
    found = outline(project, now())
    moved = [line for line in found.lines if line.decision.action is Action.DEFER]
    stuck = [line for line in found.lines if line.decision.action in (Action.HOLD, Action.BLOCK)]
    for line in moved:
        click.echo(f"{line.key}: moves to {local(line.at, line.account)} ({line.decision.reason()})")
    for line in stuck:
        click.echo(f"{line.key}: no slot helps ({line.decision.reason()})")
    if not moved:
        click.echo("No post has to move.")
    if apply_ and moved:
        with context.store(project) as store, store.begin() as connection:
            for line in moved:
                for delivery in deliveries.find(connection, line.key):
                    if delivery.state is State.SCHEDULED:
                        move = Move(person(), now(), "moved by plan: " + line.decision.reason())
                        columns = {"due_at": line.at, "deferred": delivery.deferred + 1}
                        deliveries.update(connection, delivery, move, **columns)
        click.echo(f"{len(moved)} moved")
    return 1 if stuck else 0


COMMANDS = [preview, plan]
