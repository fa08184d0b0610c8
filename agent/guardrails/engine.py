"""Judges words in a context: runs every rule, orders what they found, decides, and tries to repair.

A crash inside a rule is a block, never a pass. Nothing here reads a clock, a file or a setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from agent.domain import Channel, Decision, Finding, Severity, Span, Verdict, Words
from agent.errors import HoldfastError
from agent.guardrails.context import GateContext
from agent.guardrails.message import Message, context_finding
from agent.guardrails.permission import has_consent, next_opening
from agent.guardrails.rule import Rule
from agent.guardrails.rulebook import all_rules, rules_version
from agent.hashes import words_hash

ROUNDS_OF_REPAIR = 2


def text_hash(words: Words) -> str:
    """Ties a verdict to the words: the same digest that the send step compares."""
    return words_hash(words.subject, words.body)


def check(words: Words, context: GateContext, act_spans: Sequence[Span] = ()) -> Verdict:
    """The verdict on these words. `act_spans` are promises of the draft that a clause in force backs."""
    findings = find_all(words, context, act_spans)
    return Verdict(
        decision=_decide(findings),
        findings=findings,
        text_hash=text_hash(words),
        rules=rules_version(),
        checked_at=context.now,
        fixed=_repair(words, context, act_spans, findings),
        deferred_until=_later(words, context, act_spans, findings),
        alternatives=_other_channels(context, findings),
        book=context.book.id,
    )


def find_all(
    words: Words, context: GateContext, act_spans: Sequence[Span] = (), among: Sequence[Rule] | None = None
) -> tuple[Finding, ...]:
    """Everything that any rule found, the most primary first, nothing twice. `among`: only these rules are asked."""
    message, book = Message(words, context, act_spans), context.book
    found: dict[tuple[str, str, int | None, int | None], tuple[tuple[int, int, int, int], Finding]] = {}
    for rule in all_rules() if among is None else among:
        if context.channel.value not in rule.channels:
            continue
        for finding in book.applied(_ask(rule, message)):
            key = (finding.rule, finding.field, finding.start, finding.end)
            found.setdefault(key, (_weight(finding, rule), finding))
    return tuple(finding for _, finding in sorted(found.values(), key=lambda pair: pair[0]))


def _ask(rule: Rule, message: Message) -> list[Finding]:
    try:
        return list(rule.check(message))
    except Exception as problem:  # whatever went wrong, the words were not judged: that is a block
        told = problem.message if isinstance(problem, HoldfastError) else type(problem).__name__
        reason = f"The rule {rule.id} failed ({told}); the message was not judged. Report this."
        return [context_finding("RULE_ERROR", Severity.BLOCK, reason)]


_GRAVITY = {Severity.BLOCK: 0, Severity.FIX: 0, Severity.HUMAN: 1, Severity.WARN: 2}
_PLACE = {"context": 0, "subject": 1, "body": 2}


def _weight(finding: Finding, rule: Rule) -> tuple[int, int, int, int]:
    return _GRAVITY[finding.severity], rule.rank, _PLACE[finding.field], finding.start or 0


def _decide(findings: Sequence[Finding]) -> Decision:
    severities = {finding.severity for finding in findings}
    if severities & {Severity.BLOCK, Severity.FIX}:
        return Decision.BLOCK
    return Decision.REVIEW if Severity.HUMAN in severities else Decision.PASS


def against_any(context: GateContext, among: Sequence[Rule]) -> tuple[tuple[Finding, ...], datetime | None]:
    """What speaks against any message to this customer now, and when it may go if only the hour is wrong.

    `among`: the rules that rest on the context. As `check` would find it for words that nobody objects to.
    """
    words = Words("-", "-")
    found = tuple(finding for finding in find_all(words, context, (), among) if finding.field == "context")
    return found, _later(words, context, (), found, among)


# --- what could be done about it --------------------------------------------------------------------------------------


def _repair(words: Words, context: GateContext, act_spans: Sequence[Span], findings: Sequence[Finding]) -> Words | None:
    """The words as a machine can mend them, only when the mended words pass the whole gate."""
    mended = words
    for _ in range(ROUNDS_OF_REPAIR):
        if not findings or any(finding.severity is not Severity.FIX for finding in findings):
            return None
        before = mended
        for rule in _repairers(findings):
            assert rule.repair is not None
            mended = rule.repair(Message(mended, context, act_spans))
        if mended == before:
            return None
        findings = find_all(mended, context, _unmoved(act_spans, words, mended))
        if _decide(findings) is Decision.PASS:
            return mended
    return None


def _repairers(findings: Sequence[Finding]) -> list[Rule]:
    """What strips first, what adds at the ends after it, what shortens last."""
    named = {finding.rule for finding in findings}
    rules = [rule for rule in all_rules() if rule.id in named and rule.repair is not None]
    return sorted(rules, key=lambda rule: (rule.id == "LENGTH", rule.id in _ADDING, rule.rank))


_ADDING = frozenset({"OPTOUT_MISSING", "SENDER_ID", "POSTAL_ADDRESS"})


def _unmoved(act_spans: Sequence[Span], before: Words, after: Words) -> list[Span]:
    """Act spans found again in the repaired text; one that cannot be found licenses nothing."""
    kept = []
    for span in act_spans:
        old, new = (before.subject, after.subject) if span.field == "subject" else (before.body, after.body)
        said = (old or "")[span.start : span.end]
        at = (new or "").find(said) if said else -1
        if at >= 0:
            kept.append(replace(span, start=at, end=at + len(said)))
    return kept


def _later(
    words: Words,
    context: GateContext,
    act_spans: Sequence[Span],
    findings: Sequence[Finding],
    among: Sequence[Rule] | None = None,
) -> datetime | None:
    """When the same words may go, if only the hour is wrong and nothing in them is wrong by then."""
    if not any(finding.rule == "QUIET_HOURS" and finding.severity is Severity.FIX for finding in findings):
        return None
    opening = next_opening(context)
    then = find_all(words, replace(context, now=opening), act_spans, among)
    stale = {finding.rule for finding in then} - {finding.rule for finding in findings}
    return None if stale else opening


def _other_channels(context: GateContext, findings: Sequence[Finding]) -> tuple[Channel, ...]:
    """Channels that the customer did agree to, where this one is closed and no list forbids all of them."""
    rules = {finding.rule for finding in findings}
    if "CONSENT_CHANNEL" not in rules or "SUPPRESSED" in rules:
        return ()
    return tuple(channel for channel in Channel if channel is not context.channel and has_consent(context, channel))
