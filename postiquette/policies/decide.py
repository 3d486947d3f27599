"""Post + ledger + rules -> Decision. The one place where it is settled what becomes of a post; everything else asks here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from postiquette.model import (
    Account,
    Action,
    Approval,
    Balance,
    Content,
    Decision,
    Finding,
    Kind,
    Policy,
    Post,
    Wording,
)
from postiquette.policies.known import reading_of, rewrite_of
from postiquette.policies.language.reader import Reading
from postiquette.policies.ledger import Balances, Ledger
from postiquette.policies.past import NOTHING_SENT, Past
from postiquette.policies.rule import Case
from postiquette.policies.rulebook import Rulebook

_HARDNESS = [Action.ALLOW, Action.REWRITE, Action.DEFER, Action.HOLD, Action.BLOCK]


@dataclass(frozen=True)
class Situation:
    """A post about to go out: everything that a decision depends on."""

    post: Post
    account: Account
    at: datetime
    #: the audience's, without the post itself
    ledger: Ledger
    past: Past = NOTHING_SENT
    written_at: datetime | None = None
    approval: Approval | None = None
    #: the wording in which a sibling, or an earlier item, already went out: the post was decided with it
    settled: Content | None = None
    #: free slots after `at`, each with the ledger as it will stand then; empty for fixed times
    later: Iterable[tuple[datetime, Ledger]] = ()
    #: how often it was deferred before
    deferred: int = 0


@dataclass(frozen=True)
class _Judgement:
    kind: Kind
    readings: Mapping[str, Reading]
    balances: Mapping[Kind, Balance]
    findings: tuple[Finding, ...]
    #: whether an asking rule objects
    excess: bool
    #: the hardest action that any other rule calls for
    action: Action


def kind_of(post: Post, content: Content, wording: Wording) -> Kind:
    """What a post is: one request anywhere in it makes it a share request; otherwise its first text speaks for it."""
    return _kind(post, content, [reading_of(text, wording).kind for _, text in content.fields])


def _kind(post: Post, content: Content, kinds: Sequence[Kind]) -> Kind:
    if Kind.SHARE_REQUEST in kinds or (post.declared_kind is Kind.SHARE_REQUEST and content == post.content):
        return Kind.SHARE_REQUEST
    texts = kinds[: len(content.texts)]
    if texts[0] is Kind.FILLER and Kind.VALUE in texts:
        return Kind.VALUE
    if texts[0] is Kind.FILLER and any((media.alt or "").strip() for media in content.media):
        return Kind.VALUE
    return texts[0]


def decide(situation: Situation, policy: Policy, rulebook: Rulebook) -> Decision:
    """Settle what becomes of a post. Pure: the same situation under the same policy gives the same decision."""
    content = situation.settled or situation.post.content
    judged = _judge(situation, content, situation.at, situation.ledger, policy, rulebook)
    if situation.settled is not None:
        action = Action.ALLOW if situation.settled == situation.post.content else Action.REWRITE
        return _decision(max(action, judged.action, key=_HARDNESS.index), judged, content, policy)
    if situation.approval and situation.approval.covers(content, situation.at):
        judged = _approved(judged, situation.approval)
    if not judged.excess or judged.action is Action.BLOCK:
        return _decision(judged.action, judged, content, policy)
    return _on_excess(situation, judged, policy, rulebook)


def _on_excess(situation: Situation, judged: _Judgement, policy: Policy, rulebook: Rulebook) -> Decision:
    content = situation.post.content
    exempt = any(reading.exempt for reading in judged.readings.values())
    for step in (*policy.on_excess, Action.BLOCK):
        if exempt and step is not Action.HOLD:
            continue
        if step is Action.REWRITE:
            rewritten = without_requests(situation.post, policy.wording)
            if rewritten is None:
                continue
            after = _judge(situation, rewritten, situation.at, situation.ledger, policy, rulebook)
            if not after.excess and after.kind is not Kind.SHARE_REQUEST:
                action = max(Action.REWRITE, after.action, key=_HARDNESS.index)
                known = {(finding.rule, finding.message) for finding in judged.findings}
                added = tuple(f for f in after.findings if (f.rule, f.message) not in known)
                resolved = tuple(_acting(finding, Action.REWRITE) for finding in judged.findings)
                return _decision(action, replace(after, findings=resolved + added), rewritten, policy)
        elif step is Action.DEFER:
            slot = _earned_slot(situation, policy, rulebook)
            if slot is not None:
                return replace(_decision(Action.DEFER, judged, content, policy), defer_to=slot)
        else:
            return _decision(max(step, judged.action, key=_HARDNESS.index), judged, content, policy)
    # an exempt ask under a policy that does not list `hold` still goes to a person
    return _decision(Action.HOLD, judged, content, policy)


def _judge(
    situation: Situation, content: Content, at: datetime, ledger: Ledger, policy: Policy, rulebook: Rulebook
) -> _Judgement:
    readings = {name: reading_of(text, policy.wording) for name, text in content.fields}
    kind = _kind(situation.post, content, [reading.kind for reading in readings.values()])
    balances = Balances(ledger, policy.counters, at, situation.post.id)
    case = Case(
        post=situation.post,
        content=content,
        account=situation.account,
        at=at,
        kind=kind,
        readings=readings,
        balances=balances,
        past=situation.past,
        last_ask=ledger.newest(kind, at, situation.post.id) if kind is Kind.SHARE_REQUEST else None,
        written_at=situation.written_at,
        already_counted=situation.settled is not None,
        wording=policy.wording,
    )
    findings = tuple(rulebook.findings(case))
    families = rulebook.families
    asking = [f.action for f in findings if families[f.rule] == "asking" and f.action is not Action.ALLOW]
    others = [f.action for f in findings if families[f.rule] != "asking"]
    return _Judgement(
        kind, readings, balances, findings, bool(asking), max(others, default=Action.ALLOW, key=_HARDNESS.index)
    )


def without_requests(post: Post, wording: Wording) -> Content | None:
    """A post's content without its requests; None where one of them cannot be taken out, or none can be seen."""
    changed = content = post.content
    for name, text in content.fields:
        if not reading_of(text, wording).requests:
            continue
        result = rewrite_of(text, wording)
        if result.text is not None:
            changed = changed.with_field(name, result.text)
        elif name == "first_comment" and result.reason == "nothing-left":
            changed = changed.with_field(name, "")
        else:
            return None
    return changed if changed != content else None


def kind_in_excess(post: Post, policy: Policy) -> Kind | None:
    """What an ask counts as that its budget does not cover, and no later slot: its rewriting's kind; None where it waits for a person."""
    step = next((step for step in policy.on_excess if step is not Action.DEFER), Action.BLOCK)
    exempt = any(reading_of(text, policy.wording).exempt for _, text in post.content.fields)
    rewritten = without_requests(post, policy.wording) if step is Action.REWRITE and not exempt else None
    kind = kind_of(post, rewritten, policy.wording) if rewritten is not None else None
    return kind if kind is not Kind.SHARE_REQUEST else None


def _earned_slot(situation: Situation, policy: Policy, rulebook: Rulebook) -> datetime | None:
    if situation.deferred >= policy.defer_times:
        return None
    for slot, ledger in situation.later:
        if slot > situation.at + policy.defer_within:
            return None
        if not ledger.is_free(policy.asking, slot, situation.post.id):
            continue
        if not _judge(situation, situation.post.content, slot, ledger, policy, rulebook).excess:
            return slot
    return None


def _approved(judged: _Judgement, approval: Approval) -> _Judgement:
    """A person's word stands above what would hold the post for a person; what blocks it still does."""
    word = f"(approved by {approval.by}: {approval.reason})"
    findings = tuple(
        f
        if f.action in (Action.ALLOW, Action.BLOCK)
        else replace(f, action=Action.ALLOW, message=f"{f.message} {word}")
        for f in judged.findings
    )
    action = Action.BLOCK if judged.action is Action.BLOCK else Action.ALLOW
    return replace(judged, findings=findings, excess=False, action=action)


def _acting(finding: Finding, action: Action) -> Finding:
    return finding if finding.action is Action.ALLOW else replace(finding, action=action)


def _decision(action: Action, judged: _Judgement, content: Content, policy: Policy) -> Decision:
    findings = judged.findings
    if judged.excess:
        findings = tuple(_acting(finding, action) for finding in findings)
    return Decision(action, judged.kind, content, findings, judged.balances, policy=policy.stamp)
