"""Every error that Postiquette raises on purpose; each class knows the exit code of the command it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PostiquetteError(Exception):
    """The root of the hierarchy. `hint` says what to do next."""

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Problem:
    """One fault in what the user wrote: where it stands, what was found and what was expected."""

    message: str
    #: file name as the user would type it; None where no file is concerned
    file: str | None = None
    #: 1-based; None where the place is the whole file
    line: int | None = None
    #: the keys that lead there, such as ("policy", "ratio")
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}"
        crumbs = " → ".join(part for part in (place, *self.keys) if part)
        return f"{crumbs}: {self.message}" if crumbs else self.message


class InputError(PostiquetteError):
    """Configuration, posts or arguments that cannot be taken as they are. Carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem] | str, hint: str | None = None) -> None:
        self.problems = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems), hint)


class StateError(PostiquetteError):
    """A post is not in a state in which what was asked for is possible."""


class StoreError(PostiquetteError):
    """The database cannot be used: missing, locked, read-only, full, too new, or no database at all."""

    exit_code = 3


class NoQueue(StoreError):
    """There is no database yet, or an empty one: nothing was ever taken in."""


class BrowserError(PostiquetteError):
    """No browser was found, or the one that was found does not work."""

    exit_code = 3


class SiteError(PostiquetteError):
    """A site did not behave as its site file says. Raised only before anything was submitted, so it is safe to try again."""

    exit_code = 3


class SignedOut(SiteError):
    """The site asks for a login: the saved session is missing or has ended."""


class ComposerRefused(SiteError):
    """The composer does not hold what was put into it, or does not accept it. Trying again will not help."""
