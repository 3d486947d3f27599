"""What a text must have for a pattern to be worth trying: never more than is true of all that the pattern matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiquette.policies.language.clues import Clue, clues_of

FREQUENT = frozenset(["the", "de", "to"])


def known_by(*entries: str) -> tuple[Clue, ...]:
    return clues_of(entries, FREQUENT, lambda entry: entry.replace("<friends>", "amigos|vecinos"))


@pytest.mark.parametrize(
    ("entry", "clue"),
    [
        ("pass it on", Clue(frozenset(["pass "]), frozenset(["it "]))),
        ("difundid", Clue(frozenset(["difundid "]))),
        ("compart(?:e|an)(?:lo)?", Clue(frozenset(["comparte ", "compartelo ", "compartan ", "compartanlo "]))),
        ("dile a <friends>", Clue(frozenset(["dile "]))),
        ("a <friends>", Clue(frozenset(["amigos ", "vecinos "]))),
        (r"retweet\w*", Clue(frozenset(["retweet"]))),
        ("the (?:quick )?share", Clue(frozenset(["share "]))),
        ("re-?tweet", Clue(frozenset(["tweet ", "retweet "]))),
        ("foto's", Clue(frozenset(["foto ", "foto'"]))),
        ("拡散(?:して|希望)", Clue(frozenset(["拡散して ", "拡散希望 "]))),
        ("RTして", Clue(frozenset(["RT "]), frozenset(["して "]))),
        ("🔁 this", Clue(frozenset(["this "]))),
    ],
)
def test_the_words_that_an_entry_cannot_do_without(entry: str, clue: Clue) -> None:
    assert known_by(entry) == (clue,)


def test_every_way_through_the_first_choice_is_known_by_itself() -> None:
    assert set(known_by("(?:share|pass) (?:this|that)")) == {
        Clue(frozenset(["share "]), frozenset(["this ", "that "])),
        Clue(frozenset(["pass "]), frozenset(["this ", "that "])),
    }


def test_an_entry_of_nothing_but_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="no word of its own"):
        known_by(r"\w+ \w+")


def test_a_bracket_that_is_not_closed_is_named() -> None:
    with pytest.raises(ValueError, match="not closed"):
        known_by("share (?:this")


words = st.sampled_from(["share", "spread", "it", "on", "the", "wide", "de", "amigos", "tell"])


def entries() -> st.SearchStrategy[str]:
    """Regular expressions of the kind that word lists have."""

    def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = st.lists(inner, min_size=1, max_size=3).map(lambda some: f"(?:{'|'.join(some)})")
        optional = st.builds(lambda part, times: part + times, group, st.sampled_from(["?", "{0,2}", "", "+"]))
        apart = st.sampled_from([" ", "", "-?", "'", "[ -]", r"\w*"])
        return st.builds(lambda first, between, second: first + between + second, inner, apart, optional)

    return st.recursive(words, longer, max_leaves=8)


@given(entries(), st.data())
def test_whatever_an_entry_matches_has_its_clues(entry: str, data: st.DataObject) -> None:
    try:
        clues = known_by(entry)
    except ValueError:
        return
    text = data.draw(st.from_regex(re.compile(entry, re.ASCII), fullmatch=True)).lower()
    said = [word + " " for word in re.findall(r"[a-z0-9]+(?:'(?:re|s|t|ll|ve|m|d)\b)?", text)]

    def has(stems: frozenset[str]) -> bool:
        return not stems or any(word.startswith(stem) for word in said for stem in stems)

    assert any(has(clue.first) and has(clue.second) for clue in clues), (entry, text, clues)
