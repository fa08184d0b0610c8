"""A Writer that drafts a cell a few times and then answers for each of its customers without asking the model again.

Takes a writer and the fact sheets of one campaign; what it answers is read, filled and judged like any other answer, so
a cell is no way around the gate. Templates that would not fit their channel with the longest fills are not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from agent.cells.cell import CellKey, cell_of, shared_sheet
from agent.domain import Channel, FactSheet, Instruction, SlotType, WriteRequest, WriterReply
from agent.draft import LoadPrompt, ask, read_reply, template_problems
from agent.errors import SlotError
from agent.language.sms import sms_size
from agent.ports import Writer
from agent.realise import realise
from agent.slots import NameParts
from prompts.template import load_prompt

VARIANTS = 6
CELL = "cell"
"""The mark on a stamp whose words were written for a cell."""
LONGEST_NAMES = (
    NameParts(full="Maximilian-Bartholomew Fairfax", surname="Fairfax", given="Maximilian-Bartholomew"),
    NameParts(full="阿卜杜拉·艾则孜·麦麦提", given="阿卜杜拉"),
    NameParts(),
)
LONGEST_CODE = "W7W7W7W7W7W7"
PUSH_TITLE, PUSH_BODY, SMS_SEGMENTS = 50, 150, 2


class PatientWriter:
    """A rung of the ladder that lets whoever waits for an answer go first."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @property
    def name(self) -> str:
        return self._writer.name

    @property
    def revision(self) -> str:
        return self._writer.revision

    @property
    def detail(self) -> Mapping[str, str]:
        return getattr(self._writer, "detail", {})

    @property
    def quick(self) -> bool:
        return getattr(self._writer, "quick", False)

    @property
    def reads_prompts(self) -> bool:
        return getattr(self._writer, "reads_prompts", True)

    def write(self, request: WriteRequest) -> WriterReply:
        return self._writer.write(replace(request, urgent=False))


class CellWriter:
    """One rung of the ladder, for the length of a campaign."""

    def __init__(self, writer: Writer, variants: int = VARIANTS, prompts: LoadPrompt = load_prompt) -> None:
        self._writer = writer
        self._prompts = prompts
        self._variants = variants
        self._cells: dict[CellKey, tuple[WriterReply, ...]] = {}
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._writer.name

    @property
    def revision(self) -> str:
        return self._writer.revision

    @property
    def detail(self) -> Mapping[str, str]:
        return {**getattr(self._writer, "detail", {}), "drafted_for": CELL}

    @property
    def quick(self) -> bool:
        return getattr(self._writer, "quick", False)

    def write(self, request: WriteRequest) -> WriterReply:
        """One of the cell's templates, drawn by the request's seed.

        What belongs to no cell is written by itself, and so is a cell whose words would be too long for somebody.
        """
        key = cell_of(request.sheet, request.flags)
        if key is None:
            return self._writer.write(request)
        with self._lock:
            if key not in self._cells:
                self._cells[key] = self._draft_cell(request)
        templates = self._cells[key]
        if not templates:
            return self._writer.write(request)
        return replace(templates[request.seed % len(templates)], tokens_in=0, tokens_out=0)

    def _draft_cell(self, request: WriteRequest) -> tuple[WriterReply, ...]:
        """Different templates, each tried with the longest fills. An outage is the caller's matter, no empty cell."""
        sheet = _worst(shared_sheet(request.sheet), LONGEST_NAMES[0])  # who heeds lengths then heeds the longest
        found: dict[str, WriterReply] = {}
        for number in range(self._variants):
            asked = ask(sheet, Instruction("", request.flags), request.seed + 101 * number, self._prompts).request
            reply = self._writer.write(replace(asked, timeout_s=request.timeout_s))
            if reply.text not in found and fits_always(reply, sheet):
                found[reply.text] = reply
        return tuple(found.values())


def fits_always(reply: WriterReply, sheet: FactSheet) -> bool:
    """Whether the template can be filled for anybody of the cell and is never too long for its channel."""
    template = read_reply(reply.text, sheet.channel)
    if template_problems(template, sheet, reply.finished):
        return False
    for name in LONGEST_NAMES:
        try:
            filled = realise(template.subject, template.body, _worst(sheet, name))
        except SlotError:
            return False
        if sheet.channel is Channel.SMS and sms_size(filled.body).segments > SMS_SEGMENTS:
            return False
        if sheet.channel is Channel.PUSH and (len(filled.subject or "") > PUSH_TITLE or len(filled.body) > PUSH_BODY):
            return False
    return True


def _worst(sheet: FactSheet, name: NameParts) -> FactSheet:
    """The sheet with the longest greeting and code that anybody can have."""
    facts = []
    for fact in sheet.facts:
        if fact.type is SlotType.SALUTATION:
            fact = replace(fact, value=name)
        if fact.type is SlotType.CODE:
            fact = replace(fact, value=LONGEST_CODE)
        facts.append(fact)
    return replace(sheet, facts=tuple(facts))
