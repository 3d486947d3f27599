"""Finds every rule in `rules/` and tunes it as the configuration says. The rules do not know each other, nor this file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from postiquette.config.load import did_you_mean
from postiquette.config.values import parse_duration
from postiquette.errors import InputError, Problem
from postiquette.model import Action, Finding, Policy, RuleSettings
from postiquette.policies import rules
from postiquette.policies.rule import Case, Family, Rule


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule there is, by name."""
    modules = (import_module(f"{rules.__name__}.{info.name}") for info in iter_modules(rules.__path__))
    return {module.RULE.name: module.RULE for module in modules}


class Rulebook:
    """The rules in force under one policy."""

    def __init__(self, policy: Policy) -> None:
        """Raises InputError for a rule or an option that does not exist, and for asking rules that are switched off."""
        problems = [problem for name, tuned in policy.rules.items() for problem in _problems(name, tuned)]
        if problems:
            raise InputError(problems)
        self._rules = [
            _tuned(rule, policy.rules.get(name, RuleSettings()))
            for name, rule in all_rules().items()
            if policy.rules.get(name, RuleSettings()).enabled
        ]

    @property
    def families(self) -> Mapping[str, Family]:
        """The family of every rule in force."""
        return {rule.name: rule.family for rule in self._rules}

    def findings(self, case: Case) -> Iterator[Finding]:
        """What the rules in force remark on a case; a waived rule's findings only remark."""
        for rule in self._rules:
            waiver = case.post.allow.get(rule.name) if rule.waivable else None
            for finding in rule.check(case, rule.options):
                if waiver is not None:
                    yield replace(finding, action=Action.ALLOW, message=f"{finding.message} (waived: {waiver})")
                else:
                    yield replace(finding, rule=rule.name, action=rule.action)


def waiver_problem(name: str) -> str | None:
    """Why a rule of that name cannot be waived; None where it can."""
    rule = all_rules().get(name)
    if rule is None:
        return f"there is no rule {name!r}" + did_you_mean(name, list(all_rules()))
    if not rule.waivable:
        return f"{name} cannot be waived in a file; `postiquette approve POST --reason …` lets one wording pass"
    return None


def _problems(name: str, tuned: RuleSettings) -> Iterator[Problem]:
    keys = ("policy", "rules", name)
    rule = all_rules().get(name)
    if rule is None:
        yield Problem(f"there is no rule {name!r}" + did_you_mean(name, list(all_rules())), keys=keys)
        return
    if not rule.waivable and (not tuned.enabled or tuned.action is Action.ALLOW):
        yield Problem("the asking rules cannot be switched off; loosen `ratio`, or approve single posts", keys=keys)
    for option, value in tuned.options.items():
        if option not in rule.options:
            message = f"{name} has no option {option!r}" + did_you_mean(option, list(rule.options))
            yield Problem(message, keys=(*keys, option))
        elif isinstance(fault := _converted(value, rule.options[option]), ValueError):
            yield Problem(str(fault), keys=(*keys, option))


def _tuned(rule: Rule, tuned: RuleSettings) -> Rule:
    options = {name: _converted(tuned.options.get(name, default), default) for name, default in rule.options.items()}
    return replace(rule, action=tuned.action or rule.action, options=options)


def _converted(value: object, default: object) -> object:
    if isinstance(default, timedelta):
        try:
            return parse_duration(value)
        except ValueError as error:
            return error
    if type(value) is not type(default):
        return ValueError(f"expected {type(default).__name__} such as {default!r}, got {value!r}")
    return value
