"""Lints the configuration and the posts, as a linter lints code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from postiquette.cli.context import Context, format_option, now, pass_context, print_json

if TYPE_CHECKING:
    from postiquette.preview.places import Remark
    from postiquette.scheduler.project import Project


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@format_option("text", "json", "sarif", "github")
@pass_context
def check(context: Context, files: tuple[Path, ...], format_: str) -> int:
    """Find what is wrong with the configuration and the posts, judged as the whole queue will stand.

    FILES: a configuration, or post files and folders to report on; everything by default.
    Exit code 1 where a post will not simply go out.
    """
    from postiquette.model import Action
    from postiquette.preview.outline import outline
    from postiquette.preview.places import remarks

    configurations = [file for file in files if file.suffix == ".toml"]
    if len(configurations) > 1:
        raise click.UsageError("expected one configuration at most")
    if configurations:
        context = Context(configurations[0], context.verbose)
    project = _with_strays(context.project(), [file for file in files if file.suffix != ".toml"])
    found = outline(project, now())
    only = {file.resolve() for file in files}
    wanted = [
        declared
        for declared in project.gathered.posts
        if not only or any(declared.file.resolve().is_relative_to(file) for file in only)
    ]
    result = list(remarks(found.lines, wanted, project.configuration))
    if format_ == "json":
        print_json([_as_json(remark) for remark in result])
    elif format_ == "sarif":
        print_json(_sarif(result))
    elif format_ == "github":
        for remark in result:
            click.echo(_annotation(remark))
    else:
        _print(result, len(wanted))
        for note in found.notes:
            click.echo(f"note: {note}")
    return 1 if any(remark.finding.action is not Action.ALLOW for remark in result) else 0


def _with_strays(project: Project, files: list[Path]) -> Project:
    """Post files that no source of the configuration covers are judged with the queue all the same."""
    from dataclasses import replace

    from postiquette.errors import InputError
    from postiquette.queue.sources.gather import Gathered, examine
    from postiquette.queue.sources.markdown import read_single

    known = {declared.file.resolve() for declared in project.gathered.posts}
    strays = [file.resolve() for file in files if file.is_file() and file.resolve() not in known]
    if not strays:
        return project
    posts = (*project.gathered.posts, *(read_single(file) for file in strays))
    problems = examine(posts, project.configuration)
    if problems:
        raise InputError(problems)
    return replace(project, gathered=Gathered(posts, project.gathered.sources))


def _print(result: list[Remark], posts: int) -> None:
    from postiquette.model import Action
    from postiquette.preview.safe import safe

    colours = {
        Action.ALLOW: "blue",
        Action.REWRITE: "cyan",
        Action.DEFER: "yellow",
        Action.HOLD: "magenta",
        Action.BLOCK: "red",
    }
    for remark in result:
        finding = remark.finding
        colour = colours[finding.action]
        what = "remark" if finding.action is Action.ALLOW else str(finding.action)
        place = click.style(f"{remark.file}:{remark.line}:{remark.column}:", bold=True)
        click.echo(f"{place} {click.style(f'{finding.rule} [{what}]', fg=colour)} {safe(finding.message)}")
        before = safe(remark.excerpt[: remark.column - 1])
        meant = safe(remark.excerpt[remark.column - 1 : remark.column - 1 + remark.length])
        click.echo(f"    | {safe(remark.excerpt)}")
        if remark.length:
            click.echo(f"    | {' ' * len(before)}{click.style('^' * max(1, len(meant)), fg=colour)}")
        if len(finding.evidence) > 1:
            click.echo(f"    = used up by {', '.join(safe(post) for post in finding.evidence[1:])}")
        if finding.suggestion:
            click.echo(f"    = {safe(finding.suggestion)}")
    serious = sum(remark.finding.action is not Action.ALLOW for remark in result)
    noun = "finding" if len(result) == 1 else "findings"
    click.echo(f"{posts} post{'' if posts == 1 else 's'} checked: {len(result)} {noun}, {serious} to act on")


def _as_json(remark: Remark) -> dict[str, Any]:
    from postiquette.preview.machine import finding_as_json

    place = {"file": remark.file, "line": remark.line, "column": remark.column}
    return {**place, "posts": list(remark.keys), "decision": str(remark.decision), **finding_as_json(remark.finding)}


def _annotation(remark: Remark) -> str:
    from postiquette.model import Action

    level = "notice" if remark.finding.action is Action.ALLOW else "warning"
    place = f"file={_escaped(remark.file)},line={remark.line},col={remark.column}"
    return f"::{level} {place},title={remark.finding.rule}::{_escaped(remark.finding.message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _sarif(result: list[Remark]) -> dict[str, Any]:
    from postiquette import __version__
    from postiquette.model import Action
    from postiquette.policies.rulebook import all_rules

    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "postiquette",
                        "version": __version__,
                        "rules": [
                            {
                                "id": rule.name,
                                "shortDescription": {"text": rule.summary},
                                "fullDescription": {"text": rule.manual.strip()},
                            }
                            for rule in all_rules().values()
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": remark.finding.rule,
                        "level": "note" if remark.finding.action is Action.ALLOW else "warning",
                        "message": {"text": remark.finding.message},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": Path(remark.file).as_posix()},
                                    "region": {
                                        "startLine": remark.line,
                                        "startColumn": remark.column,
                                        "endColumn": remark.column + remark.length,
                                    },
                                }
                            }
                        ],
                    }
                    for remark in result
                ],
            }
        ],
    }


COMMANDS = [check]
