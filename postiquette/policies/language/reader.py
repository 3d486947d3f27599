"""Reads one text as a careful person would: is it a share request, promotion, value or filler, and where does it ask?

A text is read in every language whose words it holds, so posts that mix languages need no care. One whose language is not known is
still read for the international words (RT, retweet, repost, share, 🔁, #…), which stand with English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, cast

from postiquette.model import NOTHING_TAUGHT, Kind, Wording
from postiquette.policies.language.folding import Folded, fold, spelled_out
from postiquette.policies.language.index import Asking, Glance, index
from postiquette.policies.language.matching import Match
from postiquette.policies.language.patterns import Exempt, Language, Pattern, languages
from postiquette.policies.language.wording import OWN, taught

_LINK = re.compile(r"https?://\S+|www\.\S+")
_NOT_WORDS = re.compile(r"https?://\S+|[@#]\w+")
#: the same, or a word, which is its only group; vowel signs do not count as letters
_WORDS = re.compile(rf"{_NOT_WORDS.pattern}|((?:[^\W\d_][\u0900-\u0903\u093a-\u094f\u064b-\u065f]*){{2,}})")
#: scripts without blanks: there a few characters say a lot
_DENSE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
#: in scripts with blanks
_WITHIN_WORD = re.compile(r"[^\W_\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+(?:'[^\W\d_]+)?")
_PRICE = re.compile(r"[$£€]\d")
#: two words side by side that are no part of a link, mention or hashtag: what most texts have, found sooner than words are counted
_SURELY_SAID = re.compile(r"(?:^|(?<=\s))[a-z]{2,}[ ,]+[a-z]{2,}(?=[ ,!?\n]|$)")
#: a folded text that passes somebody else's on: the first word of it asks nothing
_PASSED_ON = re.compile(r"rt(?= @\w+:)")
_MANUAL_RETWEET = re.compile(r"(?:^|[\s\"“(|])(?:RT|MT|rt) ?:? ?@ ?\w+ ?:?")
#: where a sentence begins without a stop before it, if the word before is a plain one: "share it with your team An index made it faster"
_RUN_ON = re.compile(
    r" (?<=[a-z'] )(?=(?:The|An?|This|It|It's|We|You|They|There|Our|My|How|What|Why|When|Please|Pls) [a-z])"
)
_PLAIN_WORD = re.compile(r"(?:^| )[a-z][a-z']*\Z")
#: what goes on with a clause about those to be tagged: 'who always says "five more minutes" and is late'
_WHAT_THEY_SAY = re.compile(r'\s?"[^"\n]{1,60}"(?:,? [^.!?\n#@"]{1,60})?(?=\s*(?:[.!?…\n#@]|$))')
#: underlines that set words off, as Markdown has them
_EMPHASIS = re.compile(r"(?<![\w@#/])(_{1,2})(?=\w)([^_\n]{1,80})(\1)(?!\w)")
_HIDDEN = "\x00"
_HIDDEN_LINK = "http\x00"
#: what ends a sentence, and where another begins
_STOPS = frozenset(".!?")
_SENTENCE = re.compile(r"[.!?]\s*[^\s.!?\x00]")
#: texts of fewer words may be a greeting
_GREETING = 7
#: what has more parts besides links, mentions and hashtags is no greeting, though some may be single letters, numbers or signs
_SAYS_MUCH = 12
#: how far back a pattern looks for what must or must not stand before it
_NEAR = 200
#: texts of more words than this are never filler
_SHORT = 20
#: a longer text is read in pieces, so that the time grows with the length and no faster
_PIECE = 4_000
#: asking for these is no way to enter a draw
_NO_PRICE = ("spread_the_word", "forward")
#: the code of a language that we do not know (ISO 639-3: undetermined)
UNKNOWN = "und"


@dataclass(frozen=True)
class Request:
    """One stretch that asks. Offsets are Python string indices of the original text, end exclusive."""

    start: int
    end: int
    text: str
    type: str
    #: the name of the pattern that found it, with its language
    pattern: str
    #: another text that this pattern finds
    example: str = ""

    def moved(self, by: int) -> Request:
        """The same in a text that has so many more characters before it."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True)
class Found:
    """A match, in the folded text."""

    start: int
    end: int
    pattern: Pattern
    language: Language


class Reading(NamedTuple):
    """What a text is."""

    kind: Kind
    #: the code of its language; `und` where no language that we know has words in it
    lang: str
    requests: tuple[Request, ...] = ()
    #: what would be requests if the authors had not taught that they are none; named by what excuses them
    excused: tuple[Request, ...] = ()
    #: whether the asking stands in somebody else's post, passed on by hand
    quoted: bool = False
    exempt: Exempt | None = None


def read(text: str, lang: str | None = None, wording: Wording = NOTHING_TAUGHT) -> Reading:
    """Read a text. `lang` only names its language, where an author did so; `wording` is what authors teach. Never raises."""
    if len(text) <= _PIECE:
        return _read(text, lang, wording)
    starts, readings = zip(*((start, _read(piece, lang, wording)) for start, piece in pieces(text)), strict=True)
    asking = [reading for reading in readings if reading.requests]
    kinds = {reading.kind for reading in readings}
    spoken = Counter(reading.lang for reading in readings if reading.lang != UNKNOWN)
    return Reading(
        next(kind for kind in (Kind.SHARE_REQUEST, Kind.PROMOTION, Kind.VALUE, Kind.FILLER) if kind in kinds),
        spoken.most_common(1)[0][0] if spoken else UNKNOWN,
        tuple(one.moved(start) for start, reading in zip(starts, readings, strict=True) for one in reading.requests),
        tuple(one.moved(start) for start, reading in zip(starts, readings, strict=True) for one in reading.excused),
        quoted=bool(asking) and all(reading.quoted for reading in asking),
        exempt=next((reading.exempt for reading in asking if reading.exempt), None),
    )


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """A text cut at the ends of lines, else of sentences, else of words, where it is long; with where each piece begins."""
    start = 0
    while start < len(text):
        end = min(start + _PIECE, len(text))
        if end < len(text):
            ends = (text.rfind(mark, start + _PIECE // 2, end) + len(mark) for mark in ("\n", ". ", " "))
            end = next((after for after in ends if after > start + _PIECE // 2), end)
        yield start, text[start:end]
        start = end


def _read(text: str, lang: str | None, wording: Wording) -> Reading:
    folded = fold(text)
    visible = folded.text
    if "http" in visible or "www." in visible:
        visible = _LINK.sub(lambda link: "http" + _HIDDEN * (len(link[0]) - 4), visible)
    if "_" in visible:
        visible = _EMPHASIS.sub(lambda line: " " * len(line[1]) + line[2] + " " * len(line[3]), visible)
    passed_on = _PASSED_ON.match(visible)
    glance = index().look(visible[passed_on.end() :] if passed_on else visible)
    asking = glance.concern.asking
    if asking:
        visible = spelled_out(visible)
    if asking and len(visible) == len(text):
        for begins in _RUN_ON.finditer(text):
            if _PLAIN_WORD.search(text, text.rfind(" ", 0, begins.start()) + 1, begins.start()):
                visible = visible[: begins.start()] + "\n" + visible[begins.end() :]
    requests = tuple(_requests(folded, visible, asking, glance.language)) if asking else ()
    excused: tuple[Request, ...] = ()
    if wording.asks or wording.not_asks:
        requests, excused = _with_what_is_taught(folded, visible, glance, requests, wording)
    lang = lang or glance.language or _language_that_asks(requests)
    if not requests:
        return Reading(_kind_without_request(folded.text, glance), lang, excused=excused)
    quote = _MANUAL_RETWEET.search(text)
    return Reading(
        Kind.SHARE_REQUEST,
        lang,
        requests,
        excused,
        quoted=quote is not None and all(request.start >= quote.start() for request in requests),
        exempt=_exempt(folded.text, glance.concern.languages),
    )


def _requests(folded: Folded, visible: str, asking: Iterable[Asking], spoken: str | None) -> Iterator[Request]:
    found = list(_merged(_found(visible, asking, spoken)))
    if found:
        # what a sentence of its own asks for behind a request that reached as far as its stop
        left = _hidden_there(found, visible)
        behind = _found(left, asking, spoken) if _SENTENCE.search(left) else []
        found = list(_merged([*found, *(one for one in behind if visible[: one.start].rstrip()[-1:] in _STOPS)]))
    for one in found:
        type_ = one.pattern.type
        if type_ == "verb":
            type_ = one.language.type_of(visible[one.start : one.end])
        quoted = _WHAT_THEY_SAY.match(folded.text, one.end) if type_ == "tag" else None
        start, end = folded.span(one.start, quoted.end() if quoted else one.end)
        if type_ not in _NO_PRICE and any(prices.regex.search(folded.text) for prices in _prices(one.language, spoken)):
            type_ = "giveaway"
        example = next(iter(one.pattern.examples), "")
        yield Request(start, end, folded.original[start:end], type_, one.pattern.name, example)


def _found(visible: str, asking: Iterable[Asking], spoken: str | None) -> list[Found]:
    """What asks in a text, once what only looks like it is taken out of sight."""
    found: list[Found] = []
    for language, requests, senses in asking:
        matches = list(_matches(requests, visible, language))
        # most texts match nothing, so the other senses of their words need not be looked for
        if matches and (left := _without(_also_of(spoken, language, senses), visible)) != visible:
            matches = list(_matches(dict.fromkeys(one.pattern for one in matches), left, language))
        found += matches
    return found


def _hidden_there(found: Iterable[Found], visible: str) -> str:
    """The text with some matches taken out of sight."""
    for one in found:
        visible = visible[: one.start] + _HIDDEN * (one.end - one.start) + visible[one.end :]
    return visible


def _also_of(spoken: str | None, language: Language, senses: Iterable[Pattern]) -> Iterable[Pattern]:
    """The other senses of a language, and those of the one that a text is in: its words mislead the patterns of both."""
    return senses if spoken in (None, language.code) else (*senses, *languages()[spoken].senses)


def _prices(language: Language, spoken: str | None) -> Iterator[Pattern]:
    """The words for what can be won, in the language that asks and in the one around it: "RT + follow pour gagner"."""
    yield language.giveaway
    if spoken not in (None, language.code):
        yield languages()[spoken].giveaway


def _language_that_asks(requests: Iterable[Request]) -> str:
    """The language of the pattern that found a request, where the text has no other word; English finds the international ones."""
    codes = (request.pattern.partition(":")[0] for request in requests)
    return next((code for code in codes if code not in ("en", OWN)), UNKNOWN)


def _with_what_is_taught(
    folded: Folded, visible: str, glance: Glance, requests: tuple[Request, ...], wording: Wording
) -> tuple[tuple[Request, ...], tuple[Request, ...]]:
    """The requests that remain, and those excused: a taught sense hides its own words, and nothing that asks besides them."""
    own = taught(wording)
    left, excused = requests, []
    for sense in own.senses:
        hidden = sense.regex.sub(lambda match: _HIDDEN * len(match[0]), visible)
        if hidden != visible:
            after = tuple(_requests(folded, hidden, glance.concern.asking, glance.language))
            gone = [one for one in left if not any(_overlap(one, other) for other in after)]
            excused += [replace(one, pattern=sense.name) for one in gone]
            left, visible = tuple(after), hidden
    for pattern in own.requests:
        for match in pattern.regex.all_in(folded.text):
            start, end = folded.span(*match.span())
            new = Request(start, end, folded.original[start:end], pattern.type, pattern.name, pattern.examples[0])
            if not any(_overlap(new, other) for other in left):
                left = (*left, new)
    return tuple(sorted(left, key=lambda one: one.start)), tuple(excused)


def _overlap(one: Request, other: Request) -> bool:
    return one.start < other.end and other.start < one.end


def _matches(patterns: Iterable[Pattern], visible: str, language: Language) -> Iterator[Found]:
    for pattern in patterns:
        for match in pattern.regex.all_in(visible):
            start, end = _trimmed(visible, *_asking(pattern, match, visible))
            if start < end and _context_allows(pattern, visible, start):
                yield Found(start, end, pattern, language)


def _asking(pattern: Pattern, match: Match, visible: str) -> tuple[int, int]:
    start, end = next((span for span in map(match.span, pattern.asks) if span[0] >= 0), None) or match.span()
    link = visible.find(_HIDDEN_LINK, start, end + 1)
    return start, link if link >= 0 else _end_of_word(visible, end)


def _end_of_word(text: str, end: int) -> int:
    """Where the word ends in which a pattern ran out of length."""
    inside = _WITHIN_WORD.match(text, end - 1) if end else None
    return inside.end() if inside else end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] == _HIDDEN):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == _HIDDEN):
        end -= 1
    return start, end


def _context_allows(pattern: Pattern, visible: str, start: int) -> bool:
    near = max(0, start - _NEAR)
    if pattern.only_after is not None and not pattern.only_after.regex.search(visible, near, start):
        return False
    return not (pattern.only_not_after is not None and pattern.only_not_after.regex.search(visible, near, start))


def _without(senses: Iterable[Pattern], visible: str) -> str:
    """The text with what only looks like asking taken out of sight."""
    for sense in senses:
        visible = sense.regex.sub(partial(_hidden, sense), visible)
    return visible


def _hidden(sense: Pattern, match: Match) -> str:
    if sense.unless is not None and sense.unless.regex.search(
        match.string, max(0, match.start() - 50), match.end() + 40
    ):
        return match[0]
    return _HIDDEN * len(match[0])


def _merged(found: Iterable[Found]) -> Iterator[Found]:
    """Overlapping and touching matches are one request; the one that begins it names it."""
    last: Found | None = None
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if last is not None and one.start <= last.end:
            last = replace(last, end=max(last.end, one.end))
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _exempt(folded: str, languages: Iterable[Language]) -> Exempt | None:
    for language in languages:
        for words in language.exempt:
            if words.regex.search(folded):
                return cast(Exempt, words.type)
    return None


def words_said(text: str, most: int = 20) -> int:
    """How many words a text has besides links, mentions and hashtags, up to `most`; three signs of a dense script count as one."""
    dense = not text.isascii() and _DENSE.search(text)
    said = len(_DENSE.findall(_NOT_WORDS.sub(" ", text))) // 3 if dense else 0
    for match in _WORDS.finditer(text):
        said += match.lastindex is not None
        if said >= most:
            break
    return said


def _kind_without_request(folded: str, glance: Glance) -> Kind:
    short, promotion = glance.size < _SHORT, glance.concern.promotion
    if short and not _SURELY_SAID.search(folded) and words_said(folded, 2) < 2:
        return Kind.FILLER
    if promotion and any(one.regex.search(folded) for one in promotion):
        return Kind.PROMOTION
    if ("$" in folded or "£" in folded or "€" in folded) and _PRICE.search(folded):
        return Kind.PROMOTION
    if short and glance.concern.filler and _greets(folded, glance) and words_said(folded, _GREETING) < _GREETING:
        return Kind.FILLER
    return Kind.VALUE


def _greets(folded: str, glance: Glance) -> bool:
    # seen without counting words: most texts say too much
    if glance.size - folded.count("@") - folded.count("#") - folded.count("http") > _SAYS_MUCH:
        return False
    # the pattern names the beginning itself, so that a search is enough, which machine code does
    return any(
        filler.regex.search(folded)
        for code, filler in glance.concern.filler
        if code in (glance.language, "en") or not glance.language
    )
