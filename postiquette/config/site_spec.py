"""How a site is described: where its composer is, what success looks like, how to read back.

The same description serves the sites that ship with Postiquette (`publishing/sites/`) and those in a user's `[sites.NAME]`.
`composer` holds all that a preview needs; what submits is in `submit`, which a preview is never given.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from postiquette.model import Counting, Limits, Mode


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Locate(_Spec):
    """One way to find an element; roles and labels are preferred to CSS, since they outlive a redesign."""

    role: str | None = None
    #: with `role`: the accessible name
    name: str | None = None
    label: str | None = None
    placeholder: str | None = None
    test_id: str | None = None
    css: str | None = None
    #: whether names, labels and placeholders must match whole
    exact: bool = True

    @model_validator(mode="after")
    def _one_way(self) -> Locate:
        ways = [self.role, self.label, self.placeholder, self.test_id, self.css]
        if sum(way is not None for way in ways) != 1:
            raise ValueError("expected one of role, label, placeholder, test_id or css")
        return self


def _request(value: object) -> object:
    if isinstance(value, str) and value.count(" ") == 1:
        method, path = value.split(" ")
        return {"method": method, "path": path}
    return value


class Request(_Spec):
    """A request as `"POST /api/posts"`; `*` in the path stands for anything but a slash."""

    method: str = Field(pattern=r"^[A-Z]+$")
    path: str = Field(pattern=r"^/")


WrittenRequest = Annotated[Request, BeforeValidator(_request)]


class LoginStep(_Spec):
    """One step of an unattended login: fill a secret of the account, or click."""

    fill: Locate | None = None
    #: with `fill`: which of the account's secrets
    secret: Literal["username", "password", "token"] | None = None
    click: Locate | None = None

    @model_validator(mode="after")
    def _one_step(self) -> LoginStep:
        if (self.fill is None) == (self.click is None) or (self.fill is None) != (self.secret is None):
            raise ValueError('expected { fill = {…}, secret = "password" } or { click = {…} }')
        return self


class LoginSpec(_Spec):
    """How a person, or the account's secrets, get in; and how it shows that they are not."""

    url: str
    #: the path, with `*`, to which the site sends those who are not signed in
    signed_out: str
    #: what is there only for those who are
    signed_in: Locate
    #: with these, `login` needs no person
    steps: tuple[LoginStep, ...] = ()


class ComposerSpec(_Spec):
    """Where a post is written. `{text}` in the URL is replaced by the text."""

    url: str
    #: where the answer to a post is written; `{url}` is the permalink answered to
    reply_url: str | None = None
    #: an answer of the site to wait for before the composer can be trusted
    ready: WrittenRequest | None = None
    text: Locate
    media: Locate | None = None
    #: where alt text is written once a file is attached; `{n}` in its label or name is 1 for the first file
    alt: Locate | None = None
    #: requests beside GET and HEAD that filling the composer needs; all that a preview lets pass
    needs: tuple[WrittenRequest, ...] = ()


class SubmitSpec(_Spec):
    """What publishes, and what the site answers."""

    button: Locate
    request: WrittenRequest
    published: tuple[int, ...] = (200, 201)
    #: answers by which the site says that it did not take the post
    refused: tuple[int, ...] = (400, 403, 413, 422)
    rate_limited: tuple[int, ...] = (429,)
    #: `{key}` is taken from the JSON answer, dots going deeper: "/statuses/{id}"
    permalink: str


class RecentSpec(_Spec):
    """Where an account's own newest posts are read back, as a page or as JSON. `{username}` is the account's."""

    url: str
    #: page: one post
    item: Locate | None = None
    #: page: inside the item, its text
    text: Locate | None = None
    #: page: inside the item, the link that is its permalink
    link: Locate | None = None
    #: page: what is there for an account without posts, and not while it loads; without it a page that shows none has none
    empty: Locate | None = None
    #: JSON: the keys to the list, and in each item those of text and URL
    json_items: str | None = None
    json_text: str | None = None
    json_url: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> RecentSpec:
        page = (self.item, self.text, self.link)
        data = (self.json_items, self.json_text, self.json_url)
        if all(page) == all(data) or (any(page) and any(data)):
            raise ValueError("expected either item, text and link (a page) or json_items, json_text and json_url")
        return self


class LimitsSpec(_Spec):
    """What the site takes."""

    characters: int | None = Field(default=None, gt=0)
    #: what the site calls a character: graphemes, utf16, x, bluesky, mastodon or threads
    counting: Counting = Counting.GRAPHEMES
    #: UTF-8 bytes, beside `characters`
    bytes: int | None = Field(default=None, gt=0)
    link_characters: int | None = Field(default=None, gt=0)
    media: int | None = Field(default=None, ge=0)
    media_types: tuple[str, ...] = ()
    alt_characters: int | None = Field(default=None, gt=0)

    def as_limits(self, *, threads: bool) -> Limits:
        """The same as the policies take them."""
        return Limits(**self.model_dump(), threads=threads)


class SiteSpec(_Spec):
    """One site."""

    title: str
    #: `auto` only where the site's terms do not forbid it
    mode: Mode = Mode.AUTO
    #: the site's terms on automation in a sentence, with the source
    terms: str
    #: where the site lives, for sites that have one place; others take it from the account
    url: str | None = None
    #: further origins that its pages need
    origins: tuple[str, ...] = ()
    limits: LimitsSpec = LimitsSpec()
    login: LoginSpec | None = None
    composer: ComposerSpec | None = None
    submit: SubmitSpec | None = None
    recent: RecentSpec | None = None
    #: the official link that opens a filled composer in a person's own browser; `{text}` is the text
    compose_link: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> SiteSpec:
        if self.mode is Mode.AUTO:
            parts = ("login", "composer", "submit", "recent")
            missing = [name for name in parts if getattr(self, name) is None]
            if missing:
                raise ValueError(f'mode "auto" needs {", ".join(missing)} as well')
        elif self.compose_link is None:
            raise ValueError('mode "assist" needs compose_link')
        return self

    def policy_limits(self) -> Limits:
        """The limits, as the policies take them."""
        threads = self.composer is not None and self.composer.reply_url is not None
        return self.limits.as_limits(threads=threads)
