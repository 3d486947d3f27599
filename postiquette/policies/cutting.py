"""The cut of one request: its stretch, with the punctuation, blanks, brackets and words that would dangle without it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from postiquette.policies.language.folding import fold
from postiquette.policies.language.patterns import Language, Pattern
from postiquette.policies.language.reader import Request, words_said

#: what must survive a cut: links, mentions, hashtags, numbers, but those that only count the items of a list
KEEPSAKES = re.compile(r"https?://\S+|@\w+|#\w+|(?m:(?!^\d{1,2}[.)]\s))(?<!\d)\d[\d.,:%]*")
#: punctuation and blanks that dangle before a cut, and after one
_LOOSE_BEFORE = re.compile(r"(?:[\s,;:|~/*+&(¡¿、،؛\u2013\u2014-]|(?<!\S)>)*\Z")
LOOSE_AFTER = re.compile(
    r"[^\S\n]*[!?.,;:\u2026。！？、،؛؟।]*(?:[^\S\n]*(?:&|\+|-+>?|/{1,2}|\u2013|\u2014|>|\|)(?=[^\S\n]))?"
)
#: a comma or a dash with more of the sentence behind it, or the stop at the end of a line
_GOES_ON = re.compile(r"[,，、،]\s*['\"“‘«]?\w|\s[–—-]\s+\w|[.。।](?=\s*(?:\n|\Z))")
#: between two things that are said in brackets
_SEPARATES = re.compile(r"[,;:.!?、，；]")
_STOPS = frozenset(",，、،.。।")
_ENDS = frozenset(".!?\u2026。！？؟।")
#: not what is joined to another: "signez-la"
_LAST_WORD = re.compile(r"(?<![\w'’-])[^\W_]+\s*\Z")
_NEXT_WORD = re.compile(r"[^\S\n]*([^\W_]+)(?=[^\S\n])")
#: the word that may lead from a request to what others are to be told
_NAMELY = re.compile(r"[^\S\n]+([^\W_][^\s'’]*(?:['’]|(?=[^\S\n])))")
#: what a request still says behind the stretch that was found: some words to the end of its clause; more where they complete it
_TO_THE_END = (
    r"(?=\s*(?:$|\n|[.!?,;:\u2026)\]。！？、،؛؟।](?:\W|$)|[\u2600-\u27BF\U0001F000-\U0001FAFF]|\s[\u2013\u2014-]\s))"
)
_REST_OF_CLAUSE = re.compile(r"(?: (?!https?:|www\.)[^\W\d_][^\W\d_'’-]*){1,5}" + _TO_THE_END)
_COMPLEMENT = re.compile(r" ([^\W\d_]+['’]?)(?:(?: ?)(?!https?:|www\.)[#@]?[^\W_][\w'’/-]*){1,16}" + _TO_THE_END)
#: signs that plead or mean sharing go with the request before them
_PLEADING_SIGNS = re.compile(r"[^\S\n]*(?:[\U0001F64F\U0001F501\u267B][\U0001F3FB-\U0001F3FF\uFE0F]*)+")
_LEADING_SIGNS = re.compile(r"(?:[\U0001F64F\U0001F501\u267B][\U0001F3FB-\U0001F3FF\uFE0F]*[^\S\n]*)+\Z")
#: what a sentence may begin with before its first letter
_OPENING_SIGNS = re.compile(r"(?:[\u2600-\u27BF\U0001F000-\U0001FAFF][\U0001F3FB-\U0001F3FF\uFE0F]*\s*)+|[¡¿]")
#: fingers and arrows that pointed from a request to nothing more
_POINTING_SIGNS = re.compile(r"[^\S\n]*(?:[\u2B07\u2935\U0001F447][\U0001F3FB-\U0001F3FF\uFE0F]*)+(?=\s*\Z)")
#: what may join the halves of a request; Arabic writes its "and" together with the word after it
_JOINTS = re.compile(r"\s*[&+/,]\s*|\s+(?=\u0648\w)|\s+([^\W\d_]+)(?=\s)")
#: the words for spreading that stand in many languages
_SPREADING = re.compile(r"(?:share|spread|forward|rt|re-?tweet|re-?post|re-?blog|boost)\b")
#: what belongs to the object, though a verb may stand with it
_ARTICLE = re.compile(r"\s+(?:la|le|les|el|los|las|il|lo|i|gli|die|das|den|het|o|a|os|as)\Z")
#: what begins a sentence without a capital
_ADDRESS = re.compile(r"https?:|[\w-]+(?:\.[\w-]+)+(?=[/\s]|\Z)")
#: within which a request may stand with other words
BRACKETS = ("()", "[]", "（）", "【】")
_PAIRS = ("()", "[]", "**", '""', "【】", "「」", "『』", "（）", "［］", "〔〕", "«»", "“”", "¡!", "¿?")
#: what sets words off in Markdown
_MARKUP = re.compile(r"(?:\*\*|__|~~|[*_])\Z")
#: what only leads to a request, or goes with it: "P.S.", a recycling sign, the number of an item
_LEAD_IN = re.compile(
    r"(?:^\d{1,2}[.)](?=\s|\Z))?(?:[^\w\n@#]|\b(?:p\.? ?p?\.?s|n\.?b|btw|ps|edit|note|psa|update)\b)*", re.IGNORECASE
)
_SMALL_START = re.compile(r"[.!?\u2026।]\s+[a-z]|\A[a-z]")
_CLAUSE_END = re.compile(
    r"(?:^|[.!?:\u2026।。！？؟\n)\]\"\u201d]|https?://\S+|[@#]\w+|[\u2600-\u27BF\U0001F000-\U0001FAFF]\uFE0F?)\s*\Z"
)
#: "sign and share this petition": what is shared is also what is signed, and stays
_JOINED = re.compile(r"(?:and|&|,|\+)\s.*?\b(?P<object>this|these|our|my|the)\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Edit:
    """Replace the original's `start` to `end` (exclusive) by `by`; an empty `by` is a cut."""

    start: int
    end: int
    by: str


def half(text: str, request: Request, language: Language) -> Edit | None:
    """The cut of "and share" out of "sign and share this petition": what is asked for besides stays, with its object."""
    asking = fold(text[request.start : request.end])
    for joint in _JOINTS.finditer(asking.text):
        if joint[1] and not language.conjunction.regex.fullmatch(joint[1]):
            continue
        begins = joint.end() + len(asking.text[joint.end() :]) - len(asking.text[joint.end() :].lstrip())
        spreads = [_SPREADING.match(asking.text, begins)] + [v.regex.match(asking.text, begins) for v in language.verbs]
        ends = max((match.end() for match in spreads if match), default=begins)
        before = asking.text[: joint.start()]
        besides = language.besides.regex.search(before)
        # a deed that has an object of its own does not take over the request's
        alone = language.besides_alone.regex.search(before) or (besides and before[besides.end() :].strip())
        if ends == begins or not (alone or besides):
            continue
        start = request.start + asking.span(joint.start(), joint.end())[0]
        article = _ARTICLE.search(asking.text, begins, ends)
        ends = article.start() if article else ends
        end = request.end if alone else request.start + asking.span(begins, ends)[1]
        return Edit(start, end, "")
    return None


def cut(text: str, request: Request, language: Language) -> Edit:
    """The cut with the punctuation, blanks and words that would dangle."""
    start, end = _without_brackets(text, request.start, request.end)
    around = _brackets_around(text, start, end)
    if around:
        within = _cut_within(text, replace(request, start=start, end=end), language, *around)
        if within:
            return within
        start, end = around
    joined = _JOINED.match(text, start, end)
    if joined and re.match(r"\s+\w", text[end:]):
        end = joined.start("object")
    else:
        end = end_of_clause(text, end, language)
    signs = _PLEADING_SIGNS.match(text, end) or _POINTING_SIGNS.match(text, end)
    end = signs.end() if signs else end
    signs = _LEADING_SIGNS.search(text, 0, start)
    start = signs.start() if signs else start
    start, end = _with_markup(text, start, end)
    bracketed = start
    while start > 0 and end < len(text) and text[start - 1] + text[end] in _PAIRS:
        start, end = start - 1, end + 1
    opens = _CLAUSE_END.search(text[:start]) is not None
    before = _before(text, start, language)
    if start < bracketed and text[end : end + 1] in set(":;,"):
        # what follows the brackets belongs to the clause around them
        return Edit(len(text[:start].rstrip()), end, "")
    if not opens and text[end : end + 1] == ":" and text[end + 1 :].strip():
        # the colon announces what follows for the clause before the request as well
        return Edit(before, end, "")
    stays = not opens and _goes_on(text, before, end, language)
    end = end if stays else _after(text, end, language)
    if opens and text[:start].rstrip().endswith(":") and _LEAD_IN.fullmatch(text[end : _line(text, start, end)[1]]):
        # nothing that could be announced is left
        opens = False
    start = len(text[:start].rstrip(" \t")) if opens else before
    rest = text[end:]
    end += len(rest) - len(rest.lstrip(" \t"))
    if _says_nothing(text, start, end):
        start, end = _line(text, start, end)
    return Edit(start, end, "" if stays and text[end : end + 1] in _STOPS else _glue(text, start, end, opens=opens))


def _without_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the brackets around it, and without one at either end whose other half lies beyond it."""
    for pair in _PAIRS:
        opening, closing, inside = pair[0], pair[1], text[start:end]
        if opening == closing:
            continue
        begins, ends = inside.startswith(opening), inside.endswith(closing)
        if begins and (ends or closing not in inside):
            start += 1
        if ends and (begins or opening not in inside):
            end -= 1
    return start, end


def _brackets_around(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where what stands in the brackets around a stretch begins and ends."""
    for pair in BRACKETS:
        opening, closing = pair[0], pair[1]
        first, last = text.rfind(opening, 0, start), text.find(closing, end)
        if first >= 0 and last >= 0 and closing not in text[first:start] and opening not in text[end:last]:
            return first + 1, last
    return None


def _cut_within(text: str, request: Request, language: Language, first: int, last: int) -> Edit | None:
    """The cut of a request from brackets that hold more; None where the brackets go with it."""
    said = text[first : request.start] + text[request.end : last]
    kept = KEEPSAKES.search(said) is not None
    if not kept and words_said(said) < (1 if _SEPARATES.search(said) else 3):
        return None
    edit = cut(text[first:last], request.moved(-first), language)
    start, end = first + edit.start, first + edit.end
    if not text[first:start].strip():
        start, end = first, last - len(text[end:last].lstrip())
    elif not text[end:last].strip():
        start, end = first + len(text[first:start].rstrip()), last
    else:
        return Edit(start, end, edit.by)
    return Edit(start, end, "")


def _with_markup(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch with the marks that set it off, where they set off nothing besides."""
    opening = _MARKUP.search(text, 0, start)
    if opening is None:
        return start, end
    closing = re.compile(r"[.!?\u2026 ]*" + re.escape(opening[0])).match(text, end)
    return (opening.start(), closing.end()) if closing else (start, end)


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    below = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if below < 0 else below


def _says_nothing(text: str, start: int, end: int) -> bool:
    """Whether what a cut leaves of its line is signs, or a lead-in to what was cut."""
    first, last = _line(text, start, end)
    return _LEAD_IN.fullmatch(text[first:start] + text[end:last]) is not None


def end_of_clause(text: str, end: int, language: Language) -> int:
    """Where the clause of a request ends, with its condition, and with what would come of it."""
    after = _past(language.condition, text, end)
    if after == end:
        completes, rest = _COMPLEMENT.match(text, end), _REST_OF_CLAUSE.match(text, end)
        if completes and language.complement.regex.fullmatch(_plain(completes[1])):
            after = completes.end()
        elif rest and rest[0].strip()[0].islower() and not language.joint.regex.match(fold(rest[0].strip()).text):
            after = rest.end()
    return _past(language.outcome, text, after)


def _past(clause: Pattern, text: str, start: int) -> int:
    """Where a clause ends that begins there; there, where none does."""
    folded = fold(text[start:])
    said = clause.regex.match(folded.text)
    return start + folded.span(0, said.end())[1] if said else start


def _goes_on(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the sentence that a request stands in goes on, or ends, behind it: then its comma, its "and" or its stop stays."""
    if _CLAUSE_END.search(text[:start]):
        return False
    word = _NEXT_WORD.match(text, end)
    joins = word is not None and language.conjunction.regex.fullmatch(_plain(word[1])) is not None
    return joins or _GOES_ON.match(text, end) is not None


def _after(text: str, end: int, language: Language) -> int:
    said = _NAMELY.match(text, end)
    if said and language.namely.regex.fullmatch(_plain(said[1])):
        return said.end()
    loose = LOOSE_AFTER.match(text, end)
    end = loose.end() if loose else end
    word = _NEXT_WORD.match(text, end)
    if word is None:
        return end
    reason = loose is not None and "," in loose[0] and language.since.regex.fullmatch(_plain(word[1]))
    return word.end() if reason or language.conjunction.regex.fullmatch(_plain(word[1])) else end


def _before(text: str, start: int, language: Language) -> int:
    """Where a text ends well that a request followed."""
    while True:
        loose = _LOOSE_BEFORE.search(text, 0, start)
        start = loose.start() if loose else start
        dangling = language.dangling.regex.search(fold(text[:start]).text)
        word = _LAST_WORD.search(text, 0, start)
        joint = word and language.joint.regex.fullmatch(_plain(word[0].strip()))
        if dangling:
            start = fold(text[:start]).span(dangling.start("cut"), dangling.end())[0]
        elif word and joint:
            start = word.start()
        else:
            return start


def _plain(word: str) -> str:
    """A word folded, but for single letters: Portuguese `e` joins, and `é` does not."""
    return word.lower() if len(word) == 1 else fold(word).text


def _glue(text: str, start: int, end: int, *, opens: bool) -> str:
    before, after = text[:start], text[end:]
    if not before.strip() or not after.strip() or before.endswith("\n") or after.startswith("\n"):
        return ""
    ends = text[start:end].rstrip()[-1:] in _ENDS and re.match(r"\d", after)
    if not opens and (ends or re.match(r"[A-Z][a-z]", after)) and before[-1] not in ".!?:\u2026":
        return ". "
    return " "


def joined(cuts: list[Edit], text: str) -> tuple[Edit, ...]:
    """Cuts with nothing between them as one, empty lines closed, and a capital where a sentence now begins."""
    merged: list[Edit] = []
    for one in cuts:
        last = merged[-1] if merged else None
        if last is not None and not text[last.end : one.start].strip():
            merged[-1] = Edit(last.start, max(one.end, last.end), last.by and one.by)
        else:
            merged.append(one)
    following = [one.start for one in merged[1:]] + [len(text)]
    return tuple(_closed(one, text, until) for one, until in zip(merged, following, strict=True))


def _closed(one: Edit, text: str, until: int) -> Edit:
    """One cut so that its text goes on well; what it changes besides ends before `until`, where the next one begins."""
    start, end, by = one.start, one.end, one.by
    if end < until and text[end] in _STOPS and text[:start].rstrip()[-1:] in _ENDS:
        # of two requests in one sentence the second leaves its stop, and the first its sentence
        end += 1
    before, after = text[:start], text[end:]
    if not before.strip():
        start = 0
        end += len(after) - len(after.lstrip())
    elif not after.strip():
        # a line end at the end of the text is how its author lays out a file
        start, end = len(before.rstrip()), len(text) - text.endswith("\n")
    elif before.endswith("\n") and after.startswith("\n"):
        end += len(after) - len(after.lstrip("\n"))
    begins = not text[:start].strip() or re.search(r"[.!?\u2026\n]\s*\Z", text[:start]) is not None
    signs = _OPENING_SIGNS.match(text, end)
    first = signs.end() if signs else end
    if (
        begins
        and first < until
        and text[first].islower()
        and not _all_small(before, after)
        and not _ADDRESS.match(text, first)
    ):
        return Edit(start, first + 1, by + text[end:first] + text[first].upper())
    return Edit(start, end, by)


def _all_small(before: str, after: str) -> bool:
    """Whether the author begins other sentences too in small letters."""
    rest = f"{before}\x00{after}"
    return not any(letter.isupper() for letter in rest) and _SMALL_START.search(rest) is not None
