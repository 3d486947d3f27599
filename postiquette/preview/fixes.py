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

#: a stretch of a file, and what it becomes
_Change = tuple[int, int, str]
_CANNOT = "is written in a way that cannot be changed in place"


@dataclass(frozen=True)
class _Mended:
    """A post that is mended: the file that holds it as it is, what changes there, and what the post will say."""

    post: Declared
    before: str
    changes: list[_Change]
    content: Content


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
    mended: dict[Path, list[_Mended]] = {}
    left: list[str] = []
    for post in declared:
        mine = by_post.get(post.entry.id, [])
        wanted = {line.decision.content for line in mine if line.decision.action is Action.REWRITE}
        if not wanted:
            continue
        if len(wanted) > 1 or any(line.decision.action is not Action.REWRITE for line in mine):
            left.append(f"{post.entry.id}: it goes out as it is to another of its audiences")
            continue
        found = _changes(post, wanted.pop(), wording)
        if isinstance(found, str):
            left.append(f"{post.entry.id}: {found}")
        else:
            mended.setdefault(post.file, []).append(found)
    result = []
    for file, posts in mended.items():
        astray = _astray(file, posts)
        left += [f"{key}: it {_CANNOT}" for key in astray]
        posts = [one for one in posts if one.post.entry.id not in astray]
        if posts and astray and _astray(file, posts):
            problem = Problem("taking requests out in place went wrong; nothing was changed", show_path(file))
            raise InputError([problem], hint="Please report it, with the file.")
        if posts:
            ids = tuple(one.post.entry.id for one in posts)
            result.append(Fix(file, posts[0].before, _changed(posts), ids))
    return result, left


def _changes(post: Declared, content: Content, wording: Wording) -> _Mended | str:
    before, changes = "", []
    for field, text in declared_content(post.entry).fields:
        result = rewrite_of(text, wording)
        if result.text is None:
            return f"{field} would have to go altogether"
        if not result.edits:
            continue
        written = post.origin.written(field)
        if written is None:
            return f"{field} {_CANNOT}"
        before = written.file
        for edit in result.edits:
            words = written.spell(edit.by)
            if words is None:
                return f"{field} {_CANNOT}"
            changes.append((written.offsets[edit.start], written.offsets[edit.end], words))
    return _Mended(post, before, changes, content)


def _changed(posts: list[_Mended]) -> str:
    after = posts[0].before
    for start, end, words in sorted((change for one in posts for change in one.changes), reverse=True):
        after = after[:start] + words + after[end:]
    return after


def _astray(file: Path, posts: list[_Mended]) -> list[str]:
    """The posts, by id, that would not say what is meant once the file is read again; all, where it could not be read."""
    after = _changed(posts)
    try:
        if posts[0].post.source == config_file.NAME:
            entries = {entry.id: entry for entry in load_configuration(file, after).settings.posts}
        else:
            entries = {one.post.entry.id: read_single(file, after, one.post.entry.account).entry for one in posts}
    except InputError:
        return [one.post.entry.id for one in posts]
    said = {post: declared_content(entry).texts for post, entry in entries.items()}
    return [one.post.entry.id for one in posts if said.get(one.post.entry.id) != one.content.texts]
