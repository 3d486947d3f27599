"""The schedule as a CSV file, in the columns of one program or another."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from postiquette.config.entry import DEFAULT_LATE
from postiquette.config.values import format_duration
from postiquette.model import Account
from postiquette.queue.delivery import Delivery, waivers_to
from postiquette.queue.sources.csv_file import NEXT_ITEM
from postiquette.queue.sources.csv_formats import FORMATS, Format, Row, field_of, guarded


def write_csv(
    deliveries: Iterable[Delivery], accounts: Mapping[str, Account], form: str, folder: Path, *, guard: bool
) -> tuple[str, list[str]]:
    """The file, and what of these posts its columns cannot hold. With `guard`, no spreadsheet finds a formula in it.

    Pictures are named from `folder`, where they lie inside it.
    """
    chosen, deliveries = FORMATS[form], list(deliveries)
    lost: list[str] = []
    if len({delivery.account for delivery in deliveries}) > 1 and not _names_accounts(chosen):
        lost.append("whose a row is, and whose clock its time is on; export one account at a time with --account")
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    if chosen.header:
        writer.writerow([name for name, _ in chosen.columns])
    for together in _posts(deliveries) if form == "own" else ([delivery] for delivery in deliveries):
        row = _row(together, accounts, folder)
        cells = [cell(row) for _, cell in chosen.columns]
        writer.writerow([guarded(cell) if guard else cell for cell in cells])
        lost += [f"{together[0].key}: {what}" for what in _lost(row, together[0], form)]
    return output.getvalue(), lost


def _names_accounts(form: Format) -> bool:
    return any(field_of(name) == "account" for name, _ in form.columns)


def _posts(deliveries: Iterable[Delivery]) -> Iterable[list[Delivery]]:
    """Deliveries that one row can declare: of one post, at one time, be it a slot or fixed."""
    rows: dict[tuple[str, str, datetime, bool], list[Delivery]] = {}
    for delivery in deliveries:
        together = (delivery.post.id, delivery.post.content.fingerprint(), delivery.due_at, delivery.by_slot)
        rows.setdefault(together, []).append(delivery)
    return rows.values()


def _lost(row: Row, delivery: Delivery, form: str) -> list[str]:
    held = {name: bool(getattr(row, name, "")) for name in FORMATS[form].loses if name not in ("media", "alt", "late")}
    held["media"] = "media" in FORMATS[form].loses and bool(row.media)
    held["alt"] = "alt" in FORMATS[form].loses and _has_alt(row)
    held["late"] = "late" in FORMATS[form].loses and delivery.late != DEFAULT_LATE
    others = form != "own"
    held["a comma in the name of a file"] = others and not held["media"] and any("," in path for path, _ in row.media)
    held["a | in an alt text"] = (
        others and not held["alt"] and len(row.media) > 1 and any("|" in alt for _, alt in row.media)
    )
    held[f"a line that is {NEXT_ITEM.strip()}, which begins another item"] = others and any(
        NEXT_ITEM in text for text in delivery.post.content.texts
    )
    held["which of the two hours it is that the clock shows twice"] = bool(row.at.fold) and _looks_alike(
        form, row, row.at.replace(fold=0)
    )
    held["the seconds of its time"] = bool(row.at.second) and _looks_alike(form, row, row.at.replace(second=0))
    held["the parts of a thread"] = form != "own" and delivery.post.content.is_thread
    return [name for name, is_lost in held.items() if is_lost]


def _looks_alike(form: str, row: Row, at: datetime) -> bool:
    """Whether a row looks the same at another time."""
    other = replace(row, at=at)
    return all(cell(row) == cell(other) for _, cell in FORMATS[form].columns)


def _has_alt(row: Row) -> bool:
    return any(alt for _, alt in row.media)


def _row(together: list[Delivery], accounts: Mapping[str, Account], folder: Path) -> Row:
    delivery = together[0]
    post, content = delivery.post, delivery.sent or delivery.post.content
    account = accounts.get(delivery.account)
    paths = [_named(media.path, folder) for media in content.media]
    media = [
        {"path": path, **({"alt": one.alt} if one.alt is not None else {})}
        for path, one in zip(paths, content.media, strict=True)
    ]
    return Row(
        id=post.id,
        account=",".join(one.account for one in together),
        at=delivery.due_at.astimezone(ZoneInfo(account.timezone if account else "UTC")),
        text="\n\n".join(content.texts),
        link=content.link or "",
        media=tuple((path, one.alt or "") for path, one in zip(paths, content.media, strict=True)),
        first_comment=content.first_comment or "",
        series=post.series or "",
        late=format_duration(delivery.late),
        kind=str(post.declared_kind) if post.declared_kind else "",
        allow=json.dumps(_waivers(delivery)) if post.allow else "",
        slot="next" if delivery.by_slot else "",
        media_json=json.dumps(media) if media else "",
        thread=json.dumps(content.texts, ensure_ascii=False)
        if len(content.texts) > 1 or NEXT_ITEM in content.texts[0]
        else "",
    )


def _named(path: str, folder: Path) -> str:
    place = Path(path)
    return str(place.relative_to(folder)) if place.is_relative_to(folder) else path


def _waivers(delivery: Delivery) -> dict[str, object]:
    """Waivers as a post declares them: the bare reason where there is no end to it."""
    written = waivers_to(delivery.post.allow)
    return {rule: waiver if waiver["until"] else waiver["reason"] for rule, waiver in written.items()}
