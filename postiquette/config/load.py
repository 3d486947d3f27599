"""Reads a configuration: one file, the environment, a secrets folder. Every fault is reported at once, with its line."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import tomli
from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from postiquette.config.settings import Settings
from postiquette.errors import InputError, Problem

if TYPE_CHECKING:
    from postiquette.config.toml_places import Places

#: a configuration of a hundred thousand posts is far below this
LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Configuration:
    """Settings together with the place they came from."""

    settings: Settings
    file: Path
    text: str

    @property
    def folder(self) -> Path:
        """What relative paths start from."""
        return self.file.parent

    @property
    def data_dir(self) -> Path:
        """Where sessions and evidence are kept."""
        return self.folder / self.settings.service.data_dir

    @property
    def database_url(self) -> str:
        """The database, its path resolved against the config file."""
        url = self.settings.service.database
        if not url.startswith("sqlite:///"):
            return url
        return f"sqlite:///{(self.folder / url.removeprefix('sqlite:///')).resolve()}"

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for a server."""
        url = self.database_url
        return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None

    @cached_property
    def places(self) -> Places:
        """Where keys and strings stand in the file."""
        from postiquette.config.toml_places import Places

        return Places(self.text)

    def line(self, *keys: str | int) -> int | None:
        """The line of a key, or of the longest known beginning of its path."""
        return self.places.line(keys)

    def problem(self, message: str, *keys: str | int) -> Problem:
        """A problem at a key of this file."""
        return Problem(message, show_path(self.file), self.line(*keys), tuple(str(key) for key in keys))


def show_path(path: Path) -> str:
    """A path as the user would type it: relative where it lies below the working directory."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def read_text(path: Path) -> str:
    """Read a UTF-8 text file. Raises InputError where there is none, or where it is no text."""
    name = show_path(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError([Problem(f"the file is larger than {LARGEST_FILE // 2**20} MB", name)])
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError([Problem("there is no such file", name)]) from None
    except IsADirectoryError:
        raise InputError([Problem("this is a folder; expected a file", name)]) from None
    except UnicodeDecodeError as error:
        raise InputError(
            [Problem(f"this is not a UTF-8 text file (byte {error.start} cannot be read)", name)]
        ) from None
    except OSError as error:
        raise InputError([Problem(f"the file cannot be read: {error.strerror}", name)]) from None


def load_configuration(file: Path, text: str | None = None) -> Configuration:
    """Read `file` and what overrides it; with `text`, as if the file held that. Raises InputError with every problem found."""
    if text is None and not file.is_file():
        raise InputError(
            [Problem("there is no configuration here", show_path(file))],
            hint="`postiquette init` writes a starter; `--config FILE` names another place.",
        )
    text = read_text(file) if text is None else text
    data = parse_toml(text, file)
    try:
        settings = Settings(_secrets_dir=_secrets_folder(data, file), **data)
    except ValidationError as error:
        configuration = Configuration(Settings.model_construct(), file, text)
        problems = [_place(configuration, data, problem) for problem in explain(error, Settings)]
        raise InputError(problems) from None
    except (SettingsError, UnicodeDecodeError) as error:
        ours = ", ".join(sorted(name for name in os.environ if name.upper().startswith("POSTIQUETTE_")))
        message = f"{error}; lists and tables are written as JSON there (set: {ours or 'the secrets folder'})"
        raise InputError([Problem(message, "environment")]) from None
    return Configuration(settings, file, text)


def parse_toml(text: str, file: Path, first_line: int = 1) -> dict[str, Any]:
    """Parse TOML; `first_line` is where the text begins in the file. Raises InputError with file and line."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        match = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
        if match and match[1]:
            line, column = int(match[1]) + first_line - 1, f" (column {match[2]})"
        else:
            line, column = text.count("\n") + first_line, " (at the end of the file)"
        message = str(error)[: match.start()] if match else str(error)
        raise InputError([Problem(f"this is not valid TOML: {message}{column}", show_path(file), line)]) from None
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError([Problem(f"this is not valid TOML: {said}", show_path(file))]) from None


def _secrets_folder(data: Mapping[str, Any], file: Path) -> str | None:
    named = os.environ.get("POSTIQUETTE_SECRETS_DIR") or os.environ.get("CREDENTIALS_DIRECTORY")
    service = data.get("service")
    if not named and isinstance(service, dict) and isinstance(service.get("secrets_dir"), str):
        named = str(file.parent / service["secrets_dir"])
    return named


#: what pydantic finds, in the words of the file
_EXPECTED = {
    "list_type": "expected a list in brackets",
    "tuple_type": "expected a list in brackets",
    "dict_type": "expected a table in braces",
    "model_type": "expected a table in braces",
    "model_attributes_type": "expected a table in braces",
    "too_short": "expected at least {min_length} items",
    "string_type": "expected a text in quotes",
    "bool_type": "expected true or false",
    "date_type": "expected a day",
    "date_parsing": "expected a day",
    "date_from_datetime_parsing": "expected a day",
    "date_from_datetime_inexact": "expected a day",
}
#: how some keys are written
_AS_IN = {
    "slots": 'slots = ["Mon-Fri 09:00", "Sat 11:00"]',
    "media": 'media = [{ path = "harbour.jpg", alt = "The harbour at dawn" }]',
    "window": "window = { posts = 20, days = 30 }",
    "thread": 'thread = ["The first post.", "The second."]',
    "until": "until = 2026-12-31",
    "allow": 'allow = { repeated-text = "weekly opening hours" }',
}


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Turn pydantic's errors into problems whose keys are the written ones. Secrets are never repeated."""
    found: dict[tuple[str | int, ...], list[Mapping[str, Any]]] = {}
    for item in error.errors(include_url=False):
        # what pydantic puts between the written keys names its own steps
        keys = tuple(p for p in item["loc"] if not (isinstance(p, str) and (p.startswith("function-") or "[" in p)))
        found.setdefault(keys, []).append(item)
    for keys, items in found.items():
        choices = [item for item in items if item["type"] in ("enum", "literal_error")]
        others = [item for item in items if item not in choices]
        for one in (*choices[:1], *others):
            yield Problem(_message(one, keys, model, choices), keys=tuple(str(key) for key in keys))


def _message(
    item: Mapping[str, Any], keys: tuple[str | int, ...], model: type[BaseModel], choices: list[Mapping[str, Any]]
) -> str:
    kind = item["type"]
    if kind == "extra_forbidden":
        return f"unknown key {keys[-1]!r}" + did_you_mean(str(keys[-1]), _fields_at(model, keys[:-1]))
    if kind == "missing":
        return "this key is required"
    message = str(item["msg"]).removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    if kind in _EXPECTED:
        message = _EXPECTED[kind].format(**item.get("ctx", {}))
        example = next((_AS_IN[key] for key in reversed(keys) if key in _AS_IN), None)
        message += f", as in {example}" if example else ""
    value = item.get("input")
    secret = any(str(key) in ("password", "token") for key in keys)
    if item in choices:
        known = [name for one in choices for name in re.findall(r"'([^']+)'", str(one["msg"]))]
        near = did_you_mean(str(value), known)
        message = f"expected one of {', '.join(known)}" + (near if "mean" in near else "")
    if not secret and kind != "value_error" and isinstance(value, str | int | float | bool):
        message += f", got {str(value)[:60]!r}" if isinstance(value, str) else f", got {value}"
    return message


def did_you_mean(found: str, known: list[str]) -> str:
    """A suggestion to append to a message, or the list of what is known where nothing is near."""
    near = difflib.get_close_matches(found, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; expected one of {', '.join(known)}" if known and len(known) <= 20 else ""


def _fields_at(model: type[BaseModel], keys: tuple[str | int, ...]) -> list[str]:
    current: Any = model
    for key in keys:
        if isinstance(current, type) and issubclass(current, BaseModel):
            info = current.model_fields.get(str(key))
            current = info.annotation if info else None
        else:
            arguments = get_args(current)
            current = arguments[-1] if get_origin(current) is dict else next(iter(arguments), None)
        current = _model_in(current)
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _model_in(annotation: Any) -> Any:
    if get_origin(annotation) in (dict, list, tuple):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if (isinstance(found, type) and issubclass(found, BaseModel)) or get_origin(found) in (dict, list, tuple):
            return found
    return annotation


def _place(configuration: Configuration, data: Mapping[str, Any], problem: Problem) -> Problem:
    keys: list[str | int] = [int(key) if key.isdigit() else key for key in problem.keys]
    current: Any = data
    for key in keys:
        try:
            current = current[key]
        except (LookupError, TypeError):
            break
    variable = "POSTIQUETTE_" + "__".join(str(key).upper() for key in keys)
    if variable in (name.upper() for name in os.environ):
        return Problem(problem.message, f"environment variable {variable}")
    label = current.get("id") if isinstance(current, Mapping) else None
    shown = (*problem.keys, f"id {label!r}") if label else problem.keys
    return Problem(problem.message, show_path(configuration.file), configuration.line(*keys), shown)
