"""What a browser context may send. Three fences, all in the network layer, below any page:

- every context: only its own site's origins;
- a publishing context: the publish request passes once per permit, and only before the permit's deadline;
- a preview context: only GET and HEAD, plus what the site file names as needed to fill a composer, never the publish request.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Route, WebSocketRoute

from postiquette.config.site_spec import Request, SiteSpec
from postiquette.publishing.addresses import matches, origins, outside, path_pattern

_READING = ("GET", "HEAD")


async def stay_inside(context: BrowserContext, base: str, spec: SiteSpec) -> None:
    """Let a context reach nothing but its site."""
    beyond = outside(origins(base, spec))

    async def refuse(route: Route) -> None:
        await route.abort("blockedbyclient")

    async def refuse_socket(socket: WebSocketRoute) -> None:
        await socket.close()

    await context.route(beyond, refuse)
    await context.route_web_socket(beyond, refuse_socket)


@dataclass
class Permit:
    """The right to send one publish request before a deadline."""

    #: seconds since the epoch
    deadline: float
    used: bool = False
    #: how many publish requests came too late or too often, and were refused
    refused: int = 0
    #: how many other requests that could change something left while it was open
    strays: int = 0


class Gate:
    """Stands before a site's publish request. Closed unless a permit is set; a permit lets one request through."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._permit: Permit | None = None

    async def install(self, context: BrowserContext) -> None:
        """Stand in a context's way."""
        pattern = path_pattern(self._request.path).pattern.removesuffix(r"\Z")
        await context.route(re.compile(rf"^https?://[^/]+{pattern}(?:[?#]|$)"), self._decide)

    def open(self, deadline: float) -> Permit:
        """Allow one request until `deadline` (seconds since the epoch)."""
        self._permit = Permit(deadline)
        return self._permit

    def close(self) -> None:
        """Take the permit back."""
        self._permit = None

    async def _decide(self, route: Route) -> None:
        if not matches(self._request, route.request.method, route.request.url):
            await route.fallback()
            return
        permit = self._permit
        if permit is None or permit.used or time.time() >= permit.deadline:
            if permit is not None:
                permit.refused += 1
            await route.abort("blockedbyclient")
            return
        permit.used = True
        await route.continue_()


async def only_look(context: BrowserContext, spec: SiteSpec) -> None:
    """Make sure that nothing can be sent from a context: for previews."""

    async def decide(route: Route) -> None:
        method, url = route.request.method, route.request.url
        needed = spec.composer is not None and any(matches(need, method, url) for need in spec.composer.needs)
        publishes = spec.submit is not None and matches(spec.submit.request, method, url)
        if (method in _READING or needed) and not publishes:
            await route.fallback()
        else:
            await route.abort("blockedbyclient")

    async def no_socket(socket: WebSocketRoute) -> None:
        await socket.close()

    await context.route("**/*", decide)
    await context.route_web_socket("**/*", no_socket)
