"""Every writer on the same cases: what it answers at once, what the gate says, what the ladder makes of it.

Takes writers and cases; gives one row of figures a writer. "First try" is the writer's first answer, before any
repair. Shares come with Wilson's 95 % interval, because a few hundred cases leave room for chance.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean

from agent.context import filled_facts, gate_context
from agent.domain import Decision, Draft, FactSheet, Language, Verdict, Voice, Words
from agent.draft import first_answer, write_draft
from agent.errors import NoDraft, WriterUnavailable
from agent.evaluation.cases import EvalCase
from agent.evaluation.measures import distinct, is_pure, self_similarity
from agent.guardrails import check, context_from_json
from agent.ports import Writer
from agent.voice import lint

Foreign = Callable[[str, FactSheet], bool]
"""Whether a template says what belongs to another situation."""
Progress = Callable[[str, int, int], None]
Z = 1.96
HOUSE_VOICE = {
    Language.ZH: Voice(avoid=("亲", "哦", "尊敬的客户", "广大", "活动多多"), longest=45),
    Language.EN: Voice(avoid=("valued customer", "don't hesitate", "kindly", "amazing", "exciting"), longest=30),
}
"""A plain brand's voice, the same for every writer: what a brand of its own asks is another matter."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with Wilson's 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        share, n = self.hits / self.of, self.of
        middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class WriterFigures:
    """One row of the table. Shares are of the cases on which the writer was asked; lengths and times are means."""

    name: str
    revision: str
    valid_first_try: Share
    gate_first_try: Share
    fallback: Share
    slots_used: Share
    wrong_situation: Share
    obedience: Share
    pure: Share
    distinct_1: float
    distinct_2: float
    self_similarity: float
    voice: float
    characters: float
    seconds_per_draft: float
    tokens_per_draft: float
    obedience_by_flag: dict[str, Share] = field(default_factory=dict)


@dataclass(slots=True)
class _Seen:
    """What one case showed."""

    valid: bool
    passed: bool
    fell_back: bool
    foreign: bool
    used: int
    usable: int
    obeyed: bool | None
    flag: str
    draft: Draft | None
    seconds: float
    tokens: int


def evaluate(
    writers: Sequence[Writer],
    last_rung: Writer,
    cases: Sequence[EvalCase],
    foreign: Foreign,
    progress: Progress = lambda *_: None,
) -> list[WriterFigures]:
    """A row for each writer. `last_rung` catches what a writer drops, as it would in the house."""
    rows = []
    for writer in writers:
        seen = []
        for number, case in enumerate(cases, start=1):
            seen.append(_see(writer, last_rung, case, foreign, number))
            progress(writer.name, number, len(cases))
        rows.append(_figures(writer, seen))
    return rows


def judge_of(case: EvalCase) -> Callable[[Draft], Verdict]:
    """The real gate, on this case's made-up world."""

    def judge(draft: Draft) -> Verdict:
        words = Words(draft.subject, draft.body)
        context = gate_context(case.live, filled_facts(words, draft.spans), draft.channel)
        return check(words, context_from_json(context), [span for span in draft.spans if span.kind == "act"])

    return judge


def _see(writer: Writer, last_rung: Writer, case: EvalCase, foreign: Foreign, seed: int) -> _Seen:
    judge = judge_of(case)
    started = time.perf_counter()
    first = first_answer(case.case, case.sheet, writer, judge, instruction=case.instruction, seed=seed)
    seconds = time.perf_counter() - started
    ladder = [writer] if writer is last_rung else [writer, last_rung]
    whole = _laddered(case, ladder, case.instruction, seed)
    fell_back = whole is None or (whole.writer.name != writer.name and writer is not last_rung)
    template = "" if first.draft is None else f"{first.draft.subject_template or ''}\n{first.draft.body_template}"
    matter = [fact.slot for fact in case.sheet.facts if fact.required or fact.slot in ("last_item", "ticket_item")]
    return _Seen(
        valid=first.draft is not None,
        passed=first.draft is not None and judge(first.draft).decision is Decision.PASS,
        fell_back=fell_back,
        foreign=bool(template) and foreign(template, case.sheet),
        used=sum(f"{{{slot}" in template for slot in matter),
        usable=len(matter),
        obeyed=_obeyed(case, whole, [last_rung] if fell_back else ladder, seed) if case.wish else None,
        flag=case.wish.flag if case.wish else "",
        draft=None if fell_back else whole,
        seconds=seconds,
        tokens=first.tokens,
    )


def _laddered(case: EvalCase, ladder: Sequence[Writer], instruction: str, seed: int) -> Draft | None:
    try:
        return write_draft(case.case, case.sheet, ladder, judge_of(case), instruction=instruction, seed=seed)
    except (NoDraft, WriterUnavailable):
        return None


def _obeyed(case: EvalCase, draft: Draft | None, ladder: Sequence[Writer], seed: int) -> bool:
    plain = _laddered(case, ladder, "", seed)
    return draft is not None and plain is not None and case.wish is not None and case.wish.kept_in(draft, plain)


def _figures(writer: Writer, seen: Sequence[_Seen]) -> WriterFigures:
    drafts = [one.draft for one in seen if one.draft is not None]
    texts = [(draft.body_template, draft.language) for draft in drafts]
    wished = [one for one in seen if one.obeyed is not None]
    flags = sorted({one.flag for one in wished})
    return WriterFigures(
        name=writer.name,
        revision=writer.revision,
        valid_first_try=_share(one.valid for one in seen),
        gate_first_try=_share(one.passed for one in seen),
        fallback=_share(one.fell_back for one in seen),
        slots_used=Share(sum(one.used for one in seen if one.valid), sum(one.usable for one in seen if one.valid)),
        wrong_situation=_share(one.foreign for one in seen if one.valid),
        obedience=_share(bool(one.obeyed) for one in wished),
        pure=_share(is_pure(draft.body_template, draft.language) for draft in drafts),
        distinct_1=distinct(texts, 1),
        distinct_2=distinct(texts, 2),
        self_similarity=self_similarity(texts),
        voice=fmean([_voice_score(draft) for draft in drafts] or [0]),
        characters=fmean([len(draft.body) for draft in drafts] or [0]),
        seconds_per_draft=fmean([one.seconds for one in seen] or [0]),
        tokens_per_draft=fmean([one.tokens for one in seen] or [0]),
        obedience_by_flag={flag: _share(bool(one.obeyed) for one in wished if one.flag == flag) for flag in flags},
    )


def _voice_score(draft: Draft) -> float:
    return lint(Words(draft.subject, draft.body), draft.spans, HOUSE_VOICE[draft.language], draft.language).score


def _share(hits: Iterator[bool] | Sequence[bool]) -> Share:
    told = list(hits)
    return Share(sum(told), len(told))
