"""The demo: a sample queue, published to the built-in sandbox through a real browser, in compressed time."""

from __future__ import annotations

from pathlib import Path

import click

from postiquette.cli.context import console


@click.command()
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Where report and pictures go.")
@click.option("--keep", is_flag=True, help="Leave the sandbox up to look at, until Ctrl-C.")
@click.option("--headed", is_flag=True, help="Show the browser at work.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The sandbox's port.  [default: any free one; 8099 with --keep]",
)
def demo(output: Path | None, keep: bool, headed: bool, port: int) -> int:
    """Publish a sample queue to a built-in site through a real browser, showing each decision."""
    import asyncio
    import tempfile
    import time

    from postiquette.preview.demonstration import MEMBERS, demonstrate
    from postiquette.sandbox.server import sandbox

    folder = output or Path(tempfile.mkdtemp(prefix="postiquette-demo-"))
    began = time.monotonic()
    with sandbox(MEMBERS, port or (8099 if keep else 0)) as site:
        asyncio.run(demonstrate(site.url, folder, console(), headless=not headed))
        click.echo(f"\nThe report:       {folder / 'report.html'}")
        click.echo(f"The screenshots:  {folder / 'screens'}")
        click.echo(f"The queue itself: {folder / 'postiquette.toml'}")
        click.echo(f"It took {time.monotonic() - began:.0f} seconds.")
        if keep:
            click.echo(
                f"\nThe sandbox stays up at {site.url} (sign in as ada or bakery, password sandbox). Ctrl-C ends it."
            )
            try:
                while True:
                    time.sleep(3600)
            except KeyboardInterrupt:
                click.echo("")
    return 0


COMMANDS = [demo]
