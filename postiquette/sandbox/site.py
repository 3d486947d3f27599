"""The sandbox's pages: login, timeline, profiles, permalinks, a composer with a counter, and the answers they ask for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from postiquette.sandbox.state import LIMIT, State, Toot

_COOKIE = "sandbox_session"
_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)


def application(state: State) -> Starlette:
    """The site as an ASGI application."""
    site = _Site(state)
    return Starlette(
        routes=[
            Route("/", site.timeline),
            Route("/login", site.login, methods=["GET", "POST"]),
            Route("/compose", site.compose),
            Route("/api/posts", site.submit, methods=["POST"]),
            Route("/api/media", site.media, methods=["POST"]),
            Route("/api/me/posts", site.own),
            Route("/media/{id}", site.picture),
            Route("/@{name}", site.profile),
            Route("/@{name}/{id:int}", site.permalink),
        ]
    )


class _Site:
    def __init__(self, state: State) -> None:
        self.state = state

    def _member(self, request: Request) -> str | None:
        return self.state.sessions.get(request.cookies.get(_COOKIE, ""))

    def _page(self, request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
        html = _templates.get_template(template).render(member=self._member(request), limit=LIMIT, **values)
        return HTMLResponse(html, status_code=status)

    async def timeline(self, request: Request) -> Response:
        return self._page(request, "timeline.html", title="Everybody", toots=self.state.by())

    async def profile(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._page(request, "timeline.html", title=f"@{name}", toots=self.state.by(name))

    async def permalink(self, request: Request) -> Response:
        toots = [toot for toot in self.state.by() if toot.id == request.path_params["id"]]
        return self._page(request, "timeline.html", 200 if toots else 404, title="Post", toots=toots)

    async def login(self, request: Request) -> Response:
        if request.method == "GET":
            return self._page(request, "login.html", wrong=False)
        form = parse_qs((await request.body()).decode())
        token = self.state.sign_in(form.get("name", [""])[0], form.get("password", [""])[0])
        if token is None:
            return self._page(request, "login.html", 401, wrong=True)
        response = RedirectResponse("/compose", status_code=303)
        response.set_cookie(_COOKIE, token, httponly=True, samesite="lax", max_age=86400)
        return response

    async def compose(self, request: Request) -> Response:
        if self._member(request) is None:
            return RedirectResponse(f"/login?next={quote(str(request.url.path))}", status_code=303)
        if self.state.fails("no-composer"):
            return self._page(request, "timeline.html", title="Back soon", toots=[])
        return self._page(
            request,
            "compose.html",
            text=request.query_params.get("text", ""),
            reply_to=request.query_params.get("reply_to", ""),
        )

    async def media(self, request: Request) -> Response:
        if self._member(request) is None:
            return JSONResponse({"error": "sign in first"}, status_code=401)
        type_ = request.headers.get("content-type", "")
        if type_ not in _TYPES:
            return JSONResponse({"error": f"{type_} is not taken"}, status_code=422)
        return JSONResponse({"id": self.state.upload(type_, await request.body())}, status_code=201)

    async def picture(self, request: Request) -> Response:
        found = self.state.pictures.get(request.path_params["id"])
        if found is None:
            return Response(status_code=404)
        return Response(found.data, media_type=found.type)

    async def submit(self, request: Request) -> Response:
        state = self.state
        body = await request.body()
        state.submissions.append(body.decode("utf-8", "replace"))
        if state.fails("expire"):
            state.end_sessions()
        author = self._member(request)
        if author is None:
            return JSONResponse({"error": "sign in first"}, status_code=401)
        if state.fails("error-before"):
            return JSONResponse({"error": "our fault"}, status_code=500)
        if state.fails("refuse"):
            return JSONResponse({"error": "this is not welcome here"}, status_code=422)
        if state.fails("rate-limit"):
            return JSONResponse({"error": "not so fast"}, status_code=429, headers={"Retry-After": "30"})
        data = json.loads(body)
        text, pictures = str(data["text"]), data.get("pictures", [])
        if len(text) > LIMIT or not (text.strip() or pictures):
            return JSONResponse({"error": f"between 1 and {LIMIT} characters"}, status_code=422)
        if state.fails("slow"):
            await asyncio.sleep(2)
        toot = state.publish(author, text, [(p["id"], p["alt"]) for p in pictures], _number(data.get("reply_to")))
        if state.fails("error-after"):
            return JSONResponse({"error": "our fault"}, status_code=500)
        if state.fails("silence"):
            await asyncio.sleep(3600)
        return JSONResponse({"id": toot.id, "url": str(request.url_for("permalink", name=author, id=toot.id))}, 201)

    async def own(self, request: Request) -> Response:
        member = self._member(request)
        if member is None:
            return JSONResponse({"error": "sign in first"}, status_code=401)
        if self.state.fails("unreadable"):
            return JSONResponse({"error": "come back later"}, status_code=503)
        return JSONResponse({"posts": [_shown(toot, request) for toot in self.state.by(member)[:20]]})


def _shown(toot: Toot, request: Request) -> dict[str, object]:
    return {"text": toot.text, "url": str(request.url_for("permalink", name=toot.author, id=toot.id))}


def _number(permalink: object) -> int | None:
    last = str(permalink or "").rpartition("/")[2]
    return int(last) if last.isdigit() else None
