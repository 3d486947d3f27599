"""The sandbox that ships with Postiquette (`postiquette demo`)."""

from postiquette.config.site_spec import (
    ComposerSpec,
    LimitsSpec,
    Locate,
    LoginSpec,
    LoginStep,
    RecentSpec,
    Request,
    SiteSpec,
    SubmitSpec,
)
from postiquette.publishing.site import Site

SITE = Site(
    "sandbox",
    SiteSpec(
        title="Sandbox",
        terms="It is ours, and made to be automated.",
        limits=LimitsSpec(
            characters=500, media=4, media_types=("png", "jpg", "jpeg", "gif", "webp"), alt_characters=1500
        ),
        login=LoginSpec(
            url="/login",
            signed_out="/login",
            signed_in=Locate(label="What would you like to say?"),
            steps=(
                LoginStep(fill=Locate(label="Name"), secret="username"),  # noqa: S106 - which secret, not a secret
                LoginStep(fill=Locate(label="Password"), secret="password"),  # noqa: S106 - which secret, not a secret
                LoginStep(click=Locate(role="button", name="Sign in")),
            ),
        ),
        composer=ComposerSpec(
            url="/compose",
            reply_url="/compose?reply_to={url}",
            text=Locate(label="What would you like to say?"),
            media=Locate(css="#file"),
            alt=Locate(label="Description of picture {n}"),
            needs=(Request(method="POST", path="/api/media"),),
        ),
        submit=SubmitSpec(
            button=Locate(role="button", name="Post"),
            request=Request(method="POST", path="/api/posts"),
            permalink="{url}",
        ),
        recent=RecentSpec(url="/api/me/posts", json_items="posts", json_text="text", json_url="url"),
    ),
    shows_at_once=True,
)
