"""The one way in which the benchmarks print a figure beside its goal."""

from __future__ import annotations


def row(what: str, found: float, goal: str, holds: bool) -> None:
    """One line of a table."""
    print(f"{'ok  ' if holds else 'MISS'} {what:<66} {found:9.2f}   goal {goal}", flush=True)
