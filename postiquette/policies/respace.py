"""Spreads the asks of one audience over the slots that its posts have: each as early as it passes, and value posts in between.

Where nothing at a fixed time asks, this finds an arrangement without fault whenever there is one in which the posts keep to the slots
they have and no ask goes out before its time: at a slot at which two asks would pass, either leaves the same to those that follow. It
moves many; then it takes back what it can.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime

from postiquette.model import Entry, Kind
from postiquette.policies.board import Answer, Board

_Slots = dict[str, list[datetime]]


def respaced(board: Board, effort: int) -> Answer | None:
    """Everything with the asks spread; None where a post cannot go so far, or its series would be out of order.

    `effort`: how many deliveries may be judged to take moves back.
    """
    for_asks, for_values = _shared_out(board)
    times = board.unmoved()
    for asks, slots in ((True, for_asks), (False, for_values)):
        for account, some in slots.items():
            times |= _seated(board, _movable(board, account, asks=asks), some)
    if not board.is_possible(times):
        return None
    return _eased(board, board.answer(times), effort)


def _movable(board: Board, account: str, *, asks: bool) -> list[str]:
    """The asks, or the value posts, of an account that may change places with each other."""
    return [
        key
        for key in board.movable
        if board.candidates[key].account.name == account and _is_plain(board, key) and board.unit_of(key).asks is asks
    ]


def _is_plain(board: Board, key: str) -> bool:
    unit = board.unit_of(key)
    return len(unit.keys) == 1 and (unit.asks or unit.kind is Kind.VALUE)


def _shared_out(board: Board) -> tuple[_Slots, _Slots]:
    """By account, the slots for its asks and those for its value posts; where asks pass nowhere, some for them all the same."""
    asks: dict[str, deque[str]] = defaultdict(deque)
    values: dict[str, deque[str]] = defaultdict(deque)
    plain = [key for key in board.movable if _is_plain(board, key)]
    for key in sorted(plain, key=lambda key: board.candidates[key].order):
        (asks if board.unit_of(key).asks else values)[board.candidates[key].account.name].append(key)
    for_asks: _Slots = defaultdict(list)
    for_values: _Slots = defaultdict(list)
    spare: _Slots = defaultdict(list)
    ledger = board.ledger()
    own = board.unmoved()
    still = set(plain)
    for moment, unit, _ in board.in_order(own):
        key, account = unit.keys[0], board.candidates[unit.keys[0]].account.name
        if key not in still:
            kind = unit.kind if board.passes(ledger, unit, moment) else unit.saved
            if kind is not None:
                ledger.add(Entry(moment, unit.post, kind))
        elif (ask := _due(board, asks[account], own[key])) and board.passes(ledger, board.unit_of(ask), moment):
            asks[account].popleft()
            for_asks[account].append(own[key])
            ledger.add(Entry(moment, board.unit_of(ask).post, Kind.SHARE_REQUEST))
        elif values[account]:
            for_values[account].append(own[key])
            ledger.add(Entry(moment, board.unit_of(values[account].popleft()).post, Kind.VALUE))
        else:
            spare[account].append(own[key])
    for account, left in asks.items():
        taken = {at for key, at in own.items() if board.candidates[key].account.name == account}
        for ask in left:
            unit = board.unit_of(ask)
            after = (slot for slot in board.slots(ask) if slot not in taken and slot > max(taken))
            slot = next((slot for slot in after if board.passes(ledger, unit, slot)), None)
            if slot is not None:
                ledger.add(Entry(slot, unit.post, Kind.SHARE_REQUEST))
                taken.add(slot)
            for_asks[account].append(slot if slot is not None else spare[account].pop(0))
    return for_asks, for_values


def _due(board: Board, asks: deque[str], slot: datetime) -> str | None:
    return asks[0] if asks and board.candidates[asks[0]].at <= slot else None


def _seated(board: Board, keys: Iterable[str], slots: Iterable[datetime]) -> dict[str, datetime]:
    """Who has one of the slots already keeps it; the others take what is left, in order."""
    left = set(slots)
    own = {key: board.candidates[key].at for key in keys}
    stay = {key: at for key, at in own.items() if at in left}
    left -= set(stay.values())
    others = sorted((key for key in own if key not in stay), key=lambda key: board.candidates[key].order)
    return stay | dict(zip(others, sorted(left), strict=True))


def _eased(board: Board, found: Answer, effort: int) -> Answer:
    """Take moves back, by letting two change places, as long as that makes it better."""
    better = True
    while better:
        better = False
        for key, at in board.moved(found.times).items():
            if effort <= 0 or found.times[key] != at:
                continue
            own = board.candidates[key].at
            back = {**found.times, key: own} | dict.fromkeys(_there(board, found.times, key, own), at)
            effort -= len(back)
            if board.is_possible(back) and (answer := board.answer(back)).cost < found.cost:
                found, better = answer, True
    return found


def _there(board: Board, times: Mapping[str, datetime], key: str, at: datetime) -> list[str]:
    """The other deliveries of its account at a time."""
    account = board.candidates[key].account.name
    return [
        other
        for other, when in times.items()
        if when == at and other != key and board.candidates[other].account.name == account
    ]
