"""The cut of one request: its stretch, with the punctuation, blanks, brackets and words that would dangle without it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from postiquette.policies.clauses import (
    CLAUSE_END,
    LAST_WORD,
    NO_EYES,
    end_of_clause,
    goes_on,
    plain,
    shares_its_stop,
    where_it_ended,
    where_it_goes_on,
)
from postiquette.policies.language.folding import fold
from postiquette.policies.language.patterns import Language
from postiquette.policies.language.reader import Request, words_said

#: what must survive a cut: links, mentions, hashtags, numbers, but those that only count the items of a list
KEEPSAKES = re.compile(r"https?://\S+|@\w+|#[\w\u0900-\u0903\u093a-\u094f]+|(?m:(?!^\d{1,2}[.)]\s))(?<!\d)\d[\d.,:%]*")
#: between two things that are said in brackets
_SEPARATES = re.compile(r"[,;:.!?、，；]")
_HASHTAG = re.compile(r"#\w+")
#: a mention or a hashtag behind a word
_NAME = re.compile(r"[^\S\n]?[@#]\w")
#: with the first letter of the word after it
_MENTION_AND_ON = re.compile(r"[^\S\n]?@[\w.]+[^\S\n](\w)")
#: with the blank that French sets before it
_STOP = re.compile(r"(?:(?<=\w)[ \u00a0\u202f](?=!))?[.!\u2026।。！]+(?=\s*\Z)")
_AROUND_BRACKETS = frozenset(":;,.。、")
_STOPS = frozenset(",，、،.。।!")
_ENDS = frozenset(".!?\u2026。！？؟।")
#: signs that plead or mean sharing go with the request before them
_PLEADING_SIGNS = re.compile(
    r"(?:\?(?=[^\S\n]))?[^\S\n]*(?:[\U0001F64F\U0001F501\U0001F503\U0001F504\u267B][\U0001F3FB-\U0001F3FF\uFE0F]*)+"
)
_LEADING_SIGNS = re.compile(
    r"(?:[\U0001F64F\U0001F501\U0001F503\U0001F504\u267B][\U0001F3FB-\U0001F3FF\uFE0F]*[^\S\n]*)+\Z"
)
#: what a sentence may begin with before its first letter
_OPENING_SIGNS = re.compile(r"(?:[\u2600-\u27BF\U0001F000-\U0001FAFF][\U0001F3FB-\U0001F3FF\uFE0F]*\s*)+|[¡¿]")
#: fingers and arrows that pointed from a request to nothing more
_POINTING_SIGNS = re.compile(r"[^\S\n]*(?:[\u2B07\u2935\U0001F447][\U0001F3FB-\U0001F3FF\uFE0F]*)+(?=\s*\Z)")
#: what begins a sentence without a capital
_ADDRESS = re.compile(r"https?\b|[\w-]+(?:\.[\w-]+)+(?=[/\s]|\Z)|(?:via|cc|h/t)\s@")
#: within which a request may stand with other words
BRACKETS = ("()", "[]", "（）", "【】")
_PAIRS = ("()", "[]", "**", '""', "【】", "「」", "『』", "（）", "［］", "〔〕", "«»", "“”", "¡!", "¿?")
#: what begins no text; a face does
_LOOSE_START = re.compile(rf"(?:{NO_EYES}[ \t\n,،:;])*")
#: what sets words off in Markdown
_MARKUP = re.compile(r"(?:\*\*|__|~~|[*_])\Z")
#: signs of a script without blanks, and its stops
_UNSPACED = re.compile(r"[\u3001\u3002\u3040-\u30ff\u4e00-\u9fff\uff01\uff1f]")
#: how Japanese laughs at the end of a sentence
_LAUGH = re.compile(r"(?<=[\u3040-\u30ff])(?:[wｗ]+|笑|草)(?=\s|\Z)")
#: what only leads to a request, or goes with it: "P.S.", a recycling sign, the number of an item
_LEAD_IN = re.compile(
    r"(?:^\d{1,2}[.)](?=\s|\Z))?(?:[^\w\n@#]|\b(?:p\.? ?p?\.?s|n\.?b|btw|ps|edit|note|psa|update|not|nota|p\.?d)\b)*",
    re.IGNORECASE,
)
_CAPITAL_START = re.compile(r"(?:\A|[.!?\u2026\n\x00]\s*)[A-Z]\w")
_SMALL_START = re.compile(r"(?:\A|[.!?\u2026।]\s+)(?!https?:)[a-z]")
#: "sign and share this petition": what is shared is also what is signed, and stays
_JOINED = re.compile(r"(?:and|&|,|\+)\s.*?\b(?P<object>this|these|our|my|the)\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Edit:
    """Replace the original's `start` to `end` (exclusive) by `by`; an empty `by` is a cut."""

    start: int
    end: int
    by: str


def cut(text: str, request: Request, language: Language) -> Edit:
    """The cut with the punctuation, blanks and words that would dangle."""
    start, end = _without_brackets(text, request.start, request.end)
    start -= text[start - 1 : start] == "#"
    around = _brackets_around(text, start, end)
    if around:
        within = _cut_within(text, replace(request, start=start, end=end), language, *around)
        if within:
            return within
        start, end = around
    apart = CLAUSE_END.search(text[:start]) is not None
    end = _before_governing_word(text, start, _end_of_what_is_said(text, start, end, language), language)
    inner, end = _with_signs(text, start, end)
    start = inner
    while start > 0 and end < len(text) and text[start - 1] + text[end] in _PAIRS:
        start, end = start - 1, end + 1
    if start < inner and text[:start].strip() and text[end : end + 1] in _AROUND_BRACKETS:
        # what follows the brackets belongs to the clause around them
        return Edit(len(text[:start].rstrip()), end, "")
    return _cut_from_sentence(text, start, end, language, apart=apart)


def _end_of_what_is_said(text: str, start: int, end: int, language: Language) -> int:
    """Where the words of a request end: of a hashtag with the tag, before an object that stays, else with its clause."""
    tag, joined = _HASHTAG.match(text, start), _JOINED.match(text, start, end)
    if tag and end <= tag.end():
        return tag.end()
    if joined and re.match(r"\s+\w", text[end:]):
        return joined.start("object")
    return end_of_clause(text, end, language)


def _before_governing_word(text: str, start: int, end: int, language: Language) -> int:
    """Where a request ends that names a mention or a hashtag behind it: "spread the word about our #choir" leaves "our #choir"."""
    word = LAST_WORD.search(text, start, end)
    if word is None or not breaks_off(text, start, end, language):
        return end
    if language.condition.regex.search(fold(text[start:end]).text):
        # it names no subject but those who are asked: "RT if you know more #…"
        return end
    leads = LAST_WORD.search(text, start, word.start())
    named = leads is not None and (
        language.complement.regex.fullmatch(plain(leads[0].strip()))
        or any(verb.regex.fullmatch(plain(leads[0].strip())) for verb in language.verbs)
    )
    return len(text[: word.start()].rstrip()) if named else end


def breaks_off(text: str, start: int, end: int, language: Language) -> bool:
    """Whether a stretch ends between a word and the mention or hashtag that it governs: "our | #choir", "to urge | @nora to sing"."""
    word = LAST_WORD.search(text, start, end)
    if word is None or _NAME.match(text, end) is None:
        return False
    last = plain(word[0].strip())
    if language.determiner.regex.fullmatch(last):
        return True
    on = _MENTION_AND_ON.match(text, end)
    if on is None or not on[1].islower():
        return False
    leads = LAST_WORD.search(text, start, word.start())
    governing = language.complement.regex
    return bool(governing.fullmatch(last) or (leads and governing.fullmatch(plain(leads[0].strip()))))


def _with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch with the laugh, the signs and the marks that go with it."""
    laugh = _LAUGH.match(text, end)
    end = laugh.end() if laugh else end
    signs = _PLEADING_SIGNS.match(text, end) or _POINTING_SIGNS.match(text, end)
    end = signs.end() if signs else end
    signs = _LEADING_SIGNS.search(text, 0, start)
    return _with_markup(text, signs.start() if signs else start, end)


def _cut_from_sentence(text: str, start: int, end: int, language: Language, *, apart: bool) -> Edit:
    """The cut of a stretch so that the sentence around it, and the one after it, read on; signs before it may set it `apart`."""
    opens = CLAUSE_END.search(text[:start]) is not None
    before = where_it_ended(text, start, language)
    unfinished = text[:before].strip()[-1:] not in _ENDS | {""}
    if not opens and unfinished and text[end : end + 1] == ":" and text[end + 1 :].strip():
        # the colon announces what follows for the clause before the request as well
        return Edit(before, end, "")
    stays = not (opens or apart) and (
        goes_on(text, before, end, language) or shares_its_stop(text, before, start, end, language)
    )
    end = end if stays else where_it_goes_on(text, end, language, begins=opens or apart)
    if opens and text[:start].rstrip().endswith(":") and _LEAD_IN.fullmatch(text[end : _line(text, start, end)[1]]):
        # nothing that could be announced is left
        opens = apart = False
    led = text[:start].rstrip()[-1:] in set("?:") and any(map(str.isalnum, text[before:start]))
    start = len(text[:start].rstrip(" \t")) if (opens or apart) and not led else before
    opens = (opens and not led) or CLAUSE_END.search(text[:start]) is not None
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
    if not (text[first:start] + text[end:last]).strip():
        return None
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


def _glue(text: str, start: int, end: int, *, opens: bool) -> str:
    before, after = text[:start], text[end:]
    if not before.strip() or not after.strip() or before.endswith("\n") or after.startswith("\n"):
        return ""
    last = text[start:end].rstrip()[-1:]
    # a plea for what a link leads to pleads no more, but a sentence before one ends
    ends = last in _ENDS and re.match(r"\w", after) and (last == "." or not after.startswith("http"))
    if not opens and (ends or re.match(r"[A-Z][a-z]", after)) and before[-1] not in ".!?:\u2026":
        # the sentence ends as it did, but it asks nothing any more
        stop = _STOP.search(text, start, end)
        blank = "" if stop and stop[0][-1] in "。！" else " "
        return f"{stop[0] if stop else '.'}{blank}"
    if _UNSPACED.match(before[-1]) and not any(map(str.isspace, text[start:end])):
        return ""
    return " "


def joined(cuts: list[Edit], text: str, language: Language) -> tuple[Edit, ...]:
    """Cuts with nothing between them as one, empty lines closed, and a capital where a sentence now begins."""
    merged: list[Edit] = []
    for one in cuts:
        last = merged[-1] if merged else None
        if last is not None and not text[last.end : one.start].strip():
            # the stop that the first would have left goes with the second
            by = one.by and (last.by or _glue(text, last.start, one.end, opens=True))
            merged[-1] = Edit(last.start, max(one.end, last.end), by)
        else:
            merged.append(one)
    following = [one.start for one in merged[1:]] + [len(text)]
    return tuple(_closed(one, text, until, language) for one, until in zip(merged, following, strict=True))


def _closed(one: Edit, text: str, until: int, language: Language) -> Edit:
    """One cut so that its text goes on well; what it changes besides ends before `until`, where the next one begins."""
    start, end, by = one.start, one.end, one.by
    if end < until and text[end] in _STOPS and text[:start].rstrip()[-1:] in _ENDS:
        # of two requests in one sentence the second leaves its stop, and the first its sentence
        end += 1
    before, after = text[:start], text[end:]
    if not before.strip():
        start = 0
        loose = _LOOSE_START.match(after)
        end = min(until, end + (loose.end() if loose else 0))
    elif not after.strip():
        # a line end at the end of the text is how its author lays out a file
        start, end = len(before.rstrip()), len(text) - text.endswith("\n")
    elif before.endswith("\n") and after.startswith("\n"):
        end += len(after) - len(after.lstrip("\n"))
    for opening, closing in ("¡!", "¿?"):
        # what is left of an exclamation is one yet
        if text.count(opening, start, end) > text.count(closing, start, end) and re.match(
            rf"[^.!?\n]*\{closing}", text[end:]
        ):
            by += opening
    # a sentence that began before the cut, too, begins as its author has it
    written = text[:start] if text[start:end].rstrip()[-1:] in _ENDS else text[:start] + by
    begins = not written.strip() or re.search(r"[.!?\u2026\n]\s*[¡¿]?\Z", written) is not None
    signs = _OPENING_SIGNS.match(text, end)
    first = signs.end() if signs else end
    if (
        begins
        and first < until
        and text[first].islower()
        and not _all_small(before, after)
        and not _ADDRESS.match(text, first)
    ):
        # Turkish has a dot on the capital, too
        capital = "İ" if text[first] == "i" and language.code == "tr" else text[first].upper()
        return Edit(start, first + 1, by + text[end:first] + capital)
    return Edit(start, end, by)


def _all_small(before: str, after: str) -> bool:
    """Whether the author begins other sentences too in small letters."""
    rest = f"{before}\x00{after}"
    return _CAPITAL_START.search(rest) is None and _SMALL_START.search(rest) is not None
