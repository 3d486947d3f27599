"""Publishes one item on one account: everything between a decided wording and a proven outcome that happens in a browser.

`prepare` may be repeated as often as one likes: nothing in it can send. `Prepared.submit` is called once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import tenacity
from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from postiquette.config.load import Configuration
from postiquette.config.site_spec import ComposerSpec, LoginSpec, RecentSpec, SubmitSpec
from postiquette.errors import ComposerRefused, SignedOut, SiteError
from postiquette.model import Item, Outcome, SeenPost
from postiquette.publishing.addresses import absolute
from postiquette.publishing.browser import Browser, Seat
from postiquette.publishing.composer import Composer
from postiquette.publishing.find_sites import known_sites
from postiquette.publishing.locate import locate
from postiquette.publishing.network import Gate, stay_inside
from postiquette.publishing.recent import recent
from postiquette.publishing.sessions import Sessions
from postiquette.publishing.site import Site
from postiquette.publishing.submit import check_button, press

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """An account with all that its site's description must hold for posting."""

    account: str
    site: Site
    base: str
    username: str | None
    login: LoginSpec
    composer: ComposerSpec
    submit: SubmitSpec
    recent: RecentSpec


def desk(configuration: Configuration, account: str) -> Desk:
    """The desk of an account in `auto` mode. Raises SiteError for a site that people post to by hand."""
    settings = configuration.settings.accounts[account]
    site = known_sites(configuration)[settings.site]
    spec = site.spec
    if spec.login is None or spec.composer is None or spec.submit is None or spec.recent is None:
        raise SiteError(f"{spec.title} is assist only: {spec.terms}")
    base = settings.url or spec.url or ""
    return Desk(account, site, base, settings.username, spec.login, spec.composer, spec.submit, spec.recent)


class Publisher:
    """The one place that drives sites. Keeps a browser warm; `close` it at the end."""

    def __init__(self, configuration: Configuration, *, retry_wait: float = 1.0) -> None:
        """`retry_wait`: seconds before the first repetition of a step that cannot send anything; 0 in tests."""
        self.configuration = configuration
        self.browser = Browser(configuration.settings.browser)
        self._sessions = Sessions(configuration.data_dir)
        self._timeout = configuration.settings.browser.timeout.total_seconds()
        self._retry_wait = retry_wait

    async def reconfigure(self, configuration: Configuration) -> None:
        """Take other settings from the next post on; the browser's own hold until it is started again."""
        await self.browser.vacate_idle()
        self.configuration = configuration
        self._timeout = configuration.settings.browser.timeout.total_seconds()

    async def close(self) -> None:
        """Close the browser."""
        await self.browser.close()

    def shows_at_once(self, account: str) -> bool:
        """Whether absence from the account's own posts proves that nothing went out."""
        return desk(self.configuration, account).site.shows_at_once

    @asynccontextmanager
    async def at(self, account: str) -> AsyncIterator[Visit]:
        """Sit down at an account: its context stays open while the block lasts."""
        place = desk(self.configuration, account)
        seat = await self.browser.seat(account, lambda browser: self._furnish(browser, place))
        try:
            yield Visit(self, place, seat)
        finally:
            self.browser.leave(account)

    async def _furnish(self, browser: PlaywrightBrowser, place: Desk) -> Seat:
        context = await browser.new_context(
            storage_state=self._stored(place.account), locale="en-US", service_workers="block"
        )
        await stay_inside(context, place.base, place.site.spec)
        gate = Gate(place.submit.request)
        await gate.install(context)
        return Seat(context, await context.new_page(), gate)

    def _stored(self, account: str) -> Any:
        return self._sessions.load(account)

    async def login(self, account: str, *, patience: float) -> None:
        """Sign an account in and keep its session: with its secrets where the site says how, else by a person's hand.

        A person needs a visible browser (`browser.headless = false`) and has `patience` seconds; a site that has been told
        the secrets answers within the usual time, or they are wrong.
        """
        place = desk(self.configuration, account)
        by_itself = self.has_secrets(account)
        patience = min(patience, self._timeout) if by_itself else patience
        await self.browser.vacate(account)
        async with self.at(account) as visit:
            page = visit.seat.page
            try:
                await page.goto(absolute(place.base, place.login.url), wait_until="domcontentloaded")
                if by_itself:
                    await self._sign_in(page, place)
                await locate(page, place.login.signed_in).wait_for(state="visible", timeout=patience * 1000)
            except PlaywrightError as error:
                await self.browser.vacate(account)
                said = error.message.splitlines()[0]
                hint = "Check its secrets; without them a window opens, and you sign in." if by_itself else None
                raise SignedOut(f"{account} was not signed in within {patience:.0f} s ({said})", hint=hint) from None
            await visit.keep_session()

    def has_secrets(self, account: str) -> bool:
        """Whether `login` can do without a person."""
        steps = desk(self.configuration, account).login.steps
        settings = self.configuration.settings.accounts[account]
        return bool(steps) and all(settings.secret(step.secret) for step in steps if step.secret)

    async def _sign_in(self, page: Page, place: Desk) -> None:
        settings = self.configuration.settings.accounts[place.account]
        for step in place.login.steps:
            if step.fill is not None and step.secret is not None:
                await locate(page, step.fill).fill(settings.secret(step.secret) or "", timeout=self._timeout * 1000)
            elif step.click is not None:
                await locate(page, step.click).click(timeout=self._timeout * 1000)

    def keep(self, account: str, state: dict[str, Any]) -> None:
        """Store a session."""
        self._sessions.save(account, state)

    async def patiently(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step that cannot send anything, up to three times; a login or a refusal is not asked for twice."""
        retrying = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(3),
            wait=tenacity.wait_exponential(self._retry_wait, max=10) + tenacity.wait_random(0, self._retry_wait),
            retry=tenacity.retry_if_exception(_may_pass),
            reraise=True,
        )
        return await retrying(step)

    @property
    def timeout(self) -> float:
        """What one step may take, in seconds."""
        return self._timeout


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, SiteError) and not isinstance(error, SignedOut | ComposerRefused)


@dataclass
class Visit:
    """One stay at an account."""

    publisher: Publisher
    place: Desk
    seat: Seat

    async def prepare(self, item: Item, reply_to: str | None = None) -> None:
        """Open the composer and fill it, ready for the button. Nothing can be sent yet. Raises SiteError and its kin."""

        async def step() -> None:
            composer = Composer(
                self.seat.page, self.place.composer, self.place.login, self.place.base, self.publisher.timeout
            )
            await composer.open(reply_to)
            await composer.fill(item)
            await check_button(self.seat.page, self.place.submit, self.publisher.timeout)

        await self.publisher.patiently(step)

    async def recent(self) -> list[SeenPost]:
        """The account's own newest posts. Raises SiteError where they cannot be read."""

        async def step() -> list[SeenPost]:
            return await recent(
                self.seat.context,
                self.place.recent,
                self.place.login,
                self.place.base,
                self.place.username,
                self.publisher.timeout,
            )

        return await self.publisher.patiently(step)

    async def submit(self, deadline: datetime) -> Outcome:
        """Press the button, before `deadline`. Never raises; to be called once for an intent."""
        patience = self.publisher.configuration.settings.publishing.answer_timeout.total_seconds()
        gate: Gate = self.seat.gate
        return await press(self.seat.page, self.place.submit, gate, self.place.base, deadline, patience)

    async def keep_session(self) -> None:
        """Save the session as it is now: sites change cookies and tokens as they go. A failure is only logged."""
        try:
            async with asyncio.timeout(self.publisher.timeout):
                state: Any = await self.seat.context.storage_state()
            self.publisher.keep(self.place.account, state)
        except (PlaywrightError, TimeoutError, OSError) as error:
            log.warning("the session of %s was not saved: %s", self.place.account, type(error).__name__)

    async def leave_evidence(self, folder: Path) -> None:
        """A picture and the text of the page, for a person to judge by. Never fails; readable by their owner alone."""
        with suppress(PlaywrightError, TimeoutError, OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            async with asyncio.timeout(5):
                await self.seat.page.screenshot(path=folder / "page.png")
                text = await self.seat.page.locator("body").inner_text()
            (folder / "page.txt").write_text(text, encoding="utf-8", errors="replace")
            for file in folder.iterdir():
                file.chmod(0o600)

    async def abandon(self) -> None:
        """Close the page and its context: whatever was under way there is dead."""
        await self.publisher.browser.vacate(self.place.account)
