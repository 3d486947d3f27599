"""What a look ahead says, the service does; and whatever it lets out is within the ratio. On paper, for speed: the order is the point."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from houses import post
from hypothesis import example, given, settings
from hypothesis import strategies as st
from paper_site import PaperPublisher
from queues import TEXTS

from postiquette.model import Action, Kind, Verdict
from postiquette.policies.ledger import Ledger
from postiquette.preview.outline import outline
from postiquette.queue import books, deliveries
from postiquette.queue.deliveries import Move
from postiquette.queue.states import CHANGEABLE, Counted, State
from postiquette.queue.store import Store
from postiquette.scheduler import intake
from postiquette.scheduler.dispatch import Dispatcher
from postiquette.scheduler.project import Project, load_project

MONDAY = datetime(2026, 6, 1, 5, tzinfo=UTC)
HEAD = """
[service]
timezone = "{zone}"

[policy]
ratio = "{ratio}"
window = {{ {window} }}
on_excess = {on_excess}

[policy.rules]
repeated-text = "off"

[accounts.ada]
site = "sandbox"
url = "http://127.0.0.1:9"
audience = "us"
slots = ["daily 09:00", "daily 17:00"]

[accounts.bob]
site = "sandbox"
url = "http://127.0.0.1:9"
audience = "{other}"
slots = ["daily 09:00", "Mon-Fri 12:30"]

"""


def build(folder: Path, letters: str, accounts: list[int], fixed: set[int], **head: str) -> tuple[Project, Store]:
    posts = ""
    for number, (letter, account) in enumerate(zip(letters, accounts, strict=True)):
        more = {"account": ('"ada"', '"bob"', '["ada", "bob"]')[account]}
        if number in fixed:
            more["at"] = f"{MONDAY + timedelta(days=1 + number // 2, hours=4):%Y-%m-%dT%H:%M:%S}"
        posts += post(f"p{number:02}", TEXTS[letter].format(n=number), **more)
    file = folder / "postiquette.toml"
    file.write_text(HEAD.format(**head) + posts, encoding="utf-8")
    project = load_project(file)
    store = Store.open(project.configuration.database_url, create=True)
    intake.take_in(project, store, MONDAY, "test", even_if_alarming=True)
    return project, store


def serve(project: Project, store: Store, publisher: PaperPublisher, meddle=lambda connection, clock: None) -> None:
    """Let the simulated clock jump from one due time to the next until nothing is left."""
    clock = MONDAY
    dispatcher = Dispatcher(project, store, publisher, worker="paper", now=lambda: clock, wall=lambda: clock)

    async def run() -> None:
        nonlocal clock
        for _ in range(200):
            with store.read() as connection:
                due = deliveries.next_due(connection, clock)
            if due is None:
                return
            clock = due
            with store.begin() as connection:
                meddle(connection, clock)
            await dispatcher.round()

    asyncio.run(run())


queues = st.lists(st.tuples(st.sampled_from("VVVSWPF"), st.integers(0, 2)), min_size=1, max_size=12)
heads = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["Europe/Amsterdam", "UTC", "America/New_York", "Australia/Sydney"]),
        "ratio": st.sampled_from(["1:1", "1:2", "1:4", "2:3"]),
        "window": st.sampled_from(["posts = 4", "posts = 20", "days = 2", "posts = 6, days = 9"]),
        "on_excess": st.sampled_from(['["rewrite", "defer", "hold"]', '["defer", "hold"]', '["defer", "rewrite"]', '["hold"]']),
        "other": st.sampled_from(["us", "them"]),
    }
)  # fmt: skip


# what waits of a post that already went out elsewhere once counted as a second value post when slots were tried
@example(
    [("V", 0), ("S", 0), ("S", 1), ("V", 0), ("W", 0), ("V", 0), ("V", 2), ("S", 0)],
    set(),
    {"zone": "UTC", "ratio": "1:1", "window": "posts = 4", "on_excess": '["defer", "rewrite"]', "other": "us"},
)
@settings(max_examples=25)
@given(queues, st.sets(st.integers(0, 11)), heads)
def test_the_service_does_what_the_look_ahead_says(queue, fixed, head) -> None:
    with tempfile.TemporaryDirectory() as name:
        letters, accounts = "".join(letter for letter, _ in queue), [account for _, account in queue]
        project, store = build(Path(name), letters, accounts, fixed, **head)
        said = {line.key: line for line in outline(project, MONDAY).lines}
        serve(project, store, PaperPublisher())
        with store.read() as connection:
            done = {one.key: one for one in deliveries.in_states(connection, State)}
        for key, line in said.items():
            goes_out = line.decision.action in (Action.ALLOW, Action.REWRITE, Action.DEFER)
            wanted = (
                State.PUBLISHED if goes_out else State.BLOCKED if line.decision.action is Action.BLOCK else State.HELD
            )
            assert done[key].state is wanted, key
            if goes_out:
                assert done[key].sent == line.decision.content, key
                assert done[key].due_at == line.at, key
        store.close()


@settings(max_examples=25)
@given(
    queues,
    heads,
    st.lists(st.sampled_from([Verdict.PUBLISHED, Verdict.PUBLISHED, Verdict.REFUSED, Verdict.UNKNOWN]), max_size=8),
    st.lists(st.sampled_from(["withdraw", "edit", "nothing", "nothing"]), max_size=8),
)
def test_no_history_breaks_the_ratio(queue, head, outcomes, meddling) -> None:
    """Failures, edits and withdrawals on the way: each ask that went out, or may have, was within the ratio when it did."""
    with tempfile.TemporaryDirectory() as name:
        letters, accounts = "".join(letter for letter, _ in queue), [account for _, account in queue]
        project, store = build(Path(name), letters, accounts, set(), **head)

        def meddle(connection, clock) -> None:
            what = meddling.pop(0) if meddling else "nothing"
            waiting = [d for d in deliveries.in_states(connection, CHANGEABLE) if d.due_at > clock]
            if what == "nothing" or not waiting:
                return
            move = Move("author", clock, what)
            if what == "withdraw":
                deliveries.transition(connection, waiting[-1], State.WITHDRAWN, move)
            else:
                from postiquette.queue.delivery import content_to

                content = waiting[-1].post.content.with_field("text", "Pls RT this instead!")
                deliveries.update(connection, waiting[-1], move, content=content_to(content))

        serve(project, store, PaperPublisher(outcomes), meddle)
        with store.read() as connection:
            for audience in ("us", "them"):
                entries = books.entries(connection, audience, datetime(2000, 1, 1, tzinfo=UTC))
                for entry in entries:
                    if entry.kind is Kind.SHARE_REQUEST:
                        # what was proven only later had not earned yet; nothing here is
                        before = Ledger(other for other in entries if other.at < entry.at)
                        assert before.is_free(project.policy.asking, entry.at, entry.post), entry
            states = {one.state for one in deliveries.in_states(connection, State)}
            assert not states & {State.CLAIMED, State.SUBMITTING}
            counted = deliveries.in_states(connection, [State.REFUSED, State.WITHDRAWN])
            assert all(one.counted is Counted.NO for one in counted)
        store.close()
