"""Where the clause of a request begins and ends: what goes with it, what dangles before it, and what of the sentence stays."""

from __future__ import annotations

import re

from postiquette.policies.language.folding import fold
from postiquette.policies.language.patterns import Language, Pattern

#: punctuation and blanks that dangle before a request, the pause among them, and what dangles after one
_LOOSE_BEFORE = re.compile(r"(?:[\s,;:|~/*+&¡¿、،؛\u2013\u2014-]|(?<![:;])(?<![:;]-)\(|(?<!\S)>)*\Z")
_PAUSE = re.compile(r"[,、،]")
_CLAUSE = re.compile(r"[^.!?,;:\n\u2026\u2600-\u27BF\U0001F000-\U0001FAFF]*")
_FULL_STOP = re.compile(r"[.!?。！？؟।]")
#: not where the eyes of a face are: they do not dangle
NO_EYES = r"(?![:;]-?[)(\]DPp3*/](?!\w))"
LOOSE_AFTER = re.compile(
    rf"[^\S\n]*(?:{NO_EYES}[!?.,;:\u2026。！？、،؛؟।])*"
    r"(?:[^\S\n]*(?:&|\+|-+>|/{1,2}|>|\||(?<![.!?\u2026。！？؟।][^\S\n])(?:-+|\u2013|\u2014))(?=[^\S\n]))?"
)
#: a comma or a dash with more of the sentence behind it, or the stop at the end of a line
_GOES_ON = re.compile(r"[,，、،]\s*['\"“‘«]?\w|\s[–—-]\s+\w|[.。।](?=\s*(?:\n|\Z))")
#: not what is joined to another: "signez-la"
LAST_WORD = re.compile(r"(?<![\w'’-])[^\W_]+\s*\Z")
_NEXT_WORD = re.compile(r"[^\S\n]*([^\W_]+)(?=[^\S\n])")
#: the word that may lead from a request to what others are to be told
_NAMELY = re.compile(r"[^\S\n]+([^\W_][^\s'’]*(?:['’]|(?=[^\S\n])))")
#: what a request still says behind the stretch that was found: some words to the end of its clause; more where they complete it
_TO_THE_END = (
    r"(?=\s*(?:$|\n|[.!?,;:\u2026)\]。！？、،؛؟।](?:\W|$)|[\u2600-\u27BF\U0001F000-\U0001FAFF]|\s[\u2013\u2014-]\s))"
)
_REST_OF_CLAUSE = re.compile(r"(?: (?!https?:|www\.)[^\W\d_][^\W\d_'’-]*){1,5}" + _TO_THE_END)
#: some more, whose first word is its group
COMPLEMENT = re.compile(
    r" ([^\W\d_]+['’]?)(?:(?<=['’])[^\W_][\w'’/-]*)?(?: (?!https?:|www\.)[#@\"“«]?[^\W_][\w'’/-]*[\"”»]?){0,16}"
    + _TO_THE_END
)
#: the mark of a post that is passed on by hand: its colon announces nothing
_PASSED_ON = re.compile(r"(?:^|\s)(?:RT|MT|rt|mt) ?@\w+\Z")
#: who is called upon, by name
_CALLED = re.compile(r",\s[^\W\d_a-z][\w'’-]+(?=\s?!)")
#: behind what a clause begins
CLAUSE_END = re.compile(
    r"(?:^|[.!?:\u2026।。！？؟\n)\]\"\u201d]|https?://\S+|[@#]\w+|[\u2600-\u27BF\U0001F000-\U0001FAFF]\uFE0F?)\s*\Z"
)


def end_of_clause(text: str, end: int, language: Language) -> int:
    """Where the clause of a request ends, with its condition, and with what would come of it."""
    after = _past(language.condition, text, end)
    if after == end:
        completes, rest = COMPLEMENT.match(text, end), _REST_OF_CLAUSE.match(text, end)
        if completes and language.complement.regex.fullmatch(plain(completes[1])):
            after = _before_another_deed(text, end, completes.end(), language)
        elif (
            rest
            and not _is_bare(text, end)
            and rest[0].strip()[0].islower()
            and not language.joint.regex.match(fold(rest[0].strip()).text)
        ):
            after = rest.end()
    called = _CALLED.match(text, after)
    return _past(language.outcome, text, called.end() if called else after)


def _before_another_deed(text: str, start: int, end: int, language: Language) -> int:
    """Where a clause ends that goes on with something else to do: "… with your friends and come on Sunday"."""
    folded = fold(text[start:end])
    for joint in re.finditer(r"\s([^\W\d_]+)(?=\s)", folded.text):
        if language.conjunction.regex.fullmatch(joint[1]) and any(
            deed.regex.match(folded.text, joint.end() + 1) for deed in (language.besides, language.besides_alone)
        ):
            return start + folded.span(*joint.span())[0]
    return end


def _is_bare(text: str, end: int) -> bool:
    """Whether a text only begins with a plea for retweets, and what it says follows: "pls rt lost dog in leeds"."""
    return re.fullmatch(r"\W*(?:\w+ ){0,2}(?:rt|retweet|repost)", text[:end], re.IGNORECASE) is not None


def _past(clause: Pattern, text: str, start: int) -> int:
    """Where a clause ends that begins there; there, where none does."""
    folded = fold(text[start:])
    said = clause.regex.match(folded.text)
    return start + folded.span(0, said.end())[1] if said else start


def goes_on(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the sentence that a request stands in goes on, or ends, behind it: then its comma, its "and" or its stop stays."""
    if CLAUSE_END.search(text[:start]):
        return False
    word = _NEXT_WORD.match(text, end)
    joins = word is not None and language.conjunction.regex.fullmatch(plain(word[1])) is not None
    return joins or _GOES_ON.match(text, end) is not None


def shares_its_stop(text: str, before: int, start: int, end: int, language: Language) -> bool:
    """Whether an exclamation ends what a request is joined to as well: "Come along and bring your friends!"."""
    words = (LAST_WORD.search(text, before, start), _NEXT_WORD.match(text, start))
    joined = any(word and language.conjunction.regex.fullmatch(plain(word[0].strip())) for word in words)
    return joined and re.match(r"\s?!(?=\s*(?:\n|\Z))", text[end:]) is not None


def where_it_goes_on(text: str, end: int, language: Language, *, begins: bool) -> int:
    """Where a text begins well that follows a request: past its punctuation, and the word that joins them.

    A request that does not begin its sentence leaves the next one as it is.
    """
    said = _NAMELY.match(text, end)
    if said and language.namely.regex.fullmatch(plain(said[1])):
        word = _NEXT_WORD.match(text, said.end())
        if word is None or not language.relative.regex.fullmatch(plain(word[1])):
            return said.end()
        clause = _CLAUSE.match(text, said.end())
        end = clause.end() if clause else said.end()
    loose = LOOSE_AFTER.match(text, end)
    end = loose.end() if loose else end
    word = _NEXT_WORD.match(text, end)
    if word is None or (not begins and loose is not None and _FULL_STOP.search(loose[0])):
        return end
    reason = loose is not None and "," in loose[0] and language.since.regex.fullmatch(plain(word[1]))
    return word.end() if reason or language.conjunction.regex.fullmatch(plain(word[1])) else end


def where_it_ended(text: str, start: int, language: Language) -> int:
    """Where a text ends well that a request followed."""
    joins = False
    while True:
        loose = _LOOSE_BEFORE.search(text, 0, start)
        pause = "," if _PAUSE.search(text, loose.start() if loose else start, start + 1) else ""
        start = loose.start() if loose else start
        if text[start : start + 1] == ":" and _PASSED_ON.search(text, 0, start):
            return start + 1
        before = fold(text[:start])
        dangling = language.dangling.regex.search(before.text + pause)
        word = LAST_WORD.search(text, 0, start)
        # before a word that joins clauses, "mit" is what is left of "bringt Kuchen mit"
        joint = word and not joins and language.joint.regex.fullmatch(plain(word[0].strip()))
        if dangling:
            start = before.span(dangling.start("cut"), len(before.text))[0]
        elif word and joint:
            start = word.start()
            joins = language.conjunction.regex.fullmatch(plain(word[0].strip())) is not None
        else:
            return start


def plain(word: str) -> str:
    """A word folded, but for two: Portuguese and Italian `e` joins, `é` and `è` are verbs."""
    return word.lower() if word.lower() in ("é", "è") else fold(word).text
