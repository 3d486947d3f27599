"""One warm browser with a context per account; the least recently used context is closed first.

Contexts are the unit that frees memory, so only `browser.contexts` of them stay open. After a death of the browser, or of the
driver beneath it, everything is thrown away and started again for the next post.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from postiquette.config.settings import BrowserSettings
from postiquette.errors import BrowserError
from postiquette.publishing.find_browser import find_browser

log = logging.getLogger(__name__)

_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Seat:
    """An account's place in the browser: its context and one page that stays open."""

    context: BrowserContext
    page: Page
    #: what the account's site wants to keep beside it, such as its gate
    gate: Any = None


class Browser:
    """The browser of this process. Not started until the first seat is asked for."""

    def __init__(self, settings: BrowserSettings) -> None:
        self._settings = settings
        self._driver: Playwright | None = None
        self._browser: PlaywrightBrowser | None = None
        self._seats: OrderedDict[str, Seat] = OrderedDict()
        self._busy: set[str] = set()
        self._starting = asyncio.Lock()
        self._last_used = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether a browser is up."""
        return self._browser is not None and self._browser.is_connected()

    @property
    def open_seats(self) -> int:
        """How many contexts are open."""
        return len(self._seats)

    async def seat(self, account: str, furnish: Callable[[PlaywrightBrowser], Awaitable[Seat]]) -> Seat:
        """The seat of an account, made by `furnish` where it has none; it is busy until `leave`."""
        self._last_used = time.monotonic()
        async with self._starting:
            if not self.running:
                await self._start()
            seat = self._seats.get(account)
            if seat is None or seat.page.is_closed():
                await self._close_seat(account)
                await self._make_room()
                assert self._browser is not None
                try:
                    async with asyncio.timeout(self._settings.timeout.total_seconds()):
                        seat = await furnish(self._browser)
                except (PlaywrightError, TimeoutError) as error:
                    # a dead driver still calls itself connected; others at work are not torn down for one that fails
                    if not self._busy:
                        await self._discard()
                    said = _said(error) if isinstance(error, PlaywrightError) else "it does not answer"
                    raise BrowserError(f"the browser did not open a page: {said}") from error
                self._seats[account] = seat
            self._seats.move_to_end(account)
            self._busy.add(account)
            return seat

    def leave(self, account: str) -> None:
        """The seat stays warm, and may be closed when others need the room."""
        self._busy.discard(account)
        self._last_used = time.monotonic()

    async def vacate(self, account: str) -> None:
        """Close an account's context at once: whatever was under way in it is dead."""
        self._busy.discard(account)
        await self._close_seat(account)

    async def vacate_idle(self) -> None:
        """Close every context that nobody is at: the next visit finds it made anew."""
        async with self._starting:
            for account in set(self._seats) - self._busy:
                await self._close_seat(account)

    async def close_if_idle(self) -> None:
        """Close the browser after `browser.idle` without work."""
        idle = time.monotonic() - self._last_used
        if self.running and not self._busy and idle > self._settings.idle.total_seconds():
            await self.close()

    async def close(self) -> None:
        """Close everything; the next seat starts anew."""
        async with self._starting:
            await self._discard()

    async def _start(self) -> None:
        await self._discard()
        try:
            self._driver = await async_playwright().start()
            self._browser = await self._launch(self._driver)
        except PlaywrightError as error:
            await self._discard()
            raise BrowserError(f"the browser did not start: {_said(error)}") from error

    async def _launch(self, driver: Playwright) -> PlaywrightBrowser:
        remote = self._settings.remote
        if remote is not None:
            if remote.startswith(("ws://", "wss://")):
                return await driver.chromium.connect(remote)
            return await driver.chromium.connect_over_cdp(remote)
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        if root:
            log.warning("running as root: Chromium's sandbox is off; run as another user to have it")
        executable = find_browser(self._settings.executable, headless=self._settings.headless)
        return await driver.chromium.launch(
            executable_path=str(executable),
            headless=self._settings.headless,
            chromium_sandbox=not root,
            args=list(_QUIET),
        )

    async def _make_room(self) -> None:
        for account in list(self._seats):
            if len(self._seats) < self._settings.contexts:
                return
            if account not in self._busy:
                await self._close_seat(account)

    async def _close_seat(self, account: str) -> None:
        seat = self._seats.pop(account, None)
        if seat is not None:
            await _quietly(seat.context.close())

    async def _discard(self) -> None:
        self._seats.clear()
        browser, driver = self._browser, self._driver
        self._browser = self._driver = None
        if browser is not None:
            await _quietly(browser.close())
        if driver is not None:
            await _quietly(driver.stop())


async def _quietly(closing: Awaitable[None]) -> None:
    """Close what may be dead already."""
    try:
        async with asyncio.timeout(10):
            await closing
    except (PlaywrightError, TimeoutError) as error:
        log.debug("closing: %s", error)


def _said(error: PlaywrightError) -> str:
    return error.message.strip().splitlines()[0]
