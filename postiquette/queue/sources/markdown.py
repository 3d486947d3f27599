"""Posts from a folder of Markdown files: one file a post, YAML (`---`) or TOML (`+++`) front matter, the text below it."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import ValidationError

from postiquette.config.entry import PostEntry
from postiquette.config.load import Configuration, explain, read_text, show_path
from postiquette.config.settings import SourceSettings
from postiquette.errors import InputError, Problem
from postiquette.queue.sources.declared import Declared, declared_content
from postiquette.queue.sources.front_matter import parse, split
from postiquette.queue.sources.in_markdown import NEXT_ITEM, InMarkdown


def read(configuration: Configuration, settings: SourceSettings) -> Iterator[Declared]:
    """Every file that the glob matches, by name. Raises InputError with every problem of every file."""
    name = source_name(settings)
    problems: list[Problem] = []
    found: list[Declared] = []
    for file in matching(configuration.folder, settings.path):
        try:
            found.append(_read(file, read_text(file), name, settings))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    yield from found


def read_single(file: Path, text: str | None = None, account: list[str] | None = None) -> Declared:
    """One file by itself, for `check FILE`; with `text`, as if it held that."""
    settings = SourceSettings(kind="markdown", path=file.name, account=account)
    return _read(file, read_text(file) if text is None else text, f"markdown:{file.name}", settings)


def accounts_of(configuration: Configuration, file: Path) -> list[str] | None:
    """The accounts that a source gives to a file that it would take, whether it is there yet or not."""
    for settings in configuration.settings.sources:
        folder = configuration.folder.resolve()
        if file.is_relative_to(folder) and _takes(Path(settings.path).parts, file.relative_to(folder).parts):
            return settings.account
    return None


def _takes(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a glob takes a file, as `Path.glob` would if it were there; `Path.match` takes more, and knows no `**`."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_takes(pattern[1:], path[skipped:]) for skipped in range(len(path)))
    return bool(path) and fnmatchcase(path[0], pattern[0]) and _takes(pattern[1:], path[1:])


def source_name(settings: SourceSettings) -> str:
    """How the queue remembers this source."""
    return f"markdown:{settings.path}"


def matching(folder: Path, pattern: str) -> list[Path]:
    """The files of a glob below `folder`, by name. Raises InputError where the pattern leads out of it."""
    if not pattern.strip("./") or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise InputError(f"the path {pattern!r} leads out of the folder {show_path(folder)}; expected one inside it")
    try:
        found = sorted(file for file in folder.glob(pattern) if file.is_file())
    except (ValueError, OSError, NotImplementedError) as error:
        raise InputError(f"the path {pattern[:60]!r} is no pattern for files: {error}") from None
    inside = folder.resolve()
    astray = [file for file in found if not file.resolve().is_relative_to(inside)]
    if astray:
        raise InputError([Problem(f"this link leads out of the folder {show_path(folder)}", show_path(astray[0]))])
    return found


def _read(file: Path, written: str, source: str, settings: SourceSettings) -> Declared:
    parts = split(written.replace("\r\n", "\n").replace("\r", "\n"), file)
    data = parse(parts, file)
    data.setdefault("id", file.stem)
    if settings.account is not None:
        data.setdefault("account", settings.account)
    items = [item.strip("\n") for item in NEXT_ITEM.split(parts.body.strip("\n"))]
    if "text" not in data and "thread" not in data:
        data |= {"thread": items} if len(items) > 1 else {"text": items[0]}
    elif parts.body.strip():
        raise InputError([Problem("the text stands both in the front matter and below it", show_path(file), 1)])
    try:
        entry = PostEntry.model_validate(data)
    except ValidationError as error:
        problems = explain(error, PostEntry)
        raise InputError(
            [Problem(p.message, show_path(file), parts.line_of(p.keys), p.keys) for p in problems]
        ) from None
    return Declared(entry, source, file, InMarkdown(written, parts, declared_content(entry)))
