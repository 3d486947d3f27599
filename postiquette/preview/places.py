"""Where a finding stands in the file that the author wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from postiquette.config.load import read_text, show_path
from postiquette.model import Action, Finding
from postiquette.policies.rules.unused_waiver import NAME as UNUSED_WAIVER
from postiquette.preview.outline import Line
from postiquette.queue.sources.declared import Declared
from postiquette.queue.sources.origin import Written

#: no file is taken to hold anything else than it does
NO_FILES: Mapping[Path, str] = MappingProxyType({})


@dataclass(frozen=True)
class Remark:
    """A finding with its place. Line and column are 1-based."""

    file: str
    line: int
    column: int
    #: the line as it stands in the file, without its end
    excerpt: str
    #: how much of the excerpt is meant; 0 where the whole post is
    length: int
    finding: Finding
    #: id@account of the posts it was found in
    keys: tuple[str, ...]
    #: what becomes of the post
    decision: Action


def remarks(
    lines: Iterable[Line], declared: Iterable[Declared], standing_in: Mapping[Path, str] = NO_FILES
) -> list[Remark]:
    """Every finding at its place, in order of files and lines; one for a post that has it on several accounts.

    A file in `standing_in`, by its whole path, is taken to hold that text.
    """
    by_id = {post.entry.id: post for post in declared}
    # files are read anew at every call, and the working directory may have changed
    name_of, lines_of = cache(show_path), cache(lambda file: _lines(file, standing_in))
    found: dict[tuple[str, str, str, str | None, int | None], Remark] = {}
    for line in lines:
        post = by_id.get(line.post)
        for finding in line.decision.findings if post is not None else ():
            key = (line.post, finding.rule, finding.message, finding.field, finding.start)
            known = found.get(key)
            if known is not None:
                found[key] = replace(known, keys=(*known.keys, line.key))
            elif post is not None:
                found[key] = _placed(finding, line, post, name_of(post.file), lines_of(post.file))
    result = (remark for remark in found.values() if not _is_used_elsewhere(remark, by_id))
    return sorted(result, key=lambda remark: (remark.file, remark.line, remark.column, remark.finding.rule))


def _is_used_elsewhere(remark: Remark, declared: dict[str, Declared]) -> bool:
    """A waiver that one account of a post needs is not unused because another does without."""
    post = remark.keys[0].rpartition("@")[0]
    return remark.finding.rule == UNUSED_WAIVER and len(remark.keys) < len(declared[post].entry.account)


def _placed(finding: Finding, line: Line, post: Declared, file: str, text: list[str]) -> Remark:
    number, column, length = _place(finding, post)
    excerpt = text[number - 1] if number <= len(text) else ""
    meant = min(length, len(excerpt) - column + 1)
    return Remark(file, number, column, excerpt, meant, finding, (line.key,), line.decision.action)


def _place(finding: Finding, post: Declared) -> tuple[int, int, int]:
    """Line and column, and how many characters of the file are meant."""
    if finding.field is None:
        return post.origin.line or 1, 1, 0
    written = post.origin.written(finding.field)
    if written is None or finding.start is None or finding.end is None:
        return post.origin.line_of(finding.field) or 1, 1, 0
    return (*written.place(finding.start), _meant(written, finding.start, finding.end))


def _meant(written: Written, start: int, end: int) -> int:
    return written.offsets[end] - written.offsets[start]


def _lines(file: Path, standing_in: Mapping[Path, str]) -> list[str]:
    text = standing_in.get(file.resolve())
    if text is None:
        text = read_text(file) if file.is_file() else ""
    return [line.removesuffix("\r") for line in text.split("\n")]
