"""`config.example.toml` names every setting with its default and a sentence, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from postiquette.config.entry import PostEntry
from postiquette.config.settings import (
    AccountSettings,
    BrowserSettings,
    LanguageSettings,
    PolicySettings,
    PublishingSettings,
    ServiceSettings,
    Settings,
    SourceSettings,
)
from postiquette.config.values import format_duration
from postiquette.scheduler.project import load_project

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SECTIONS: dict[str, type[BaseModel]] = {
    "service": ServiceSettings,
    "browser": BrowserSettings,
    "publishing": PublishingSettings,
    "policy": PolicySettings,
    "policy.language": LanguageSettings,
    "accounts": AccountSettings,
    "posts": PostEntry,
    "sources": SourceSettings,
}


def settings_in_the_example() -> Iterator[tuple[str, str, str, bool]]:
    """Section, key, written value, and whether it stands as a default behind "#:"."""
    section = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        header = re.match(r"\[\[?([a-z_-]+)", line)
        if header:
            section = header[1] if line.count(".") == 0 or header[1] in ("accounts",) else line.strip("[]")
        key = re.match(r"(#: )?([a-z_]+) = (.+?)(?:  # .*)?$", line)
        if key:
            yield section, key[2], key[3], key[1] is not None


def test_it_is_valid_and_whole() -> None:
    project = load_project(EXAMPLE)
    assert set(project.accounts) == {"board", "x"}


def test_it_names_every_setting_and_none_that_is_not() -> None:
    named: dict[str, set[str]] = {}
    for section, key, _, _ in settings_in_the_example():
        named.setdefault(section, set()).add(key)
    for section, model in SECTIONS.items():
        known = set(model.model_fields) - ({"rules", "language"} if section == "policy" else set())
        assert named[section] == known, section
    assert set(Settings.model_fields) == {*SECTIONS, "sites", "site_packages"} - {"policy.language"}


def test_every_default_is_the_real_one() -> None:
    for section, key, written, is_default in settings_in_the_example():
        if not is_default or section not in SECTIONS:
            continue
        field = SECTIONS[section].model_fields[key]
        default = None if field.default is PydanticUndefined else field.default
        if default is None:
            assert written == "none", (section, key)
        else:
            assert tomllib.loads(f"x = {written}")["x"] == plain(default), (section, key)


def plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return format_duration(value)
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def test_every_setting_has_its_sentence() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("#: ") and "none" not in line.split("=", 1)[0]:
            above = lines[number - 1]
            assert above.startswith(("# ", "#: ")), f"line {number + 1}: {line}"


def test_the_actions_in_the_example_exist() -> None:
    known = get_args(get_args(PolicySettings.model_fields["on_excess"].annotation)[0])
    assert set(known) == {"rewrite", "defer", "hold", "block"}
