"""The policies: rules, explain."""

from __future__ import annotations

import click

from postiquette.cli.context import console, format_option, print_json


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
                    "action": str(rule.action),
                    "waivable": rule.waivable,
                    "options": {name: str(value) for name, value in rule.options.items()},
                    "summary": rule.summary,
                }
                for rule in found
            ]
        )
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("rule", "family", "action", "what it finds"):
        table.add_column(title, no_wrap=title != "what it finds")
    for rule in found:
        action = "remark" if rule.action == "allow" else "on_excess" if rule.family == "asking" else str(rule.action)
        table.add_row(rule.name, rule.family, action, rule.summary)
    console().print(table)
    return 0


@click.command()
@click.argument("rule")
def explain(rule: str) -> int:
    """Print the manual of a rule: what it finds, why it matters, an example, and what to write instead."""
    from postiquette.config.load import did_you_mean
    from postiquette.config.values import format_duration
    from postiquette.errors import InputError
    from postiquette.policies.rulebook import all_rules

    found = all_rules().get(rule)
    if found is None:
        raise InputError(f"there is no rule {rule!r}" + did_you_mean(rule, list(all_rules())))
    click.secho(found.name, bold=True)
    click.echo(found.manual.strip())
    for name, value in found.options.items():
        shown = format_duration(value) if hasattr(value, "total_seconds") else repr(value)  # type: ignore[arg-type]
        click.echo(f"\noption {name}, default {shown}")
    if not found.waivable:
        click.echo("\nIt cannot be waived in a file; `postiquette approve POST --reason …` lets one wording pass.")
    return 0


COMMANDS = [rules, explain]
