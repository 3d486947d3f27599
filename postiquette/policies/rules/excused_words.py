"""Words that would ask, but for what the configuration teaches.

What it finds: a stretch that reads as a share request, and that `[policy.language] not_asks` says is none.

Why it matters: an exception that nobody sees becomes a hole in the ratio. Each use is shown in the preview and stays on record,
and it excuses no other request of the post.

Example: a station whose name looks like a request.

    [policy.language]
    not_asks = [{ phrase = "spread the word radio", examples = ["Spread the Word Radio is on at nine"] }]

    [[posts]]
    id = "nine"
    text = "Spread the Word Radio is on at nine tonight, with songs from the harbour."

Instead: nothing, where the exception is right; otherwise take it out of the configuration, or say it without the words.

    [policy.language]
    not_asks = [{ phrase = "spread the word radio", examples = ["Spread the Word Radio is on at nine"] }]

    [[posts]]
    id = "nine"
    text = "The radio is on at nine tonight, with songs from the harbour."
"""

from __future__ import annotations

from collections.abc import Iterator

from postiquette.model import Action, Finding
from postiquette.policies.rule import Case, Options, Rule, ask_finding, named


def check(case: Case, options: Options) -> Iterator[Finding]:
    """Remark on every request that a taught sense excuses."""
    for name, reading in case.readings.items():
        for request in reading.excused:
            phrase = request.pattern.partition(":")[2]
            message = f"reads as a share request, excused by policy.language.not_asks: “{phrase}”"
            yield ask_finding(NAME, message, (name, request), (), None)


NAME = named(__name__)
RULE = Rule(NAME, "asking", Action.ALLOW, check, __doc__, waivable=False)
