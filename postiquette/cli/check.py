"""Lints the configuration and the posts, as a linter lints code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from postiquette.cli.context import Context, format_option, now, pass_context, print_json, standard_input

if TYPE_CHECKING:
    from postiquette.preview.outline import Outline
    from postiquette.preview.places import Remark
    from postiquette.queue.sources.declared import Declared
    from postiquette.scheduler.project import Project

_STDIN = Path("-")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, allow_dash=True))
@format_option("text", "json", "sarif", "github")
@click.option("--fix", is_flag=True, help="Take requests out of the files, where a rewrite would go out anyway.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    default=Path("stdin.md"),
    help="With -: the name of the file that standard input stands for.",
)
@pass_context
def check(context: Context, files: tuple[Path, ...], format_: str, fix: bool, diff: bool, stdin_filename: Path) -> int:
    """Find what is wrong with the configuration and the posts, judged as the whole queue will stand.

    FILES: a configuration, post files and folders to report on, or - for standard input; everything by default.
    Exit code 1 where there are warnings or errors, 0 where there are none or mere notes.
    """
    from postiquette.model import Severity
    from postiquette.preview.outline import outline
    from postiquette.preview.places import remarks

    if fix and diff:
        raise click.UsageError("expected --fix or --diff, not both")
    if _STDIN in files and (fix or diff):
        raise click.UsageError("standard input cannot be fixed in place; name the file")
    standing_in = {stdin_filename: standard_input().read().decode("utf-8-sig", "replace")} if _STDIN in files else {}
    project, wanted = _gathered(context, files, standing_in)
    found = outline(project, now())
    if diff:
        _show_diff(project, found, wanted)
    if fix and _mend(project, found, wanted):
        project, wanted = _gathered(context, files, standing_in)
        found = outline(project, now())
    result = remarks(found.lines, wanted, {file.resolve(): text for file, text in standing_in.items()})
    if not diff:
        _tell(result, format_, len(wanted), found.notes)
    return 1 if any(remark.finding.severity is not Severity.NOTE for remark in result) else 0


def _gathered(
    context: Context, files: tuple[Path, ...], standing_in: dict[Path, str]
) -> tuple[Project, list[Declared]]:
    """The project, and the posts that are to be reported on; a file in `standing_in` is taken to hold its text."""
    from postiquette.scheduler.project import load_project

    configurations = [file for file in (*files, *standing_in) if file.suffix == ".toml"]
    if len(configurations) > 1:
        raise click.UsageError("expected one configuration at most")
    file = configurations[0] if configurations else context.config_file
    project = load_project(file, standing_in.get(file))
    posts = [file for file in (*files, *standing_in) if file.suffix != ".toml" and file != _STDIN]
    project = _with_strays(project, posts, standing_in)
    only = {file.resolve() for file in (*configurations, *posts)}
    wanted = list(project.gathered.posts)
    if only:
        wanted = [post for post in wanted if any(post.file.resolve().is_relative_to(file) for file in only)]
    return project, wanted


def _with_strays(project: Project, files: list[Path], standing_in: dict[Path, str]) -> Project:
    """Post files that no source of the configuration covers, and standard input, are judged with the queue all the same."""
    from dataclasses import replace

    from postiquette.errors import InputError
    from postiquette.queue.sources.gather import Gathered, examine
    from postiquette.queue.sources.markdown import accounts_of, read_single

    if not files:
        return project
    known = {declared.file.resolve(): declared for declared in project.gathered.posts}
    posts = list(project.gathered.posts)
    for file in files:
        text, declared = standing_in.get(file), known.get(file.resolve())
        if text is not None:
            account = declared.entry.account if declared else accounts_of(project.configuration, file.resolve())
            place = posts.index(declared) if declared else len(posts)
            posts[place : place + 1] = [read_single(file.resolve(), text, account)]
        elif file.is_file() and declared is None:
            posts.append(read_single(file.resolve()))
    problems = examine(posts, project.configuration)
    if problems:
        raise InputError(problems)
    return replace(project, gathered=Gathered(tuple(posts), project.gathered.sources))


def _show_diff(project: Project, found: Outline, wanted: list[Declared]) -> None:
    from postiquette.preview.fixes import fixes
    from postiquette.preview.safe import safe

    changes, left = fixes(found.lines, wanted, project.policy.wording)
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for change in changes:
        for line in change.diff():
            # a patch is exact; a terminal is shown nothing that it would obey
            shown = safe(line.rstrip("\n")) if sys.stdout.isatty() else line.rstrip("\n")
            click.secho(shown, fg=None if line[:3] in ("+++", "---") else colours.get(line[0]))
    for reason in left:
        click.echo(f"not in place: {reason}", err=True)


def _mend(project: Project, found: Outline, wanted: list[Declared]) -> bool:
    from postiquette.config.load import show_path
    from postiquette.preview.fixes import fixes

    changes, left = fixes(found.lines, wanted, project.policy.wording)
    for change in changes:
        change.write()
        click.echo(f"fixed {show_path(change.file)}: {', '.join(change.posts)}", err=True)
    for reason in left:
        click.echo(f"not fixed: {reason}", err=True)
    return bool(changes)


def _tell(result: list[Remark], format_: str, posts: int, notes: tuple[str, ...]) -> None:
    if format_ == "json":
        print_json([_as_json(remark) for remark in result])
    elif format_ == "sarif":
        from postiquette.preview.sarif import sarif

        print_json(sarif(result))
    elif format_ == "github":
        from postiquette.preview.sarif import annotation

        for remark in result:
            click.echo(annotation(remark))
    else:
        _print(result, posts)
        for note in notes:
            click.echo(f"note: {note}")


def _print(result: list[Remark], posts: int) -> None:
    from postiquette.model import Action, Severity
    from postiquette.preview.safe import safe

    colours = {Severity.NOTE: "blue", Severity.WARNING: "yellow", Severity.ERROR: "red"}
    for remark in result:
        finding = remark.finding
        colour = colours[finding.severity]
        what = str(finding.severity) if finding.action is Action.ALLOW else f"{finding.severity}: {finding.action}"
        place = click.style(f"{safe(remark.file)}:{remark.line}:{remark.column}:", bold=True)
        click.echo(f"{place} {click.style(f'{finding.rule} [{what}]', fg=colour)} {safe(finding.message)}")
        before = safe(remark.excerpt[: remark.column - 1])
        meant = safe(remark.excerpt[remark.column - 1 : remark.column - 1 + remark.length])
        click.echo(f"    | {safe(remark.excerpt)}")
        if remark.length:
            click.echo(f"    | {' ' * _width(before)}{click.style('^' * max(1, _width(meant)), fg=colour)}")
        others = finding.evidence[1:] if finding.start is not None else finding.evidence
        if others:
            click.echo(f"    = see {', '.join(safe(post) for post in others)}")
        if finding.suggestion:
            click.echo(f"    = {safe(finding.suggestion)}")
    serious = sum(remark.finding.severity is not Severity.NOTE for remark in result)
    noun = "finding" if len(result) == 1 else "findings"
    click.echo(f"{posts} post{'' if posts == 1 else 's'} checked: {len(result)} {noun}, {serious} to act on")


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    from unicodedata import category, east_asian_width

    return sum(
        2 if east_asian_width(char) in "WF" else 0 if category(char) in ("Mn", "Me", "Cf") else 1 for char in text
    )


def _as_json(remark: Remark) -> dict[str, Any]:
    from postiquette.preview.machine import finding_as_json

    place = {"file": remark.file, "line": remark.line, "column": remark.column}
    return {**place, "posts": list(remark.keys), "decision": str(remark.decision), **finding_as_json(remark.finding)}


COMMANDS = [check]
