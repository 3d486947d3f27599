"""Loads the language files, each TOML with word lists, named patterns and examples.

`grammar.toml` holds what languages have in common, in terms of word lists; a language's file gives the lists, and patterns of its own.
A pattern calls the lists that it names, which are set down once before it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

import tomli

from postiquette.policies.language.folding import fold
from postiquette.policies.language.matching import Regex

Exempt = Literal["emergency", "cause", "advice"]

#: verbs are listed by the type of request that they make: what asks by itself (`do`), and what asks with a plea (`be`)
TYPES = ("repost", "tag", "forward", "spread_the_word", "share")
#: the edges of a word; a plain `\\b` fails in scripts whose vowel signs do not count as letters
_EDGES = {"b": r"(?<![^\W_])", "e": r"(?![^\W_])"}
_NEVER = "(?!)"
_BEFORE_REQUEST = (
    r"(?:^|[.!?…,;:\n。！？、،؛؟।\u2600-\u27BF\U0001F000-\U0001FAFF]\s*|\s[\u2013\u2014-]\s+|https?:\S+\s+|<b>(?:<and>|<joint>)<e>\s+)"
    r"(?P<cut>(?:<dangling>|(?<![^\W\d_]\.\s)\d{1,2})[\s,、]*)\z"
)
_SIGN = r"\u2600-\u27BF\U0001F000-\U0001FAFF"
_AFTER_REQUEST = (
    rf"(?:\s+(?:<if>)|,\s+(?:<if_comma>))<e>(?:(?!https?:|www\.|\s[\u2013\u2014-]\s)[^.!?…,;:\n@#{_SIGN}]){{1,80}}"
    rf"(?=[.!?…,;:\n@#{_SIGN}]|\s[\u2013\u2014-]\s|https?:|www\.|$)"
)
_WHAT_WOULD_COME = (
    rf"[\s,;:.!?…)\u2013\u2014{_SIGN}-]{{1,6}}(?:(?:<and>)<e>\s+)?(?<![^\W_])(?:<outcome>)<e>"
    rf"(?:(?!https?:|www\.)[^.!?…\n@#0-9{_SIGN}]){{0,90}}(?=[.!?…\n{_SIGN}]|$)"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_SLOT = re.compile(r"(?<!\(\?P)(?<!\(\?)<([a-z_]+)>")
#: an escape, a set of characters, or a slot
_PLACE = re.compile(rf"\\.|\[(?:\\.|[^\]\\])*\]|{_SLOT.pattern}", re.DOTALL)
_CALL = re.compile(r"\(\?&_([a-z_]+)\)")
#: how Python writes a character by its number, which PCRE2 does not know
_NUMBERED = re.compile(r"\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, eq=False)
class Pattern:
    """One way to say something. Compiled when it is first asked for: most texts ask nothing."""

    #: with its language, as in `es:imperative`
    name: str
    source: str
    #: the request type, `verb` where its verb tells; empty for what is no request
    type: str = ""
    examples: tuple[str, ...] = ()
    #: what a text must have one of, and what it must have one of besides; any text may match where there are none
    keys: tuple[tuple[str, ...], ...] = ()
    #: a sense that does not hold where this matches it or what stands just before it
    unless: Pattern | None = None
    #: a request only where what stands before it matches
    only_after: Pattern | None = None
    #: no request where what stands before it matches
    only_not_after: Pattern | None = None

    @cached_property
    def regex(self) -> Regex:
        """What it matches in folded text."""
        return Regex(self.source)

    @cached_property
    def asks(self) -> tuple[int, ...]:
        """The numbers of the groups that hold what asks, where the whole match does not."""
        return tuple(sorted(number for name, number in self.regex.groups.items() if not name.startswith("_")))


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
    #: words that give what follows as the reason of what stands before it
    since: Pattern
    #: words that lead from those who are told to what they are told: "tell everyone that …"
    namely: Pattern
    #: what tells that the same word begins a relative clause instead, which goes with the request: "… que no tienen redes"
    relative: Pattern
    #: words with which no sentence ends
    joint: Pattern
    #: what cannot stand at the end of a text, but before a request; its group `cut` is what goes with the request
    dangling: Pattern
    #: what goes with a request that stands before it: a condition, a purpose
    condition: Pattern
    #: words that go on with what a request names, or with whom it goes to
    complement: Pattern
    #: words that belong to the noun behind them: "the", "our"
    determiner: Pattern
    #: what says, right after a request, what would come of it, or thanks for it
    outcome: Pattern
    #: what a request may ask for besides spreading, and what stays when the spreading goes: "sign", "watch"
    besides: Pattern
    #: the same, of verbs that do not take over the request's object: "take part"
    besides_alone: Pattern
    #: what a request names, and what stays of it where nothing else names it: its group `named`
    named: Pattern
    #: by request type, the verbs that make one
    verbs: tuple[Pattern, ...]
    #: the lists that its patterns name
    words: Words

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Those that are looked for by clues: requests first."""
        return (*self.requests, *self.senses, *self.promotion, self.filler)

    def type_of(self, asking: str) -> str:
        """The type that its verb gives a folded request."""
        return next((verb.type for verb in self.verbs if verb.regex.search(asking)), "share")


class _Languages(Mapping[str, Language]):
    """By code, English first; each is read from its file when it is first asked for."""

    def __init__(self) -> None:
        names = (entry.name for entry in files(__package__).iterdir())
        codes = {name.removesuffix(".toml") for name in names if name.endswith(".toml")} - {"grammar"}
        self._codes = sorted(codes, key=lambda code: (code != "en", code))
        self._read: dict[str, Language] = {}

    def __getitem__(self, code: str) -> Language:
        if code not in self._read:
            if code not in self._codes:
                raise KeyError(code)
            self._read[code] = _language(_parsed(f"{code}.toml"), _parsed("grammar.toml"))
        return self._read[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)


@cache
def languages() -> Mapping[str, Language]:
    """The languages that come with the package, by code; English first."""
    return _Languages()


@cache
def tells_little() -> frozenset[str]:
    """Words by which alone no text is read in another language than English, folded."""
    words = _parsed("grammar.toml")["tells_little"]
    return frozenset(folded_source(word) for word in words)


@cache
def _parsed(name: str) -> dict[str, Any]:
    return tomli.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def digest() -> int:
    """Tells one state of the language files from another."""
    found = 0
    files_ = (file for file in files(__package__).iterdir() if file.name.endswith(".toml"))
    for file in sorted(files_, key=lambda file: str(file.name)):
        # a checkout may have other line ends
        found = zlib.crc32(file.read_bytes().replace(b"\r\n", b"\n"), found)
    return found


def _language(data: Mapping[str, Any], grammar: Mapping[str, Any]) -> Language:
    words = Words(data, grammar)

    def patterns(section: str) -> tuple[Pattern, ...]:
        own = [words.pattern(entry) for entry in data.get(section, ())]
        replaced = {entry.get("name") for entry in data.get(section, ())}
        shared = [
            entry for entry in grammar.get(section, ()) if entry["name"] not in replaced and words.has_lists_of(entry)
        ]
        return (*own, *map(words.pattern, shared))

    return Language(
        code=data["language"],
        name=data["name"],
        common=frozenset(fold(word).text for word in data["common"]),
        senses=patterns("not_request"),
        requests=patterns("request"),
        promotion=patterns("promotion"),
        filler=words.pattern({"name": "filler", "pattern": r"^\W*(?:<filler>)<e>", "key": ["<filler>"]}),
        exempt=tuple(words.listed(kind, type_=kind) for kind in ("emergency", "cause", "advice")),
        giveaway=words.listed("giveaway"),
        conjunction=words.listed("and"),
        since=words.listed("since"),
        namely=words.listed("namely"),
        relative=words.listed("relative"),
        joint=words.listed("joint"),
        dangling=words.clause("dangling", _BEFORE_REQUEST),
        condition=words.clause("condition", _AFTER_REQUEST),
        complement=words.listed("complement"),
        determiner=words.listed("determiner"),
        outcome=words.clause("outcome", _WHAT_WOULD_COME),
        besides=words.listed("besides"),
        besides_alone=words.listed("besides_alone"),
        named=words.clause("named", "<b>(?P<named><named>)"),
        verbs=tuple(words.verb(type_) for type_ in TYPES),
        words=words,
    )


class Words:
    """The word lists of one language, with those of the grammar beneath them."""

    def __init__(self, data: Mapping[str, Any], grammar: Mapping[str, Any]) -> None:
        self._code = data["language"]
        self._examples = data.get("examples", {})
        self._verbs = data.get("verbs", {})
        self._lists: dict[str, str | list[str]] = {**_EDGES, **grammar["words"], **data.get("words", {})}
        #: words that tell little
        self.frequent = frozenset(folded_source(word) for word in (*grammar["frequent"], *data["common"]))
        self._spelled: dict[str, str] = {}
        self._called: dict[str, str] = {}
        for form in ("do", "be"):
            self._lists[form] = [entry for verb in self._verbs.values() for entry in verb.get(form, ())]

    def pattern(self, entry: Mapping[str, Any]) -> Pattern:
        """A pattern from its table, with the examples that stand there or under its name."""
        name = entry.get("name", "")
        full_name = f"{self._code}:{name}"
        guards = {
            guard: Pattern(f"{full_name}:{guard}", self._source(entry[guard]))
            for guard in ("unless", "only_after", "only_not_after")
            if guard in entry
        }
        return Pattern(
            name=full_name,
            source=self._source(entry["pattern"]),
            type=entry.get("type", ""),
            examples=tuple(entry.get("examples") or self._examples.get(name, ())),
            keys=tuple(tuple(entry[key]) for key in ("key", "and_key") if key in entry),
            **guards,
        )

    def listed(self, name: str, before: str = "<b>", type_: str = "") -> Pattern:
        """Any word of one list."""
        return Pattern(f"{self._code}:{name}", self._source(f"{before}(?:<{name}>)<e>"), type_)

    def clause(self, name: str, pattern: str) -> Pattern:
        """A pattern that no file need state."""
        return Pattern(f"{self._code}:{name}", self._source(pattern))

    def verb(self, type_: str) -> Pattern:
        """The verbs that make one type of request."""
        forms = self._verbs.get(type_, {})
        either = "|".join((*forms.get("do", ()), *forms.get("be", ()))) or _NEVER
        return Pattern(f"{self._code}:{type_}", self._source(f"<b>(?:{either})<e>"), type_)

    def _source(self, pattern: str) -> str:
        """A pattern with the lists that it names, directly or not, set down before it."""
        main = self._with_calls(pattern)
        lists: dict[str, str] = {}
        left = [main]
        while left:
            for name in _CALL.findall(left.pop()):
                if name not in lists:
                    lists[name] = self._list(name)
                    left.append(lists[name])
        defined = "".join(f"(?<_{name}>{entries})" for name, entries in lists.items())
        return f"(?(DEFINE){defined}){main}" if defined else main

    def _list(self, name: str) -> str:
        if name not in self._called:
            self._called[name] = self._with_calls(self._entries(name))
        return self._called[name]

    def _with_calls(self, pattern: str) -> str:
        called = _PLACE.sub(self._called_at, folded_source(pattern))
        return _NUMBERED.sub(lambda number: chr(int(number[1], 16)), called)

    def _called_at(self, place: re.Match[str]) -> str:
        name = place[1]
        if name is None:
            return self.spelled_out(place[0]) if place[0][0] == "[" else place[0]
        return self._entries(name) if name in _EDGES else f"(?&_{name})"

    def spelled_out(self, pattern: str) -> str:
        """A pattern with the lists in the places where it names them."""
        return _SLOT.sub(self._slot, folded_source(pattern))

    def _slot(self, slot: re.Match[str]) -> str:
        name = slot[1]
        if name not in self._spelled:
            self._spelled[name] = self.spelled_out(self._entries(name))
        return self._spelled[name]

    def _entries(self, name: str) -> str:
        entries = self.entries(name)
        return "|".join(entries) if entries else _NEVER

    def entries(self, name: str) -> list[str]:
        """What a list holds; none where the language has no such list."""
        found = self._lists.get(name, [])
        return [found] if isinstance(found, str) else found

    def has_lists_of(self, entry: Mapping[str, Any]) -> bool:
        """Whether this language has words for what a shared pattern is known by."""
        keys = (entry[key] for key in ("key", "and_key") if key in entry)
        return all(any(key[0] != "<" or self._lists.get(key[1:-1]) for key in either) for either in keys)


def folded_source(pattern: str) -> str:
    """Marks and accents folded as the texts are; ASCII stays, for in a pattern `W` is not `w`."""
    return _NOT_ASCII.sub(lambda run: fold(run[0]).text, pattern)
