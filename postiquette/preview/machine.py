"""The preview as JSON: a contract that other programs rely on (docs/machine-contracts.md)."""

from __future__ import annotations

from typing import Any

from postiquette.config.values import format_instant, format_slot
from postiquette.model import Account, Balance, Content, Finding
from postiquette.preview.outline import Line, Outline


def as_json(outline: Outline) -> dict[str, Any]:
    """One object for the whole preview; times are ISO 8601 in UTC."""
    return {
        "generated_at": format_instant(outline.generated_at),
        "accounts": {name: _account(account) for name, account in outline.accounts.items()},
        "posts": [_post(line) for line in outline.lines],
        "notes": list(outline.notes),
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """One finding; `check --format json` has the same."""
    return {
        "rule": finding.rule,
        "message": finding.message,
        "action": str(finding.action),
        "severity": str(finding.severity),
        "field": finding.field,
        "start": finding.start,
        "end": finding.end,
        "evidence": list(finding.evidence),
        "suggestion": finding.suggestion,
    }


def balance_as_json(balance: Balance) -> dict[str, Any]:
    """One counter; `ledger --format json` has the same."""
    window = balance.counter.window
    return {
        "counter": str(balance.counter.kind),
        "window": {"posts": window.posts, "days": window.days},
        "spent": balance.spent,
        "earned": balance.earned,
        "allowed": balance.allowed,
        "next_free_at": format_instant(balance.next_free_at) if balance.next_free_at else None,
    }


def _post(line: Line) -> dict[str, Any]:
    content = line.decision.content
    return {
        "id": line.key,
        "account": line.account.name,
        "site": line.account.site,
        "at": format_instant(line.at),
        "state": line.state,
        "decision": str(line.decision.action),
        "kind": str(line.decision.kind),
        "text": _text(content),
        "original_text": _text(line.original),
        "thread": list(content.texts) if content.is_thread else None,
        "first_comment": content.first_comment,
        "media": [{"path": media.path, "alt": media.alt} for media in content.media],
        "findings": [finding_as_json(finding) for finding in line.decision.findings],
        "ledger": [balance_as_json(balance) for balance in line.ledger],
        "policy": line.decision.policy,
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "site": account.site,
        "audience": account.audience,
        "timezone": account.timezone,
        "mode": str(account.mode),
        "slots": [format_slot(slot) for slot in account.slots],
    }


def _text(content: Content) -> str:
    return content.items[0].text
