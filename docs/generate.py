"""Makes what is made from the code: reference pages, and the index of the language files: `python docs/generate.py`.

With `--check` it only says whether they are fresh.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from postiquette.cli.main import program
from postiquette.policies.language import index_making
from postiquette.policies.rulebook import all_rules

HERE = Path(__file__).parent
NOTE = "<!-- made by docs/generate.py; change the code instead -->\n"


def rules() -> str:
    """One section a rule, from its manual."""
    parts = [
        NOTE,
        "# Rules\n",
        "A rule is named for the fault it finds. `postiquette explain RULE` prints the same page. Rules are tuned in\n"
        '`[policy.rules]`, as in `repeated-text = { action = "hold", within = "30d" }` or `missing-alt-text = "off"`.\n'
        'What is waived in a post needs its reason: `allow = { too-long = "the limit was raised" }`.\n',
    ]
    for rule in sorted(all_rules().values(), key=lambda rule: (rule.family, rule.name)):
        action = "follows `on_excess`" if rule.family == "asking" and rule.action != "allow" else f"`{rule.action}`"
        facts = f"*Family {rule.family} · action {action} · {'can' if rule.waivable else 'cannot'} be waived*\n"
        parts += [f"## {rule.name}\n", facts, rule.manual.strip() + "\n"]
        parts += [
            f"Option `{name} = {option.write(option.default)}`: {option.meaning}.\n"
            for name, option in rule.options.items()
        ]
    return "\n".join(parts)


def commands() -> str:
    """One section a command, from its help."""
    parts = [NOTE, "# Commands\n", "Exit codes: 0 fine · 1 findings, or posts that need a person · 2 bad usage or\n"
             "configuration · 3 a site, browser or database is out of reach.\n"]  # fmt: skip
    for name, command in _commands_of(program):
        parts += [f"## {name}\n", _help(command, f"postiquette {name}")]
        if isinstance(command, click.Group):
            for inner, subcommand in _commands_of(command):
                parts += [f"### {name} {inner}\n", _help(subcommand, f"postiquette {name} {inner}")]
    return "\n".join(parts)


def _commands_of(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield name, command


def _help(command: click.Command, path: str) -> str:
    context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100)
    return f"```text\n{command.get_help(context)}\n```\n"


def main() -> int:
    """Write the pages, or compare them."""
    stale = []
    for file, text in (
        (HERE / "rules.md", rules()),
        (HERE / "commands.md", commands()),
        (Path(index_making.__file__).with_name("index.json"), index_making.written()),
    ):
        if "--check" in sys.argv:
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                stale.append(file.name)
        else:
            file.write_text(text, encoding="utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}; run `make docs`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
