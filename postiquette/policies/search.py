"""Looks for a better arrangement than one that was found, and says whether it has proved that there is none.

No arrangement leaves fewer asks over than there is too little given for. Small queues are gone through whole, but for what that rules
out. In larger ones, where an arrangement is known in which every ask passes, only moves are tried that can mend the first fault of what
there is: an ask that does not pass, two deliveries in one slot, a series out of order. An arrangement without fault holds at least one
of those moves, so once all have been tried nothing is better.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from postiquette.model import Kind
from postiquette.policies.board import Answer, Board, Unit

#: an audience with more deliveries that may move is not gone through whole
_SMALL = 10

#: a search that can look at fewer arrangements than this finds nothing
_WORTH_WHILE = 50

#: the deliveries that may mend a fault, each with the time before which it must go out to do so
_Ways = dict[str, datetime]
_ANY_TIME = datetime.max.replace(tzinfo=UTC)


def search(board: Board, found: Answer, budget: int) -> tuple[Answer, bool]:
    """Anything better than what was found, and whether nothing is better; `budget` is how many deliveries may be judged."""
    least = _least_left(board)
    if found.cost == (least, 0, 0.0):
        return found, True
    looking: _Everything | _Mending
    if len(board.movable) <= _SMALL:
        looking = _Everything(board, found, budget, least)
    elif found.cost[0] == 0 and budget >= _WORTH_WHILE * len(board.candidates):
        looking = _Mending(board, found, budget)
    else:
        return found, False
    looking.look()
    return looking.best, looking.budget > 0 and looking.proves and not board.holds_more_still


def _least_left(board: Board) -> int:
    """How many asks pass nowhere, whatever moves: the last of k asks that pass needs as much given as k asks cost.

    Where an ask may leave the window before the next one comes, only the first is known to be too many.
    """
    counter, history = board.policy.asking, board.audience.ledger
    asks = [unit for unit in board.units.values() if unit.asks and not unit.approved]
    given = len(history.keys(Kind.VALUE))
    given += sum(len(unit.keys) for unit in board.units.values() if unit.kind is Kind.VALUE)
    # what asks that do not pass give, the most first
    saved = sorted((len(unit.keys) for unit in asks if unit.saved is Kind.VALUE), reverse=True)
    stays = _never_leaves(board, len(history.entries()))
    passing = counter.grace
    for number in range(1, len(asks) + 1):
        most = given + sum(saved[: len(asks) - number])
        if (number if stays else 1) * counter.ratio.values <= counter.ratio.asks * most:
            passing = max(passing, number)
    return max(0, len(asks) - passing)


def _never_leaves(board: Board, before: int) -> bool:
    """Whether no ask of the queue leaves a window again while the queue goes out; `before` counts what went out already."""
    window = board.policy.asking.window
    if window.posts is not None and before + len(board.candidates) <= window.posts:
        return True
    last = max(at for key, one in board.candidates.items() for at in (one.at, *board.slots(key)[-1:]))
    return window.days is not None and last - board.now <= timedelta(days=window.days)


class _Everything:
    """Goes through every arrangement, those with fewer moves first, leaving out what cannot be better than the best known."""

    def __init__(self, board: Board, best: Answer, budget: int, least: int) -> None:
        self._board = board
        self._least = least
        self.best = best
        self.budget = budget
        self.proves = True

    def look(self) -> None:
        """Begin with everything in its place."""
        start = self._board.unmoved()
        for moves in range(len(self._board.movable) + 1):
            # nothing with more moves can be better than a whole answer with fewer
            if self.budget <= 0 or (self.best.cost[0] == self._least and moves > self.best.cost[1]):
                return
            self._go(start, self._board.movable, moves, 0.0)

    def _go(self, times: dict[str, datetime], free: list[str], moves: int, shift: float) -> None:
        """Move `moves` more of the deliveries in `free`, having shifted so many seconds so far."""
        if self.budget <= 0:
            return
        if moves == 0:
            self.budget -= len(times)
            answer = self._board.answer(times)
            if answer.cost < self.best.cost and self._board.is_possible(times):
                self.best = answer
            return
        for place, key in enumerate(free[: len(free) - moves + 1]):
            own = self._board.candidates[key].at
            for slot in self._board.nearest(key):
                more = shift + abs(slot - own).total_seconds()
                done = sum(at != self._board.candidates[other].at for other, at in times.items()) + moves
                if (self._least, done, more) >= self.best.cost:
                    break
                self._go({**times, key: slot}, free[place + 1 :], moves - 1, more)
                if self.budget <= 0:
                    return


class _Mending:
    """Tries the moves that can mend what is amiss, one after the other, leaving out what cannot be better than the best known."""

    def __init__(self, board: Board, best: Answer, budget: int) -> None:
        self._board = board
        self.best = best
        self.budget = budget
        #: where two go out at one instant, a move shifts others by a microsecond, which may be what mends a window of days
        self.proves = board.policy.asking.window.days is None or not board.shares_instants
        self._seen: set[frozenset[tuple[str, datetime]]] = set()

    def look(self) -> None:
        """Begin with everything in its place."""
        self._mend(self._board.unmoved(), {}, 0.0)

    def _mend(self, times: dict[str, datetime], moved: dict[str, datetime], shift: float) -> None:
        state = frozenset(moved.items())
        if self.budget <= 0 or state in self._seen:
            return
        self._seen.add(state)
        self.budget -= len(times)
        ways = self._ways(times, moved)
        if ways is None:
            self.best = min(self.best, self._board.answer(times), key=lambda answer: answer.cost)
            return
        for key, before in ways.items():
            for slot in self._board.nearest(key):
                more = shift + abs(slot - self._board.candidates[key].at).total_seconds()
                if self.budget <= 0 or (0, len(moved) + 1, more) >= self.best.cost:
                    break
                if slot < before:
                    self._mend({**times, key: slot}, {**moved, key: slot}, more)

    def _ways(self, times: Mapping[str, datetime], moved: Mapping[str, datetime]) -> _Ways | None:
        """What may mend the first fault; None where there is none."""
        board = self._board
        still = [key for key in board.movable if key not in moved]
        for pair in (*board.colliding(times), *board.disordered(times)):
            return {key: _ANY_TIME for key in pair if key in still}
        for at, unit, _ in board.failing(times):
            return dict(self._help(unit, at, times, still))
        return None

    def _help(
        self, unit: Unit, at: datetime, times: Mapping[str, datetime], still: Iterable[str]
    ) -> Iterator[tuple[str, datetime]]:
        """An ask passes where it goes elsewhere, an ask before it does, or a value post comes before it."""
        for key in still:
            mover = self._board.unit_of(key)
            if mover is unit or (mover.asks and times[key] <= at):
                yield key, _ANY_TIME
            elif mover.kind is Kind.VALUE:
                yield key, at
