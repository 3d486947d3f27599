"""Publishing through the whole house, against a script written by hand that does the same on the same page."""

from __future__ import annotations

import json
import resource
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from postiquette.publishing.find_browser import find_browser
from postiquette.publishing.publisher import Publisher
from postiquette.queue.store import Store
from postiquette.scheduler import intake
from postiquette.scheduler.dispatch import Dispatcher
from postiquette.scheduler.project import Project, load_project

POSTS = 24
BEGIN = datetime(2027, 1, 1, tzinfo=UTC)


def project(url: str, folder: Path, accounts: int, posts: int) -> Project:
    """Accounts with posts a minute apart, all for one clock to walk through."""
    text = "".join(
        f'[accounts.m{n}]\nsite = "sandbox"\nurl = "{url}"\nusername = "m{n}"\npassword = "pw"\n'
        for n in range(accounts)
    )
    for number in range(posts):
        at = BEGIN + timedelta(minutes=number + 1)
        text += (
            f'[[posts]]\nid = "p{number}"\naccount = "m{number % accounts}"\ntext = "Note {number}: the ferry runs."\n'
        )
        text += f"at = {at.isoformat()}\n"
    folder.mkdir(exist_ok=True)
    (folder / "postiquette.toml").write_text(text)
    return load_project(folder / "postiquette.toml")


async def publishing(url: str, folder: Path) -> tuple[float, float]:
    """Median of (our time : by hand) and of (a browser per post : our time), post by post in turn."""
    made = project(url, folder / "one", 1, POSTS)
    store = Store.open(made.configuration.database_url, create=True)
    intake.take_in(made, store, BEGIN, "bench", even_if_alarming=True)
    clock = BEGIN
    publisher = Publisher(made.configuration)
    dispatcher = Dispatcher(made, store, publisher, worker="bench", now=lambda: clock)
    await publisher.login("m0", patience=20)
    executable = str(find_browser(None, headless=True))
    ratios, fresh = [], []
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        context = await signed_in(browser, url)
        page = await context.new_page()
        for number in range(POSTS):
            began = time.perf_counter()
            await by_hand(page, context, url, f"By hand {number}: the ferry runs.", folder / "state.json")
            hand = time.perf_counter() - began
            clock += timedelta(minutes=1)
            began = time.perf_counter()
            assert await dispatcher.round() == 1
            ours = time.perf_counter() - began
            if number >= 3:
                ratios.append(ours / hand)
            if number % 6 == 5:
                began = time.perf_counter()
                await with_a_new_browser(executable, url, folder / "state.json")
                fresh.append((time.perf_counter() - began) / ours)
        await browser.close()
    await publisher.close()
    return statistics.median(ratios), statistics.median(fresh)


async def signed_in(browser: Browser, url: str) -> BrowserContext:
    """A context that has signed in on the login page."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(url + "/login")
    await page.get_by_label("Name").fill("m0")
    await page.get_by_label("Password").fill("pw")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("What would you like to say?").wait_for()
    await page.close()
    return context


async def by_hand(page: Page, context: BrowserContext, url: str, text: str, state: Path) -> None:
    """What a careful script does: look what is there, open, write, check, click, read the answer, keep the session."""
    before = await context.request.get(url + "/api/me/posts")
    await before.json()
    await page.goto(url + "/compose", wait_until="domcontentloaded")
    box = page.get_by_label("What would you like to say?")
    await box.fill(text)
    assert await box.input_value() == text
    async with page.expect_response(lambda response: response.url.endswith("/api/posts")) as answer:
        await page.get_by_role("button", name="Post", exact=True).click()
    assert (await (await answer.value).json())["url"]
    state.write_text(json.dumps(await context.storage_state()))


async def with_a_new_browser(executable: str, url: str, state: Path) -> None:
    """The same as a script does that is started for each post: driver and browser of its own."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(storage_state=json.loads(state.read_text()))
        await by_hand(await context.new_page(), context, url, "A browser of its own.", state)
        await browser.close()


async def memory(url: str, folder: Path) -> tuple[float, float, float]:
    """MiB of the idle process, and of the browser's processes after 4 accounts and after 20."""
    made = project(url, folder / "many", 20, 20)
    store = Store.open(made.configuration.database_url, create=True)
    intake.take_in(made, store, BEGIN, "bench", even_if_alarming=True)
    clock = BEGIN
    publisher = Publisher(made.configuration)
    dispatcher = Dispatcher(made, store, publisher, worker="bench", now=lambda: clock)
    sizes = []
    for number in range(20):
        await publisher.login(f"m{number}", patience=20)
        clock += timedelta(minutes=1)
        await dispatcher.round()
        assert publisher.browser.open_seats <= made.configuration.settings.browser.contexts
        sizes.append(browser_memory())
    await publisher.close()
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return idle, statistics.median(sizes[3:6]), statistics.median(sizes[-3:])


def browser_memory() -> float:
    """MiB of all Chromium processes on this machine, shared pages counted once (PSS)."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if "chrom" in (process / "comm").read_text() or "headless_shell" in (process / "comm").read_text():
                lines = (process / "smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024
