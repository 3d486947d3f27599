"""Presses the button, once, before a deadline, and says what the site answered.

Two fences stand behind the caller's own care: a guard in the page swallows clicks after the deadline, so that a worker that was
paused cannot click when it wakes; and the gate in the network layer lets one publish request through per permit.
A click is no proof that something was posted, and an HTTP error is no proof that nothing was.
"""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import datetime
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response
from playwright.async_api import Request as PageRequest

from postiquette.config.site_spec import SubmitSpec
from postiquette.errors import ComposerRefused, SiteError
from postiquette.model import Outcome, Verdict
from postiquette.publishing.addresses import absolute, matches
from postiquette.publishing.locate import locate
from postiquette.publishing.network import Gate, Permit

log = logging.getLogger(__name__)

_READING = ("GET", "HEAD", "OPTIONS")

#: capture-phase listeners: after the deadline no click, key or form reaches the page's own code
_GUARD = """deadline => {
  for (const kind of ["click", "pointerdown", "mousedown", "keydown", "submit"])
    window.addEventListener(kind, event => {
      if (Date.now() >= deadline) { event.stopImmediatePropagation(); event.preventDefault(); }
    }, true);
}"""


async def check_button(page: Page, spec: SubmitSpec, timeout: float) -> None:
    """Make sure that the button can be pressed. Raises ComposerRefused or SiteError; nothing is sent."""
    button = locate(page, spec.button)
    try:
        for _ in range(20):
            if await button.is_enabled(timeout=timeout * 1000):
                return
            await asyncio.sleep(0.05)
    except PlaywrightError as error:
        raise SiteError(f"the button to publish is not there: {error.message.splitlines()[0]}") from error
    raise ComposerRefused("the site keeps its button disabled: it does not accept this post")


async def press(page: Page, spec: SubmitSpec, gate: Gate, base: str, deadline: datetime, patience: float) -> Outcome:
    """Click, and wait `patience` seconds for the answer. Never raises: whatever is not proven is UNKNOWN."""
    answered: asyncio.Future[Response | str] = asyncio.get_running_loop().create_future()

    def settle(result: Response | str) -> None:
        if not answered.done():
            answered.set_result(result)

    def on_response(response: Response) -> None:
        if matches(spec.request, response.request.method, response.url):
            settle(response)

    def on_failed(request: PageRequest) -> None:
        if matches(spec.request, request.method, request.url):
            settle(f"the request failed: {request.failure}")

    def on_request(request: PageRequest) -> None:
        if request.method not in _READING and not matches(spec.request, request.method, request.url):
            permit.strays += 1

    def on_socket(_: object) -> None:
        permit.strays += 1

    permit = gate.open(deadline.timestamp())
    listeners: dict[Any, Any] = {
        "request": on_request,
        "websocket": on_socket,
        "response": on_response,
        "requestfailed": on_failed,
        "crash": lambda _: settle("the page crashed"),
        "close": lambda _: settle("the page was closed"),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        return await _click_and_wait(page, spec, permit, base, patience, answered)
    finally:
        gate.close()
        for event, listener in listeners.items():
            page.remove_listener(event, listener)


async def _click_and_wait(
    page: Page, spec: SubmitSpec, permit: Permit, base: str, patience: float, answered: asyncio.Future[Response | str]
) -> Outcome:
    try:
        async with asyncio.timeout(patience):
            await page.evaluate(_GUARD, permit.deadline * 1000)
            await locate(page, spec.button).click(timeout=patience * 1000, no_wait_after=True)
            answer = await answered
            if isinstance(answer, str):
                return _unanswered(permit, answer)
            return await _read(answer, spec, base)
    except TimeoutError:
        return _unanswered(permit, f"no answer within {patience:.0f} s")
    except PlaywrightError as error:
        return _unanswered(permit, error.message.splitlines()[0])
    except Exception as error:
        # after the click a mistake of ours must not look as if nothing had happened
        log.exception("reading the answer failed")
        return _unanswered(permit, f"unexpected {type(error).__name__}")


def _unanswered(permit: Permit, detail: str) -> Outcome:
    """Without an answer: where nothing at all was sent, nothing was posted; the gate's permit is void from now on.

    A request that the description does not know may have been the post: then nobody knows.
    """
    permit.deadline = 0
    return Outcome(Verdict.UNKNOWN if permit.used or permit.strays else Verdict.NOT_SENT, detail=detail)


async def _read(response: Response, spec: SubmitSpec, base: str) -> Outcome:
    status = response.status
    if status in spec.published:
        try:
            return Outcome(Verdict.PUBLISHED, url=absolute(base, _permalink(spec.permalink, await response.json())))
        except (PlaywrightError, ValueError, LookupError, TypeError) as error:
            return Outcome(Verdict.UNKNOWN, detail=f"HTTP {status} without a permalink ({type(error).__name__})")
    detail = f"HTTP {status}: {await _said(response)}"
    if status in spec.rate_limited:
        return Outcome(Verdict.RATE_LIMITED, detail=detail, retry_after=_seconds(response.headers.get("retry-after")))
    if status in spec.refused:
        return Outcome(Verdict.REFUSED, detail=detail)
    return Outcome(Verdict.UNKNOWN, detail=detail)


def _permalink(template: str, data: Any) -> str:
    def value(match: re.Match[str]) -> str:
        found = data
        for key in match[1].split("."):
            found = found[int(key)] if isinstance(found, list) else found[key]
        if not isinstance(found, str | int):
            raise TypeError(key)
        return str(found)

    return re.sub(r"\{([\w.]+)\}", value, template)


async def _said(response: Response) -> str:
    try:
        data = await response.json()
        return str(data.get("error", data) if isinstance(data, dict) else data)[:200]
    except (PlaywrightError, ValueError):
        return response.status_text


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None
