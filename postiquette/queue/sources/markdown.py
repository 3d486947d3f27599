"""Posts from a folder of Markdown files: one file a post, YAML (`---`) or TOML (`+++`) front matter, the text below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from postiquette.config.entry import PostEntry
from postiquette.config.load import Configuration, explain, parse_toml, read_text, show_path
from postiquette.config.settings import SourceSettings
from postiquette.config.toml_lines import key_lines, line_of
from postiquette.errors import InputError, Problem
from postiquette.queue.sources.declared import Declared

#: a line of its own that separates the items of a thread
_NEXT_ITEM = re.compile(r"^[ \t]*\*\*\*[ \t]*$", re.MULTILINE)
_FENCES = {"---": "yaml", "+++": "toml"}


def read(configuration: Configuration, settings: SourceSettings) -> Iterator[Declared]:
    """Every file that the glob matches, by name. Raises InputError with every problem of every file."""
    name = source_name(settings)
    problems: list[Problem] = []
    found: list[Declared] = []
    for file in matching(configuration.folder, settings.path):
        try:
            found.append(_read_file(file, name, settings))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    yield from found


def read_single(file: Path) -> Declared:
    """One file by itself, for `check FILE`."""
    return _read_file(file, f"markdown:{file.name}", SourceSettings(kind="markdown", path=file.name))


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


def _read_file(file: Path, source: str, settings: SourceSettings) -> Declared:
    text = read_text(file)
    kind, front, body, first_line = _split(text, file)
    data = _parse(kind, front, file, first_line)
    data.setdefault("id", file.stem)
    if settings.account is not None:
        data.setdefault("account", settings.account)
    items = [item.strip("\n") for item in _NEXT_ITEM.split(body.strip("\n"))]
    if "text" not in data and "thread" not in data:
        data |= {"thread": items} if len(items) > 1 else {"text": items[0]}
    elif body.strip():
        raise InputError([Problem("the text stands both in the front matter and below it", show_path(file), 1)])
    try:
        entry = PostEntry.model_validate(data)
    except ValidationError as error:
        lines = _key_lines(kind, front)
        raise InputError(
            [
                Problem(p.message, show_path(file), (line_of(lines, p.keys) or 0) + first_line - 1 or 1, p.keys)
                for p in explain(error, PostEntry)
            ]
        ) from None
    return Declared(entry, source, file, 1)


def _split(text: str, file: Path) -> tuple[str, str, str, int]:
    """Kind of front matter, the front matter, the body, and the line on which the front matter begins."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fence = lines[0].rstrip()
    if fence not in _FENCES:
        return "toml", "", "\n".join(lines), 1
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == fence:
            return _FENCES[fence], "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), 2
    raise InputError([Problem(f"the front matter that begins with {fence} has no end", show_path(file), 1)])


def _parse(kind: str, front: str, file: Path, first_line: int) -> dict[str, Any]:
    if kind == "toml":
        return parse_toml(front, file, first_line)
    import yaml

    try:
        data = yaml.safe_load(front)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + mark.line if mark else first_line
        said = getattr(error, "problem", None) or "cannot be read"
        raise InputError([Problem(f"this is not valid YAML: {said}", show_path(file), line)]) from None
    except (ValueError, OverflowError, RecursionError) as error:
        said = str(error) or type(error).__name__
        raise InputError([Problem(f"this is not valid YAML: {said}", show_path(file), first_line)]) from None
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise InputError([Problem("expected keys and values in the front matter", show_path(file), first_line)])
    node = yaml.compose(front, Loader=yaml.SafeLoader)
    names = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError([Problem(f"the key {twice!r} is written twice", show_path(file), first_line)])
    return data


def _key_lines(kind: str, front: str) -> dict[tuple[str | int, ...], int]:
    if kind == "toml":
        return key_lines(front)
    import yaml

    node = yaml.compose(front, Loader=yaml.SafeLoader)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {(key.value,): key.start_mark.line + 1 for key, _ in pairs}
