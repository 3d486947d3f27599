"""A configuration with everything that hangs on it: accounts, policy, rules and the posts that are declared now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from postiquette.config.load import Configuration, did_you_mean, load_configuration
from postiquette.errors import InputError, NoQueue, Problem
from postiquette.model import Account, Policy
from postiquette.policies.forecast import Forecast, Layout
from postiquette.policies.language.lessons import faults
from postiquette.policies.rulebook import Rulebook, waiver_problem
from postiquette.publishing.find_sites import accounts as find_accounts
from postiquette.queue.draft import Draft, NextSlot
from postiquette.queue.sources.declared import Declared
from postiquette.queue.sources.gather import Gathered, gather
from postiquette.scheduler.slots import instant, occurrences

if TYPE_CHECKING:
    from postiquette.queue.store import Store

#: of files, the time of their last change (ns) and their size
Stamp = dict[Path, tuple[int, int]]


@dataclass(frozen=True)
class Project:
    """What a command works on. Everything in it was found to be right together."""

    configuration: Configuration
    accounts: dict[str, Account]
    policy: Policy
    rulebook: Rulebook
    gathered: Gathered
    #: the files that it was read from, as they were before they were read
    stamp: Stamp

    def account(self, name: str) -> Account:
        """The account of that name. Raises InputError for one that is no longer configured."""
        if name not in self.accounts:
            raise InputError(f"no account {name!r} is configured" + did_you_mean(name, list(self.accounts)))
        return self.accounts[name]

    @cached_property
    def drafts(self) -> list[Draft]:
        """Every declared post on every account, in order of declaration."""
        return [draft for declared in self.gathered.posts for draft in self.drafts_of(declared)]

    def drafts_of(self, declared: Declared) -> Iterator[Draft]:
        """One declared post, on each of its accounts, with its time worked out."""
        entry, post = declared.entry, declared.post()
        for name in entry.account:
            account = self.accounts[name]
            naive = entry.at is not None and entry.at.tzinfo is None
            yield Draft(
                post=post,
                account=name,
                audience=account.audience,
                declaration=declared,
                at=instant(entry.at, account.timezone) if entry.at is not None else None,
                seat=instant(declared.seat, account.timezone) if declared.seat is not None else None,
                written_at=entry.at if naive else None,
                on=(account.audience, account.timezone if naive else ""),
            )

    def slots(self, account: str, after: datetime) -> Iterator[datetime]:
        """The slots of an account from an instant on."""
        known = self.accounts.get(account)
        return occurrences(known.slots, known.timezone, after) if known else iter(())

    @contextmanager
    def store_if_any(self) -> Iterator[Store | None]:
        """The database, until the block ends; None where nothing was ever taken in. Raises StoreError."""
        file = self.configuration.database_file
        if file is not None and not file.exists():
            yield None
            return
        # a check of files alone has no use for it
        from postiquette.queue.store import Store

        try:
            store = Store.open(self.configuration.database_url)
        except NoQueue:
            yield None
            return
        try:
            yield store
        finally:
            store.close()

    def forecast(self, layout: Layout) -> Forecast:
        """A queue that is laid out, ready to be asked what becomes of it."""
        return Forecast(layout.queue, layout.audiences, self.policy, self.rulebook, self.slots)

    def next_slot(self, now: datetime) -> NextSlot:
        """How a post that goes by slots finds its time: the first slot after `now` that is not taken."""
        # what a slot was given out for is taken by the next call, so nobody looks at it again
        left: dict[str, Iterator[datetime]] = {}

        def find(account: str, taken: set[datetime]) -> datetime:
            for slot in left.setdefault(account, self.slots(account, now)):
                if slot not in taken:
                    return slot
            raise InputError(f"the account {account!r} has no free slot in the next three years")

        return find


def load_project(file: Path, text: str | None = None) -> Project:
    """Read a configuration and all it leads to; with `text`, as if the file held that.

    Raises InputError with every problem found on the way.
    """
    before = _status([file])
    configuration = load_configuration(file, text)
    return make_project(configuration, before.get(file))


def make_project(configuration: Configuration, before: tuple[int, int] | None = None) -> Project:
    """Put together what a configuration leads to; `before` is its own file's time and size before it was read."""
    stamp = stamp_of(configuration)
    if before is not None:
        stamp[configuration.file] = before
    problems: list[Problem] = []
    policy = configuration.settings.policy.as_policy()
    rulebook, accounts, gathered = None, {}, None
    try:
        rulebook = Rulebook(policy)
    except InputError as error:
        problems += [configuration.problem(problem.message, *problem.keys) for problem in error.problems]
    problems += [
        configuration.problem(message, "policy", "language", *where) for where, message in faults(policy.wording)
    ]
    try:
        accounts = find_accounts(configuration)
    except InputError as error:
        problems += error.problems
    try:
        gathered = gather(configuration)
        problems += _waivers(gathered.posts)
    except InputError as error:
        problems += error.problems
    if problems or rulebook is None or gathered is None:
        raise InputError(problems)
    return Project(configuration, accounts, policy, rulebook, gathered, stamp)


def stamp_of(configuration: Configuration) -> Stamp:
    """Tells one state of a configuration's files from another; files that come or go make a difference, too."""
    files = {configuration.file}
    for source in configuration.settings.sources:
        # what is wrong with a pattern is said where its files are read
        with suppress(ValueError, OSError, NotImplementedError):
            files |= set(configuration.folder.glob(source.path))
    return _status(files)


def _status(files: Iterable[Path]) -> Stamp:
    found = {}
    for file in files:
        with suppress(FileNotFoundError):
            status = file.stat()
            found[file] = (status.st_mtime_ns, status.st_size)
    return found


def _waivers(posts: Iterable[Declared]) -> Iterator[Problem]:
    for declared in posts:
        for name in declared.entry.allow:
            message = waiver_problem(name)
            if message:
                yield declared.problem(message, "allow", name)
