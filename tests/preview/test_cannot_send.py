"""A preview cannot send: its driver has no submit, its network lets nothing through, and the sandbox sees nothing."""

from __future__ import annotations

import asyncio
import inspect
from datetime import timedelta

from houses import MONDAY, post

from postiquette.publishing import composer, looker
from postiquette.publishing.browser import Browser, Seat
from postiquette.publishing.composer import Composer
from postiquette.publishing.looker import Looker
from postiquette.publishing.network import only_look
from postiquette.publishing.sites.sandbox import SITE


def test_the_previews_driver_knows_no_button() -> None:
    for module in (looker, composer):
        source = inspect.getsource(module)
        assert "SubmitSpec" not in source
        assert "publishing.submit" not in source
        assert ".click(" not in source
        assert ".press(" not in source
    assert not [name for name in (*dir(Composer), *dir(Looker)) if "submit" in name or "publish" in name]


def test_pictures_are_taken_and_nothing_is_sent(house, run, here) -> None:
    from postiquette.preview.demonstration import _loaf

    (here / "loaf.png").write_bytes(_loaf())
    made = house(
        post("a", media='[{ path = "loaf.png", alt = "A dark loaf" }]', at="2035-06-01T09:00:00")
        + post("b", thread='["One.", "Two."]', at="2035-06-01T10:00:00")
    )
    made.work(MONDAY)
    result = run("preview", "--screens", here / "screens", "--html", here / "page.html")
    assert result.code == 0
    assert {file.name for file in (here / "screens").iterdir()} == {"a@ada.png", "b@ada.png", "b@ada-2.png"}
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in (here / "screens").iterdir())
    assert made.site.state.submissions == []
    assert made.site.state.toots == []
    assert "data:image/png;base64," in (here / "page.html").read_text()


def test_even_a_page_that_submits_by_itself_is_stopped(site) -> None:
    """The network layer refuses what could publish, whoever asks."""
    from postiquette.config.settings import BrowserSettings

    async def try_hard() -> list[str]:
        browser = Browser(BrowserSettings())

        async def furnish(chromium) -> Seat:
            context = await chromium.new_context()
            await only_look(context, SITE.spec)
            return Seat(context, await context.new_page())

        seat = await browser.seat("ada", furnish)
        await seat.page.goto(site.url + "/login")
        attempts = [
            "fetch('/api/posts', {method: 'POST', body: '{}'})",
            "fetch('/api/posts', {method: 'PUT', body: '{}'})",
            "fetch('/login', {method: 'POST', body: 'name=ada'})",
            "Promise.resolve(navigator.sendBeacon('/api/posts', 'x'))",
        ]
        answers = []
        for attempt in attempts:
            answers.append(await seat.page.evaluate(f"() => {attempt}.then(a => 'sent ' + a.status, e => 'refused')"))
        await browser.close()
        return answers

    answers = asyncio.run(try_hard())
    assert answers[:3] == ["refused"] * 3
    assert site.state.submissions == []


def test_a_context_reaches_nothing_but_its_site(house) -> None:
    made = house(post("a"))

    async def wander() -> str:
        from postiquette.publishing.publisher import Publisher

        publisher = Publisher(made.project.configuration)
        async with publisher.at("ada") as visit:
            await visit.seat.page.goto(made.site.url)
            elsewhere = made.site.url.replace("127.0.0.1", "localhost")
            answer = await visit.seat.page.evaluate(
                f"() => fetch('{elsewhere}/', {{mode: 'no-cors'}}).then(() => 'reached', () => 'refused')"
            )
            own = await visit.seat.page.evaluate("() => fetch('/').then(a => a.status)")
        await publisher.close()
        return f"{answer} {own}"

    assert asyncio.run(wander()) == "refused 200"


def test_without_an_intent_the_publish_request_does_not_pass(house) -> None:
    """The gate is shut for everybody, our own composer page included."""
    made = house(post("a"))

    async def jump_the_queue() -> str:
        from postiquette.publishing.publisher import Publisher

        publisher = Publisher(made.project.configuration)
        await publisher.login("ada", patience=20)
        async with publisher.at("ada") as visit:
            page = visit.seat.page
            await page.goto(made.site.url + "/compose")
            await page.get_by_label("What would you like to say?").fill("too early")
            await page.get_by_role("button", name="Post", exact=True).click()
            answer = await page.evaluate(
                "() => fetch('/api/posts', {method: 'POST', body: '{}'}).then(() => 'sent', () => 'refused')"
            )
        await publisher.close()
        return answer

    assert asyncio.run(jump_the_queue()) == "refused"
    assert made.site.state.submissions == []


def test_a_click_after_its_deadline_is_swallowed(house) -> None:
    made = house(post("a"))

    async def too_late() -> str:
        from datetime import UTC, datetime

        from postiquette.model import Item
        from postiquette.publishing.publisher import Publisher

        publisher = Publisher(made.project.configuration)
        await publisher.login("ada", patience=20)
        async with publisher.at("ada") as visit:
            await visit.prepare(Item("too late"))
            outcome = await visit.submit(datetime.now(UTC) - timedelta(seconds=1))
        await publisher.close()
        return str(outcome.verdict)

    assert asyncio.run(too_late()) == "not-sent"
    assert made.site.state.submissions == []
