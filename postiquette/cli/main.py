"""The program: knows which module has which command, and turns errors into a line and an exit code."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

import click

from postiquette import __version__, cli
from postiquette.cli.context import Context
from postiquette.errors import InputError, PostiquetteError

#: every command with the module of this folder that has it, in the order of a person's way through them
HOMES = {
    name: module
    for module, names in (
        ("demo", ["demo"]),
        ("setup", ["init", "doctor"]),
        ("check", ["check"]),
        ("preview", ["preview"]),
        ("plan", ["plan"]),
        ("queue", ["sync", "add", "list", "show", "edit", "reschedule", "withdraw"]),
        ("people", ["approve", "reject", "resolve", "assist", "confirm", "skip"]),
        ("accounts", ["login", "accounts"]),
        ("service", ["run", "publish", "pause", "resume", "status", "service"]),
        ("transfer", ["import", "export", "import-history"]),
        ("records", ["history", "ledger"]),
        ("rules", ["rules", "explain", "policy"]),
        ("language", ["classify", "rewrite"]),
        ("setup", ["completion"]),
    )
    for name in names
}


class Program(click.Group):
    """All commands. Each is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In their order, not by alphabet."""
        return list(HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, from its module."""
        if cmd_name not in HOMES:
            return None
        module = import_module(f"{cli.__name__}.{HOMES[cmd_name]}")
        commands: Iterable[click.Command] = module.COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was typed. Raises UsageError with the nearest one where there is none."""
        typed = args[0]
        if typed not in HOMES and not typed.startswith("-") and not ctx.resilient_parsing:
            from postiquette.config.load import did_you_mean

            raise click.UsageError(f"there is no command {typed!r}{did_you_mean(typed, list(HOMES))}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Value before the ask. Start with `postiquette demo`, then `postiquette init`.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration.  [default: ./postiquette.toml, then the user's configuration folder]",
)
@click.option("--verbose", is_flag=True, help="Log more.")
@click.version_option(__version__, prog_name="postiquette", message="%(prog)s %(version)s")
@click.pass_context
def program(ctx: click.Context, config: Path | None, verbose: bool) -> None:
    """A posting queue with manners: it publishes your scheduled posts through a real browser, and will not let you beg for
    shares more than you give.
    """
    ctx.obj = Context(config, verbose)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code: 0 fine, 1 findings, 2 bad usage or configuration, 3 something out of reach."""
    # a queue is many small objects that live until the end: looking for garbage among them takes a third of the time, and once
    # more when it ends; only `run` lives long enough to have any
    gc.disable()
    atexit.register(gc.freeze)
    try:
        return _run(argv)
    finally:
        gc.enable()


def _run(argv: Sequence[str] | None) -> int:
    try:
        result = program.main(args=argv, prog_name="postiquette", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        # whoever read our output has had enough
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - stands in until the interpreter ends
        return 0
    except PostiquetteError as error:
        _tell(error)
        return error.exit_code
    except OSError as error:
        _tell(PostiquetteError(f"{error.filename or 'a file'} cannot be read or written: {error.strerror}"))
        return 3
    except Exception:
        _report()
        return 70


def _tell(error: PostiquetteError) -> None:
    from postiquette.preview.safe import safe

    lines = [str(problem) for problem in error.problems] if isinstance(error, InputError) else [str(error)]
    for line in lines:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {safe(line)}", err=True)
    if len(lines) > 1:
        click.echo(f"{len(lines)} problems; nothing was changed.", err=True)
    if error.hint:
        click.echo(f"{click.style('hint:', bold=True)} {safe(error.hint)}", err=True)


def _report() -> None:
    import tempfile
    import traceback

    descriptor, name = tempfile.mkstemp(prefix="postiquette-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        # the frames, not the values in them: those may be posts or secrets
        file.write(f"postiquette {__version__}, Python {sys.version}\n\n")
        file.write("".join(traceback.format_exception(*sys.exc_info())))
    click.echo(f"error: something went wrong that should not; a report lies in {name}", err=True)
