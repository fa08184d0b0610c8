"""The approved templates of one campaign's cells: drafted when their first customer comes, kept for all who follow.

Takes the ladder of writers; gives, for a cell, the templates of the first rung that has any which the whole gate passes
for everybody of the cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from agent.cells.bulk import ApprovedCell, Fill, Greetings, approve
from agent.cells.writer import VARIANTS, CellWriter
from agent.domain import FactSheet, Instruction, WriteRequest, WriterReply, WriterStamp
from agent.draft import LoadPrompt, ask
from agent.ports import Writer
from prompts.template import load_prompt


@dataclass(frozen=True, slots=True)
class Written:
    """An approved template with the stamp of its writer. `cell_id` is its own for ever: the same words, the same id."""

    cell_id: str
    cell: ApprovedCell
    stamp: WriterStamp


@dataclass(slots=True)
class CellStock:
    """`writers` best first; each drafts a cell once."""

    writers: Sequence[Writer]
    prompts: LoadPrompt = load_prompt
    _greetings: Greetings = field(default_factory=Greetings)
    _written: dict[object, tuple[Written, ...]] = field(default_factory=dict)

    def known(self, key: object) -> tuple[Written, ...] | None:
        """None for a cell that nobody asked for yet; empty where no template fits everybody."""
        return self._written.get(key)

    def write(self, key: object, sheet: FactSheet, fill: Fill, seed: int = 0) -> tuple[Written, ...]:
        """`sheet`: the cell's shared one; `fill`: of a customer of it, with nothing against writing to them."""
        asked = ask(sheet, Instruction(), seed, self.prompts)
        passed_over: list[str] = []
        found: tuple[Written, ...] = ()
        for writer in self.writers:
            found = self._of(writer, asked.prompt, sheet, fill, seed, tuple(passed_over))
            if found:
                break
            passed_over.append(writer.name)
        self._written[key] = found
        return found

    def _of(
        self, writer: Writer, prompt: str, sheet: FactSheet, fill: Fill, seed: int, passed_over: tuple[str, ...]
    ) -> tuple[Written, ...]:
        once = writer if isinstance(writer, CellWriter) else CellWriter(writer, prompts=self.prompts)
        began = monotonic()
        replies: dict[str, WriterReply] = {}
        for number in range(VARIANTS):
            reply = once.write(WriteRequest((), sheet, (), seed + number))
            replies.setdefault(reply.text, reply)
        ms = round(1000 * (monotonic() - began))
        stamp = WriterStamp(once.name, once.revision, prompt, seed, ms, 0, 1, passed_over, dict(once.detail))
        context = replace(fill.state(), sent_texts=())  # what one customer got before is no matter of the cell
        cells = ((reply, approve(text, sheet, context, self._greetings)) for text, reply in replies.items())
        return tuple(
            Written(_id_of(cell), cell, replace(stamp, tokens=reply.tokens_in + reply.tokens_out))
            for reply, cell in cells
            if cell is not None
        )


def _id_of(cell: ApprovedCell) -> str:
    words = f"{cell.template.subject or ''}\x1f{cell.template.body}\x1f{cell.said_alike}"
    return "cell_" + hashlib.sha256(words.encode()).hexdigest()[:20]
