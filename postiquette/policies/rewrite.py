"""Takes the request out of a text and keeps the value: the smallest cut that leaves what its author would still sign.

Besides cuts, only capitals, punctuation and blanks may change. The result is never a share request, and a text without a
request comes back as it was. Where no honest rewrite exists there is a reason instead of a text.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from postiquette.model import NOTHING_TAUGHT, Kind, Wording
from postiquette.policies.clauses import CLAUSE_END
from postiquette.policies.cutting import BRACKETS, KEEPSAKES, Edit, breaks_off, cut, joined
from postiquette.policies.halves import half
from postiquette.policies.language.folding import fold, spelled_out
from postiquette.policies.language.patterns import Language, languages
from postiquette.policies.language.reader import Reading, Request, pieces, read, words_said

Reason = Literal["nothing-left", "terms", "entangled"]

#: what a request is about, by its name: after a word that leads there, or as a hashtag
_NAMED = re.compile(
    r"\b(?:about|for|of|over|sobre|del?|da|do|dos|das|pour|du|des|sur|sulla?|per|di|voor|van)\b"
    r"[^.!?,;]*?\b(?P<name>[A-Z][a-zà-ÿ]{2,})|(?<!\w)(?P<tag>#\w{3,})"
)
#: what comes after this says who is asked, not what about
_WHO = re.compile(r"\b(?:if|si|se|als|who|que|qui|chi|quien|quem)\b")
#: a text of so few words says nothing of what only the request named
_FEW_WORDS = 6
#: up to a link that is not too far, with the stop before it
_TO_ITS_LINK = re.compile(r"([^.!?:;\u2026\n]{1,300}?)[.!:\u2026]{0,3}\s{1,3}(?=https?://)")
#: no more words may lead up to what is named: "please help share"
_LEADS_UP = 3
#: a name of so many words tells what a link leads to
_SAYS_MORE = 4
#: requests that name what they ask to pass on
_PASSES_ON = ("share", "repost", "forward")


@dataclass(frozen=True)
class Rewrite:
    """What came of it. `text` is None where no honest rewrite exists, and `reason` says why."""

    text: str | None
    edits: tuple[Edit, ...] = ()
    reason: Reason | None = None

    @property
    def changed(self) -> bool:
        """Whether the text differs from the author's."""
        return bool(self.edits)


def rewrite(
    text: str, lang: str | None = None, wording: Wording = NOTHING_TAUGHT, reading: Reading | None = None
) -> Rewrite:
    """Take every request out of `text`, read as `wording` teaches; `reading` is what it was found to be. Pure and idempotent."""
    reading = reading or read(text, lang, wording)
    if reading.kind is not Kind.SHARE_REQUEST:
        return Rewrite(text)
    if any(request.type == "giveaway" for request in reading.requests):
        return Rewrite(None, reason="terms")
    language = _language(reading.lang)
    for edits in _attempts(text, reading.requests, language):
        if any(breaks_off(text, edit.start, len(text[: edit.end].rstrip()), language) for edit in edits):
            continue
        result = _apply(text, edits)
        after = read(result, lang, wording)
        if after.kind is Kind.SHARE_REQUEST or not _keeps(text, reading.requests, result):
            continue
        if any(_is_paired(text, pair) and not _is_paired(result, pair) for pair in BRACKETS):
            continue
        if after.kind is Kind.FILLER or _is_stump(result):
            names = any(words_said(request.text) > 2 for request in reading.requests)
            return Rewrite(None, reason="entangled" if names and "http" in result else "nothing-left")
        if words_said(result) < _FEW_WORDS and _loses_a_name(text, edits, reading.requests, result, language):
            return Rewrite(None, reason="entangled")
        return Rewrite(result, edits)
    return Rewrite(None, reason="entangled")


def _language(code: str) -> Language:
    """The language whose joints and conditions dangle; English where none is known."""
    return languages().get(code.partition(":")[0]) or languages()["en"]


def _attempts(text: str, requests: tuple[Request, ...], language: Language) -> Iterator[tuple[Edit, ...]]:
    """Ways to edit, best first: keep the thing to be shared where nothing else names it, then the plain cut."""
    if len(requests) == 1:
        kept = _what_it_names(text, requests[0], language)
        if kept:
            yield kept
    cuts: list[Edit] = []
    halves: list[Edit] = []
    for begins, piece, inside in _by_piece(spelled_out(text), requests):
        speak = [languages().get(request.pattern.partition(":")[0], language) for request in inside]
        whole = [cut(piece, request, spoken) for request, spoken in zip(inside, speak, strict=True)]
        some = [half(piece, request, spoken) for request, spoken in zip(inside, speak, strict=True)]
        cuts += _moved(joined(whole, piece, language), begins, piece, text)
        halves += _moved(
            joined([half or cut for half, cut in zip(some, whole, strict=True)], piece, language), begins, piece, text
        )
    if halves != cuts:
        yield tuple(halves)
    yield tuple(cuts)


def _by_piece(text: str, requests: tuple[Request, ...]) -> Iterator[tuple[int, str, list[Request]]]:
    """The pieces in which a text is read that hold requests, with these as they stand in it: cutting grows with the text and no faster."""
    left = deque(requests)
    for start, piece in pieces(text):
        inside = []
        while left and left[0].start < start + len(piece):
            inside.append(left.popleft().moved(-start))
        if inside:
            yield start, piece, inside


def _moved(edits: Iterable[Edit], by: int, piece: str, text: str) -> Iterator[Edit]:
    """Edits of a piece as those of its text; the blanks at which it was divided stay."""
    first = by + len(piece) - len(piece.lstrip()) if by else 0
    last = by + len(piece.rstrip()) if by + len(piece) < len(text) else len(text)
    for edit in edits:
        yield Edit(max(first, edit.start + by), min(last, edit.end + by), edit.by)


def _what_it_names(text: str, request: Request, language: Language) -> tuple[Edit, ...] | None:
    """The cut of all of a request but what it names: "Share this guide with your team: https://…" becomes "This guide: https://…".

    Only where a link follows; and beside other words only what says more than "this guide" does: "our guide to the tides".
    """
    clause = _TO_ITS_LINK.match(text, request.start)
    if request.type not in _PASSES_ON or clause is None or clause.end() < request.end:
        return None
    asking = fold(clause[1])
    match = language.named.regex.search(asking.text)
    if match is None or words_said(asking.text[: match.start()]) > _LEADS_UP:
        return None
    start, end = (request.start + place for place in asking.span(*match.span("named")))
    says_more = words_said(text[start:end]) >= _SAYS_MORE
    alone = words_said(text[: request.start] + text[clause.end() :]) <= 2
    if start >= request.end or not (alone or says_more) or not CLAUSE_END.search(text, 0, request.start):
        return None
    first = Edit(request.start, start + 1, text[start].upper())
    if says_more and not text[end : clause.end()].strip():
        return (first,)
    # French sets a blank before its colon
    stop = text[request.start + len(clause[1].rstrip()) : clause.end()].rstrip()
    return first, Edit(end, len(text[: clause.end()].rstrip()), stop if stop.strip() == ":" else ":")


def _is_stump(text: str) -> bool:
    """Whether what is left is too little to send: under three words, and no link or media that they introduce."""
    words = words_said(text)
    return words < 3 and not (words == 2 and "http" in text)


def _loses_a_name(
    text: str, edits: tuple[Edit, ...], requests: tuple[Request, ...], result: str, language: Language
) -> bool:
    """Whether what a text is about was named in its request alone. German gives every noun a capital, so there nothing is told by it."""
    if language.code == "de":
        return False
    asks = {request.text.lstrip("#") for request in requests}
    for edit in edits:
        for match in _NAMED.finditer(text, edit.start, edit.end):
            name = match["name"] or match["tag"]
            if _WHO.search(text, edit.start, match.end()) or name.lower() in result.lower():
                continue
            if name.lstrip("#") not in asks and read(name).kind is not Kind.SHARE_REQUEST:
                return True
    return False


def _apply(text: str, edits: tuple[Edit, ...]) -> str:
    parts, place = [], 0
    for edit in edits:
        parts += [text[place : edit.start], edit.by]
        place = edit.end
    return "".join((*parts, text[place:]))


def _is_paired(text: str, pair: str) -> bool:
    return text.count(pair[0]) == text.count(pair[1])


def _keeps(text: str, requests: tuple[Request, ...], result: str) -> bool:
    """Whether every link, and every mention, hashtag and number outside the requests, is still there in order."""
    place, left = 0, deque(requests)
    for match in KEEPSAKES.finditer(text):
        while left and left[0].end <= match.start():
            left.popleft()
        # a request may begin behind the sign of a hashtag, but not in its midst
        inside = bool(left) and left[0].start <= match.start() + 1
        if inside and not match[0].startswith("http"):
            continue
        keepsake = match[0].rstrip(".,:")
        place = result.find(keepsake, place)
        if place < 0:
            return False
        stood_alone = not match[0][0].isdigit() and not text[: match.start()][-1:].isalnum()
        if stood_alone and result[place - 1 : place].isalnum():
            # it would be read as one with the word before it
            return False
        place += len(keepsake)
    return True
