"""The policies: rules, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import tomli

from postiquette.cli.context import Context, console, format_option, pass_context, print_json

if TYPE_CHECKING:
    from postiquette.policies.rule import Option, Rule


@click.command()
@format_option("text", "json")
def rules(format_: str) -> int:
    """List every rule: its family, what it does by itself, whether it can be waived."""
    from postiquette.policies.rulebook import all_rules

    found = sorted(all_rules().values(), key=lambda rule: (rule.family, rule.name))
    if format_ == "json":
        print_json(
            [
                {
                    "rule": rule.name,
                    "family": rule.family,
                    "action": _action(rule),
                    "waivable": rule.waivable,
                    "options": {name: _plain(option) for name, option in rule.options.items()},
                    "summary": rule.summary,
                }
                for rule in found
            ]
        )
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("rule", "family", "action", "waivable", "what it finds"):
        table.add_column(title, no_wrap=title != "what it finds")
    for rule in found:
        action, waivable = _action(rule), "yes" if rule.waivable else "no"
        table.add_row(rule.name, rule.family, "remark" if action == "allow" else action, waivable, rule.summary)
    console().print(table)
    return 0


def _action(rule: Rule) -> str:
    """What happens to a post with a finding, as a configuration writes it; what follows an ask too many is the policy's to say."""
    return "on_excess" if rule.family == "asking" and rule.action != "allow" else str(rule.action)


def _plain(option: Option) -> object:
    """A default as JSON has it: what a configuration writes in quotes is a string."""
    return tomli.loads(f"value = {option.write(option.default)}")["value"]


@click.command()
@click.argument("rule")
def explain(rule: str) -> int:
    """Print the manual of a rule: what it finds, why it matters, an example, and what to write instead.

    RULE: a rule's name, or that of a pattern that `classify` names, such as en:share-this.
    """
    from postiquette.config.load import did_you_mean
    from postiquette.errors import InputError
    from postiquette.policies.rulebook import all_rules

    if ":" in rule:
        _explain_pattern(rule)
        return 0
    found = all_rules().get(rule)
    if found is None:
        raise InputError(f"there is no rule {rule!r}" + did_you_mean(rule, list(all_rules())))
    click.secho(found.name, bold=True)
    click.echo(found.manual.strip())
    for name, option in found.options.items():
        click.echo(f"\noption {name} = {option.write(option.default)}: {option.meaning}")
    if not found.waivable and found.family == "asking":
        click.echo("\nIt cannot be waived in a file; `postiquette approve POST --reason …` lets one wording pass.")
    return 0


def _explain_pattern(name: str) -> None:
    from postiquette.config.load import did_you_mean
    from postiquette.errors import InputError
    from postiquette.policies.language.patterns import languages

    language = languages().get(name.partition(":")[0])
    known = {pattern.name: pattern for pattern in (*language.requests, *language.senses)} if language else {}
    if language is None or name not in known:
        codes = ", ".join(languages())
        raise InputError(f"there is no pattern {name!r}{did_you_mean(name, list(known))}; languages: {codes}")
    pattern = known[name]
    click.secho(pattern.name, bold=True)
    click.echo(
        f"{language.name}: " + (f"a request, type {pattern.type}" if pattern.type else "another sense, no request")
    )
    for example in pattern.examples:
        click.echo(f"  {example}")
    if not pattern.examples:
        click.echo("  (no example)")


@click.group()
def policy() -> None:
    """What the configuration teaches the reader of texts."""


@policy.command("test")
@pass_context
def test_sentences(context: Context) -> int:
    """Read the sentences of `must_ask` and `must_not_ask`, and report those that are read otherwise.

    Exit code 1 where there are any.
    """
    from postiquette.policies.language.lessons import verdicts
    from postiquette.preview.safe import safe

    project = context.project()
    taught = project.configuration.settings.policy.language
    wrong = 0
    for name, sentences, asks in (("must_ask", taught.must_ask, True), ("must_not_ask", taught.must_not_ask, False)):
        for number, message in verdicts(sentences, project.policy.wording, asks=asks):
            wrong += 1
            problem = project.configuration.problem(safe(message), "policy", "language", name, number)
            click.echo(str(problem))
    total = len(taught.must_ask) + len(taught.must_not_ask)
    click.echo(f"{total - wrong} of {total} sentences are read as they should be")
    return 1 if wrong else 0


COMMANDS: list[click.Command] = [rules, explain, policy]
