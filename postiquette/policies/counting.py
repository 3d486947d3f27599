"""How long a text is, as its site counts. Two counts of one text differ by a half: a German word, a family emoji, a link.

Sources: twitter-text configuration v3 (through the library that implements it); Bluesky's lexicon `app.bsky.feed.post` and its client's
shortening of links; Mastodon's `status_length_validator` and its web client's counter; Meta's page on Threads posts (2026).
"""

from __future__ import annotations

import re
import unicodedata

from postiquette.model import Counting, Limits

_LINK = re.compile(r"https?://\S+")
_REMOTE_MENTION = re.compile(r"(?<![\w/@])(@[\w.-]*\w)@[\w.-]*\w")
#: Mastodon and X show every link as if it had this many characters
_LINK_COSTS = 23
#: what Bluesky's client shows of a link's path
_PATH_SHOWN = 15
#: emoji as one sign: X counts each as two, and its library does not know the younger ones
_ANY_EMOJI = "\U0001f600"


def length(text: str, limits: Limits) -> int:
    """The length of a text in the unit of the site's limit."""
    if limits.link_characters is not None:
        text = _LINK.sub("x" * limits.link_characters, text)
    return _COUNTS[limits.counting](text)


def size(text: str, limits: Limits) -> int:
    """The size of a text in UTF-8 bytes, links as the site stores them."""
    shown = _with_short_links(text) if limits.counting is Counting.BLUESKY else text
    return len(shown.encode("utf-8", "surrogatepass"))


def _graphemes(text: str) -> int:
    if text.isascii():
        return len(text) - text.count("\r\n")
    import regex

    return len(regex.findall(r"\X", text))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _x(text: str) -> int:
    from twitter_text import parse_tweet

    return int(parse_tweet(_emoji_replaced(unicodedata.normalize("NFC", text), _ANY_EMOJI)).weightedLength)


def _bluesky(text: str) -> int:
    return _graphemes(_with_short_links(text))


def _mastodon(text: str) -> int:
    """The server counts graphemes; the web client's button follows a coarser count, and both must be content."""
    shown = _REMOTE_MENTION.sub(r"\1", _LINK.sub("x" * _LINK_COSTS, text))
    return max(_graphemes(shown), _code_points(shown))


def _code_points(text: str) -> int:
    """Code points, emoji sequences as one, and a letter with one accent as one: never less than the web client counts."""
    plain = _emoji_replaced(text, "x") if not text.isascii() else text
    return len(re.sub(r"[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]+", "", plain))


def _threads(text: str) -> int:
    """Every character is one; emoji are their UTF-8 bytes."""
    if text.isascii():
        return len(text)
    emoji = [len(match.encode()) for match in _emoji(text)]
    return len(_emoji_replaced(text, "")) + sum(emoji)


def _with_short_links(text: str) -> str:
    return _LINK.sub(lambda link: _short(link[0]), text)


def _short(link: str) -> str:
    """A link as Bluesky's client writes it into the post: its host, and the beginning of its path."""
    host, slash, path = link.partition("://")[2].partition("/")
    path = slash + path
    return host + (path if len(path) <= _PATH_SHOWN else path[: _PATH_SHOWN - 2] + "...")


def _emoji(text: str) -> list[str]:
    import regex

    clusters: list[str] = regex.findall(r"\X", text)
    return [cluster for cluster in clusters if _is_emoji(cluster)]


def _emoji_replaced(text: str, by: str) -> str:
    if text.isascii():
        return text
    import regex

    clusters: list[str] = regex.findall(r"\X", text)
    return "".join(by if _is_emoji(cluster) else cluster for cluster in clusters)


def _is_emoji(cluster: str) -> bool:
    """Whether a grapheme is shown as a picture: by its nature, by a variation selector, as a flag or as a keycap."""
    import regex

    if cluster.isascii():
        return False
    if regex.match(r"\p{Emoji_Presentation}|\p{Regional_Indicator}{2}", cluster):
        return "\ufe0e" not in cluster
    return "\ufe0f" in cluster or "\u20e3" in cluster or "\u200d" in cluster


_COUNTS = {
    Counting.GRAPHEMES: _graphemes,
    Counting.UTF16: _utf16,
    Counting.X: _x,
    Counting.BLUESKY: _bluesky,
    Counting.MASTODON: _mastodon,
    Counting.THREADS: _threads,
}
