"""Posts that were made by hand, from a site's own export or from a file of one's own. They count in the ledger once they are taken in.

Known are a Mastodon archive (`outbox.json`), an X archive (`data/tweets.js`), LinkedIn's `Shares.csv`, JSON Lines
(`{"at", "text", "url"?, "id"?}`) and CSV; a site's archive may stay zipped.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from postiquette.config.entry import publishable
from postiquette.config.load import LARGEST_FILE, show_path
from postiquette.errors import InputError, Problem
from postiquette.queue.sources.csv_file import Options, read_table
from postiquette.queue.sources.dates import parse_date

#: a long life on a site; one file of an archive, unpacked
_LARGEST_ARCHIVE = 16 * LARGEST_FILE
_IN_ARCHIVES = ("outbox.json", "tweets.js", "tweet.js", "Shares.csv")
_X_TIME = "%a %b %d %H:%M:%S %z %Y"


@dataclass(frozen=True)
class ByHand:
    """One post that somebody published without us."""

    id: str
    #: without a zone it is on the account's clock
    at: datetime
    text: str
    url: str | None
    #: the file, with its number among the posts where these are no lines; and the line
    place: str
    line: int | None


def read(file: Path, options: Options) -> tuple[list[ByHand], list[Problem]]:
    """Every good post, and every bad one with its place and reason. Raises InputError where the file cannot be read."""
    name = show_path(file)
    if file.suffix.lower() == ".zip":
        inner, data = _unzipped(file)
        return _entries(inner, data, name)
    if file.suffix.lower() == ".csv":
        table = read_table(file, options)
        good, bad = _collect(((line, cells) for line, cells in table.rows), name, options)
        return good, [*table.problems, *bad]
    return _entries(file.name, _text(file), name)


def _collect(
    rows: Iterator[tuple[int, dict[str, Any]]], name: str, options: Options | None = None, *, lines: bool = True
) -> tuple[list[ByHand], list[Problem]]:
    posts: list[ByHand] = []
    problems: list[Problem] = []
    for number, row in rows:
        place, line = (name, number) if lines else (f"{name}, post {number}", None)
        try:
            posts.append(_post(row, options or Options(), place, line))
        except ValueError as error:
            problems.append(Problem(str(error), place, line))
    return posts, problems


def _post(row: dict[str, Any], options: Options, place: str, line: int | None) -> ByHand:
    if not row:
        raise ValueError("this is no JSON object")
    text, written = row.get("text"), row.get("at", row.get("date"))
    if not isinstance(text, str) or not text.strip():
        raise ValueError('the post has no text; expected it as "text"')
    if not isinstance(written, datetime):
        if not isinstance(written, str) or not written.strip():
            raise ValueError('the post has no time; expected it as "at", such as 2026-05-01T09:00:00Z')
        written = parse_date(written, str(row.get("time", "")), options.dates)
    if not 1970 <= written.year < 9999:
        raise ValueError(f"expected a year between 1970 and 9998, got {written.year}")
    url = row.get("url") or row.get("permalink")
    if url is not None and not (isinstance(url, str) and url.startswith(("http://", "https://"))):
        raise ValueError(f"{str(url)[:60]!r} is no URL")
    known = str(row.get("id") or "").strip()
    digest = hashlib.sha256(f"{written.isoformat()}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    id_ = re.sub(r"[^A-Za-z0-9._-]+", "-", known).strip("-.")[-60:] if known else digest
    return ByHand(f"by-hand-{id_ or digest}", written, publishable(text), url, place, line)


def _entries(inner: str, text: str, name: str) -> tuple[list[ByHand], list[Problem]]:
    """The posts of a file by its name and content."""
    if inner.endswith(".js"):
        return _collect(_from_x(text, name), name, lines=False)
    if inner == "Shares.csv":
        raise InputError([Problem("unpack Shares.csv, and name it", name)])
    if text.lstrip().startswith("{") and '"orderedItems"' in text:
        return _collect(_from_mastodon(text, name), name, lines=False)
    return _collect(_from_lines(text, name), name)


def _from_lines(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            expected = 'expected {"at": "2026-05-01T09:00:00Z", "text": "…"} and, if known, "url" and "id"'
            row = {}
            if number == 1:
                raise InputError(
                    [Problem(f"this is no archive that is known here, and no JSON Lines; {expected}", name, 1)]
                )
        yield number, row


def _from_mastodon(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """What the account wrote; what it boosted is somebody else's."""
    items = _json(text, name).get("orderedItems")
    for number, item in enumerate(items if isinstance(items, list) else [], start=1):
        note = item.get("object") if isinstance(item, dict) and item.get("type") == "Create" else None
        if isinstance(note, dict):
            url = note.get("url") or note.get("id")
            row = {"at": note.get("published"), "text": _plain(str(note.get("content") or "")), "url": url}
            yield number, {**row, "id": str(url or "").rpartition("/")[2]}


def _from_x(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """What the account wrote; what it reposted is somebody else's."""
    begins = text.find("[")
    found = _json(text[begins:], name) if begins >= 0 else None
    if not isinstance(found, list):
        raise InputError([Problem("expected the tweets.js of an X archive", name)])
    for number, item in enumerate(found, start=1):
        tweet = item.get("tweet", item) if isinstance(item, dict) else {}
        said = _unshortened(tweet)
        if said is not None and said.startswith("RT @"):
            continue
        row: dict[str, Any] = {"text": said, "id": tweet.get("id_str")}
        try:
            row["at"] = datetime.strptime(str(tweet.get("created_at")), _X_TIME).astimezone(UTC)
        except ValueError:
            row["at"] = tweet.get("created_at")
        if row["id"]:
            row["url"] = f"https://x.com/i/status/{row['id']}"
        yield number, row


def _unshortened(tweet: dict[str, Any]) -> str | None:
    """A tweet as its readers saw it: with its own links, and without what HTML writes for &, < and >."""
    written = tweet.get("full_text") or tweet.get("text")
    if not isinstance(written, str):
        return None
    # its own links are not escaped
    text = unescape(written)
    entities = tweet.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for link in urls if isinstance(urls, list) else ():
        if isinstance(link, dict) and isinstance(link.get("url"), str) and isinstance(link.get("expanded_url"), str):
            text = text.replace(link["url"], link["expanded_url"])
    return text


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(f"this is not valid JSON: {str(error)[:80]}", name)]) from None


def _text(file: Path) -> str:
    name = show_path(file)
    try:
        if file.stat().st_size > _LARGEST_ARCHIVE:
            raise InputError([Problem(f"the file is larger than {_LARGEST_ARCHIVE // 2**20} MB", name)])
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError([Problem(f"the file cannot be read: {error.strerror}", name)]) from None
    except UnicodeDecodeError as error:
        raise InputError([Problem(f"this is no UTF-8 text (byte {error.start} cannot be read)", name)]) from None


def _unzipped(file: Path) -> tuple[str, str]:
    """The one file of a site's archive that holds the posts: its name and its text."""
    name = show_path(file)
    try:
        with zipfile.ZipFile(file) as archive:
            inside = [info for info in archive.infolist() if Path(info.filename).name in _IN_ARCHIVES]
            if not inside:
                raise InputError([Problem(f"the archive holds none of {', '.join(_IN_ARCHIVES)}", name)])
            if inside[0].file_size > _LARGEST_ARCHIVE:
                raise InputError([Problem(f"{inside[0].filename} is too large", name)])
            return Path(inside[0].filename).name, archive.read(inside[0]).decode("utf-8-sig")
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, RuntimeError) as error:
        raise InputError([Problem(f"the archive cannot be read: {error}", name)]) from None


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self.parts.append("\n\n")


def _plain(html: str) -> str:
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts).strip()
