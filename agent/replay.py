"""Other rules on old messages: what would have been stopped that left, and what would leave that was stopped.

Takes what was judged with everything it was judged on; gives the differences by rule. Judges nothing itself: the gate
comes as a function, and whoever calls decides which rules are in force meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.domain import Decision, Span, Verdict, Words

EXAMPLES = 3
Judge = Callable[[Words, Mapping[str, Any], tuple[Span, ...]], Verdict]


@dataclass(frozen=True, slots=True)
class Judged:
    """A message as it was judged at the moment of sending. `context` is the gate's own input, kept with the verdict."""

    case_id: str
    at: datetime
    words: Words
    context: Mapping[str, Any]
    act_spans: tuple[Span, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """One message that the two sets of rules see differently."""

    case_id: str
    before: Decision
    after: Decision
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]
    quotes: Mapping[str, str]


def compare(old: Judged, judge: Judge) -> Change | None:
    """None where the decision and the rules that spoke are the same."""
    new = judge(old.words, old.context, old.act_spans)
    before = {finding.rule for finding in old.verdict.findings}
    after = {finding.rule for finding in new.findings}
    if before == after and old.verdict.decision is new.decision:
        return None
    quotes = {finding.rule: finding.quote or finding.message for finding in (*old.verdict.findings, *new.findings)}
    return Change(
        case_id=old.case_id,
        before=old.verdict.decision,
        after=new.decision,
        appeared=tuple(sorted(after - before)),
        vanished=tuple(sorted(before - after)),
        quotes={rule: quotes[rule] for rule in before ^ after},
    )


@dataclass
class Difference:
    """What changes for one rule, with a few examples to look at."""

    rule: str
    appears: int = 0
    vanishes: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Replay:
    """The sum of it. `stopped` left then and would not now; `freed` the other way round.

    `left_out`: judged then, but their words are no longer anywhere: a person edited them, and then nothing was sent.
    `reached`: it was interrupted; all before that moment were judged, and the rest can be judged from there.
    """

    messages: int = 0
    left_out: int = 0
    changed: int = 0
    stopped: int = 0
    freed: int = 0
    by_rule: dict[str, Difference] = field(default_factory=dict)
    reached: datetime | None = None

    def add(self, messages: int, changes: Iterable[Change]) -> None:
        self.messages += messages
        for change in changes:
            self.changed += 1
            self.stopped += change.before is Decision.PASS and change.after is not Decision.PASS
            self.freed += change.before is not Decision.PASS and change.after is Decision.PASS
            for rule in (*change.appeared, *change.vanished):
                self._count(rule, change)

    def _count(self, rule: str, change: Change) -> None:
        difference = self.by_rule.setdefault(rule, Difference(rule))
        appears = rule in change.appeared
        difference.appears += appears
        difference.vanishes += not appears
        if len(difference.examples) < EXAMPLES:
            example = {"case_id": change.case_id, "quote": change.quotes[rule], "was": change.before.value}
            difference.examples.append({**example, "is": change.after.value})

    @property
    def differences(self) -> list[Difference]:
        """The rules that change most, first."""
        return sorted(self.by_rule.values(), key=lambda one: (-(one.appears + one.vanishes), one.rule))
