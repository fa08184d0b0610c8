"""A writer on trial: what its raw answers are like, where they go wrong, and what one repair makes of them.

Takes a writer and cases, gives figures by kind of trouble. Says nothing about which words are better; `writers.py`
compares writers. It can be stopped between two cases, and then speaks of those that were reached.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from agent.draft import FirstAnswer, answers
from agent.evaluation.cases import EvalCase
from agent.evaluation.writers import Share, judge_of
from agent.ports import Writer

PROMISES = frozenset({"ACT_UNLICENSED", "ACT_NOT_ALONE", "PROMISE_IN_WORDS", "POLICY_PROMISE"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Tried:
    """One case: the answers (the second is the repaired one) and the seconds they took."""

    answers: tuple[FirstAnswer, ...]
    seconds: float

    @property
    def first(self) -> FirstAnswer:
        return self.answers[0]

    @property
    def last(self) -> FirstAnswer:
        return self.answers[-1]


@dataclass(frozen=True, slots=True)
class TrialFigures:
    """Shares are of the cases reached. `findings` counts, by rule, the first answers in which it was found.

    `valid`: could be filled; `passed`: and the gate passed it; `mended`: passed after markup, thoughts or spelling were
    taken off; `fixed`: needs no more than the gate's own mechanical fix; `repaired`: good only when asked again;
    `named`: never good, and it was said why, so that the next writer has its turn.
    """

    cases: int
    reached: int
    valid: Share
    passed: Share
    mended: Share
    fixed: Share
    repaired: Share
    named: Share
    literals_bound: int
    unlicensed_promise: Share
    wrong_language: Share
    unfinished: Share
    unavailable: Share
    seconds_per_draft: float
    tokens_per_draft: float
    findings: tuple[tuple[str, int], ...]


def try_writer(
    writer: Writer, cases: Sequence[EvalCase], progress: Progress = lambda *_: None
) -> tuple[TrialFigures, bool]:
    """The figures, and whether all cases were reached. Ctrl-C ends the trial and keeps what there is."""
    seen: list[Tried] = []
    try:
        for number, case in enumerate(cases, start=1):
            progress(number, len(cases))
            seen.append(_try(writer, case, number))
    except KeyboardInterrupt:
        return figures(seen, len(cases)), False
    return figures(seen, len(cases)), True


def _try(writer: Writer, case: EvalCase, seed: int) -> Tried:
    started = time.perf_counter()
    found = answers(case.case, case.sheet, writer, judge_of(case), instruction=case.instruction, seed=seed)
    return Tried(found, time.perf_counter() - started)


def figures(seen: Sequence[Tried], cases: int) -> TrialFigures:
    rules = Counter(rule for one in seen for rule in {finding.rule for finding in one.first.findings})
    return TrialFigures(
        cases=cases,
        reached=len(seen),
        valid=_share(one.first.draft is not None for one in seen),
        passed=_share(one.first.passed for one in seen),
        mended=_share(one.first.passed and one.first.mended for one in seen),
        fixed=_share(one.first.good and not one.first.passed for one in seen),
        repaired=_share(one.last.good and not one.first.good for one in seen),
        named=_share(not one.last.good and bool(one.last.findings) for one in seen),
        literals_bound=sum(one.first.bound for one in seen),
        unlicensed_promise=_share(_has(one, PROMISES) for one in seen),
        wrong_language=_share(_has(one, {"WRONG_LANG"}) for one in seen),
        unfinished=_share(_has(one, {"DRAFT_UNFINISHED", "DRAFT_EMPTY"}) for one in seen),
        unavailable=_share(_has(one, {"WRITER_UNAVAILABLE", "PROMPT_TOO_LONG"}) for one in seen),
        seconds_per_draft=fmean([one.seconds for one in seen] or [0.0]),
        tokens_per_draft=fmean([one.last.tokens for one in seen] or [0.0]),
        findings=tuple(rules.most_common()),
    )


def _has(one: Tried, rules: Iterable[str]) -> bool:
    return any(finding.rule in rules for finding in one.first.findings)


def _share(hits: Iterable[bool]) -> Share:
    told = list(hits)
    return Share(sum(told), len(told))
