"""Reading and rewriting as filters for other programs: classify, rewrite. JSON Lines in and out, or plain lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from postiquette.cli.context import format_option, standard_input

if TYPE_CHECKING:
    from postiquette.policies.language.reader import Request


@click.command()
@format_option("text", "json")
def classify(format_: str) -> int:
    """Read texts on standard input, and say of each what it is and where it asks.

    With --format json each line is {"id", "text", "lang"?}; otherwise each line is a text.
    What a project teaches in [policy.language] is not asked here; `check` reads with it.
    """
    from postiquette.policies.language.reader import UNKNOWN, read
    from postiquette.preview.safe import safe

    for row in _rows(format_):
        reading = read(row["text"], row.get("lang"))
        if format_ == "text":
            asks = "; ".join(
                f"{request.type} “{safe(request.text)}” ({_named(request)})" for request in reading.requests
            )
            unknown = "   (language not known: read for international words)" if reading.lang == UNKNOWN else ""
            click.echo(f"{reading.kind:14} {safe(row['text'])}" + (f"   ← {asks}" if asks else "") + unknown)
            continue
        requests = [{"start": r.start, "end": r.end, "text": r.text, "type": r.type} for r in reading.requests]
        _line(
            {
                "id": row["id"],
                "kind": str(reading.kind),
                "lang": reading.lang,
                "requests": requests,
                "quoted": reading.quoted,
                "exempt": reading.exempt,
            }
        )
    return 0


@click.command()
@format_option("text", "json")
def rewrite(format_: str) -> int:
    """Read texts on standard input, and take the requests for shares out of them.

    With --format json each line is {"id", "text", "lang"?}; otherwise each line is a text.
    What a project teaches in [policy.language] is not asked here; `check` reads with it.
    """
    from postiquette.policies.rewrite import rewrite as rewritten
    from postiquette.preview.safe import safe

    for row in _rows(format_):
        result = rewritten(row["text"], row.get("lang"))
        if format_ == "text":
            click.echo(safe(result.text) if result.text is not None else f"({result.reason})")
            continue
        edits = [{"start": edit.start, "end": edit.end, "by": edit.by} for edit in result.edits]
        _line(
            {
                "id": row["id"],
                "text": result.text,
                "changed": result.changed,
                "edits": edits,
                "reason": result.reason,
            }
        )
    return 0


def _named(request: Request) -> str:
    return request.pattern + (f", as in “{request.example}”" if request.example else "")


def _rows(format_: str) -> Iterator[dict[str, Any]]:
    from postiquette.errors import InputError, Problem

    for number, raw in enumerate(standard_input(), start=1):
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8", "surrogateescape").rstrip("\n")
        if format_ == "text":
            yield {"id": str(number), "text": line}
            continue
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError([Problem("this is no JSON", "standard input", number)]) from None
        texts = isinstance(row, dict) and all(isinstance(row.get(key), str) for key in ("id", "text"))
        if not texts or not isinstance(row.get("lang"), str | None):
            expected = 'expected {"id": "…", "text": "…"} and, if you like, "lang": "…", each of them a string'
            raise InputError([Problem(expected, "standard input", number)])
        yield row


def _line(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=True))


COMMANDS = [classify, rewrite]
