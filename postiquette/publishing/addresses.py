"""URLs of a site: joining, matching, and which origins an account's browser context may reach."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from postiquette.config.site_spec import Request, SiteSpec


def absolute(base: str, path: str) -> str:
    """A path of the site as a full URL; `base` may itself have a path, below which the site lives."""
    if path.startswith(("http://", "https://")):
        return path
    root = urlsplit(base)
    return f"{root.scheme}://{root.netloc}{path}" if path.startswith("/") else urljoin(base + "/", path)


def filled(template: str, **values: str) -> str:
    """A URL template with its `{names}` replaced, each quoted."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", quote(value, safe=""))
    return template


def origins(base: str, spec: SiteSpec) -> list[str]:
    """Where a context may go: the site's own origin and those that its description names."""
    own = urlsplit(base)
    return [f"{own.scheme}://{own.netloc}", *spec.origins]


def outside(allowed: list[str]) -> re.Pattern[str]:
    """Matches every network URL that is not of these origins; written so that the browser's driver can evaluate it."""
    hosts = "|".join(re.escape(urlsplit(origin).netloc).replace(r"\-", "-") for origin in allowed)
    return re.compile(rf"^(?:https?|wss?):\/\/(?!(?:{hosts})(?:[\/?#]|$))")


def path_pattern(path: str) -> re.Pattern[str]:
    """A described path, in which `*` stands for anything but a slash, as a pattern of whole paths."""
    return re.compile(re.escape(path).replace(r"\*", "[^/]*") + r"\Z")


def matches(request: Request, method: str, url: str) -> bool:
    """Whether a request of the browser is the described one."""
    return method == request.method and path_pattern(request.path).match(urlsplit(url).path) is not None


def at_path(path: str, url: str) -> bool:
    """Whether a URL lies at the described path."""
    return path_pattern(path).match(urlsplit(url).path) is not None
