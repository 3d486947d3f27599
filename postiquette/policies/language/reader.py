"""Reads one text as a careful person would: is it a share request, promotion, value or filler, and where does it ask?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from postiquette.model import Kind
from postiquette.policies.language.folding import Folded, fold
from postiquette.policies.language.patterns import Exempt, Language, Pattern, language

#: without one of these in it no text can ask; most texts have none, and are done with here
_HINT = re.compile(
    r"r\W?t\b|rts|tweet|retw|share|sharing|post|blog|boost|spread|word|pass|forward|send|mail|tell|tag|mention|invite|"
    r"bring|know|viral|trend|reach|quote|keep|circulate|distribute|print|text|@|ask|remind|alert|notify|[🔁🔄♻🔃]"
)
_LINK = re.compile(r"https?://\S+")
_NOT_WORDS = re.compile(r"https?://\S+|[@#]\w+")
_MANUAL_RETWEET = re.compile(r"(?:^|[\s\"“(|])(?:RT|MT|rt) ?:? ?@ ?\w+ ?:?")
_HIDDEN = "\x00"
_HIDDEN_LINK = "http\x00"


@dataclass(frozen=True)
class Request:
    """One stretch that asks. Offsets are Python string indices of the original text, end exclusive."""

    start: int
    end: int
    text: str
    type: str
    #: the name of the pattern that found it, as in the language file
    pattern: str


@dataclass(frozen=True)
class Reading:
    """What a text is."""

    kind: Kind
    lang: str
    requests: tuple[Request, ...] = ()
    #: whether the asking stands in somebody else's post, passed on by hand
    quoted: bool = False
    exempt: Exempt | None = None


def read(text: str, lang: str | None = None) -> Reading:
    """Read a text. An unknown `lang` is read as English, which knows the international terms. Never raises."""
    try:
        known = language((lang or "en").lower()[:2])
    except KeyError:
        known = language("en")
    folded = fold(text)
    requests = tuple(_requests(folded, known)) if _HINT.search(folded.text) else ()
    if requests:
        quote = _MANUAL_RETWEET.search(text)
        return Reading(
            Kind.SHARE_REQUEST,
            known.code,
            requests,
            quoted=quote is not None and all(request.start >= quote.start() for request in requests),
            exempt=next((kind for kind, pattern in known.exempt if pattern.search(folded.text)), None),
        )
    return Reading(_kind_without_request(folded.text, known), known.code)


def _requests(folded: Folded, known: Language) -> Iterator[Request]:
    visible = _hide_links(folded.text)
    for sense in known.senses:
        if not sense.may_match(visible):
            continue
        visible = sense.regex.sub(lambda match, sense=sense: _hide(match, sense), visible)  # type: ignore[misc]
    spans: list[tuple[int, int, Pattern]] = []
    for pattern in known.requests:
        if not pattern.may_match(visible):
            continue
        for match in pattern.regex.finditer(visible):
            start, end = _ask_span(match)
            if start < end and _context_allows(pattern, visible[:start]):
                spans.append((start, end, pattern))
    giveaway = known.giveaway.search(folded.text) is not None
    for start, end, pattern in _merge(spans, visible):
        first, last = folded.span(start, end)
        type_ = "giveaway" if giveaway and pattern.type not in ("spread_the_word", "forward") else pattern.type
        yield Request(first, last, folded.original[first:last], type_, pattern.name)


def _hide_links(text: str) -> str:
    return _LINK.sub(lambda match: "http" + _HIDDEN * (len(match[0]) - 4), text)


def _hide(match: re.Match[str], sense: Pattern) -> str:
    if sense.unless is not None and sense.unless.search(match.string, max(0, match.start() - 30), match.end() + 20):
        return match[0]
    return _HIDDEN * len(match[0])


def _ask_span(match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    for group in ("ask", "ask2"):
        if match.groupdict().get(group) is not None:
            start, end = match.span(group)
    link = match.string.find(_HIDDEN_LINK, start, end)
    return start, end if link < 0 else link


def _context_allows(pattern: Pattern, before: str) -> bool:
    if pattern.only_after is not None and not pattern.only_after.search(before):
        return False
    return not (pattern.only_not_after is not None and pattern.only_not_after.search(before))


def _merge(spans: list[tuple[int, int, Pattern]], text: str) -> Iterator[tuple[int, int, Pattern]]:
    """Overlapping and touching matches are one request; the earliest pattern in the file names it."""
    merged: list[tuple[int, int, Pattern]] = []
    for start, end, pattern in sorted(spans, key=lambda span: span[:2]):
        start, end = _trim(text, start, end)
        if merged and start <= merged[-1][1]:
            first, last, name = merged[-1]
            merged[-1] = (first, max(last, end), name)
        elif start < end:
            merged.append((start, end, pattern))
    yield from merged


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] == _HIDDEN):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == _HIDDEN):
        end -= 1
    return start, end


def _kind_without_request(folded: str, known: Language) -> Kind:
    words = re.findall(r"[^\W\d_]{2,}", _NOT_WORDS.sub(" ", folded))
    if len(words) < 2 or (len(words) < 7 and any(pattern.search(folded) for pattern in known.filler)):
        promotes = any(pattern.search(folded) for pattern in known.promotion)
        return Kind.PROMOTION if promotes and len(words) > 1 else Kind.FILLER
    if any(pattern.search(folded) for pattern in known.promotion):
        return Kind.PROMOTION
    return Kind.VALUE
