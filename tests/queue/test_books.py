"""A book that goes back only as far as the windows reach answers like one that holds everything."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from postiquette.model import Content, Counter, Entry, Kind, Ratio, Window
from postiquette.policies.ledger import Ledger
from postiquette.queue import books, by_hand
from postiquette.queue.by_hand import Published
from postiquette.queue.deliveries import Move
from postiquette.queue.store import Store

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = [Kind.VALUE, Kind.SHARE_REQUEST, Kind.PROMOTION, Kind.FILLER]

histories = st.lists(
    st.tuples(st.integers(0, 60 * 24), st.sampled_from(KINDS), st.integers(0, 9), st.sampled_from(["a", "b"])),
    max_size=40,
)
windows = st.sampled_from([(3, None), (None, 5), (6, 9), (20, 30)])


@settings(max_examples=40)
@given(histories, windows, st.integers(0, 2), st.integers(0, 70 * 24), st.integers(0, 9))
def test_a_book_reaches_as_far_as_the_windows(history, window, grace, hour, candidate) -> None:
    counter = Counter(Kind.SHARE_REQUEST, Ratio(1, 2), Window(*window), grace)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'q.db'}", create=True)
        rows: dict[tuple[str, str], tuple[datetime, Kind]] = {}
        kinds: dict[str, Kind] = {}
        for h, kind, post, account in history:
            # one post has one wording for its audience, so one kind
            kind = kinds.setdefault(f"p{post}", kind)
            rows.setdefault((f"p{post}", account), (START + timedelta(hours=h), kind))
        with store.begin() as connection:
            for (post, account), (at, kind) in rows.items():
                one = Published(post, at, Content((f"{post} {account}",)), kind, None)
                by_hand.take_in(connection, account, "us", [one], Move("test", START, "test"))
        at = START + timedelta(hours=hour)
        with store.read() as connection:
            book = books.book(connection, "us", [counter], at, timedelta(0))
            everything = books.entries(connection, "us", START - timedelta(days=9))
        store.close()
        partial, whole = Ledger(book.entries, earlier=book.earlier), Ledger(everything)
        for later in (timedelta(0), timedelta(days=2), timedelta(days=40)):
            one, other = (found.balance(counter, at + later, f"p{candidate}") for found in (partial, whole))
            assert one == other
        assert [e for e in everything if e in book.entries] == book.entries
        assert all(isinstance(entry, Entry) for entry in everything)
