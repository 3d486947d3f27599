"""What authors teach the reader, and what they cannot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postiquette.model import Kind, Phrase, Wording
from postiquette.policies.language.lessons import faults, verdicts
from postiquette.policies.language.reader import read
from postiquette.policies.rewrite import rewrite

RADIO = Phrase("spread the word radio", ("Spread the Word Radio is on at nine",))
BUMP = Phrase("bump * thread", ("Could you bump this old thread?",))
WORDING = Wording(asks=(BUMP,), not_asks=(RADIO,))


def test_a_taught_request_is_one() -> None:
    text = "The new tide tables are out. Bump the thread!"
    assert read(text).requests == ()
    reading = read(text, None, WORDING)
    assert (reading.kind, [request.text for request in reading.requests]) == (Kind.SHARE_REQUEST, ["Bump the thread"])
    assert reading.requests[0].pattern == "own:bump * thread"
    assert rewrite(text, None, WORDING).text == "The new tide tables are out."


def test_a_star_at_the_end_stands_for_more_words() -> None:
    wording = Wording(asks=(Phrase("pass on *", ("pass on this list",)),))
    assert list(faults(wording)) == []
    for text in ("Pass on this list tonight", "Pass on"):
        assert [request.text for request in read(text, None, wording).requests] == [text]


def test_a_taught_sense_excuses_its_own_words_and_says_so() -> None:
    text = "Spread the Word Radio is on at nine tonight"
    assert read(text).kind is Kind.SHARE_REQUEST
    reading = read(text, None, WORDING)
    assert (reading.kind, reading.requests) == (Kind.VALUE, ())
    [excused] = reading.excused
    assert (excused.pattern, excused.text) == ("own:spread the word radio", "Spread the Word")
    assert rewrite(text, None, WORDING).text == text


def test_it_excuses_no_other_request_of_the_post() -> None:
    text = "Spread the Word Radio is on at nine. Please spread the word!"
    reading = read(text, None, WORDING)
    assert reading.kind is Kind.SHARE_REQUEST
    assert [request.text for request in reading.requests] == ["Please spread the word"]
    assert len(reading.excused) == 1


def test_an_exception_that_would_excuse_any_request_is_refused() -> None:
    for phrase in ("share", "please share", "RT this", "share this with your friends", "*"):
        found = list(faults(Wording(not_asks=(Phrase(phrase, (f"{phrase} now",)),))))
        assert any("would excuse requests of any kind" in message for _, message in found), phrase


def test_examples_must_hold_and_show_the_phrase() -> None:
    astray = Phrase("spread the word radio", ("Listen at nine", "Please share: Spread the Word Radio is on"))
    found = dict(faults(Wording(not_asks=(astray,))))
    assert found[("not_asks", 0, "examples", 0)] == "the example does not hold the phrase “spread the word radio”"
    assert "is read as a share request" in found[("not_asks", 0, "examples", 1)]
    assert list(faults(WORDING)) == []


def test_sentences_are_judged() -> None:
    assert list(verdicts(["Please share!"], WORDING, asks=True)) == []
    [(number, message)] = verdicts(["The ferry runs again."], WORDING, asks=True)
    assert (number, message) == (0, "“The ferry runs again.” is read as value, no share request")
    [(number, message)] = verdicts(["Lovely!", "Please RT!"], WORDING, asks=False)
    assert (number, message) == (1, "“Please RT!” is read as a share request: “Please RT!” (en:repost-this)")


@given(st.text(max_size=120), st.text(max_size=40))
def test_any_wording_leaves_valid_spans(text: str, phrase: str) -> None:
    wording = Wording(asks=(Phrase(phrase or "x", ("x",)),), not_asks=(RADIO,))
    for request in read(text, None, wording).requests:
        assert 0 <= request.start <= request.end <= len(text)
        assert text[request.start : request.end] == request.text
