"""Loads the language files: named patterns with examples, one TOML file a language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

Exempt = Literal["emergency", "cause", "advice"]


@dataclass(frozen=True)
class Pattern:
    """One way to say something. Compiled when it is first asked for: most texts ask nothing."""

    name: str
    source: str
    #: the request type; empty for senses that are no request
    type: str = ""
    examples: tuple[str, ...] = ()
    #: it can only match texts that hold one of these; empty where any text may match
    hints: tuple[str, ...] = ()
    #: a sense that does not hold where this matches it or what stands just before it
    unless: re.Pattern[str] | None = None
    #: a request only where what stands before it matches
    only_after: re.Pattern[str] | None = None
    #: no request where what stands before it matches
    only_not_after: re.Pattern[str] | None = None

    def may_match(self, text: str) -> bool:
        """Whether it is worth trying on a folded text."""
        return not self.hints or any(hint in text for hint in self.hints)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What it matches in folded text."""
        return re.compile(self.source)


@dataclass(frozen=True)
class Language:
    """All that is known of one language."""

    code: str
    senses: tuple[Pattern, ...]
    requests: tuple[Pattern, ...]
    exempt: tuple[tuple[Exempt, re.Pattern[str]], ...]
    giveaway: re.Pattern[str]
    promotion: tuple[re.Pattern[str], ...]
    filler: tuple[re.Pattern[str], ...]


@cache
def language(code: str) -> Language:
    """The language of that code. Raises KeyError where no file has it."""
    resource = files(__package__).joinpath(f"{code}.toml")
    if not resource.is_file():
        raise KeyError(code)
    data = tomllib.loads(resource.read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for name, value in data["words"].items():
        words[name] = _expand(value, words)
    return Language(
        code=data["language"],
        senses=tuple(_pattern(entry, words) for entry in data["not_request"]),
        requests=tuple(_pattern(entry, words) for entry in data["request"]),
        exempt=tuple((entry["kind"], _compile(entry["pattern"], words)) for entry in data["exempt"]),
        giveaway=_compile(data["giveaway"]["pattern"], words),
        promotion=tuple(_compile(entry["pattern"], words) for entry in data["promotion"]),
        filler=tuple(_compile(entry["pattern"], words) for entry in data["filler"]),
    )


def _pattern(entry: dict[str, Any], words: dict[str, str]) -> Pattern:
    guards = {
        name: _compile(entry[name], words) if name in entry else None
        for name in ("unless", "only_after", "only_not_after")
    }
    return Pattern(
        name=entry["name"],
        source=_expand(entry["pattern"], words),
        type=entry.get("type", ""),
        examples=tuple(entry["examples"]),
        hints=tuple(entry.get("hint", ())),
        **guards,
    )


def _expand(pattern: str, words: dict[str, str]) -> str:
    return re.sub(r"(?<!\(\?P)(?<!\(\?)<([a-z]+)>", lambda match: words[match[1]], pattern)


def _compile(pattern: str, words: dict[str, str]) -> re.Pattern[str]:
    return re.compile(_expand(pattern, words))
