"""Who has been asked, and what has been given: windows, ratio, budget (design: "Ratio, exactly").

A share request *spends* as soon as it may be out; a value post *earns* only when it is proven. Promotion and filler
take no part and take up no room. Everything here is arithmetic on entries: no clock, no store.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import datetime, timedelta

from postiquette.model import Balance, Counter, Entry, Kind, Window

_INSTANT = timedelta(microseconds=1)


class Ledger:
    """One audience's posts in order of (time, id). Every question is answered in O(log n) plus the answer's size."""

    def __init__(self, entries: Iterable[Entry] = (), *, earlier: dict[Kind, int] | None = None) -> None:
        """`earlier` counts the spending posts that are older than the entries given, for `grace` alone."""
        self._tracks = {kind: _Track(kind) for kind in (Kind.SHARE_REQUEST, Kind.PROMOTION)}
        self._earlier = earlier or {}
        for entry in sorted(entries, key=lambda entry: (entry.at, entry.post)):
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Enter one more post, at whatever place its time gives it."""
        for track in self._tracks.values():
            track.add(entry)

    def balance(self, counter: Counter, at: datetime, post: str = "") -> Balance:
        """What the window of `counter` holds for a candidate `post` at `at`, and whether one more may go out."""
        track = self._tracks[counter.kind]
        answers = [track.range(single, at, post) for single in _single_windows(counter.window)]
        strictest = min(answers, key=lambda span: _room(counter, *track.sums(*span)))
        spent, earned = track.sums(*strictest)
        before = self._earlier.get(counter.kind, 0) + track.spent_before(at, post)
        return Balance(
            counter=counter,
            spent=spent,
            earned=earned,
            allowed=counter.ratio.asks * earned // counter.ratio.values,
            free=_room(counter, spent, earned) >= 0 or before < counter.grace,
            spent_by=track.spenders(*strictest),
            next_free_at=None,
        )

    def next_free(self, counter: Counter, after: datetime) -> datetime | None:
        """The first instant from `after` on at which one more would pass, with the entries as they stand.

        Only moments at which something enters or leaves a window can change the answer, so only those are asked.
        """
        track = self._tracks[counter.kind]
        moments = {after}
        for entered in track.times():
            moments.add(entered + _INSTANT)
            if counter.window.days is not None:
                moments.add(entered + timedelta(days=counter.window.days) + _INSTANT)
        for moment in sorted(moment for moment in moments if moment >= after):
            if self.balance(counter, moment).free:
                return moment
        return None


class _Track:
    """The entries of which one counter knows, with running sums of the spending ones."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._keys: list[tuple[datetime, str]] = []
        self._spending: list[bool] = []
        self._sums: list[int] = [0]

    def add(self, entry: Entry) -> None:
        spends = entry.kind is self._kind
        if not spends and not (entry.kind is Kind.VALUE and entry.proven):
            return
        key = (entry.at, entry.post)
        place = bisect_right(self._keys, key)
        insort(self._keys, key)
        self._spending.insert(place, spends)
        del self._sums[place + 1 :]
        for spent in self._spending[place:]:
            self._sums.append(self._sums[-1] + spent)

    def range(self, window: Window, at: datetime, post: str) -> tuple[int, int]:
        if window.days is not None:
            low = bisect_left(self._keys, (at - timedelta(days=window.days), ""))
            return low, bisect_left(self._keys, (at, ""))
        end = bisect_left(self._keys, (at, post))
        return max(0, end - (window.posts or 0)), end

    def sums(self, low: int, end: int) -> tuple[int, int]:
        end = max(low, end)
        spent = self._sums[end] - self._sums[low]
        return spent, end - low - spent

    def spent_before(self, at: datetime, post: str) -> int:
        return self._sums[bisect_left(self._keys, (at, post))]

    def spenders(self, low: int, end: int) -> tuple[str, ...]:
        return tuple(self._keys[index][1] for index in range(low, end) if self._spending[index])

    def times(self) -> list[datetime]:
        return [at for at, _ in self._keys]


def _single_windows(window: Window) -> list[Window]:
    singles = [Window(posts=window.posts)] if window.posts is not None else []
    return singles + ([Window(days=window.days)] if window.days is not None else [])


def _room(counter: Counter, spent: int, earned: int) -> int:
    """Not negative iff one more passes: (S + 1) × V₀ ≤ A × V."""
    return counter.ratio.asks * earned - (spent + 1) * counter.ratio.values
