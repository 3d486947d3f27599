"""Posts from and for other programs: import, export, import-history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from postiquette.cli.context import Context, now, pass_context, person

if TYPE_CHECKING:
    from postiquette.errors import Problem
    from postiquette.queue.draft import Draft
    from postiquette.queue.sources.declared import Declared
    from postiquette.queue.store import Connection
    from postiquette.scheduler.project import Project

_FORMATS = ("own", "buffer", "hootsuite", "sprout", "publer", "socialbee", "ayrshare", "postfast")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_dates = click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="How 3/4/2026 is meant.")
_encoding = click.option("--encoding", help="The file's, where it is not UTF-8: cp1252 for instance.")
_skip_bad = click.option("--skip-bad", is_flag=True, help="Take in what is good; bad rows are told all the same.")
_dry_run = click.option("--dry-run", is_flag=True, help="Look at every row, and take nothing in.")


@click.command("import")
@_file
@click.option("--account", "accounts", multiple=True, help="Instead of the file's column; may be given several times.")
@click.option("--from", "form", type=click.Choice(_FORMATS), help="Only needed for files without a header: hootsuite.")
@_dates
@_encoding
@click.option("--without-media", is_flag=True, help="Leave out pictures that lie at web addresses.")
@_skip_bad
@_dry_run
@pass_context
def import_(
    context: Context,
    file: Path,
    accounts: tuple[str, ...],
    form: str | None,
    dates: str | None,
    encoding: str | None,
    without_media: bool,
    skip_bad: bool,
    dry_run: bool,
) -> int:
    """Take the posts of a CSV file into the queue: Buffer, Hootsuite, Sprout, Publer, SocialBee, Ayrshare, PostFast, or one's own.

    All rows are looked at first, and every bad one is named; nothing is taken in unless all are good, or --skip-bad says so.
    A row without a date takes the next free slot.
    """
    from typing import cast

    from postiquette.queue.sources.csv_file import Options, read
    from postiquette.queue.sources.dates import Order

    project, moment = context.project(), now()
    for name in accounts:
        project.account(name)
    options = Options(accounts, cast("Order | None", dates), encoding, form == "hootsuite", without_media)
    declared, problems, left_out = read(file, options)
    if left_out:
        click.echo(f"not taken: {', '.join(left_out)}", err=True)
    good, bad = _examined(project, declared)
    drafts = [draft for post in good for draft in project.drafts_of(post)]
    problems += bad + [
        draft.declaration.problem(f"{draft.at:%Y-%m-%d %H:%M} UTC is in the past")
        for draft in drafts
        if draft.at is not None and draft.at < moment
    ]
    drafts = [draft for draft in drafts if draft.at is None or draft.at >= moment]
    with context.store(project, create=True) as store, store.begin() as connection:
        drafts, known, taken = _new(connection, drafts)
        _refuse(problems + taken, skip_bad=skip_bad)
        if not dry_run:
            from postiquette.queue import sync

            sync.add(connection, drafts, project.next_slot(moment), person(), moment)
    for draft in drafts:
        click.secho(f"+ {draft.key}", fg="green")
    again = f", {known} already there" if known else ""
    bad_rows = f", {len(problems + taken)} bad rows left out" if problems or taken else ""
    click.echo(f"{len(drafts)} {'would be ' if dry_run else ''}added{again}{bad_rows}")
    return 1 if problems or taken else 0


def _examined(project: Project, declared: list[Declared]) -> tuple[list[Declared], list[Problem]]:
    """The posts with which nothing is wrong, and what is wrong with the others."""
    from postiquette.policies.rulebook import waiver_problem
    from postiquette.queue.sources.gather import examine

    good, problems = [], []
    lines: dict[tuple[str, str], int | None] = {}
    for post in declared:
        found = examine([post], project.configuration)
        for account in post.entry.account:
            first = lines.setdefault((post.entry.id, account), post.origin.line)
            if first != post.origin.line:
                found.append(post.problem(f"the row on line {first} has this id for {account} already"))
        for name in post.entry.allow:
            message = waiver_problem(name)
            found += [post.problem(message, "allow", name)] if message else []
        problems += found
        good += [] if found else [post]
    return good, problems


def _new(connection: Connection, drafts: list[Draft]) -> tuple[list[Draft], int, list[Problem]]:
    """What is not in the queue yet; how many are there already as they are; and those whose id is another post's."""
    from postiquette.queue import deliveries

    known = deliveries.of_posts(connection, [draft.post.id for draft in drafts])
    there = {delivery.key: delivery.declared for delivery in known}
    contents = {delivery.post.id: delivery.post.content for delivery in known}
    new, same, others = [], 0, {}
    for draft in drafts:
        if there.get(draft.key) == draft.declared:
            same += 1
        elif draft.key not in there and contents.get(draft.post.id, draft.post.content) == draft.post.content:
            new.append(draft)
        else:
            others[draft.post.id] = draft.declaration.problem("the queue has another post of this id")
    return new, same, list(others.values())


def _refuse(problems: list[Problem], *, skip_bad: bool) -> None:
    """Raise InputError with every problem; with `skip_bad` only tell them."""
    from postiquette.errors import InputError
    from postiquette.preview.safe import safe

    problems.sort(key=lambda problem: problem.line or 0)
    if problems and not skip_bad:
        raise InputError(problems, hint="Nothing was taken in. Mend the file, or say --skip-bad.")
    for problem in problems:
        click.echo(f"skipped: {safe(str(problem))}", err=True)


@click.command()
@click.option(
    "--format", "form", type=click.Choice([*_FORMATS, "ics"]), default="own", show_default=True, help="For whom."
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file.  [default: standard output]")
@click.option("--account", help="Only posts of this account.")
@click.option("--all", "all_", is_flag=True, help="What is over and done with, too.")
@click.option("--raw", is_flag=True, help="Leave cells alone that a spreadsheet takes for formulas.")
@pass_context
def export(context: Context, form: str, output: Path | None, account: str | None, all_: bool, raw: bool) -> int:
    """Write the schedule as CSV for another program, or as a calendar (ics).

    A cell that a spreadsheet would take for a formula gets an apostrophe before it, which `import` takes away again. What a
    program's columns cannot hold is told.
    """
    from postiquette.queue import deliveries
    from postiquette.queue.states import CHANGEABLE, State

    project = context.project()
    if account is not None:
        project.account(account)
    with context.store(project) as store, store.read() as connection:
        wanted = tuple(State) if all_ else tuple(sorted(CHANGEABLE))
        found = deliveries.in_states(connection, wanted, accounts=[account] if account else None)
    if form == "ics":
        from postiquette.preview.calendar import write_calendar

        data = write_calendar(found, now())
    else:
        from postiquette.preview.spreadsheet import write_csv

        folder = (output.parent if output is not None else Path()).resolve()
        text, lost = write_csv(found, project.accounts, form, folder, guard=not raw)
        data = text.encode("utf-8", "surrogatepass")
        for what in lost:
            click.echo(f"not in {form}'s columns: {what}", err=True)
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)
        click.echo(f"wrote {len(found)} posts to {output}", err=True)
    return 0


@click.command("import-history")
@_file
@click.option("--account", required=True, help="On whose account they were made.")
@_dates
@_encoding
@_skip_bad
@_dry_run
@pass_context
def import_history(
    context: Context,
    file: Path,
    account: str,
    dates: str | None,
    encoding: str | None,
    skip_bad: bool,
    dry_run: bool,
) -> int:
    """Let posts count that were made by hand: from a Mastodon or X archive (also zipped), JSON Lines or CSV.

    They spend and earn in the ledger at their own time. What is known already, by its id, URL or words, is passed over.
    """
    from collections import Counter
    from typing import cast

    from postiquette.queue import by_hand
    from postiquette.queue.deliveries import Move
    from postiquette.queue.sources.archives import read
    from postiquette.queue.sources.csv_file import Options
    from postiquette.queue.sources.dates import Order
    from postiquette.scheduler.hand_made import as_published

    project, moment = context.project(), now()
    place = project.account(account)
    posts, problems = read(file, Options(dates=cast("Order | None", dates), encoding=encoding))
    published, bad = as_published(posts, place, project.policy, moment)
    problems += bad
    _refuse(problems, skip_bad=skip_bad)
    added = 0
    if not dry_run:
        with context.store(project, create=True) as store, store.begin() as connection:
            move = Move(person(), moment, f"made by hand, says {file.name}")
            added = by_hand.take_in(connection, account, place.audience, published, move)
    kinds = Counter(str(one.kind).replace("_", " ") for one in published)
    click.echo(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "no posts")
    click.echo(
        f"{len(published)} would be looked at" if dry_run else f"{added} taken in, {len(published) - added} known"
    )
    return 1 if problems else 0


COMMANDS = [import_, export, import_history]
