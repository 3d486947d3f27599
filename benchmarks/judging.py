"""What it costs to judge and to arrange a queue, as it grows: `make bench`. In seconds of one core, beside what it is held against."""

from __future__ import annotations

import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from table import row

from postiquette.model import Content, Kind
from postiquette.policies.known import reading_of, rewrite_of
from postiquette.policies.plan import arrange
from postiquette.preview.outline import outline
from postiquette.preview.places import remarks
from postiquette.queue import by_hand, deliveries
from postiquette.queue.by_hand import Published
from postiquette.queue.deliveries import Move
from postiquette.queue.store import Store
from postiquette.scheduler import intake, outlook
from postiquette.scheduler.project import Project, load_project

NOW = datetime(2026, 11, 2, tzinfo=UTC)
PLACES = [
    "ferry",
    "bridge",
    "harbour",
    "library",
    "bakery",
    "market",
    "tide",
    "clock",
    "garden",
    "school",
    "bus",
    "museum",
    "choir",
    "lido",
    "orchard",
]
DOINGS = ["opens", "closes", "moves", "returns", "waits", "sings", "counts", "mends", "measures", "paints"]


def texts(number: int) -> list[str]:
    """Posts as a village might write them; one in eleven asks, and they come as they come."""
    chance = random.Random(number)
    found = []
    for n in range(number):
        one, other, says = chance.choices(PLACES, k=3)
        first, second = chance.choices(DOINGS, k=2)
        ask = " Please share it with your neighbours!" if chance.random() < 1 / 11 else ""
        hour, days = chance.randint(6, 22), chance.randint(2, 90)
        found.append(
            f"Note {n}: the {one} {first} at {hour}, and the {other} {second} for {days} days, says the {says}.{ask}"
        )
    return found


def project(folder: Path, number: int, *, accounts: int = 10, fixed: bool = True) -> Project:
    """A configuration with so many posts: at fixed times, twenty minutes apart, or on the slots of their account."""
    parts = ['[service]\ntimezone = "UTC"\n\n[policy]\nwindow = { posts = 20, days = 14 }\n']
    parts += [
        f'[accounts.a{n}]\nsite = "sandbox"\nurl = "http://127.0.0.1:9"\nslots = ["daily 09:00", "daily 13:00", "daily 17:00"]\n'
        for n in range(accounts)
    ]
    for n, text in enumerate(texts(number)):
        at = f"\nat = {NOW + timedelta(days=1, minutes=20 * (n // accounts)):%Y-%m-%dT%H:%M:%S}" if fixed else ""
        parts.append(f'[[posts]]\nid = "p{n}"\naccount = "a{n % accounts}"\ntext = "{text}"{at}\n')
    file = folder / f"{number}-{fixed}.toml"
    file.write_text("\n".join(parts), encoding="utf-8")
    return load_project(file)


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The median of some rounds of one core's time, after one that does not count. Nothing read before is remembered."""
    work()
    found = []
    for _ in range(rounds):
        reading_of.cache_clear()
        rewrite_of.cache_clear()
        gc.collect()
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return statistics.median(found)


def checking(folder: Path) -> None:
    """`check` of large queues: read the files, judge, and name what is wrong with its place."""
    project(folder, 1_000)
    project(folder, 100_000)
    project(folder, 200_000)

    def check(number: int) -> None:
        found = load_project(folder / f"{number}-True.toml")
        remarks(outline(found, NOW).lines, list(found.gathered.posts))

    beside_proselint(lambda: check(1_000), texts(1_000))
    hundred = seconds(lambda: check(100_000), 1)
    row("check of 100,000 posts, seconds", hundred, "at most 10", hundred <= 10)
    twice = seconds(lambda: check(200_000), 1) / hundred
    row("check of 200,000 posts : 100,000", twice, "at most 2.2", twice <= 2.2)


def beside_proselint(check: Callable[[], None], posts: list[str]) -> None:
    """The same thousand texts, in the same run."""
    try:
        from proselint.checks import __register__
        from proselint.registry import CheckRegistry
        from proselint.tools import LintFile
    except ImportError:
        print("     skipped: proselint is not installed")
        return
    CheckRegistry().register_many(__register__)

    def lint() -> None:
        for text in posts:
            LintFile(content=text, source="post").lint()

    faster = seconds(lint, 1) / seconds(check, 3)
    row("proselint : check, the same 1,000 posts", faster, "at least 20", faster >= 20)


def arranging(folder: Path) -> None:
    """`plan` over queues on slots."""
    for number, goal in ((1_000, 0.5), (10_000, 5.0)):
        made = project(folder, number, fixed=False)
        store = Store.open(f"sqlite:///{folder}/{number}.db", create=True)
        intake.take_in(made, store, NOW, "bench", even_if_alarming=True)
        with store.read() as connection:
            layout = outlook.from_store(made, connection, NOW)
            queue = (layout.queue, layout.audiences, made.policy, made.rulebook, made.slots, NOW)
            took = seconds(lambda queue=queue: arrange(*queue), 3)
        row(f"plan of {number:,} posts over 10 accounts, seconds", took, f"at most {goal}", took <= goal)


def deciding(folder: Path) -> None:
    """One decision about one post, with ever more behind its window of two weeks."""
    made = project(folder, 1, accounts=1, fixed=False)
    few, many = (decision(made, folder / f"history-{number}.db", number) for number in (1_000, 1_000_000))
    ratios = []
    for _ in range(9):
        small, large = (seconds(lambda one=one: [one() for _ in range(20)], 1) for one in (few, many))
        ratios.append(large / small)
    found = statistics.median(ratios)
    row("a decision after 1,000,000 posts : after 1,000", found, "at most 1.5", found <= 1.5)


def decision(made: Project, database: Path, number: int) -> Callable[[], object]:
    """A decision against a store in which so many posts went out, one every half hour."""
    store = Store.open(f"sqlite:///{database}", create=True)
    intake.take_in(made, store, NOW, "bench", even_if_alarming=True)
    words = texts(997)
    for start in range(0, number, 50_000):
        posts = [
            Published(
                f"h{n}",
                NOW - timedelta(minutes=30 * (n + 1)),
                Content((f"{words[n % 997]} No. {n}",)),
                Kind.SHARE_REQUEST if n % 11 == 10 else Kind.VALUE,
                None,
            )
            for n in range(min(start + 50_000, number) - 1, start - 1, -1)
        ]
        with store.begin() as connection:
            by_hand.take_in(connection, "a0", "a0", posts, Move("bench", NOW, "made by hand"))
    with store.begin() as connection:
        waiting = deliveries.by_keys(connection, ["p0@a0"])["p0@a0"]

    def decide() -> object:
        with store.read() as connection:
            return outlook.decide_one(made, connection, waiting, NOW)

    return decide


def main() -> None:
    """Print the table."""
    # as the program does
    gc.disable()
    with tempfile.TemporaryDirectory() as name:
        deciding(Path(name))
        arranging(Path(name))
        checking(Path(name))


if __name__ == "__main__":
    main()
