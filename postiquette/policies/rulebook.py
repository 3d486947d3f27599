"""Finds every rule in `rules/` and tunes it as the configuration says. The rules do not know each other, nor this file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from postiquette.config.load import did_you_mean
from postiquette.errors import InputError, Problem
from postiquette.model import Action, Finding, Kind, Policy, RuleSettings, Severity, Waiver
from postiquette.policies import rules
from postiquette.policies.rule import Case, Family, Options, Rule

#: the rule that is asked last, with what the others made of the waivers
_LAST = "unused-waiver"

_SEVERITIES = {
    Action.ALLOW: Severity.NOTE,
    Action.HOLD: Severity.WARNING,
    Action.BLOCK: Severity.ERROR,
}


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule there is, by name."""
    modules = (import_module(f"{rules.__name__}.{info.name}") for info in iter_modules(rules.__path__))
    return {module.RULE.name: module.RULE for module in modules}


@dataclass(frozen=True)
class _Tuned:
    """A rule as a configuration has it."""

    rule: Rule
    action: Action
    severity: Severity
    options: Options


class Rulebook:
    """The rules in force under one policy."""

    def __init__(self, policy: Policy) -> None:
        """Raises InputError for a rule or an option that does not exist, and for asking rules that are switched off."""
        problems = [problem for name, tuned in policy.rules.items() for problem in _problems(name, tuned)]
        if problems:
            raise InputError(problems)
        self._rules = [
            _tuned(rule, policy.rules.get(name, RuleSettings()))
            for name, rule in sorted(all_rules().items(), key=lambda item: item[0] == _LAST)
            if policy.rules.get(name, RuleSettings()).enabled
        ]
        self._by_kind = {kind: [tuned for tuned in self._rules if tuned.rule.concerns in (None, kind)] for kind in Kind}
        self._waivable = {tuned.rule.name for tuned in self._rules if tuned.rule.waivable}
        #: the family of every rule in force
        self.families: Mapping[str, Family] = {tuned.rule.name: tuned.rule.family for tuned in self._rules}

    def findings(self, case: Case) -> Iterator[Finding]:
        """What the rules in force remark on a case; a waived rule's findings only remark."""
        used: set[str] = set()
        for tuned in self._by_kind[case.kind]:
            if tuned.rule.name == _LAST:
                left = tuple(name for name in case.post.allow if name in self._waivable - used)
                case = replace(case, unused_waivers=left) if left else case
            for finding in tuned.rule.check(case, tuned.options):
                waiver = case.post.allow.get(tuned.rule.name) if tuned.rule.waivable else None
                if waiver is not None:
                    used.add(tuned.rule.name)
                yield _settled(finding, tuned, waiver, case)


def _settled(finding: Finding, tuned: _Tuned, waiver: Waiver | None, case: Case) -> Finding:
    """A finding with the action and severity of its rule; a waiver that holds, or a check that only remarks, softens it."""
    if waiver is not None and _holds(waiver, case):
        message = f"{finding.message} (waived: {waiver.reason})"
        return replace(finding, message=message, action=Action.ALLOW, severity=Severity.NOTE)
    if waiver is not None:
        finding = replace(finding, message=f"{finding.message} (its waiver ended on {waiver.until})")
    if finding.action is Action.ALLOW:
        return replace(finding, severity=Severity.NOTE)
    return replace(finding, action=tuned.action, severity=tuned.severity)


def _holds(waiver: Waiver, case: Case) -> bool:
    return waiver.until is None or case.local.date() <= waiver.until


def waiver_problem(name: str) -> str | None:
    """Why a rule of that name cannot be waived; None where it can."""
    rule = all_rules().get(name)
    if rule is None:
        return f"there is no rule {name!r}" + did_you_mean(name, list(all_rules()))
    if not rule.waivable:
        if rule.family != "asking":
            return f"{name} cannot be waived in a file; it only remarks, and can be switched off under [policy.rules]"
        return f"{name} cannot be waived in a file; `postiquette approve POST --reason …` lets one wording pass"
    return None


def _problems(name: str, tuned: RuleSettings) -> Iterator[Problem]:
    keys = ("policy", "rules", name)
    rule = all_rules().get(name)
    if rule is None:
        yield Problem(f"there is no rule {name!r}" + did_you_mean(name, list(all_rules())), keys=keys)
        return
    if rule.family == "asking" and not rule.waivable and (not tuned.enabled or tuned.action is Action.ALLOW):
        yield Problem("the asking rules cannot be switched off; loosen `ratio`, or approve single posts", keys=keys)
    for name_, value in tuned.options.items():
        option = rule.options.get(name_)
        if option is None:
            known = did_you_mean(name_, [*rule.options, "action", "severity"])
            yield Problem(f"{name} has no option {name_!r}" + known, keys=(*keys, name_))
            continue
        try:
            option.read(value)
        except ValueError as error:
            yield Problem(str(error), keys=(*keys, name_))


def _tuned(rule: Rule, tuned: RuleSettings) -> _Tuned:
    written = tuned.options
    options = {
        name: option.read(written[name]) if name in written else option.default for name, option in rule.options.items()
    }
    action = tuned.action or rule.action
    return _Tuned(rule, action, tuned.severity or rule.severity or _SEVERITIES[action], options)
