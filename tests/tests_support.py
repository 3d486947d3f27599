"""What tests of several folders share: reading the program's answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def states(run: Callable[..., Any], *options: str) -> list[dict[str, Any]]:
    """The queue as `list` tells it."""
    rows: list[dict[str, Any]] = json.loads(run("list", "--format", "json", *options).out)
    return rows
