"""Where a finding stands in the file that the author wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from postiquette.config.load import Configuration, read_text, show_path
from postiquette.model import Action, Finding
from postiquette.preview.outline import Line
from postiquette.queue.sources import config_file
from postiquette.queue.sources.declared import Declared


@dataclass(frozen=True)
class Remark:
    """A finding with its place. Line and column are 1-based."""

    file: str
    line: int
    column: int
    #: the line as it stands in the file
    excerpt: str
    #: how much of the excerpt is meant; 0 where the whole post is
    length: int
    finding: Finding
    #: id@account of the posts it was found in
    keys: tuple[str, ...]
    #: what becomes of the post
    decision: Action


def remarks(lines: Iterable[Line], declared: Iterable[Declared], configuration: Configuration) -> Iterator[Remark]:
    """Every finding at its place, in order of files and lines; one for a post that has it on several accounts."""
    by_id = {post.entry.id: post for post in declared}
    # files are read anew at every call: they may have changed
    lines_of = cache(_lines)
    found: dict[tuple[str, int, int, str, str], Remark] = {}
    for line in lines:
        post = by_id.get(line.post)
        if post is None:
            continue
        for finding in line.decision.findings:
            remark = _place(finding, line, post, configuration, lines_of(post.file))
            key = (remark.file, remark.line, remark.column, finding.rule, finding.message)
            known = found.get(key)
            keys = (*known.keys, line.key) if known else (line.key,)
            found[key] = Remark(**{**vars(remark), "keys": keys})
    yield from sorted(found.values(), key=lambda remark: (remark.file, remark.line, remark.column, remark.finding.rule))


def _place(finding: Finding, line: Line, post: Declared, configuration: Configuration, text: list[str]) -> Remark:
    first = post.line or 1
    if post.source == config_file.NAME and finding.field is not None:
        field = finding.field.replace("]", "").replace(".", "[").split("[")
        keys = [int(key) if key.isdigit() else key for key in field]
        first = configuration.line(*(int(k) if k.isdigit() else k for k in post.keys), *keys) or first
    words = finding.evidence[0].split("\n")[0] if finding.start is not None and finding.evidence else ""
    for number in range(first - 1, len(text)) if words else ():
        column = text[number].find(words)
        if column >= 0:
            return _remark(finding, line, post, number + 1, column + 1, text[number], len(words))
    excerpt = text[first - 1] if first <= len(text) else ""
    return _remark(finding, line, post, first, 1, excerpt, 0)


def _remark(
    finding: Finding, line: Line, post: Declared, number: int, column: int, excerpt: str, length: int
) -> Remark:
    name = show_path(post.file)
    return Remark(name, number, column, excerpt, length, finding, (line.key,), line.decision.action)


def _lines(file: Path) -> list[str]:
    return read_text(file).replace("\r\n", "\n").split("\n")
