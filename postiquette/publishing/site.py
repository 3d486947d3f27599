"""What a site is to the publisher: its description, and what has been seen of it."""

from __future__ import annotations

from dataclasses import dataclass

from postiquette.config.site_spec import SiteSpec


@dataclass(frozen=True)
class Site:
    """One site. Its name is its file's, or its key in `[sites]`."""

    name: str
    spec: SiteSpec
    #: whether `recent` shows a post as soon as the site has taken it, so that absence proves something;
    #: only for sites that were seen to, never by a user's description alone
    shows_at_once: bool = False
