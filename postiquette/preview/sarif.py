"""Remarks as SARIF 2.1.0 (OASIS), for whatever shows the findings of linters, and as annotations of GitHub's workflows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from postiquette import __version__
from postiquette.model import Severity
from postiquette.policies.rulebook import all_rules
from postiquette.preview.places import Remark

_ANNOTATIONS = {Severity.NOTE: "notice", Severity.WARNING: "warning", Severity.ERROR: "error"}


def sarif(remarks: Iterable[Remark]) -> dict[str, Any]:
    """One run with all rules and all remarks."""
    rules = list(all_rules())
    driver = {
        "name": "postiquette",
        "version": __version__,
        "rules": [
            {
                "id": rule.name,
                "shortDescription": {"text": rule.summary},
                "fullDescription": {"text": rule.manual.strip()},
                "help": {"text": rule.manual.strip()},
                "properties": {"tags": [rule.family]},
            }
            for rule in all_rules().values()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(remark, rules) for remark in remarks],
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _result(remark: Remark, rules: list[str]) -> dict[str, Any]:
    region = {
        "startLine": remark.line,
        "startColumn": remark.column,
        "endLine": remark.line,
        "endColumn": remark.column + remark.length,
        "snippet": {"text": remark.excerpt.rstrip("\r")},
    }
    artifact = {"uri": quote(Path(remark.file).as_posix())}
    return {
        "ruleId": remark.finding.rule,
        "ruleIndex": rules.index(remark.finding.rule),
        "level": str(remark.finding.severity),
        "message": {"text": remark.finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "properties": {"posts": list(remark.keys), "decision": str(remark.decision)},
    }


def annotation(remark: Remark) -> str:
    """One line that a workflow of GitHub's turns into a remark beside the code."""
    place = f"file={_escaped(remark.file, ',:')},line={remark.line},col={remark.column}"
    title = f"title={remark.finding.rule}"
    return f"::{_ANNOTATIONS[remark.finding.severity]} {place},{title}::{_escaped(remark.finding.message)}"


def _escaped(text: str, more: str = "") -> str:
    for char in "%\r\n" + more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
