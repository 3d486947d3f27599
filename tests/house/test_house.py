"""The architecture, executable: sets compared both ways, light commands, no traps."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules

import click
import pytest

import postiquette.cli
from postiquette.cli.main import HOMES, program
from postiquette.policies.rulebook import all_rules
from postiquette.publishing.find_sites import shipped_sites
from postiquette.publishing.sites import __path__ as sites_path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "postiquette"
DOCS = ROOT / "docs"


def test_every_rule_is_named_for_its_file() -> None:
    files = {file.stem.replace("_", "-") for file in (PACKAGE / "policies" / "rules").glob("*.py")} - {"--init--"}
    assert files == set(all_rules())


def test_every_rule_is_tested() -> None:
    tests = "".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in all_rules() if f'"{name}"' not in tests and f"{name}:" not in tests] == []


def test_every_site_is_named_for_its_file() -> None:
    assert {info.name for info in iter_modules(sites_path)} == {site.name for site in shipped_sites()}


def test_every_command_is_listed_and_documented() -> None:
    reference = (DOCS / "commands.md").read_text()
    assert {name for name in HOMES if f"## {name}" not in reference} == set()
    for command in walk(program):
        assert command.help, command.name


def walk(group: click.Group):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield command
        if isinstance(command, click.Group):
            yield from walk(command)


def test_every_command_is_where_the_program_looks_for_it() -> None:
    modules = {info.name for info in iter_modules(postiquette.cli.__path__)} - {"main", "context"}
    offered = {
        command.name: module
        for module in modules
        for command in importlib.import_module(f"postiquette.cli.{module}").COMMANDS
    }
    assert offered == HOMES
    assert set(HOMES.values()) == modules


def test_no_init_below_tests() -> None:
    """A tests/queue/__init__.py would shadow the standard library's queue."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_modules_stay_rooms_with_one_purpose() -> None:
    sizes = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in PACKAGE.rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > 480} == {}
    assert [name for name in sizes if re.search(r"(utils|helpers|common|manager|handler)", name)] == []


def test_the_changelog_has_the_version() -> None:
    assert f"## {postiquette.__version__}" in (ROOT / "CHANGELOG.md").read_text()


HEAVY = ("sqlalchemy", "alembic", "playwright", "apscheduler", "pydantic", "rich", "starlette", "uvicorn", "structlog")


@pytest.mark.parametrize(
    ("arguments", "may_import"),
    [
        (["--version"], ()),
        (["--help"], ()),
        (["sync", "--help"], ()),
        (["completion", "bash"], ()),
        (["explain", "over-ratio"], ("pydantic",)),
        (["check"], ("pydantic",)),
        (["preview", "--format", "json"], ("pydantic",)),
        (["preview"], ("pydantic", "rich")),
        (["sync"], ("pydantic", "sqlalchemy", "alembic")),
        (["list"], ("pydantic", "sqlalchemy", "rich")),
    ],
)
def test_commands_import_only_what_they_need(here: Path, arguments: list[str], may_import: tuple[str, ...]) -> None:
    (here / "postiquette.toml").write_text(
        '[accounts.ada]\nsite = "sandbox"\nurl = "http://127.0.0.1:9"\nslots = ["daily 09:00"]\n'
        '[[posts]]\nid = "a"\naccount = "ada"\ntext = "The ferry runs again from seven."\n'
    )
    if arguments == ["list"]:
        subprocess.run([sys.executable, "-m", "postiquette", "sync"], check=True, capture_output=True)
    code = (
        "import sys; from postiquette.cli.main import main; main(sys.argv[1:]);"
        "print('\\nLOADED', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    answer = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.rpartition("LOADED")[2].split())
    assert loaded & set(HEAVY) <= set(may_import)


def test_nothing_names_the_machine_it_was_made_on() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    for name in tracked:
        if (ROOT / name).suffix in (".py", ".md", ".toml", ".html", ".txt", ".yml"):
            assert not re.search(r"/(?:ro{2}t|home/\w+)/", (ROOT / name).read_text()), name
