"""What commands share: where the configuration is, who is asking, and how the project and the database are opened."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from postiquette.queue.store import Store
    from postiquette.scheduler.project import Project

F = TypeVar("F", bound=Callable[..., Any])

FILE_NAME = "postiquette.toml"


@dataclass(frozen=True)
class Context:
    """Handed to every command that asks for it with `@pass_context`."""

    config: Path | None
    verbose: bool

    @property
    def config_file(self) -> Path:
        """The configuration that was named, the one here, or the user's own."""
        if self.config is not None:
            return self.config
        here = Path(FILE_NAME)
        users = Path(click.get_app_dir("postiquette")) / FILE_NAME
        return users if users.exists() and not here.exists() else here

    def project(self) -> Project:
        """The configuration with all it leads to. Raises InputError."""
        from postiquette.scheduler.project import load_project

        return load_project(self.config_file)

    @contextmanager
    def store(self, project: Project | None = None, *, create: bool = False, service: str = "") -> Iterator[Store]:
        """The database, until the block ends; `service` names the service that works on it. Raises StoreError."""
        from postiquette.config.load import load_configuration
        from postiquette.queue.store import Store

        configuration = project.configuration if project else load_configuration(self.config_file)
        store = Store.open(configuration.database_url, create=create, service=service)
        try:
            yield store
        finally:
            store.close()


pass_context = click.make_pass_decorator(Context)


def format_option(*formats: str) -> Callable[[F], F]:
    """`--format`, whose first value is the default."""
    return click.option(
        "--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True, help="How to print."
    )


def now() -> datetime:
    """The current instant in UTC."""
    return datetime.now(UTC)


def person() -> str:
    """Who is asking, for the record."""
    return printable(os.environ.get("POSTIQUETTE_USER") or getpass.getuser())


def printable(text: str) -> str:
    """What a person typed, without bytes that are no text."""
    return text.encode("utf-8", "replace").decode()


def console() -> Console:
    """Where people read: coloured on a terminal only."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(highlight=False, markup=False, emoji=False, width=None if terminal else 120)


def standard_input() -> IO[bytes]:
    """What is piped in. Raises InputError where nothing can be."""
    from postiquette.errors import InputError

    # Python leaves it out where it was closed
    if sys.stdin is None:
        raise InputError("standard input is closed", hint="Pipe a text in: echo '…' | postiquette …")
    return sys.stdin.buffer


def print_json(value: object, *, indent: int | None = 2) -> None:
    """Print JSON; lone surrogates and the like stay escaped."""
    click.echo(json.dumps(value, indent=indent, ensure_ascii=True))


def parse_time(text: str, timezone: str) -> datetime:
    """A time as a person types it, "2026-12-01 09:00", on the clock of a zone unless it has an offset."""
    from postiquette.errors import InputError
    from postiquette.scheduler.slots import instant

    try:
        written = datetime.fromisoformat(text)
        if not 2000 <= written.year < 2200 or len(text) < 12:
            raise ValueError(text)
        return instant(written, timezone)
    except ValueError:
        raise InputError(f'expected a time such as "2026-12-01 09:00", got {text!r}') from None
