"""Gathers what all sources declare, and holds it against what only the whole can tell: accounts, ids, media."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from postiquette.config.load import Configuration, did_you_mean, show_path
from postiquette.errors import InputError, Problem
from postiquette.queue.sources import config_file, markdown
from postiquette.queue.sources.declared import Declared


@dataclass(frozen=True)
class Gathered:
    """All that is declared now."""

    posts: tuple[Declared, ...]
    #: the names of the sources that were there; a folder without a post counts as vanished
    sources: frozenset[str]


def gather(configuration: Configuration) -> Gathered:
    """Read every source. Raises InputError with every problem of all of them."""
    problems: list[Problem] = []
    posts = list(config_file.read(configuration))
    sources = {config_file.NAME}
    for settings in configuration.settings.sources:
        try:
            found = list(markdown.read(configuration, settings))
        except InputError as error:
            problems.extend(error.problems)
            continue
        posts += found
        if found:
            sources.add(markdown.source_name(settings))
    problems += examine(posts, configuration)
    if problems:
        raise InputError(problems)
    return Gathered(tuple(posts), frozenset(sources))


def examine(posts: Iterable[Declared], configuration: Configuration) -> list[Problem]:
    """What is wrong with these posts taken together, and with the files they name."""
    posts = list(posts)
    problems = list(_twice(posts))
    for declared in posts:
        problems += _accounts(declared, configuration)
        problems += _media(declared)
    return problems


def _twice(posts: list[Declared]) -> Iterator[Problem]:
    first: dict[str, Declared] = {}
    for declared in posts:
        other = first.setdefault(declared.entry.id, declared)
        if other is not declared:
            place = f"{show_path(other.file)}:{other.origin.line}"
            yield declared.problem(f"this id is taken by the post at {place}; every post needs one of its own")


def _accounts(declared: Declared, configuration: Configuration) -> Iterator[Problem]:
    known = configuration.settings.accounts
    for name in declared.entry.account:
        if name not in known:
            message = f"there is no account {name!r}" + (did_you_mean(name, list(known)) or "; none is configured")
            yield declared.problem(message, "account")
        elif declared.entry.at is None and not known[name].slots:
            yield declared.problem(f"no time: expected `at`, or slots for the account {name!r}")


def _media(declared: Declared) -> Iterator[Problem]:
    if not declared.entry.media:
        return
    folder = declared.file.parent.resolve()
    for number, item in enumerate(declared.entry.media):
        where = ("media", str(number), "path")
        try:
            path = declared.media_path(item.path)
            is_file = path.is_file()
        except (ValueError, OSError):
            yield declared.problem(f"{item.path[:60]!r} is no path", *where)
            continue
        if not path.is_relative_to(folder):
            yield declared.problem(f"{item.path!r} leads out of the folder {show_path(folder)}", *where)
        elif not is_file:
            yield declared.problem(f"there is no file {item.path!r}", *where)
        elif unreadable := _unreadable(path):
            yield declared.problem(f"{item.path!r} cannot be read: {unreadable}", *where)


def _unreadable(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return None if file.read(1) else "it is empty"
    except OSError as error:
        return error.strerror or "unknown reason"
