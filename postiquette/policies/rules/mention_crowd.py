"""Calls more people into a post than it is about.

What it finds: a post that mentions more than `most` people.

Why it matters: everyone who is mentioned gets a notification. A row of names asks for attention without saying so, and several sites
count it as spam.

Example:

    [[posts]]
    id = "photos"
    text = "Photos of the evening! @ada @bela @cleo @dora @emil @fritz @gina"

Instead: name those whom it is about, and let the others find it.

    [[posts]]
    id = "photos"
    text = "Photos of the evening, thanks to @ada who held the ladder."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, named, whole


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on a post that mentions too many."""
    people = case.people
    if len(people) > options["most"]:
        message = f"{len(people)} people are mentioned, but {options['most']} are enough"
        yield Finding(NAME, message, evidence=tuple(sorted(people)), suggestion="name those whom it is about")


NAME = named(__name__)
RULE = Rule(
    NAME,
    "fit",
    Action.ALLOW,
    check,
    __doc__,
    options={"most": whole(5, "how many people a post may mention", most=1000)},
)
