"""Runs the sample queue in compressed time: the service's own dispatcher, with a clock that jumps from one due time to the next."""

from __future__ import annotations

import logging
import shutil
import struct
import zlib
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import structlog
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from postiquette.preview.outline import outline
from postiquette.preview.page import write_page
from postiquette.preview.safe import safe
from postiquette.preview.screens import photograph
from postiquette.preview.terminal import show
from postiquette.publishing.publisher import Publisher
from postiquette.queue import deliveries
from postiquette.queue.deliveries import Event
from postiquette.queue.states import State
from postiquette.queue.store import Store
from postiquette.scheduler import intake
from postiquette.scheduler.dispatch import Dispatcher
from postiquette.scheduler.project import Project, load_project
from postiquette.scheduler.recovery import Recovery

#: the sandbox's members and their passwords
MEMBERS = {"ada": "sandbox", "bakery": "sandbox"}

_MARKS = {
    State.PUBLISHED: ("✓", "green"),
    State.HELD: ("…", "magenta"),
    State.BLOCKED: ("✗", "red"),
    State.SCHEDULED: ("↷", "yellow"),
    State.UNCONFIRMED: ("?", "red"),
}


async def demonstrate(url: str, folder: Path, console: Console, *, headless: bool) -> None:
    """Plan, show, photograph, publish and read back, against a sandbox at `url`; everything is left in `folder`."""
    logging.getLogger().addHandler(logging.NullHandler())
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    project = _prepare(url, folder, headless=headless)
    begin = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
    store = Store.open(project.configuration.database_url, create=True)
    publisher = Publisher(project.configuration)
    try:
        console.print(Rule(Text("1. The plan", style="bold"), align="left"))
        intake.take_in(project, store, begin, "demo", even_if_alarming=True)
        planned = outline(project, begin)
        show(planned, console)
        for account in project.accounts:
            await publisher.login(account, patience=20)
        pictures, _ = await photograph(project.configuration, planned, folder / "screens")
        write_page(planned, folder / "report.html", pictures)
        console.print(Rule(Text("2. Publishing, in compressed time", style="bold"), align="left"))
        await _publish_all(project, store, publisher, begin, console)
        console.print(Rule(Text("3. What the site shows", style="bold"), align="left"))
        await _read_back(project, publisher, console)
        _what_waits(store, console)
    finally:
        await publisher.close()
        store.close()


def _prepare(url: str, folder: Path, *, headless: bool) -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in ("postiquette.db", "postiquette.db-wal", "postiquette.db-shm", "report.html"):
        (folder / leftover).unlink(missing_ok=True)
    for leftover in ("screens", "postiquette-data"):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    text = files("postiquette.sandbox").joinpath("demo.toml").read_text(encoding="utf-8").replace("{url}", url)
    if not headless:
        text = text.replace("[service]", "[browser]\nheadless = false\n\n[service]")
    (folder / "postiquette.toml").write_text(text, encoding="utf-8")
    (folder / "rye.png").write_bytes(_loaf())
    return load_project(folder / "postiquette.toml")


async def _publish_all(project: Project, store: Store, publisher: Publisher, begin: datetime, console: Console) -> None:
    clock = begin
    dispatcher = Dispatcher(project, store, publisher, worker="demo", now=lambda: clock)
    recovery = Recovery(dispatcher)
    told = 0
    while True:
        with store.read() as connection:
            told = _tell(deliveries.events(connection), told, console)
            due = deliveries.next_due(connection, clock)
        if due is None or due > begin + timedelta(days=60):
            return
        clock = due
        await dispatcher.round()
        await recovery.look()


def _tell(events: list[Event], told: int, console: Console) -> int:
    """Print what is new and worth telling; returns how much was told."""
    for event in events[told:]:
        mark = _MARKS.get(State(event.to_state))
        if event.from_state is None or mark is None or "declared" in event.reason:
            continue
        sign, colour = mark
        what = "deferred" if event.to_state == State.SCHEDULED else event.to_state
        line = Text.assemble(f"{event.at:%a %H:%M}  ", (f"{sign} {what}", colour), f"  {event.key}  ")
        line.append(safe(event.url or event.reason), style="dim")
        console.print(line)
    return len(events)


async def _read_back(project: Project, publisher: Publisher, console: Console) -> None:
    for account in project.accounts:
        async with publisher.at(account) as visit:
            seen = await visit.recent()
        console.print(Text(f"@{account}", style="bold"))
        for post in reversed(seen):
            console.print(Text(f"  {safe(post.text)}"))


def _what_waits(store: Store, console: Console) -> None:
    with store.read() as connection:
        held = deliveries.in_states(connection, (State.HELD,))
    for delivery in held:
        console.print(Text(f"{delivery.key} waits for you: approve it with a reason, or reject it.", style="magenta"))


def _loaf() -> bytes:
    """A small picture, so that the demo attaches one: a brown loaf on a board, drawn dot by dot."""
    width, height = 320, 200
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            inside = ((x - 160) / 120) ** 2 + ((y - 95) / 60) ** 2
            colour = (
                (92, 58, 33)
                if inside < 0.86
                else (60, 36, 20)
                if inside < 1
                else (201, 166, 119)
                if y > 120
                else (238, 231, 220)
            )
            rows += bytes(colour)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )
