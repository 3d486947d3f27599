"""The dry run: preview."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from postiquette.cli.context import Context, console, format_option, now, pass_context, print_json


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
    from postiquette.preview.chart import HISTORY
    from postiquette.preview.outline import laid_out, outline_of

    project, moment = context.project(), now()
    with laid_out(project, moment, back=HISTORY if html is not None else timedelta(0)) as start:
        found = outline_of(project, start, moment, days=days)
        proposal = None
        if html is not None:
            from postiquette.preview.proposal import proposal_of

            proposal = proposal_of(project, start, moment)
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

        write_page(found, html, pictures, proposal)
        click.echo(f"wrote {html}", err=True)
    if format_ == "json":
        from postiquette.preview.machine import as_json

        print_json(as_json(found))
    else:
        from postiquette.preview.terminal import show

        show(found, console())
    return 1 if found.needs_attention else 0


COMMANDS = [preview]
