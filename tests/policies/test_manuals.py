"""Every rule's manual is run: its example has the fault, and what it says to write instead has not."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postiquette.policies.rulebook import all_rules
from postiquette.preview.outline import outline
from postiquette.scheduler.project import load_project

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)
HEAD = """
[service]
timezone = "Europe/Amsterdam"

[accounts.board]
site = "sandbox"
url = "http://127.0.0.1:9"
slots = ["daily 09:00", "daily 17:00"]

"""


def blocks(manual: str) -> tuple[str, str]:
    """The TOML of the example, and of what to write instead."""
    example, _, instead = manual.partition("\nExample:")[2].partition("\nInstead:")
    return _indented(example), _indented(instead)


def _indented(text: str) -> str:
    lines = [line for line in text.splitlines() if not line or line.startswith("    ")]
    return textwrap.dedent("\n".join(lines))


def found(folder: Path, toml: str) -> set[str]:
    """The rules that remark on anything in a configuration."""
    folder.mkdir()
    for name in re.findall(r'path = "([^"]+)"', toml):
        (folder / name).write_bytes(b"\x89PNG")
    toml = re.sub(r'(\[\[posts\]\]\nid = "[^"]+"\n)(?!account)', r'\1account = "board"\n', toml)
    file = folder / "postiquette.toml"
    file.write_text(HEAD + toml, encoding="utf-8")
    planned = outline(load_project(file), MONDAY)
    return {finding.rule for line in planned.lines for finding in line.decision.findings}


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_the_example_has_the_fault_and_what_stands_instead_has_not(name: str, tmp_path: Path) -> None:
    manual = all_rules()[name].manual
    for part in ("What it finds:", "Why it matters:", "Example:", "Instead:"):
        assert part in manual, part
    bad, good = blocks(manual)
    assert "[[posts]]" in bad
    assert "[[posts]]" in good
    assert name in found(tmp_path / "bad", bad)
    assert name not in found(tmp_path / "good", good)
