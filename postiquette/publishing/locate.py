"""Turns a described element into Playwright's locator."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page

from postiquette.config.site_spec import Locate


def locate(where: Page | Locator, described: Locate, **values: str) -> Locator:
    """The element that a site file describes; `{names}` in its label or name are replaced."""

    def written(text: str | None) -> str | None:
        for name, value in values.items():
            text = text.replace("{" + name + "}", value) if text else text
        return text

    if described.role is not None:
        role: Any = described.role
        return where.get_by_role(role, name=written(described.name), exact=described.exact)
    if described.label is not None:
        return where.get_by_label(written(described.label) or "", exact=described.exact)
    if described.placeholder is not None:
        return where.get_by_placeholder(written(described.placeholder) or "", exact=described.exact)
    if described.test_id is not None:
        return where.get_by_test_id(written(described.test_id) or "")
    return where.locator(written(described.css) or "")
