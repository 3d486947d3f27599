"""Who has been asked, and what has been given: windows, ratio, budget (design: "Ratio, exactly").

A share request *spends* as soon as it may be out; a value post *earns* only when it is proven. Promotion and filler
take no part and take up no room. Everything here is arithmetic on entries: no clock, no store.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from postiquette.model import SIBLINGS, Balance, Counter, Entry, Kind, Window

_INSTANT = timedelta(microseconds=1)

#: what an entry is ordered by: its time, and its post among entries of one time
_Key = tuple[datetime, str]


class Ledger:
    """One audience's posts in order of (time, id). A question costs the logarithm of their number, whenever they were entered.

    A candidate is not among the posts that count: what went out under its own id within `SIBLINGS` is passed over. An outing
    longer ago is another post to its readers.
    """

    def __init__(self, entries: Iterable[Entry] = (), *, earlier: Mapping[Kind, int] | None = None) -> None:
        """`earlier` counts the spending posts that are older than the entries given, for `grace` alone."""
        self._keys: dict[Kind, list[_Key]] = {Kind.SHARE_REQUEST: [], Kind.PROMOTION: [], Kind.VALUE: []}
        #: by post, to pass a candidate's own outings over
        self._of_post: dict[str, list[Entry]] = {}
        self._earlier = earlier or {}
        for entry in sorted(entries, key=lambda entry: (entry.at, entry.post)):
            self.add(entry)

    def copy(self) -> Ledger:
        """The same, to be added to without touching this one."""
        other = Ledger(earlier=self._earlier)
        other._keys = {kind: list(keys) for kind, keys in self._keys.items()}
        other._of_post = {post: list(entries) for post, entries in self._of_post.items()}
        return other

    def as_of(self, at: datetime) -> Ledger:
        """The same without what came later."""
        return Ledger((entry for entry in self.entries() if entry.at <= at), earlier=self._earlier)

    def add(self, entry: Entry) -> None:
        """Enter one more post, at whatever place its time gives it."""
        if _counts(entry):
            insort(self._keys[entry.kind], (entry.at, entry.post))
            self._of_post.setdefault(entry.post, []).append(entry)

    def remove(self, entry: Entry) -> None:
        """Take an entry back that was entered as it is given here."""
        if _counts(entry):
            keys = self._keys[entry.kind]
            del keys[bisect_left(keys, (entry.at, entry.post))]
            self._of_post[entry.post].remove(entry)

    def balance(self, counter: Counter, at: datetime, post: str = "") -> Balance:
        """What the window of `counter` holds for a candidate `post` at `at`, and whether one more may go out."""
        spans = [_Span(self, counter, window, at, post) for window in _single_windows(counter.window)]
        strictest = min(spans, key=lambda span: span.room)
        return Balance(
            counter=counter,
            spent=strictest.spent,
            earned=strictest.earned,
            allowed=counter.ratio.asks * strictest.earned // counter.ratio.values,
            free=strictest.room >= 0 or self._spent_before(counter.kind, at, post) < counter.grace,
            spent_by=strictest.spent_by,
        )

    def is_free(self, counter: Counter, at: datetime, post: str = "") -> bool:
        """Whether a candidate would pass; `balance` says why."""
        spans = (_Span(self, counter, window, at, post) for window in _single_windows(counter.window))
        return all(span.room >= 0 for span in spans) or self._spent_before(counter.kind, at, post) < counter.grace

    def newest(self, kind: Kind, before: datetime, post: str = "") -> datetime | None:
        """When the last entry of a kind before an instant was, a candidate's own outings passed over."""
        own = {entry.at for entry in self.own(post, before)}
        keys = self._keys[kind]
        for place in range(bisect_left(keys, (before, "")) - 1, -1, -1):
            if keys[place][1] != post or keys[place][0] not in own:
                return keys[place][0]
        return None

    def after(self, kind: Kind, at: datetime) -> Iterator[tuple[datetime, str]]:
        """The entries of a kind later than an instant, in order, with their posts."""
        keys = self._keys[kind]
        for place in range(bisect_right(keys, (at, "\U0010ffff")), len(keys)):
            yield keys[place]

    def own(self, post: str, at: datetime) -> list[Entry]:
        """The outings of a post that a decision about it at `at` passes over."""
        return [entry for entry in self._of_post.get(post, ()) if abs(at - entry.at) <= SIBLINGS]

    def entries(self) -> list[Entry]:
        """Everything that spends or earns, in order."""
        found = (Entry(at, post, kind) for kind, keys in self._keys.items() for at, post in keys)
        return sorted(found, key=lambda entry: (entry.at, entry.post))

    def keys(self, kind: Kind) -> list[_Key]:
        """All entries of a kind that count, in order."""
        return self._keys[kind]

    def _spent_before(self, kind: Kind, at: datetime, post: str) -> int:
        own = sum(entry.kind is kind and (entry.at, entry.post) < (at, post) for entry in self.own(post, at))
        return self._earlier.get(kind, 0) + bisect_left(self._keys[kind], (at, post)) - own


class Balances(Mapping[Kind, Balance]):
    """The balances of some counters for one candidate, each worked out when it is looked at.

    What is entered later comes after the candidate, so it makes no difference when that is.
    """

    def __init__(self, ledger: Ledger, counters: Sequence[Counter], at: datetime, post: str) -> None:
        self._ledger = ledger
        self._counters = {counter.kind: counter for counter in counters}
        self._at = at
        self._post = post
        self._known: dict[Kind, Balance] = {}

    def __getitem__(self, kind: Kind) -> Balance:
        if kind not in self._known:
            self._known[kind] = self._ledger.balance(self._counters[kind], self._at, self._post)
        return self._known[kind]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._counters)

    def __len__(self) -> int:
        return len(self._counters)


class Openings:
    """When a ledger lets one more pass, asked again and again: only moments at which something enters or leaves a window matter."""

    def __init__(self, ledger: Ledger, counter: Counter, after: datetime) -> None:
        self._ledger = ledger
        self._counter = counter
        moments = sorted(moment for moment in set(_changes(ledger, counter)) if moment >= after)
        self._free = [moment for moment in moments if ledger.is_free(counter, moment)]

    def next(self, after: datetime) -> datetime | None:
        """The first instant from `after` on at which one more would pass, with the entries as they stand."""
        if self._ledger.is_free(self._counter, after):
            return after
        place = bisect_left(self._free, after)
        return self._free[place] if place < len(self._free) else None


class _Span:
    """What one window holds for one candidate: the part of each list that it covers."""

    def __init__(self, ledger: Ledger, counter: Counter, window: Window, at: datetime, post: str) -> None:
        self._spending = ledger.keys(counter.kind)
        self._giving = ledger.keys(Kind.VALUE)
        own = [entry for entry in ledger.own(post, at) if entry.kind in (counter.kind, Kind.VALUE)]
        if window.days is not None:
            low, high = (at - timedelta(days=window.days), ""), (at, "")
            self._low = bisect_left(self._spending, low), bisect_left(self._giving, low)
            self._high = bisect_left(self._spending, high), bisect_left(self._giving, high)
        else:
            self._high = bisect_left(self._spending, (at, post)), bisect_left(self._giving, (at, post))
            self._low = self._last(window.posts or 0, own)
        inside = [entry for entry in own if self._covers(entry)]
        self._own_spending = {(entry.at, entry.post) for entry in inside if entry.kind is counter.kind}
        self.spent = self._high[0] - self._low[0] - len(self._own_spending)
        self.earned = self._high[1] - self._low[1] - (len(inside) - len(self._own_spending))
        #: not negative iff one more passes: (S + 1) × V₀ ≤ A × V
        self.room = counter.ratio.asks * self.earned - (self.spent + 1) * counter.ratio.values

    @property
    def spent_by(self) -> tuple[str, ...]:
        """The posts that spent, oldest first."""
        found = self._spending[self._low[0] : self._high[0]]
        return tuple(post for at, post in found if (at, post) not in self._own_spending)

    def _last(self, posts: int, own: list[Entry]) -> tuple[int, int]:
        """Where the last so many entries begin, own ones not counted."""
        wanted = posts
        while True:
            self._low = self._split(wanted)
            counted = wanted - sum(self._covers(entry) for entry in own)
            if counted >= posts or self._low == (0, 0):
                return self._low
            wanted += posts - counted

    def _split(self, wanted: int) -> tuple[int, int]:
        """Where the last `wanted` entries of both lists begin in each of them."""
        spending, giving, (a, b) = self._spending, self._giving, self._high

        def is_among_the_last(place: int) -> bool:
            after = (a - place - 1) + (b - bisect_right(giving, spending[place], 0, b))
            return after < wanted

        first = bisect_left(range(a), True, key=is_among_the_last)
        return first, b - min(b, wanted - (a - first))

    def _covers(self, entry: Entry) -> bool:
        key, spends = (entry.at, entry.post), entry.kind is not Kind.VALUE
        keys = self._spending if spends else self._giving
        low, high = (self._low[0], self._high[0]) if spends else (self._low[1], self._high[1])
        return low <= bisect_left(keys, key) < high


def _counts(entry: Entry) -> bool:
    return entry.kind in (Kind.SHARE_REQUEST, Kind.PROMOTION) or (entry.kind is Kind.VALUE and entry.proven)


def _single_windows(window: Window) -> list[Window]:
    singles = [Window(posts=window.posts)] if window.posts is not None else []
    return singles + ([Window(days=window.days)] if window.days is not None else [])


def _changes(ledger: Ledger, counter: Counter) -> Iterator[datetime]:
    for kind in (counter.kind, Kind.VALUE):
        for at, _ in ledger.keys(kind):
            yield at + _INSTANT
            if counter.window.days is not None:
                yield at + timedelta(days=counter.window.days) + _INSTANT
