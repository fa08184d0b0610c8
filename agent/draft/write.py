"""Down the ladder of writers until one has written what can be filled and what the judge lets pass.

Takes a case's sheet, writers best first and a judge; gives a Draft with its stamp. Each writer has one answer and one
repair. A writer that cannot answer is passed over: an outage is never a decision. When no writer pleased the judge, the
best that could be filled is handed on, and the gate's verdict then sends it to a person; when none could be filled,
NoDraft is raised and a person writes. Reads a stopwatch, for the stamp only.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.domain import (
    Case,
    Decision,
    Draft,
    FactSheet,
    Finding,
    Instruction,
    Realised,
    Severity,
    Verdict,
    WriteRequest,
    WriterReply,
    WriterStamp,
)
from agent.draft.fit import fit
from agent.draft.problems import problems
from agent.draft.reply import Template, read_reply
from agent.draft.request import Asked, LoadPrompt, ask, ask_again, tellable, without_history
from agent.errors import NoDraft, PromptTooLong, SlotError, UsageError, WriterUnavailable
from agent.instructions import follow, read_instruction
from agent.ports import Writer
from agent.realise import realise as fill_in
from agent.slots import slot_names
from agent.voice import speak, voice_of
from prompts.template import load_prompt

Realise = Callable[[str | None, str, FactSheet, int], Realised]
Judge = Callable[[Draft], Verdict]
SUBJECT_WORD = re.compile(r"\A(?:subject|title|主题|标题)\s*[:：]", re.IGNORECASE)
WORST = {Decision.PASS: 0, Decision.REVIEW: 1, Decision.BLOCK: 2}


@dataclass(slots=True)
class _Effort:
    """What one writer cost until now."""

    started: float = field(default_factory=time.perf_counter)
    attempts: int = 0
    tokens: int = 0

    def ms(self) -> int:
        return round((time.perf_counter() - self.started) * 1000)


@dataclass(frozen=True, slots=True)
class _Try:
    """One answer, read: either a draft with its verdict, or the findings that kept it from being filled."""

    draft: Draft | None
    verdict: Verdict | None
    findings: tuple[Finding, ...]
    mended: bool
    bound: int

    @property
    def passed(self) -> bool:
        return self.verdict is not None and self.verdict.decision is Decision.PASS

    @property
    def good(self) -> bool:
        return self.verdict is not None and _content(self.verdict)


def write_draft(
    case: Case,
    sheet: FactSheet,
    writers: Sequence[Writer],
    judge: Judge,
    *,
    instruction: str = "",
    seed: int = 0,
    prompts: LoadPrompt = load_prompt,
    realise: Realise = fill_in,
) -> Draft:
    """Raises NoDraft when no writer wrote anything fillable, WriterUnavailable when none could answer at all."""
    if not writers:
        raise UsageError("There is no writer.", "Give at least the composer.")
    sheet, wish = follow(sheet, read_instruction(instruction))
    asked = ask(sheet, wish, seed, prompts)
    passed_over: list[str] = []
    tried: list[_Try] = []
    for writer in writers:
        ladder = _Rung(writer, asked, case, wish, judge, prompts, realise, tuple(passed_over))
        try:
            attempts = ladder.climb()
        except WriterUnavailable:
            attempts = []
        tried += attempts
        if attempts and attempts[-1].good and attempts[-1].draft is not None:
            return attempts[-1].draft
        passed_over.append(writer.name)
    return _best(tried, passed_over)


def shaped(text: str, sheet: FactSheet) -> Template:
    """An answer as the drafting path reads it: stripped, its literals bound to slots, in the brand's voice."""
    return _in_voice(fit(read_reply(text, sheet.channel), sheet), sheet)


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a writer said at once: the draft if it could be filled, what was found, and what it cost.

    `mended` says that something had to be taken off or respelt before it could be read, `bound` how many literals
    became slots, `passed` that the judge passed it, and `good` that the ladder would take it: passed, or mended by
    machine, or held up by the context alone.
    """

    draft: Draft | None
    findings: tuple[Finding, ...]
    tokens: int
    mended: bool = False
    bound: int = 0
    passed: bool = False
    good: bool = False


def first_answer(
    case: Case, sheet: FactSheet, writer: Writer, judge: Judge, *, instruction: str = "", seed: int = 0
) -> FirstAnswer:
    """One answer without repair and without a ladder: what an evaluation counts."""
    return answers(case, sheet, writer, judge, instruction=instruction, seed=seed, repair=False)[0]


def answers(
    case: Case,
    sheet: FactSheet,
    writer: Writer,
    judge: Judge,
    *,
    instruction: str = "",
    seed: int = 0,
    repair: bool = True,
) -> tuple[FirstAnswer, ...]:
    """The answer, and where it was not good the repaired one: all that one rung of the ladder would get."""
    sheet, wish = follow(sheet, read_instruction(instruction))
    rung = _Rung(writer, ask(sheet, wish, seed), case, wish, judge, load_prompt, fill_in, ())
    try:
        tried = rung.climb() if repair else [rung.answer()]
    except WriterUnavailable as error:
        return (FirstAnswer(None, (Finding(error.code.upper(), Severity.FIX, error.message, "body"),), 0),)
    return tuple(
        FirstAnswer(one.draft, one.findings, rung.effort.tokens, one.mended, one.bound, one.passed, one.good)
        for one in tried
    )


def _best(tried: Sequence[_Try], names: Sequence[str]) -> Draft:
    if not tried:
        raise WriterUnavailable(
            f"No writer could answer ({', '.join(names)}).", "See `holdfast doctor`; the case waits and can be retried."
        )
    filled = [attempt for attempt in tried if attempt.draft is not None and attempt.verdict is not None]
    if not filled:
        last = tried[-1].findings
        why = last[0].message if last else "no reason was given"
        raise NoDraft(f"No writer gave a message that could be filled ({why})", "Write this one by hand.")
    best = min(filled, key=_badness)
    assert best.draft is not None
    return best.draft


def _badness(attempt: _Try) -> tuple[int, int]:
    assert attempt.verdict is not None
    return WORST[attempt.verdict.decision], len(attempt.findings)


def _content(verdict: Verdict) -> bool:
    """Passed, or a machine can mend it, or other words would not help: what is left lies in the context."""
    if verdict.decision is Decision.PASS or verdict.fixed is not None:
        return True
    return all(finding.field == "context" or finding.severity is Severity.WARN for finding in verdict.findings)


@dataclass(slots=True)
class _Rung:
    """One writer at work on one case: an answer, and if need be one repair."""

    writer: Writer
    asked: Asked
    case: Case
    wish: Instruction
    judge: Judge
    prompts: LoadPrompt
    realise: Realise
    fell_back_from: tuple[str, ...]
    effort: _Effort = field(default_factory=_Effort)
    read_words: bool = False
    cut: bool = False

    def answer(self) -> _Try:
        return self._read(self._first_reply())

    def climb(self) -> list[_Try]:
        reply = self._first_reply()
        first = self._read(reply)
        if first.good:
            return [first]
        try:
            mended = self._write(ask_again(self.asked, reply, first.findings, self.prompts))
        except WriterUnavailable:
            return [first]
        return [first, self._read(mended)]

    def _first_reply(self) -> WriterReply:
        """A prompt that does not fit is given once more without history and examples, and the stamp says so."""
        try:
            return self._write(self.asked.request)
        except PromptTooLong:
            request = self.asked.request
            self.asked = ask(without_history(request.sheet), self.wish, request.seed, self.prompts)
            self.cut = True
            return self._write(self.asked.request)

    def _write(self, request: WriteRequest) -> WriterReply:
        self.effort.attempts += 1
        reply = self.writer.write(request)
        self.read_words = reply.read_words
        self.effort.tokens += reply.tokens_in + reply.tokens_out
        return reply

    def _read(self, reply: WriterReply) -> _Try:
        """Repair in the agreed order: strip, normalise, find unknown slots, align literals, fill, judge."""
        sheet = self.asked.request.sheet
        read = read_reply(reply.text, sheet.channel)
        fitted = fit(read, sheet)
        mended, bound = _was_mended(reply.text, read), max(0, _slots_in(fitted) - _slots_in(read))
        template = _in_voice(fitted, sheet)
        found = problems(template, sheet, reply.finished)
        if found:
            return _Try(None, None, found, mended, bound)
        try:
            filled = self.realise(template.subject, template.body, sheet, self.asked.request.seed)
        except SlotError as error:
            message = f"{error.message} {error.remedy}".strip()
            return _Try(None, None, (Finding("SLOT_UNFILLED", Severity.FIX, message, "body"),), mended, bound)
        draft = self._draft(template, filled, sheet)
        verdict = self.judge(draft)
        return _Try(draft, verdict, verdict.findings, mended, bound)

    def _draft(self, template: Template, filled: Realised, sheet: FactSheet) -> Draft:
        return Draft(
            draft_id=draft_id_of(self.case.case_id, sheet.now, template, self.wish.text),
            case_id=self.case.case_id,
            language=sheet.language,
            channel=sheet.channel,
            purpose=sheet.purpose,
            situation=sheet.situation,
            subject_template=template.subject,
            body_template=template.body,
            subject=filled.subject,
            body=filled.body,
            spans=filled.spans,
            writer=self._stamp(),
            instruction=self._heard(),
        )

    def _heard(self) -> Instruction:
        """What became of the wish: a writer that reads words was told those without a flag, the others were not."""
        if not self.read_words:
            return self.wish
        told = tellable(self.wish)
        kept = tuple(words for words in self.wish.not_understood if words not in told)
        return replace(self.wish, not_understood=kept, passed_on=told)

    def _stamp(self) -> WriterStamp:
        detail = dict(getattr(self.writer, "detail", None) or {})
        if self.cut:
            detail["cut"] = "history and examples, because the prompt did not fit the model's window"
        return WriterStamp(
            name=self.writer.name,
            revision=self.writer.revision,
            prompt=self.asked.prompt,
            seed=self.asked.request.seed,
            ms=self.effort.ms(),
            tokens=self.effort.tokens,
            attempts=self.effort.attempts,
            fell_back_from=self.fell_back_from,
            detail=detail,
        )


def _slots_in(template: Template) -> int:
    return len(slot_names(f"{template.subject or ''} {template.body}"))


def _was_mended(raw: str, read: Template) -> bool:
    """Whether more than white space and the word “Subject:” was taken off or changed."""
    said = SUBJECT_WORD.sub("", raw.strip(), count=1)
    return re.sub(r"\s+", "", said) != re.sub(r"\s+", "", f"{read.subject or ''}{read.body}")


def _in_voice(template: Template, sheet: FactSheet) -> Template:
    """The brand's own words, whoever wrote."""
    voice = voice_of(sheet.brand, sheet.language)
    subject = None if template.subject is None else speak(template.subject, voice)
    return replace(template, subject=subject, body=speak(template.body, voice))


def draft_id_of(case_id: str, moment: datetime | None, template: Template, wish: str = "") -> str:
    """The same case, moment, wish and words give the same id, so that a repeated run makes no second draft."""
    parts = (case_id, moment.isoformat() if moment else "", wish, template.subject or "", template.body)
    return "d-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
