"""Every figure as a ratio of two things measured in turn, in one run: `make bench`. Medians; this machine's speed does not matter."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from publishing import memory, publishing
from table import row

from postiquette.sandbox.server import sandbox

ROUNDS = 9


def timed(command: list[str], cwd: Path) -> float:
    """Seconds that a whole process takes."""
    began = time.perf_counter()
    subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    return time.perf_counter() - began


def ratio(one: Callable[[], float], other: Callable[[], float], rounds: int = ROUNDS) -> float:
    """The median of pairwise ratios; the two are run in turn, after one run of each that does not count."""
    one(), other()
    return statistics.median(one() / other() for _ in range(rounds))


def commands(folder: Path) -> None:
    """Start-up of the light commands, and `check` on fifty posts."""
    python = sys.executable
    program = str(Path(python).with_name("postiquette"))
    accounts = '[accounts.ada]\nsite = "sandbox"\nurl = "http://127.0.0.1:9"\nslots = ["daily 09:00", "daily 17:00"]\n'
    posts = "".join(
        f'[[posts]]\nid = "p{n}"\naccount = "ada"\n'
        f'text = "Note {n} of the harbour master: the ferry runs again from seven.{" Please share!" if n % 9 == 8 else ""}"\n'
        for n in range(50)
    )
    (folder / "postiquette.toml").write_text(accounts + posts)

    def bare() -> float:
        return timed([python, "-c", "pass"], folder)

    def settings() -> float:
        return timed([python, "-c", "import pydantic_settings"], folder)

    for arguments in (["--version"], ["--help"]):
        found = ratio(lambda arguments=arguments: timed([program, *arguments], folder), bare)
        row(f"postiquette {arguments[0]} : python -c pass", found, "at most 8", found <= 8)
    found = ratio(lambda: timed([program, "check"], folder), settings)
    row("postiquette check (50 posts) : import pydantic_settings", found, "at most 2", found <= 2)


def main() -> None:
    """Print the table."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory() as name:
        commands(Path(name))
    with tempfile.TemporaryDirectory() as name, sandbox({f"m{n}": "pw" for n in range(20)}) as site:
        by_hand, fresh = asyncio.run(publishing(site.url, Path(name)))
        row("publishing a post : the same by hand, on a warm browser", by_hand, "at most 1.25", by_hand <= 1.25)
        row("a browser launched for the post : publishing a post", fresh, "at least 3", fresh >= 3)
        idle, after_four, after_twenty = asyncio.run(memory(site.url, Path(name)))
        print(f"     memory of the idle service, browser closed: {idle:.0f} MiB")
        grown = after_twenty / after_four
        row("browser memory after 20 accounts in turn : after 4", grown, "at most 1.25", grown <= 1.25)


if __name__ == "__main__":
    main()
