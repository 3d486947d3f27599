"""Kill -9 at every step, and at random moments: nothing goes out twice, nothing is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from houses import MONDAY, House, post

from postiquette.queue import leases

NINE = MONDAY + timedelta(hours=3)
STEPS = (
    "before-claim",
    "after-claim",
    "composer-filled",
    "before-intent",
    "after-intent",
    "request-leaves",
    "site-answered",
    "before-record",
    "after-record",
    "session-kept",
)
WORKER = Path(__file__).parents[1] / "workers" / "crashing_worker.py"


def start(made: House, clock: datetime, step: str) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, str(WORKER), str(made.project.configuration.file), clock.isoformat(), step]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def assert_every_post_is_out_once(made: House, expected: list[str]) -> None:
    assert sorted(made.texts()) == sorted(expected)
    assert set(made.states().values()) == {"published"}
    for key in made.states():
        assert all(not attempt.open for attempt in made.attempts(key))


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(house, step: str) -> None:
    made = house(post("a") + post("b", "The bridge is open again.", at="2026-06-01T09:00:00"))
    made.work()
    worker = start(made, NINE, step)
    assert worker.wait(timeout=60) == -signal.SIGKILL
    made.work(NINE, *[timedelta(minutes=1)] * 3, sign_in=False)
    assert_every_post_is_out_once(made, ["The ferry runs again from seven.", "The bridge is open again."])


@pytest.mark.parametrize("step", ["after-intent", "request-leaves", "before-record"])
def test_a_thread_killed_in_the_middle_goes_on(house, step: str) -> None:
    made = house(post("a", thread='["One.", "Two.", "Three."]'))
    made.work()
    assert start(made, NINE, step).wait(timeout=60) == -signal.SIGKILL
    made.work(NINE, *[timedelta(minutes=1)] * 3, sign_in=False)
    assert made.texts() == ["One.", "Two.", "Three."]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_random_moments(house, seed: int) -> None:
    chance = random.Random(seed)
    texts = [f"Note number {number} of the harbour master." for number in range(4)]
    made = house("".join(post(f"p{n}", text, at="2026-06-01T09:00:00") for n, text in enumerate(texts)))
    made.work()
    for _ in range(3):
        worker = start(made, NINE, "never")
        try:
            worker.wait(timeout=chance.uniform(0.8, 2.5))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        with made.store.begin() as connection:
            leases.end_all(connection)
    made.work(NINE, *[timedelta(minutes=1)] * 4, sign_in=False)
    assert_every_post_is_out_once(made, texts)
