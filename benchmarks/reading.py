"""How well and how fast posts are read and rewritten, on labelled real posts: `make bench`.

The posts are no part of the project. POSTIQUETTE_DATA names the folder that holds `dev.jsonl` (labelled: id, lang, text, kind, spans,
sure) and `random.jsonl` (posts that hardly ever ask); ../shared/data beside the project otherwise. `--errors` and `--rewrites` print
what there is to read by eye.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from table import row

from postiquette.model import Kind
from postiquette.policies.language.reader import Reading, read
from postiquette.policies.rewrite import rewrite

DATA = Path(os.environ.get("POSTIQUETTE_DATA", Path(__file__).parents[2] / "shared" / "data"))
#: what the obvious tool would do
BASELINE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(please|pls|plz)\s+(rt|retweet|share|repost)\b",
        r"\bretweet\s+(this|if)\b",
        r"\brt\s+(if|this|to|pls|please)\b",
        r"\bshare\s+(this|if|with)\b",
        r"\brepost\b",
        r"\btag\s+(a|someone|your)\b",
        r"\bspread\s+the\s+word\b",
        r"\blike\s+(and|&)\s+share\b",
        r"\btell\s+(your|everyone)\b",
        r"\bpass\s+it\s+on\b",
    )
]
#: a short and a long text of the same words, for the cost of length
WORDS = (
    "we counted birds at the pier and share what the tide left, so tell us if the ferry runs; retweets came for that. "
)
ROUNDS = 7
#: so often ours reads what others read once
MANY = 10
_KEEPSAKES = re.compile(r"https?://\S+|[@#]\w+|\d[\d.,:]*\d|\d")


@dataclass
class Counts:
    """What came of the posts of one language."""

    found: int = 0
    missed: int = 0
    false: int = 0
    spans: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.false)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.false + self.missed)


def rows(name: str) -> list[dict[str, Any]]:
    """The posts of one file."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def judged(posts: Iterable[dict[str, Any]], asks: Callable[[str], bool]) -> dict[str, Counts]:
    """The counts by language, and of all but English together."""
    counts: dict[str, Counts] = defaultdict(Counts)
    for post in posts:
        said, labelled = asks(post["text"]), post["kind"] == "share_request"
        for lang in (post["lang"], *(["others"] if post["lang"] != "en" else [])):
            one = counts[lang]
            one.found += said and labelled
            one.missed += labelled and not said
            one.false += said and not labelled
            if said and labelled:
                one.spans += _overlaps(post["spans"], read(post["text"]))
            if said != labelled and lang != "others":
                one.mistakes.append(f"{'misses' if labelled else 'false '} {post['id']} {post['text']!r}")
    return counts


def _overlaps(labelled: Sequence[Sequence[int]], reading: Reading) -> bool:
    """Whether what was found covers half of what is labelled, and no more than twice as much."""
    wanted = {place for start, end in labelled for place in range(start, end)}
    found = {place for request in reading.requests for place in range(request.start, request.end)}
    return 2 * len(wanted & found) >= max(len(wanted), len(found) / 2)


def reading(posts: list[dict[str, Any]], errors: bool) -> None:
    """Precision, recall, spans by language, beside ten plain regular expressions."""
    ours = judged(posts, lambda text: read(text).kind is Kind.SHARE_REQUEST)
    plain = judged(posts, lambda text: any(pattern.search(text) for pattern in BASELINE))
    print(f"{'':8}{'posts':>6}{'precision':>11}{'recall':>8}{'F1':>7}{'spans':>8}     ten patterns: precision, recall")
    for lang, one in sorted(ours.items(), key=lambda item: -(item[1].found + item[1].missed)):
        other = plain[lang]
        print(
            f"{lang:8}{one.found + one.missed:6}{one.precision:11.3f}{one.recall:8.3f}{one.f1:7.3f}"
            f"{one.spans / max(1, one.found):8.3f}{other.precision:26.3f}{other.recall:8.3f}"
        )
        if errors:
            print(*one.mistakes, sep="\n")
    english, others = ours["en"], ours["others"]
    row("English precision", english.precision, "at least 0.97", english.precision >= 0.97)
    row("English recall", english.recall, "at least 0.95", english.recall >= 0.95)
    row("other languages: precision", others.precision, "at least 0.93", others.precision >= 0.93)
    row("other languages: recall", others.recall, "at least 0.88", others.recall >= 0.88)


def false_alarms(posts: list[dict[str, Any]]) -> None:
    """Requests found in posts that hold no word of spreading."""
    for name, some in (
        ("English", [post for post in posts if post["lang"] == "en"]),
        ("others", [post for post in posts if post["lang"] != "en"]),
    ):
        found = sum(read(post["text"]).kind is Kind.SHARE_REQUEST for post in some)
        thousandth = 1000 * found / max(1, len(some))
        row(f"false alarms per 1,000 of {len(some)} random posts, {name}", thousandth, "at most 1", thousandth <= 1)


def rewriting(posts: list[dict[str, Any]], show: bool) -> None:
    """What rewrites hold and lack, judged by the labelled spans and not by our reader."""
    done = held = lost = unstable = 0
    reasons: dict[str, int] = defaultdict(int)
    for post in posts:
        text = post["text"]
        if post["kind"] != "share_request" or read(text).kind is not Kind.SHARE_REQUEST:
            continue
        result = rewrite(text)
        reasons[result.reason or "cut"] += 1
        if result.text is None:
            continue
        done += 1
        spans = [text[start:end].strip(" .,!:;\n&").lower() for start, end in post["spans"]]
        held += any(len(span) > 4 and span in result.text.lower() for span in spans)
        lost += bool(_lacking(post, result.text))
        unstable += rewrite(result.text).text != result.text
        if show:
            print(f"- {text!r}\n+ {result.text!r}")
    print("    ", ", ".join(f"{reason}: {number}" for reason, number in sorted(reasons.items())))
    row(f"of {done} rewrites, those that hold a labelled request", held, "0", held == 0)
    row("those that lack a link, number, mention or hashtag", lost, "0", lost == 0)
    row("those that change when they are rewritten again", unstable, "0", unstable == 0)
    clean = 1 - (held + lost) / max(1, done)
    row("free of the request, and nothing else lost", clean, "at least 0.98", clean >= 0.98)


def _lacking(post: dict[str, Any], result: str) -> list[str]:
    """Links anywhere, and other keepsakes outside the labelled spans, that a rewrite has no more."""
    text, lacking = post["text"], []
    for match in _KEEPSAKES.finditer(text):
        inside = any(start < match.end() and match.start() < end for start, end in post["spans"])
        asks = match[0].startswith("#") and read(match[0]).kind is Kind.SHARE_REQUEST
        if (match[0].startswith("http") or not inside) and not asks and match[0] not in result:
            lacking.append(match[0])
    return lacking


def speed(posts: list[dict[str, Any]]) -> None:
    """Posts a second, warm; beside proselint, which reads English, on the same posts; and what ten times the length costs."""
    texts = [post["text"] for post in posts]
    [ours] = _seconds(lambda: [read(text) for text in texts])
    row("posts a second, warm, one core", len(texts) / ours, "at least 20000", len(texts) / ours >= 20_000)
    some = [post["text"] for post in posts if post["lang"] == "en"][::3]
    proselint = _proselint(some)
    if proselint:
        # ours is done many times over, to be long enough to be measured
        ours, theirs = _seconds(lambda: [read(text) for _ in range(MANY) for text in some], proselint)
        row("a post by proselint : the same by us", theirs / ours * MANY, "at least 50", theirs / ours * MANY >= 50)
    else:
        print("     proselint is not installed: pip install proselint")
    short, long = WORDS * 22, WORDS * 220
    seconds_of_long, seconds_of_short = _seconds(lambda: read(long), lambda: read(short))
    found = seconds_of_long / seconds_of_short
    row(f"a text of {len(long):,} characters : one of {len(short):,}", found, "at most 15", found <= 15)


def _seconds(*works: Callable[[], object]) -> list[float]:
    """The processor's seconds of each in its best round; they take turns, after one that does not count."""
    best = [float("inf")] * len(works)
    for turn in range(ROUNDS + 1):
        for place, work in enumerate(works):
            began = time.process_time()
            work()
            if turn:
                best[place] = min(best[place], time.process_time() - began)
    return best


def _proselint(texts: list[str]) -> Callable[[], object] | None:
    """Its work on some texts; nothing where it is not installed."""
    try:
        from proselint.checks import __register__
        from proselint.registry import CheckRegistry
        from proselint.tools import LintFile
    except ImportError:
        return None
    CheckRegistry().register_many(__register__)
    return lambda: [LintFile(content=text, source="post").lint() for text in texts]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="print every post that is read otherwise than labelled")
    parser.add_argument("--rewrites", action="store_true", help="print every rewrite beside its text")
    chosen = parser.parse_args()
    # as the program does
    gc.disable()
    if not (DATA / "dev.jsonl").exists():
        print(f"skipped: no labelled posts in {DATA}. Name a folder that has some in POSTIQUETTE_DATA.")
        return
    labelled, random = [post for post in rows("dev.jsonl") if post["sure"]], rows("random.jsonl")
    reading(labelled, chosen.errors)
    false_alarms(random)
    rewriting(labelled, chosen.rewrites)
    speed(random)


if __name__ == "__main__":
    main()
