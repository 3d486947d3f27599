"""Fills each real composer and takes its picture. It is given the composer alone: no button, and a network that only looks."""

from __future__ import annotations

from pathlib import Path

from postiquette.config.load import Configuration
from postiquette.errors import PostiquetteError
from postiquette.model import Mode
from postiquette.preview.outline import Line, Outline
from postiquette.publishing.looker import Looker


async def photograph(configuration: Configuration, outline: Outline, folder: Path) -> tuple[dict[str, Path], list[str]]:
    """One picture for every item that would go out; returns them by key, and what could not be pictured with the reason."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Path] = {}
    problems: list[str] = []
    async with Looker(configuration) as looker:
        for line in outline.lines:
            if not line.decision.goes_out or line.account.mode is Mode.ASSIST or line.state != "scheduled":
                continue
            try:
                pictures |= await _pictures(looker, line, folder)
            except PostiquetteError as error:
                problems.append(f"{line.key}: {error}")
    return pictures, problems


async def _pictures(looker: Looker, line: Line, folder: Path) -> dict[str, Path]:
    taken: dict[str, Path] = {}
    for number, item in enumerate(line.decision.content.items, start=1):
        name = line.key.replace("/", "_") + (f"-{number}" if number > 1 else "")
        file = folder / f"{name}.png"
        await looker.photograph(line.account.name, item, file)
        taken.setdefault(line.key, file)
    return taken
