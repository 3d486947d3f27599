"""Takes requests out of the files in which they were written, where a rewrite is what would go out anyway.

Only the words that go are touched: comments, quotes and layout stay. What a file would then say is read again before it is written.
"""

from __future__ import annotations

import codecs
import difflib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from postiquette.config.load import load_configuration, show_path
from postiquette.errors import InputError, Problem
from postiquette.model import Action, Content, Wording
from postiquette.policies.known import rewrite_of
from postiquette.preview.outline import Line
from postiquette.queue.sources import config_file
from postiquette.queue.sources.declared import Declared, declared_content
from postiquette.queue.sources.markdown import read_single
from postiquette.queue.sources.origin import Written

#: a stretch of a file, and what it becomes
_Change = tuple[int, int, str]


@dataclass(frozen=True)
class Fix:
    """What becomes of one file."""

    file: Path
    before: str
    after: str
    #: the posts that are mended, by id
    posts: tuple[str, ...]

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff, each with its end, as `patch` and git read it."""
        name, mark = show_path(self.file), self._mark.decode()
        before, after = _lines(mark + self.before), _lines(mark + self.after)
        for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

    @property
    def _mark(self) -> bytes:
        """The byte-order mark with which the file begins."""
        return codecs.BOM_UTF8 if self.file.read_bytes().startswith(codecs.BOM_UTF8) else b""

    def write(self) -> None:
        """Write the file whole or not at all; its mode and a byte-order mark stay."""
        descriptor, name = tempfile.mkstemp(dir=self.file.parent, prefix=f".{self.file.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._mark + self.after.encode())
            Path(name).chmod(self.file.stat().st_mode & 0o7777)
            Path(name).replace(self.file.resolve())
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _lines(text: str) -> list[str]:
    """Split where `patch` does: Python knows more line ends."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def fixes(lines: Iterable[Line], declared: Iterable[Declared], wording: Wording) -> tuple[list[Fix], list[str]]:
    """What can be mended in place, file by file; and the posts that cannot, with the reason."""
    by_post: dict[str, list[Line]] = {}
    for line in lines:
        by_post.setdefault(line.post, []).append(line)
    changes: dict[Path, list[tuple[Declared, Content, list[_Change]]]] = {}
    left: list[str] = []
    for post in declared:
        mine = by_post.get(post.entry.id, [])
        wanted = {line.decision.content for line in mine if line.decision.action is Action.REWRITE}
        if not wanted:
            continue
        if len(wanted) > 1 or any(line.decision.action is not Action.REWRITE for line in mine):
            left.append(f"{post.entry.id}: it goes out as it is to another of its audiences")
            continue
        found = _changes(post, wording)
        if isinstance(found, str):
            left.append(f"{post.entry.id}: {found}")
        else:
            changes.setdefault(post.file, []).append((post, wanted.pop(), found))
    return [_fix(file, mended) for file, mended in changes.items()], left


def _changes(post: Declared, wording: Wording) -> list[_Change] | str:
    found: list[_Change] = []
    for field, text in declared_content(post.entry).fields:
        result = rewrite_of(text, wording)
        if result.text is None:
            return f"{field} would have to go altogether"
        if not result.edits:
            continue
        written = post.origin.written(field)
        placed = [_placed(written, edit.start, edit.end, edit.by) for edit in result.edits] if written else []
        if not placed or None in placed:
            return f"{field} is written in a way that cannot be changed in place"
        found += [change for change in placed if change is not None]
    return found


def _placed(written: Written, start: int, end: int, by: str) -> _Change | None:
    words = written.spell(by)
    return None if words is None else (written.offsets[start], written.offsets[end], words)


def _fix(file: Path, mended: list[tuple[Declared, Content, list[_Change]]]) -> Fix:
    first = mended[0][0]
    before = first.origin.written(next(iter(declared_content(first.entry).fields))[0])
    assert before is not None
    after = before.file
    for start, end, words in sorted((change for _, _, found in mended for change in found), reverse=True):
        after = after[:start] + words + after[end:]
    _check(file, after, [(post, content) for post, content, _ in mended])
    return Fix(file, before.file, after, tuple(post.entry.id for post, _, _ in mended))


def _check(file: Path, after: str, mended: list[tuple[Declared, Content]]) -> None:
    """Read what the file would say. Raises InputError where that is not what was meant."""
    if mended[0][0].source == config_file.NAME:
        entries = {entry.id: entry for entry in load_configuration(file, after).settings.posts}
    else:
        entries = {post.entry.id: read_single(file, after, post.entry.account).entry for post, _ in mended}
    for post, content in mended:
        if declared_content(entries[post.entry.id]).texts != content.texts:
            problem = Problem("taking the request out in place went wrong; nothing was changed", show_path(file))
            raise InputError([problem], hint="Please report it, with the post.")
