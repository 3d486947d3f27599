"""A worker that kills itself at a named step: `python crashing_worker.py CONFIG CLOCK STEP`."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from postiquette.publishing import submit
from postiquette.publishing.network import Gate
from postiquette.publishing.publisher import Publisher, Visit
from postiquette.queue.store import Store
from postiquette.scheduler.dispatch import Dispatcher
from postiquette.scheduler.project import load_project
from postiquette.scheduler.transactions import Transactions

#: step -> (class or module, function, whether it dies before it or after it)
STEPS: dict[str, tuple[Any, str, str]] = {
    "before-claim": (Transactions, "settle_before", "before"),
    "after-claim": (Transactions, "settle_before", "after"),
    "composer-filled": (Visit, "prepare", "after"),
    "before-intent": (Transactions, "commit_intent", "before"),
    "after-intent": (Transactions, "commit_intent", "after"),
    "request-leaves": (Gate, "_decide", "after"),
    "site-answered": (submit, "_read", "before"),
    "before-record": (Transactions, "record", "before"),
    "after-record": (Transactions, "record", "after"),
    "session-kept": (Visit, "keep_session", "after"),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def set_trap(step: str) -> None:
    owner, name, when = STEPS[step]
    original = getattr(owner, name)
    if asyncio.iscoroutinefunction(original):

        @functools.wraps(original)
        async def trapped(*args: Any, **kwargs: Any) -> Any:
            if when == "before":
                die()
            result = await original(*args, **kwargs)
            die()
            return result
    else:

        @functools.wraps(original)
        def trapped(*args: Any, **kwargs: Any) -> Any:
            if when == "before":
                die()
            result = original(*args, **kwargs)
            die()
            return result

    setattr(owner, name, trapped)


async def work(config: Path, clock: datetime) -> None:
    project = load_project(config)
    store = Store.open(project.configuration.database_url)
    publisher = Publisher(project.configuration, retry_wait=0)
    await Dispatcher(project, store, publisher, worker="doomed", now=lambda: clock).round()
    await publisher.close()


if __name__ == "__main__":
    if sys.argv[3] != "never":
        set_trap(sys.argv[3])
    asyncio.run(work(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])))
