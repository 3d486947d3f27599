"""The columns of CSV files: what other programs call them, and how files are written that those programs take.

Headers are known by many names, whatever their case; so a file that a person made comes in as well. What is known of each program's
columns is in docs/csv.md, with its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from mimetypes import guess_type

#: what a post has -> how headers name it, letters and digits only
ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "postid", "uid"),
    "account": (
        "account",
        "accounts",
        "accountid",
        "platform",
        "platforms",
        "profile",
        "profiles",
        "channel",
        "channels",
    ),
    "date": (
        *(
            "date",
            "datetime",
            "publishdate",
            "publishat",
            "scheduledat",
            "scheduleddate",
            "scheduledate",
            "sendat",
            "at",
        ),
        *("postatspecifictime", "postingtime", "dateandtime", "scheduledtime"),
    ),
    "time": ("time", "time24hr", "hour", "publishtime"),
    "text": ("text", "content", "message", "messagetext", "caption", "post", "body", "description", "sharecommentary"),
    "thread": ("thread",),
    "link": ("link", "links", "url", "linkogmetaurl", "sharedurl"),
    "media": (
        *("media", "mediaurl", "mediaurls", "imageurl", "imageurls", "image", "images", "picture", "pictures"),
        *("gifurls", "videourl", "videourls"),
    ),
    "alt": ("alt", "alttext", "alttexts", "imagealt"),
    "first_comment": ("firstcomment", "comment", "comments", "followupcomment"),
    "slot": ("slot",),
    "series": ("series",),
    "late": ("late",),
    "kind": ("kind",),
    "allow": ("allow",),
    "permalink": ("sharelink", "permalink", "posturl"),
}
#: columns that are known and not taken, since nothing here answers to them
LEFT_OUT = frozenset(
    ["tags", "labels", "label", "category", "categories", "title", "board", "posttype", "platformids", "visibility"]
)

_FIELDS = {alias: field for field, aliases in ALIASES.items() for alias in aliases}


def field_of(header: str) -> str | None:
    """What a column holds, by its header; None for one that is not known."""
    return _FIELDS.get(plain(header))


def plain(header: str) -> str:
    """A header without what people write differently: `Media URL(s)` is mediaurls."""
    return "".join(char for char in header.casefold() if char.isalnum())


@dataclass(frozen=True)
class Row:
    """A scheduled post as columns want it."""

    id: str
    account: str
    #: on the clock of its account
    at: datetime
    text: str
    link: str
    #: paths, and what they show
    media: tuple[tuple[str, str], ...]
    first_comment: str
    series: str
    late: str
    kind: str
    allow: str
    #: "next" where the time is only the slot that it has now
    slot: str
    #: all of the media, as JSON
    media_json: str
    #: the items of a thread, as JSON; `text` is empty then, but for other programs
    thread: str


_Cell = Callable[[Row], str]


def _paths(row: Row) -> str:
    return ",".join(path for path, _ in row.media)


def _of_type(wanted: str) -> _Cell:
    """The media whose names end like files of that type."""
    return lambda row: ",".join(path for path, _ in row.media if _type_of(path) == wanted)


def _type_of(path: str) -> str:
    kind = (guess_type(path)[0] or "image/").partition("/")
    return "gif" if kind[2] == "gif" else "video" if kind[0] == "video" else "image"


def _alts(row: Row) -> str:
    return " | ".join(alt for _, alt in row.media)


def _minutes(row: Row) -> str:
    return f"{row.at:%Y-%m-%d %H:%M}"


def _iso(row: Row) -> str:
    return row.at.isoformat()


def _nothing(_: Row) -> str:
    return ""


@dataclass(frozen=True)
class Format:
    """How one program wants its file."""

    columns: tuple[tuple[str, _Cell], ...]
    header: bool = True
    #: what of a post its columns cannot hold
    loses: tuple[str, ...] = ("series", "late", "kind", "allow")


FORMATS: Mapping[str, Format] = {
    "own": Format(
        (
            *(("id", lambda row: row.id), ("account", lambda row: row.account), ("date", _iso)),
            ("slot", lambda row: row.slot),
            *(("text", lambda row: "" if row.thread else row.text), ("thread", lambda row: row.thread)),
            *(("link", lambda row: row.link), ("media", lambda row: row.media_json)),
            *(("first_comment", lambda row: row.first_comment), ("series", lambda row: row.series)),
            *(("late", lambda row: row.late), ("kind", lambda row: row.kind), ("allow", lambda row: row.allow)),
        ),
        loses=(),
    ),
    "buffer": Format(
        (("Text", lambda row: row.text), ("Image URL", _paths), ("Tags", _nothing), ("Posting Time", _minutes)),
        loses=("alt", "first_comment", "link", *Format(()).loses),
    ),
    # three positional columns; the form of the date is chosen when the file is uploaded
    "hootsuite": Format(
        (
            ("date", lambda row: f"{row.at:%Y/%m/%d %H:%M}"),
            ("message", lambda row: row.text),
            ("link", lambda row: row.link),
        ),
        header=False,
        loses=("media", "alt", "first_comment", *Format(()).loses),
    ),
    "sprout": Format(
        (
            ("date", lambda row: f"{row.at:%m/%d/%Y}"),
            ("time_24hr", lambda row: f"{row.at:%H:%M}"),
            ("message_text", lambda row: row.text),
            ("link", lambda row: row.link),
            ("image_url", _paths),
        ),
        loses=("alt", "first_comment", *Format(()).loses),
    ),
    "publer": Format(
        (
            ("Date", _minutes),
            ("Text", lambda row: row.text),
            ("Link(s)", lambda row: row.link),
            ("Media URL(s)", _paths),
            ("Title", _nothing),
            ("Label(s)", _nothing),
            ("Alt text(s)", _alts),
            ("Comment(s)", lambda row: row.first_comment),
        ),
    ),
    "socialbee": Format(
        (
            ("text", lambda row: row.text),
            ("link", lambda row: row.link),
            ("imageUrls", _of_type("image")),
            ("gifUrls", _of_type("gif")),
            ("videoUrls", _of_type("video")),
            ("postAtSpecificTime", _minutes),
        ),
        loses=("alt", "first_comment", *Format(()).loses),
    ),
    "ayrshare": Format(
        (
            ("post", lambda row: row.text),
            ("platforms", lambda row: row.account),
            ("mediaUrls", _paths),
            ("scheduleDate", lambda row: f"{row.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"),
        ),
        loses=("alt", "first_comment", "link", *Format(()).loses),
    ),
    "postfast": Format(
        (
            ("scheduled_at", _iso),
            ("account_id", lambda row: row.account),
            ("content", lambda row: row.text),
            ("media_urls", _paths),
            ("first_comment", lambda row: row.first_comment),
        ),
        loses=("alt", "link", *Format(()).loses),
    ),
}

#: a spreadsheet takes cells that begin so for formulas
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; one that looks guarded already is guarded again, and so comes back as it is."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULAS) else cell


def unguarded(cell: str) -> str:
    """A cell as it was before it was guarded."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULAS) else cell
