"""The previewer's driver: opens and fills composers in contexts from which nothing can be sent. It has no way to submit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Error as PlaywrightError

from postiquette.config.load import Configuration
from postiquette.errors import SiteError
from postiquette.model import Item
from postiquette.publishing.browser import Browser, Seat
from postiquette.publishing.composer import Composer
from postiquette.publishing.find_sites import known_sites
from postiquette.publishing.network import only_look, stay_inside
from postiquette.publishing.sessions import Sessions


class Looker:
    """Use it as an async context manager; its browser is closed at the end."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._browser = Browser(configuration.settings.browser)
        self._sessions = Sessions(configuration.data_dir)

    async def __aenter__(self) -> Looker:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._browser.close()

    async def photograph(self, account: str, item: Item, file: Path) -> None:
        """Fill the account's composer with an item, and take its picture. Raises SiteError and its kin."""
        settings = self._configuration.settings
        spec = known_sites(self._configuration)[settings.accounts[account].site].spec
        base = settings.accounts[account].url or spec.url or ""
        if spec.composer is None or spec.login is None:
            raise SiteError(f"{spec.title} has no composer that is filled by us")
        timeout = settings.browser.timeout.total_seconds()
        state: Any = self._sessions.load(account)

        async def furnish(browser: PlaywrightBrowser) -> Seat:
            context = await browser.new_context(storage_state=state, locale="en-US", service_workers="block")
            await stay_inside(context, base, spec)
            await only_look(context, spec)
            return Seat(context, await context.new_page())

        seat = await self._browser.seat(account, furnish)
        try:
            composer = Composer(seat.page, spec.composer, spec.login, base, timeout)
            await composer.open()
            await composer.fill(item)
            async with asyncio.timeout(timeout):
                await composer.photograph(file)
        except (PlaywrightError, TimeoutError) as error:
            raise SiteError(f"no picture could be taken ({type(error).__name__})") from error
        finally:
            self._browser.leave(account)
