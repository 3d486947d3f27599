"""Loads the language files, each TOML with word lists, named patterns and examples.

`grammar.toml` holds what languages have in common, in terms of word lists; a language's file gives the lists, and patterns of its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from postiquette.policies.language.folding import fold

Exempt = Literal["emergency", "cause", "advice"]

#: verbs are listed by the type of request that they make: what asks by itself (`do`), and what asks with a plea (`be`)
TYPES = ("repost", "tag", "forward", "spread_the_word", "share")
#: the edges of a word; a plain `\\b` fails in scripts whose vowel signs do not count as letters
_EDGES = {"b": r"(?<![^\W_])", "e": r"(?![^\W_])"}
_NEVER = "(?!)"
_BEFORE_REQUEST = r"(?:^|[.!?…,;:\n。！？、،؛؟।]\s*|<b>(?:<and>)<e>\s+)(?P<cut>(?:<dangling>)[\s,、]*)\Z"
_AFTER_REQUEST = r"\s+(?:<if>)<e>(?:(?!https?:|www\.)[^.!?…,;:\n@#]){1,80}(?=[.!?…,;:\n@#]|https?:|www\.|$)"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_SLOT = re.compile(r"(?<!\(\?P)(?<!\(\?)<([a-z_]+)>")
_LITERAL = re.compile(r"(?:[^\W_](?![?*{])|[ '@🔁🔄♻🔃❤♥⭐-])+")
#: where an entry begins with any word at all, the next one tells
_ANY_WORD = re.compile(r"(?:<word>|(?:\[\^[^\]]+\]|\\[dw])[+*]) ?")
#: so many letters are rare enough
_SELECTIVE = 11


@dataclass(frozen=True, eq=False)
class Pattern:
    """One way to say something. Compiled when it is first asked for: most texts ask nothing."""

    #: with its language, as in `es:imperative`
    name: str
    source: str
    #: the request type, `verb` where its verb tells; empty for what is no request
    type: str = ""
    examples: tuple[str, ...] = ()
    #: the beginnings of words (whole ones end in a blank), or signs; it cannot match a text that has none out of each set
    stems: tuple[frozenset[str], ...] = ()
    #: a sense that does not hold where this matches it or what stands just before it
    unless: re.Pattern[str] | None = None
    #: a request only where what stands before it matches
    only_after: re.Pattern[str] | None = None
    #: no request where what stands before it matches
    only_not_after: re.Pattern[str] | None = None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What it matches in folded text."""
        return re.compile(self.source)


@dataclass(frozen=True, eq=False)
class Language:
    """All that is known of one language."""

    code: str
    #: its English name
    name: str
    #: words so frequent that they give the language away
    common: frozenset[str]
    #: other senses of the words that ask: taken out of sight first
    senses: tuple[Pattern, ...]
    requests: tuple[Pattern, ...]
    promotion: tuple[Pattern, ...]
    #: greetings and the like, at the beginning of short texts
    filler: Pattern
    #: words of asks that are held for a person: their type is the kind of exemption
    exempt: tuple[Pattern, ...]
    #: words that make spreading the price of something
    giveaway: Pattern
    #: words that join what follows to what stands before them
    conjunction: Pattern
    #: words with which no sentence ends
    joint: Pattern
    #: what cannot stand at the end of a text, but before a request; its group `cut` is what goes with the request
    dangling: Pattern
    #: what goes with a request that stands before it: a condition, a purpose
    condition: Pattern
    #: what a request may ask for besides spreading, and what stays when the spreading goes: "sign", "watch"
    besides: Pattern
    #: the same, of verbs that do not take over the request's object: "take part"
    besides_alone: Pattern
    #: by request type, the verbs that make one
    verbs: tuple[Pattern, ...]

    def type_of(self, asking: str) -> str:
        """The type that its verb gives a folded request."""
        return next((verb.type for verb in self.verbs if verb.regex.search(asking)), "share")


@cache
def languages() -> Mapping[str, Language]:
    """The languages that come with the package, by code; English first."""
    folder = files(__package__)
    grammar = _parsed(folder.joinpath("grammar.toml"))
    codes = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    codes.sort(key=lambda code: code != "en")
    return {code: _language(_parsed(folder.joinpath(f"{code}.toml")), grammar) for code in codes if code != "grammar"}


@cache
def tells_little() -> frozenset[str]:
    """Words by which alone no text is read in another language than English, folded."""
    words = _parsed(files(__package__).joinpath("grammar.toml"))["tells_little"]
    return frozenset(_folded(word) for word in words)


def _parsed(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _language(data: Mapping[str, Any], grammar: Mapping[str, Any]) -> Language:
    words = _Words(data, grammar)

    def patterns(section: str) -> tuple[Pattern, ...]:
        own = [words.pattern(entry) for entry in data.get(section, ())]
        shared = [words.pattern(entry, shared=True) for entry in grammar.get(section, ())]
        replaced = {pattern.name for pattern in own}
        return (*own, *(pattern for pattern in shared if all(pattern.stems) and pattern.name not in replaced))

    return Language(
        code=data["language"],
        name=data["name"],
        common=frozenset(fold(word).text for word in data["common"]),
        senses=patterns("not_request"),
        requests=patterns("request"),
        promotion=patterns("promotion"),
        filler=words.listed("filler", r"^\W*"),
        exempt=tuple(words.listed(kind, type_=kind) for kind in ("emergency", "cause", "advice")),
        giveaway=words.listed("giveaway"),
        conjunction=words.listed("and"),
        joint=words.listed("joint"),
        dangling=words.clause("dangling", _BEFORE_REQUEST),
        condition=words.clause("condition", _AFTER_REQUEST),
        besides=words.listed("besides"),
        besides_alone=words.listed("besides_alone"),
        verbs=tuple(words.verb(type_) for type_ in TYPES),
    )


class _Words:
    """The word lists of one language, with those of the grammar beneath them."""

    def __init__(self, data: Mapping[str, Any], grammar: Mapping[str, Any]) -> None:
        self._code = data["language"]
        self._examples = data.get("examples", {})
        self._verbs = data.get("verbs", {})
        self._lists: dict[str, str | list[str]] = {**_EDGES, **grammar["words"], **data.get("words", {})}
        self._frequent = frozenset(_folded(word) for word in (*grammar["frequent"], *data["common"]))
        self._slots: dict[str, str] = {}
        self._stems_by_list: dict[str, frozenset[str]] = {}
        for form in ("do", "be"):
            self._lists[form] = [entry for verb in self._verbs.values() for entry in verb.get(form, ())]

    def pattern(self, entry: Mapping[str, Any], *, shared: bool = False) -> Pattern:
        """A pattern from its table; a shared one has its examples in the language's file."""
        guards = {
            name: re.compile(self._expand(entry[name])) if name in entry else None
            for name in ("unless", "only_after", "only_not_after")
        }
        name = entry.get("name", "")
        return Pattern(
            name=f"{self._code}:{name}",
            source=self._expand(entry["pattern"]),
            type=entry.get("type", ""),
            examples=tuple(self._examples.get(name, ()) if shared else entry.get("examples", ())),
            stems=tuple(self._stems(entry[key]) for key in ("key", "and_key") if key in entry),
            **guards,
        )

    def listed(self, name: str, before: str = "<b>", type_: str = "") -> Pattern:
        """Any word of one list."""
        return Pattern(f"{self._code}:{name}", self._expand(f"{before}(?:<{name}>)<e>"), type_)

    def clause(self, name: str, pattern: str) -> Pattern:
        """A pattern that no file need state."""
        return Pattern(f"{self._code}:{name}", self._expand(pattern))

    def verb(self, type_: str) -> Pattern:
        """The verbs that make one type of request."""
        forms = self._verbs.get(type_, {})
        self._lists[type_] = [*forms.get("do", ()), *forms.get("be", ())]
        return self.listed(type_, type_=type_)

    def _expand(self, pattern: str) -> str:
        return _SLOT.sub(self._slot, _folded(pattern))

    def _slot(self, slot: re.Match[str]) -> str:
        name = slot[1]
        if name not in self._slots:
            found = self._lists.get(name, ())
            self._slots[name] = self._expand(found if isinstance(found, str) else "|".join(found) or _NEVER)
        return self._slots[name]

    def _stems(self, keys: Iterable[str]) -> frozenset[str]:
        """Any of what must stand in a text: a key is a stem (a whole word with a blank), or <the name> of a word list."""
        return frozenset(stem for key in keys for stem in (self._listed_stems(key[1:-1]) if key[0] == "<" else [key]))

    def _listed_stems(self, name: str) -> frozenset[str]:
        if name not in self._stems_by_list:
            entries = self._lists.get(name, ())
            found = () if isinstance(entries, str) else entries
            self._stems_by_list[name] = frozenset(
                stem for entry in found for stem in _stems(_folded(entry), self._frequent)
            )
        return self._stems_by_list[name]


def _stems(entry: str, frequent: frozenset[str]) -> Iterator[str]:
    """One word, or the beginning of one, out of every way in which what an entry of a list matches may begin: a rare one."""
    for beginning in _beginnings(entry.replace("\\.", "-"), ""):
        if not beginning[:1].strip():
            raise ValueError(f"{entry!r} begins with no letter: write its words out one by one")
        *words, last = re.split(r"(?<=[ '-])(?=.)", beginning)
        known = [last, *(word[:-1] + " " for word in reversed(words))]
        yield max(known, key=lambda word: (word.strip() not in frequent, len(word)))


def _beginnings(entry: str, before: str) -> Iterator[str]:
    """What is matched up to where it may be anything; with a blank at the end where a word ends there."""
    choices, rest = _first_choice(entry)
    if choices:
        optional = rest[:1] in ("?", "*")
        for choice in (*choices, *([""] if optional else [])):
            yield from _beginnings(choice + rest.lstrip("?*"), before)
    elif not before and (anything := _ANY_WORD.match(entry)):
        yield from _beginnings(entry[anything.end() :], "")
    elif not entry:
        yield before + " "
    elif len(before) > _SELECTIVE or (literal := _LITERAL.match(entry)) is None:
        yield before
    else:
        yield from _beginnings(entry[literal.end() :], before + literal[0])


def _first_choice(entry: str) -> tuple[list[str], str]:
    """What an entry may begin with where it leaves a choice (a group, a set, an optional letter), and what follows that."""
    if entry.startswith("(?:"):
        return _first_group(entry)
    if entry.startswith("[") and not entry.startswith("[^"):
        end = entry.index("]")
        return list(entry[1:end]), entry[end + 1 :]
    if entry[1:2] == "?":
        return [entry[0]], entry[1:]
    return [], entry


def _first_group(entry: str) -> tuple[list[str], str]:
    """The alternatives of the group that an entry begins with, and what follows it."""
    alternatives, depth = [""], 1
    for place, char in enumerate(entry[3:], start=3):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return alternatives, entry[place + 1 :]
        if char == "|" and depth == 1:
            alternatives.append("")
        else:
            alternatives[-1] += char
    raise ValueError(f"{entry!r} has a bracket that is not closed")


def _folded(pattern: str) -> str:
    """Marks and accents folded as the texts are; ASCII stays, for in a pattern `W` is not `w`."""
    return _NOT_ASCII.sub(lambda run: fold(run[0]).text, pattern)
