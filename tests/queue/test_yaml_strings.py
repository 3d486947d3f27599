"""Where each character of a YAML string stands, however its parser would write it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from postiquette.queue.sources.yaml_strings import offsets, respelled

texts = st.text(st.sampled_from("ab'\"\\ \n:#-é🌊"), min_size=1, max_size=40)
styles = st.sampled_from(["'", '"', "|", ">", None])


def node_of(front: str) -> tuple[str, yaml.ScalarNode]:
    [(_, node)] = yaml.compose(front, Loader=yaml.SafeLoader).value
    return front[node.start_mark.index : node.end_mark.index], node


@given(texts, styles, st.integers(10, 80))
def test_every_character_is_found_where_it_was_written(text: str, style: str | None, width: int) -> None:
    written, node = node_of(yaml.dump({"text": text}, default_style=style, width=width, allow_unicode=True))
    found = offsets(written, node.style, node.value)
    if found is None:
        return
    assert len(found) == len(node.value) + 1
    assert list(found) == sorted(found)
    for place, char in zip(found, node.value, strict=False):
        assert char in "'\"\\ \n" or written[place] in (char, "\\")


@pytest.mark.parametrize(
    "front",
    [
        "text: The pier. Share",
        "text: 'It''s the pier. Share'",
        'text: "The \\"pier\\" \\u00e9.\n  Share"',
        "text: |-\n  The pier.\n    Indented.\n\n  Share",
        "text: >\n  The pier\n  is long.\n\n  Share\n",
        "text: The pier\n  is long.\n\n  Share",
    ],
)
def test_words_are_placed_in_every_style(front: str) -> None:
    written, node = node_of(front)
    found = offsets(written, node.style, node.value)
    assert found is not None
    begins = node.value.index("Share")
    assert written[found[begins] : found[begins + 5]] == "Share"


def test_words_that_would_have_to_be_quoted_anew_are_refused() -> None:
    assert (respelled("This guide:", None), respelled("This guide:", '"')) == (None, "This guide:")
    assert respelled('say "aye"', '"') is None
