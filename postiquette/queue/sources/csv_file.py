"""Posts from a CSV file: all rows are read before any is taken, and every bad one is named with its reason."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from postiquette.config.entry import LONGEST_TEXT, PostEntry
from postiquette.config.load import LARGEST_FILE, explain, show_path
from postiquette.errors import InputError, Problem
from postiquette.queue.sources.csv_formats import LEFT_OUT, field_of, plain, unguarded
from postiquette.queue.sources.dates import Order, parse_date
from postiquette.queue.sources.declared import Declared
from postiquette.queue.sources.origin import Written

#: a line of its own between the items of a thread, as in Markdown files
NEXT_ITEM = "\n***\n"
_POSITIONAL = ("date", "text", "link")


@dataclass(frozen=True)
class Options:
    """What a file does not say by itself."""

    #: instead of the file's own column
    accounts: tuple[str, ...] = ()
    dates: Order | None = None
    encoding: str | None = None
    #: three columns without a header, as Hootsuite has them
    positional: bool = False
    #: leave pictures at web addresses out, rather than refuse their rows
    without_media: bool = False


@dataclass
class Table:
    """The rows of a file, each as a mapping from fields to cells."""

    #: the line on which a row begins, and its cells by field
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: headers of columns that are not taken
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _InRow:
    line: int

    def line_of(self, field: str) -> int:
        return self.line

    def written(self, field: str) -> Written | None:
        return None


def read(file: Path, options: Options) -> tuple[list[Declared], list[Problem], list[str]]:
    """Every good row as a post, every bad one as a problem, and the headers of columns that are not taken.

    Raises InputError where the file as a whole cannot be read.
    """
    table = read_table(file, options)
    posts: list[Declared] = []
    problems = list(table.problems)
    for line, cells in table.rows:
        try:
            entry = PostEntry.model_validate(_values(cells, options))
            # the date of a post that goes by slots is the slot that it has now
            seat = _date(cells, options) if entry.slot else None
        except ValidationError as error:
            problems += [Problem(p.message, show_path(file), line, p.keys) for p in explain(error, PostEntry)]
        except ValueError as error:
            problems.append(Problem(str(error), show_path(file), line))
        else:
            posts.append(Declared(entry, "command", file.resolve(), _InRow(line), seat=seat))
    return posts, problems, table.left_out


def read_table(file: Path, options: Options) -> Table:
    """The rows of a file by field. Raises InputError where the file as a whole cannot be read."""
    text = _decoded(file, options.encoding)
    table = Table()
    csv.field_size_limit(8 * LONGEST_TEXT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    fields: Sequence[str | None] | None = _POSITIONAL if options.positional else None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if fields is None:
                fields = _fields(cells, file, table)
            else:
                _add(table, fields, cells, line, file, ragged=options.positional)
    except csv.Error as error:
        message = (
            f"this is not valid CSV: {error} (line {reader.line_num}); look for a quote in this row that is not closed"
        )
        raise InputError([Problem(message, show_path(file), begins)]) from None
    if fields is None:
        raise InputError([Problem("the file is empty", show_path(file))])
    return table


def _add(table: Table, fields: Sequence[str | None], cells: list[str], line: int, file: Path, *, ragged: bool) -> None:
    if len(cells) > len(fields) or (len(cells) < len(fields) and not ragged):
        message = f"the row has {len(cells)} cells, and the header {len(fields)}"
        table.problems.append(Problem(message, show_path(file), line))
        return
    row: dict[str, str] = {}
    for name, cell in zip(fields, cells, strict=False):
        if name is not None and cell.strip():
            row[name] = f"{row[name]},{unguarded(cell)}" if name in row else unguarded(cell)
    table.rows.append((line, row))


def _fields(header: list[str], file: Path, table: Table) -> list[str | None]:
    fields = [field_of(name) for name in header]
    once = [name for name in fields if name is not None and name != "media"]
    twice = next((name for name in once if once.count(name) > 1), None)
    if twice is not None:
        both = " and ".join(name.strip()[:30] for name, found in zip(header, fields, strict=True) if found == twice)
        message = f"two columns hold the {twice}, {both}; take one out, or name it otherwise"
        raise InputError([Problem(message, show_path(file), 1)])
    if "text" not in fields:
        shown = ", ".join(name.strip()[:30] for name in header[:8])
        message = f"no column holds the text; expected one such as text, message or caption, got {shown}"
        hint = "A file without a header, date, text and link in this order, is read with `--from hootsuite`."
        raise InputError([Problem(message, show_path(file), 1)], hint)
    unknown = [name for name, found in zip(header, fields, strict=True) if found is None and name.strip()]
    table.left_out += [name for name in unknown if plain(name) in LEFT_OUT]
    strange = [name for name in unknown if plain(name) not in LEFT_OUT]
    table.left_out += [f"{name} (not known)" for name in strange]
    return fields


def _values(cells: dict[str, str], options: Options) -> dict[str, Any]:
    """The row as a post is declared. Raises ValueError with the reason."""
    text = cells.get("text", "")
    values: dict[str, Any] = {
        "account": list(options.accounts)
        or [name.strip() for name in cells.get("account", "").split(",") if name.strip()],
        "link": cells.get("link", "").strip() or None,
        "media": _media(cells, options),
    }
    if not values["account"]:
        raise ValueError("the row names no account; say --account NAME")
    if cells.get("thread", "").strip():
        items = _json(cells["thread"], "thread")
        # one text that holds what stands between items elsewhere
        alone = isinstance(items, list) and len(items) == 1
        values |= {"text": items[0]} if alone else {"thread": items}
    else:
        values |= {"thread": text.split(NEXT_ITEM)} if NEXT_ITEM in text else {"text": text}
    for name in ("series", "late", "kind", "first_comment"):
        if cells.get(name, "").strip():
            values[name] = cells[name] if name == "first_comment" else cells[name].strip()
    if cells.get("allow", "").strip():
        values["allow"] = _json(cells["allow"], "allow")
    if cells.get("slot", "").strip():
        values["slot"] = cells["slot"].strip()
    elif (at := _date(cells, options)) is not None:
        values["at"] = at
    digest = hashlib.sha256(json.dumps(cells, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
    values["id"] = cells.get("id", "").strip() or f"csv-{digest[:12]}"
    return values


def _date(cells: dict[str, str], options: Options) -> datetime | None:
    if cells.get("date", "").strip():
        return parse_date(cells["date"], cells.get("time", ""), options.dates)
    if cells.get("time", "").strip():
        raise ValueError("the row has a time, but no date")
    return None


def _media(cells: dict[str, str], options: Options) -> list[dict[str, Any]]:
    written = cells.get("media", "").strip()
    if written.startswith("["):
        found = _json(written, "media")
        return found if isinstance(found, list) else [found]
    paths = [path.strip() for path in written.replace("\n", ",").split(",") if path.strip()]
    alts = [alt.strip() for alt in cells.get("alt", "").replace("\n", "|").split("|")]
    if any(path.startswith(("http://", "https://")) for path in paths):
        if not options.without_media:
            raise ValueError(
                "a picture lies at a web address, which is not fetched; save it beside the file and name it, "
                "or say --without-media"
            )
        return []
    return [{"path": path, "alt": (alts[n] if n < len(alts) else "") or None} for n, path in enumerate(paths)]


def _json(cell: str, name: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        raise ValueError(f"the {name} is no JSON: {cell[:40]!r}") from None


def _decoded(file: Path, encoding: str | None) -> str:
    name = show_path(file)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InputError([Problem(f"the file is larger than {LARGEST_FILE // 2**20} MB", name)])
        data = file.read_bytes()
    except OSError as error:
        raise InputError([Problem(f"the file cannot be read: {error.strerror}", name)]) from None
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    chosen = encoding or ("utf-16" if wide else "utf-8")
    try:
        return data.decode("utf-8-sig" if chosen == "utf-8" else chosen)
    except LookupError:
        raise InputError(f"there is no encoding {chosen!r}; expected one such as utf-8 or cp1252") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"this is not {chosen} (byte {error.start} cannot be read)"
        hint = "Save the file as UTF-8, or name its encoding: --encoding cp1252 (old Excel, western languages)."
        raise InputError([Problem(message, name, line)], hint) from None


def _delimiter(text: str) -> str:
    """Commas, semicolons (spreadsheets in many countries) or tabs: what the first line has most of, outside quotes."""
    header = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(",;\t", key=lambda char: (header.count(char), char == ","))
