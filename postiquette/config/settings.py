"""Every setting, with its default and one sentence; `config.example.toml` says the same, and a test holds the two together."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from postiquette.config.entry import PostEntry
from postiquette.config.presets import PRESETS
from postiquette.config.site_spec import SiteSpec
from postiquette.config.values import Duration, Slot, WrittenRatio
from postiquette.model import (
    Action,
    Counter,
    Kind,
    Mode,
    Phrase,
    Policy,
    Ratio,
    RuleSettings,
    Severity,
    Window,
    Wording,
)

NAME = r"^[a-z0-9][a-z0-9_-]*$"


def _zone(value: Any) -> Any:
    if not isinstance(value, str) or value not in available_timezones():
        raise ValueError(f'unknown time zone {value!r}; expected an IANA name such as "Europe/Amsterdam" or "UTC"')
    ZoneInfo(value)
    return value


Zone = Annotated[str, BeforeValidator(_zone)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class ServiceSettings(_Section):
    """The service itself."""

    #: where the queue lives; a relative path is taken from the config file's folder
    database: str = Field(default="sqlite:///postiquette.db", pattern=r"^(sqlite:///|postgresql\+psycopg://)")
    #: the accounts' time zone unless they have their own
    timezone: Zone = "UTC"
    #: where sessions and evidence are kept, from the config file's folder
    data_dir: str = "postiquette-data"
    #: a folder with one file per secret, named like the setting: accounts__NAME__password
    secrets_dir: str | None = None
    #: whether the running service takes in changed files by itself
    reload: bool = True


class BrowserSettings(_Section):
    """The browser that posts."""

    #: path of a Chromium; found by itself when left out
    executable: str | None = None
    #: a remote browser instead: ws://, wss:// (a Playwright server) or http://, https:// (CDP)
    remote: str | None = None
    #: whether it works without a window
    headless: bool = True
    #: accounts whose pages stay open at once; the least recently used is closed first
    contexts: int = Field(default=4, ge=1, le=50)
    #: the browser is closed after this long without work
    idle: Duration = timedelta(minutes=5)
    #: how long a page may take for one step
    timeout: Duration = timedelta(seconds=30)

    @field_validator("remote")
    @classmethod
    def _private(cls, value: str | None) -> str | None:
        if value is None or value.startswith(("wss://", "https://")):
            return value
        host = value.partition("://")[2].partition("/")[0].rpartition("@")[2].rpartition(":")[0]
        if value.startswith(("ws://", "http://")) and host in ("127.0.0.1", "localhost", "[::1]"):
            return value
        raise ValueError("a remote browser sees every session: expected wss:// or https://, or a loopback address")


class PublishingSettings(_Section):
    """How carefully a post is sent."""

    #: how long after the intent the button may still be pressed
    click_deadline: Duration = timedelta(seconds=20)
    #: how long the site is waited for after the click
    answer_timeout: Duration = timedelta(seconds=30)
    #: how long a site may take to show a post; nothing is concluded from its absence before that
    settle: Duration = timedelta(seconds=45)
    #: when an unproven post is looked for again after the first look
    look_again: tuple[Duration, ...] = (timedelta(minutes=2), timedelta(minutes=10))
    #: safe failures before the click until a post counts as failed
    attempts: int = Field(default=5, ge=1, le=50)
    #: the pause after the first safe failure; it doubles with each, up to an hour
    backoff: Duration = timedelta(seconds=30)
    #: how long a handed-over post may wait for a person's confirmation
    handed_over: Duration = timedelta(hours=24)


class WindowSettings(_Section):
    """The posts that count."""

    posts: int | None = Field(default=None, ge=1, le=10_000)
    days: int | None = Field(default=None, ge=1, le=3_650)

    @model_validator(mode="after")
    def _some(self) -> WindowSettings:
        if self.posts is None and self.days is None:
            raise ValueError("expected posts, days or both")
        return self

    def as_window(self) -> Window:
        """The same as the policies take it."""
        return Window(self.posts, self.days)


class RuleEntry(BaseModel):
    """What is said of one rule: an action, a severity, or options of its own."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)

    #: what a rule cannot do for a post by itself, `rewrite` and `defer`, are steps of `on_excess`
    action: Literal["allow", "hold", "block", "off"] | None = None
    severity: Severity | None = None


def _rule_entry(value: Any) -> Any:
    return {"action": value} if isinstance(value, str) else value


class PhraseEntry(_Section):
    """Some words that are explained, with sentences that show it."""

    #: `*` stands for up to four words
    phrase: str = Field(min_length=2, max_length=200)
    examples: tuple[str, ...] = Field(min_length=1)

    def as_phrase(self) -> Phrase:
        """The same as the policies take it."""
        return Phrase(self.phrase, self.examples)


class LanguageSettings(_Section):
    """What the reader of texts is taught, and what it must be able to."""

    #: phrases that are share requests
    asks: tuple[PhraseEntry, ...] = ()
    #: phrases that are none; every use is remarked on and recorded
    not_asks: tuple[PhraseEntry, ...] = ()
    #: sentences that `policy test` expects to be read as share requests
    must_ask: tuple[str, ...] = ()
    #: sentences that `policy test` expects to ask nothing
    must_not_ask: tuple[str, ...] = ()

    def as_wording(self) -> Wording:
        """The same as the policies take it."""
        asks = tuple(entry.as_phrase() for entry in self.asks)
        return Wording(asks, tuple(entry.as_phrase() for entry in self.not_asks))


class PolicySettings(_Section):
    """The guardrails."""

    #: share requests : value posts; never more asks than value
    ratio: WrittenRatio = Ratio(1, 4)
    #: the posts that count: the last N, the last D days, or both, the stricter answer holding
    window: WindowSettings = WindowSettings(posts=20, days=30)
    #: what happens to an ask over the ratio, tried in order; "block" ends any list
    on_excess: tuple[Literal["rewrite", "defer", "hold", "block"], ...] = ("rewrite", "defer", "hold")
    #: asks that a new audience may get before anything was given
    grace: int = Field(default=0, ge=0, le=100)
    #: a rule of the trade for promotion, counted apart; it never loosens `ratio`
    preset: str | None = None
    #: promotion : value posts, instead of a preset
    promotion_ratio: WrittenRatio | None = None
    #: the posts that count for promotion
    promotion_window: WindowSettings | None = None
    #: how far ahead a post may be deferred
    defer_within: Duration = timedelta(days=30)
    #: how often one post may be deferred
    defer_times: int = Field(default=3, ge=0, le=100)
    #: how long a person's approval holds
    approval_expires: Duration = timedelta(days=14)
    #: rules that are tuned or switched off
    rules: dict[str, Annotated[RuleEntry, BeforeValidator(_rule_entry)]] = Field(default_factory=dict)
    #: what the reader of texts is taught
    language: LanguageSettings = LanguageSettings()

    @field_validator("preset")
    @classmethod
    def _known_preset(cls, value: str | None) -> str | None:
        if value is not None and value not in PRESETS:
            raise ValueError(f"unknown preset {value!r}; expected one of {', '.join(PRESETS)}")
        return value

    @model_validator(mode="after")
    def _one_promotion(self) -> PolicySettings:
        if self.preset and self.promotion_ratio:
            raise ValueError("expected either `preset` or `promotion_ratio`, not both")
        return self

    def as_policy(self) -> Policy:
        """The same as the policies take it."""
        return Policy(
            asking=Counter(Kind.SHARE_REQUEST, self.ratio, self.window.as_window(), self.grace),
            promotion=self._promotion(),
            on_excess=tuple(Action(name) for name in self.on_excess),
            defer_within=self.defer_within,
            defer_times=self.defer_times,
            rules={name: _rule(entry) for name, entry in self.rules.items()},
            wording=self.language.as_wording(),
        )

    def _promotion(self) -> Counter | None:
        if self.preset:
            ratio, window = PRESETS[self.preset].ratio, PRESETS[self.preset].window
        elif self.promotion_ratio:
            ratio, window = self.promotion_ratio, self.window.as_window()
        else:
            return None
        if self.promotion_window:
            window = self.promotion_window.as_window()
        return Counter(Kind.PROMOTION, ratio, window)


def _rule(entry: RuleEntry) -> RuleSettings:
    off = entry.action == "off"
    action = None if off or entry.action is None else Action(entry.action)
    return RuleSettings(action, entry.severity, not off, entry.model_extra or {})


class AccountSettings(_Section):
    """One login on one site."""

    #: a site that ships with Postiquette, or one of `[sites]`
    site: str
    #: the server, for sites that have many
    url: str | None = Field(default=None, pattern=r"^https?://[^/\s]+(/\S*)?$")
    #: accounts with one audience share its ledger; the account's own name by default
    audience: str | None = Field(default=None, pattern=NAME)
    #: weekly posting times on the clock of the account's zone
    slots: tuple[Slot, ...] = ()
    #: IANA zone; the service's by default
    timezone: Zone | None = None
    #: auto, assist or dry; the site's by default
    mode: Mode | None = None
    #: the account's name on the site, where reading back needs it
    username: str | None = None
    #: better in the environment or the secrets folder than here
    password: SecretStr | None = None
    #: better in the environment or the secrets folder than here
    token: SecretStr | None = None

    def secret(self, name: str) -> str | None:
        """The secret of that name in the clear, for the login page alone."""
        value = getattr(self, name)
        return value.get_secret_value() if isinstance(value, SecretStr) else value


class SourceSettings(_Section):
    """A further place where posts come from."""

    kind: Literal["markdown"]
    #: a glob, from the config file's folder
    path: str
    #: for files whose front matter names no account
    account: list[str] | None = None


class Settings(BaseSettings):
    """The whole configuration."""

    model_config = SettingsConfigDict(
        env_prefix="POSTIQUETTE_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    service: ServiceSettings = ServiceSettings()
    browser: BrowserSettings = BrowserSettings()
    publishing: PublishingSettings = PublishingSettings()
    policy: PolicySettings = PolicySettings()
    sites: dict[Annotated[str, Field(pattern=NAME)], SiteSpec] = Field(default_factory=dict)
    #: modules of other packages whose sites may be used, by entry-point name
    site_packages: tuple[str, ...] = ()
    accounts: dict[Annotated[str, Field(pattern=NAME)], AccountSettings] = Field(default_factory=dict)
    posts: list[PostEntry] = Field(default_factory=list)
    sources: list[SourceSettings] = Field(default_factory=list)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over secrets over what `load` read from the file."""
        secrets = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir_missing="error", secrets_prefix="", secrets_nested_delimiter="__"
        )
        return env_settings, secrets, init_settings
