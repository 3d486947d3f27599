"""A site's composer: opened, filled, read back, photographed. It knows no button: previews are given this and nothing more."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from postiquette.config.site_spec import ComposerSpec, LoginSpec
from postiquette.errors import ComposerRefused, SignedOut, SiteError
from postiquette.model import Item
from postiquette.publishing.addresses import absolute, at_path, filled, matches
from postiquette.publishing.locate import locate


class Composer:
    """One composer page of one account."""

    def __init__(self, page: Page, composer: ComposerSpec, login: LoginSpec, base: str, timeout: float) -> None:
        """`timeout` is what one step may take, in seconds."""
        self.page = page
        self._spec = composer
        self._login = login
        self._base = base
        self._timeout = timeout

    async def open(self, reply_to: str | None = None) -> None:
        """Go to an empty composer. Raises SignedOut, or SiteError where it does not come."""
        url = self._spec.url
        if reply_to is not None and self._spec.reply_url is not None:
            url = filled(self._spec.reply_url, url=reply_to)
        try:
            async with asyncio.timeout(self._timeout):
                await self._go(absolute(self._base, filled(url, text="")))
                await self._composer_or_login()
        except TimeoutError:
            raise SiteError(
                f"the composer at {_path(self.page.url)} did not come within {self._timeout:.0f} s"
            ) from None
        except PlaywrightError as error:
            raise SiteError(f"the composer did not open: {error.message.splitlines()[0]}") from error

    async def _go(self, url: str) -> None:
        ready = self._spec.ready
        if ready is None:
            await self.page.goto(url, wait_until="domcontentloaded")
            return
        async with self.page.expect_response(lambda r: matches(ready, r.request.method, r.url)) as answer:
            await self.page.goto(url, wait_until="domcontentloaded")
            if at_path(self._login.signed_out, self.page.url):
                raise SignedOut("the site asks for a login")
        await answer.value

    async def _composer_or_login(self) -> None:
        box = locate(self.page, self._spec.text)
        while not at_path(self._login.signed_out, self.page.url):
            # most composers are there at once, and asking is cheaper than waiting for the next frame
            if await box.is_visible():
                return
            with suppress(PlaywrightTimeout):
                await box.wait_for(state="visible", timeout=min(1000, self._timeout * 1000))
                return
        raise SignedOut("the site asks for a login")

    async def fill(self, item: Item) -> None:
        """Attach the media, write the text, and make sure that it stands there. Raises ComposerRefused where it does not."""
        try:
            async with asyncio.timeout(self._timeout):
                if item.media:
                    await self._attach(item)
                for _ in range(2):
                    box = locate(self.page, self._spec.text)
                    await box.fill(item.text)
                    if _same(await _shown(box), item.text):
                        return
                    await box.fill("")
        except TimeoutError:
            raise SiteError(f"the composer could not be filled within {self._timeout:.0f} s") from None
        except PlaywrightError as error:
            raise SiteError(f"the composer could not be filled: {error.message.splitlines()[0]}") from error
        raise ComposerRefused("the composer does not hold the text that was written into it")

    async def _attach(self, item: Item) -> None:
        if self._spec.media is None:
            raise ComposerRefused("this site's description says nothing of media")
        try:
            await locate(self.page, self._spec.media).set_input_files([media.path for media in item.media])
        except OSError as error:
            raise ComposerRefused(
                f"a file to attach cannot be read: {error.strerror or type(error).__name__}"
            ) from error
        if self._spec.alt is None:
            return
        for number, media in enumerate(item.media, start=1):
            await locate(self.page, self._spec.alt, n=str(number)).fill(media.alt or "")

    async def photograph(self, file: Path) -> None:
        """Take a picture of the composer as it stands."""
        await self.page.screenshot(path=file)


async def _shown(box: Locator) -> str:
    """The text of an input, or of an editor that is none. Asked in Playwright's own world: the page's would cost more."""
    try:
        return await box.input_value()
    except PlaywrightTimeout:
        raise
    except PlaywrightError:
        return await box.inner_text()


def _same(shown: str, meant: str) -> bool:
    """Rich editors show blanks as non-breaking ones and add a last line end; nothing else may differ."""
    return shown.replace("\u00a0", " ").rstrip("\n") == meant.replace("\u00a0", " ").rstrip("\n")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"
