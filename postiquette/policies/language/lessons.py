"""Checks what authors teach: that their phrases do what their examples show, and that their sentences are read as they expect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from postiquette.model import Kind, Phrase, Wording
from postiquette.policies.language.folding import fold
from postiquette.policies.language.reader import read
from postiquette.policies.language.wording import taught

#: words that every ask may have: an exception made of these alone would excuse asks
_ASKING = re.compile(
    r"a|and|around|away|boost|boosts|everybody|everyone|far|feel|follow|folks|for|forward|forwards|free|"
    r"friend|friends|help|if|it|just|kindly|like|likes|me|my|now|on|our|others|pass|people|please|pls|plz|"
    r"post|quote|re|reblog|repost|reposts|retweet|retweets|rt|rts|send|share|shared|shares|sharing|spread|"
    r"tag|tell|that|the|them|these|this|those|to|tweet|us|wide|widely|with|word|you|your"
)


def faults(wording: Wording) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with a wording: where in it, and what."""
    for number, phrase in enumerate(wording.asks):
        yield from _faults(phrase, ("asks", number), wording, asks=True)
    for number, phrase in enumerate(wording.not_asks):
        words = re.findall(r"[^\W_]+", fold(phrase.text).text)
        if len(words) < 2 or all(_ASKING.fullmatch(word) for word in words):
            message = (
                f"“{phrase.text}” would excuse requests of any kind; expected a word of its own besides those that ask"
            )
            yield ("not_asks", number, "phrase"), message
        yield from _faults(phrase, ("not_asks", number), wording, asks=False)


def _faults(
    phrase: Phrase, where: tuple[str | int, ...], wording: Wording, *, asks: bool
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    own = taught(wording)
    pattern = next(one for one in (own.requests if asks else own.senses) if one.name.endswith(f":{phrase.text}"))
    for number, example in enumerate(phrase.examples):
        place = (*where, "examples", number)
        if not pattern.regex.search(fold(example).text):
            yield place, f"the example does not hold the phrase “{phrase.text}”"
        elif message := _verdict(example, wording, asks=asks):
            yield place, message


def verdicts(sentences: Sequence[str], wording: Wording, *, asks: bool) -> Iterator[tuple[int, str]]:
    """The sentences that are not read as expected: their number from 0, and how they are read."""
    for number, sentence in enumerate(sentences):
        if message := _verdict(sentence, wording, asks=asks):
            yield number, message


def _verdict(sentence: str, wording: Wording, *, asks: bool) -> str | None:
    reading = read(sentence, None, wording)
    if (reading.kind is Kind.SHARE_REQUEST) is asks:
        return None
    if asks:
        return f"“{sentence}” is read as {reading.kind}, no share request"
    request = reading.requests[0]
    return f"“{sentence}” is read as a share request: “{request.text}” ({request.pattern})"
