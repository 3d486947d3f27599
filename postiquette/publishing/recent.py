"""An account's own newest posts, as its site shows them, and whether one of them is the one that is looked for."""

from __future__ import annotations

import asyncio
import difflib
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from postiquette.config.site_spec import LoginSpec, RecentSpec
from postiquette.errors import SignedOut, SiteError
from postiquette.model import SeenPost
from postiquette.publishing.addresses import absolute, at_path, filled
from postiquette.publishing.locate import locate

#: how many of the newest posts are read
NEWEST = 20
#: milliseconds until a page that shows no post is taken to have none
_PATIENCE = 10_000
#: texts that differ by less are the same: sites shorten links and tidy blanks
_ALIKE = 0.9


async def recent(
    context: BrowserContext, spec: RecentSpec, login: LoginSpec, base: str, username: str | None, timeout: float
) -> list[SeenPost]:
    """The newest posts, newest first. Raises SignedOut or SiteError where they cannot be read; `timeout` in seconds."""
    url = absolute(base, filled(spec.url, username=username or ""))
    try:
        async with asyncio.timeout(timeout):
            if spec.json_items is not None:
                return await _from_json(context, spec, url, base)
            return await _from_page(context, spec, login, url, base, username or "", timeout)
    except TimeoutError:
        raise SiteError(f"the account's own posts did not come within {timeout:.0f} s") from None
    except PlaywrightError as error:
        raise SiteError(f"the account's own posts cannot be read: {error.message.splitlines()[0]}") from error


async def _from_json(context: BrowserContext, spec: RecentSpec, url: str, base: str) -> list[SeenPost]:
    answer = await context.request.get(url, max_redirects=0)
    if answer.status in (301, 302, 303, 307, 308, 401, 403):
        raise SignedOut("the site asks for a login")
    if not answer.ok:
        raise SiteError(f"the account's own posts cannot be read: HTTP {answer.status}")
    try:
        items = _at(await answer.json(), spec.json_items or "")
        return [
            SeenPost(absolute(base, str(_at(item, spec.json_url or ""))), str(_at(item, spec.json_text or "")))
            for item in items[:NEWEST]
        ]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SiteError(f"the account's own posts are not where the site file says ({error!r})") from error


def _at(data: Any, keys: str) -> Any:
    for key in keys.split(".") if keys else ():
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


async def _from_page(
    context: BrowserContext, spec: RecentSpec, login: LoginSpec, url: str, base: str, username: str, timeout: float
) -> list[SeenPost]:
    assert spec.item
    assert spec.text
    assert spec.link
    page = await context.new_page()
    try:
        await page.goto(url, wait_until="domcontentloaded")
        items = locate(page, spec.item, username=username)
        shown = items.first if spec.empty is None else items.first.or_(locate(page, spec.empty).first)
        try:
            await shown.wait_for(state="visible", timeout=_PATIENCE)
        except PlaywrightTimeout:
            if at_path(login.signed_out, page.url):
                raise SignedOut("the site asks for a login") from None
            if spec.empty is not None:
                raise SiteError("the account's own posts did not come") from None
            await page.wait_for_load_state("load")
            return []
        if not await items.count():
            # "nothing here" is believed only once nothing is on its way any more: many pages say it, or "loading", first;
            # a page with a live stream is never quiet, and must not use the time up in which all is to be read
            with suppress(PlaywrightTimeout):
                await page.wait_for_load_state("networkidle", timeout=min(_PATIENCE, timeout * 1000 / 3))
        found = []
        for number in range(min(await items.count(), NEWEST)):
            item = items.nth(number)
            link = await locate(item, spec.link).first.get_attribute("href")
            text = await locate(item, spec.text).first.inner_text()
            found.append(SeenPost(absolute(base, link or ""), text))
        return found
    finally:
        await page.close()


def reaches_back(posts: list[SeenPost], baseline: Iterable[str]) -> bool:
    """Whether what was read goes back to before the click: only then does absence mean anything."""
    return len(posts) < NEWEST or bool({post.url for post in posts} & set(baseline))


def look_for(text: str, posts: Iterable[SeenPost], baseline: Iterable[str]) -> list[SeenPost]:
    """The posts with this text that were not there before the click."""
    before = set(baseline)
    wanted = _essence(text)
    return [post for post in posts if post.url not in before and _alike(wanted, _essence(post.text))]


def _essence(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    without_links = re.sub(r"https?://\S+|\S+\.\S+/\S*", " ", text)
    return " ".join((without_links if without_links.strip() else text).split())


def _alike(wanted: str, shown: str) -> bool:
    return wanted == shown or difflib.SequenceMatcher(None, wanted, shown, autojunk=False).ratio() >= _ALIKE
