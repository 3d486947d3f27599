"""What of a joined request stays: "sign" of "sign and share this petition", "follow us" of "RT and follow us"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postiquette.policies.clauses import COMPLEMENT, LAST_WORD, plain
from postiquette.policies.cutting import Edit
from postiquette.policies.language.folding import Folded, fold
from postiquette.policies.language.patterns import Language
from postiquette.policies.language.reader import Request

#: what may join the halves of a request; Arabic writes its "and" together with the word after it
_JOINTS = re.compile(r"\s*[&+/,]\s*|\s+(?=\u0648\w)|\s+([^\W\d_]+)(?=\s)")
#: the words for spreading that stand in many languages
_SPREADING = re.compile(r"(?:share|spread(?: the word)?|forward|rt|re-?tweet|re-?post|re-?blog|boost)\b")
#: what belongs to the object, though a verb may stand with it
_ARTICLE = re.compile(r"\s+(?:la|le|les|el|los|las|il|lo|i|gli|die|das|den|het|o|a|os|as)\Z")


def half(text: str, request: Request, language: Language) -> Edit | None:
    """The cut of the half that asks for shares; what is asked for besides stays, with its object. None where there is nothing besides."""
    return _first_half(text, request, language) or _second_half(text, request, language)


def _first_half(text: str, request: Request, language: Language) -> Edit | None:
    asking = fold(text[request.start : request.end])
    for ends, begins in _joints(asking, language):
        spreads = (
            _SPREADING.search(asking.text, 0, ends),
            *(v.regex.search(asking.text, 0, ends) for v in language.verbs),
        )
        first = min((match.start() for match in spreads if match), default=None)
        if first is not None and language.besides_alone.regex.match(asking.text, begins):
            start, end = asking.span(first, begins)
            return Edit(request.start + start, request.start + end, "")
    return None


def _second_half(text: str, request: Request, language: Language) -> Edit | None:
    word = LAST_WORD.search(text, 0, request.start)
    begin = word.start() if word and language.besides.regex.fullmatch(plain(word[0].strip())) else request.start
    asking = fold(text[begin : request.end])
    for joint, begins in _joints(asking, language):
        spreads = (_SPREADING.match(asking.text, begins), *(v.regex.match(asking.text, begins) for v in language.verbs))
        ends = max((match.end() for match in spreads if match), default=begins)
        before = asking.text[:joint]
        if re.search(r"[.!?]", before):
            # what stands before it is a sentence of its own: "Do you know somebody who should read this? Then …"
            continue
        besides = language.besides.regex.search(before)
        # a deed that has an object of its own does not take over the request's
        alone = language.besides_alone.regex.search(before) or (besides and before[besides.end() :].strip())
        if ends == begins or not (alone or besides):
            continue
        article = _ARTICLE.search(asking.text, begins, ends)
        ends = article.start() if article else ends
        # whom it is shared with goes as well
        audience = COMPLEMENT.match(asking.text, ends)
        towards = audience and language.complement.regex.fullmatch(plain(audience[1]))
        # "read & RT if you agree": the condition is one of sharing
        only_if = language.condition.regex.match(asking.text, ends)
        end = request.end if alone or towards or only_if else begin + asking.span(begins, ends)[1]
        return Edit(begin + asking.span(joint, begins)[0], end, "")
    return None


def _joints(asking: Folded, language: Language) -> Iterator[tuple[int, int]]:
    """Where a folded request is joined: where the joint begins, and where what it leads to does."""
    for joint in _JOINTS.finditer(asking.text):
        if not joint[1] or language.conjunction.regex.fullmatch(joint[1]):
            behind = asking.text[joint.end() :]
            yield joint.start(), joint.end() + len(behind) - len(behind.lstrip())
