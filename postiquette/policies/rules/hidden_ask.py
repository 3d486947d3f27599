"""Asks where readers do not expect it.

What it finds: a share request in the last item of a thread, in an alt text or in the first comment while the post itself does
not ask; or one that is written with look-alike letters or invisible characters.

Why it matters: people who use screen readers need the alt text, and an ask at the end of a thread is still an ask. It counts as
one wherever it stands, so hiding it wins nothing and costs trust.

Example: a thread whose last item asks, where the post itself does not.

    [[posts]]
    id = "clock"
    thread = ["How we mended the church clock, in three steps.", "That was all. Please share!"]

Instead: ask in the open, or not at all.

    [[posts]]
    id = "clock"
    thread = ["How we mended the church clock, in three steps.", "That was all."]
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding, Kind
from postiquette.policies.language.folding import disguised
from postiquette.policies.rule import Case, Options, Rule, ask_finding, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on requests outside the first text, and on disguised ones anywhere."""
    fields = dict(case.content.fields)
    first = next(iter(fields))
    open_ask = bool(case.readings[first].requests)
    for name, reading in case.readings.items():
        for request in reading.requests:
            if disguised(request.text):
                message = "a request for shares in disguise"
            elif name != first and not open_ask:
                message = f"a request for shares stands in {name}, where readers do not expect it"
            else:
                continue
            yield ask_finding(NAME, message, (name, request), (), "ask in the open, or not at all")


NAME = named(__name__)
RULE = Rule(NAME, "asking", Action.ALLOW, check, __doc__, waivable=False, concerns=Kind.SHARE_REQUEST)
