"""Finds a Chromium: the configured path, Playwright's own, then the system's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from postiquette.errors import BrowserError

_HEADLESS = ("chromium-headless-shell",)
_SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)

HOW_TO_GET_ONE = (
    "`postiquette doctor --install-browser` gets one; by hand: `playwright install chromium`, or on Debian and Ubuntu "
    "`apt-get install chromium`, or set `browser.executable`."
)


def find_browser(configured: str | None, *, headless: bool) -> Path:
    """The executable to launch. Raises BrowserError where there is none."""
    if configured is not None:
        if not os.access(configured, os.X_OK):
            raise BrowserError(f"browser.executable: {configured} is no program that can be run", HOW_TO_GET_ONE)
        return Path(configured)
    for candidate in (playwrights_own(headless=headless), system_browser(headless=headless)):
        if candidate is not None:
            return candidate
    raise BrowserError("no browser was found", HOW_TO_GET_ONE)


def playwrights_own(*, headless: bool) -> Path | None:
    """The build that `playwright install chromium` fetches; the light shell where no window is wanted."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    root = Path(folder) if folder and folder != "0" else Path.home() / ".cache" / "ms-playwright"
    mac = Path.home() / "Library" / "Caches" / "ms-playwright"
    patterns = ["chromium_headless_shell-*/*/*headless*shell"] if headless else []
    patterns += ["chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"]
    for pattern in patterns:
        found = sorted((file for base in (root, mac) for file in base.glob(pattern)), reverse=True)
        if found:
            return found[0]
    return None


def system_browser(*, headless: bool) -> Path | None:
    """A browser that the system brought."""
    for name in (*(_HEADLESS if headless else ()), *_SYSTEM):
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((Path(place) for place in _PLACES if Path(place).exists()), None)
