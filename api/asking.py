"""Questions for clauses that have none, by the configured model, into a file that a person reads before it counts.

Takes a folder of policies, gives `questions.proposed.toml` in it. What stands there already is not asked for again, so
that a run which was stopped goes on. Nothing is searched by until somebody renames the file to `questions.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.chat.sheet import sheet_for
from agent.domain import ChatMessage, Language, WriteRequest
from agent.errors import InputError, NotReady, WriterUnavailable
from agent.language.masking import find_private
from api.files import written_whole
from knowledge.documents import CUSTOMER, Clause
from knowledge.ingest import read_folder
from knowledge.ingest.questions import FILE, written
from prompts.template import load_prompt

if TYPE_CHECKING:
    from agent.ports import Writer
    from api.bootstrap import Workshop

PROPOSED = "questions.proposed.toml"
HEAD = f"""What a model thinks that customers would ask, clause by clause. Read it, strike what a clause does not
answer, add what your customers really say, and put it into {FILE} in this folder, below what is there.
Then import the policies again."""
ROOM, MOST_FAULTS, LONGEST = 500, 3, 120
BULLET = re.compile(
    r"^\s*(?:[-*•·]|\(?\d{1,2}[.)、．:：](?!\d)|[一二三四五六七八九十]{1,3}、)?\s*[\"“「]?|[\"”」]?\s*$"
)
THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
REMARK = re.compile(r"[:：]$|^```|^(?:a|answer|答)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proposed:
    """`without`: clauses for customers that have no questions; `asked` of them have proposals, `failed` got none: the
    model gave no answer, or none that could be used."""

    file: Path
    without: int
    asked: int
    questions: int
    failed: tuple[str, ...]


def propose(
    workshop: Workshop, folder: Path, count: int, progress: Callable[[str, float], None] = lambda _step, _share: None
) -> Proposed:
    """Raises NotReady without a chat model, WriterUnavailable when it fails three times in a row, or each time (what
    was got is kept), InputError for a proposal file that cannot be read, and what reading a folder raises."""
    if not workshop.settings.model:
        raise NotReady("no chat model is configured", "set HOLDFAST_MODEL to a hub id, folder or URL")
    writer = workshop.model_writer(workshop.settings.model).met()
    if not writer.reads_prompts:
        raise NotReady(f"{writer.name} reads no prompts", "set HOLDFAST_MODEL to a chat model: hub id, folder or URL")
    documents, _ = read_folder(folder, workshop.settings.ingest_max_mb)
    clauses = [clause for document in documents for clause in document.clauses if clause.audience == CUSTOMER]
    without = [clause for clause in clauses if not clause.questions]
    target = folder / PROPOSED
    known = _known(target)
    failed, faults, got = list[str](), 0, 0
    for number, clause in enumerate(without, start=1):
        if clause.id in known:
            continue
        progress(f"clause {number} of {len(without)}: {clause.clause[:30]}", (number - 1) / len(without))
        try:
            questions, faults = _ask(clause, writer, count, workshop), 0
        except WriterUnavailable:
            failed.append(clause.id)
            faults += 1
            if faults == MOST_FAULTS or (number == len(without) and not got):
                raise
            continue
        if not questions:
            failed.append(clause.id)
            continue
        known[clause.id], got = questions, got + 1
        before = target.read_text("utf-8") if target.is_file() else written((), HEAD)
        with written_whole(target) as file:  # what a person wrote or struck there stays
            file.write(f"{before}\n{written([(clause, questions)])}")
    there = [known[clause.id] for clause in without if known.get(clause.id)]
    return Proposed(target, len(without), len(there), sum(map(len, there)), tuple(failed))


def _ask(clause: Clause, writer: Writer, count: int, workshop: Workshop) -> tuple[str, ...]:
    language = Language(clause.language) if clause.language in tuple(Language) else workshop.brand.languages[0]
    said = load_prompt("clause_questions", language.value).render(
        count=str(count), heading=clause.clause, clause=clause.text[:2_000]
    )
    sheet = sheet_for((), workshop.brand, language, f"questions:{clause.id}", workshop.clock.now())
    messages = tuple(ChatMessage(role, text) for role, text in said)
    timeout_s = workshop.settings.writer_timeout_s
    reply = writer.write(WriteRequest(messages, sheet, (), workshop.seed, ROOM, timeout_s, urgent=False))
    return questions_in(reply.text, clause, count, reply.finished)


def questions_in(text: str, clause: Clause, count: int, finished: bool = True) -> tuple[str, ...]:
    """The lines of an answer that can be questions: short, whole, without anybody's data, and not the clause again."""
    said = THOUGHT.sub("", text).splitlines()
    lines = [BULLET.sub("", line) for line in (said if finished else said[:-1]) if not REMARK.search(line.strip())]
    good = (
        line
        for line in lines
        if 2 < len(line) <= LONGEST and line not in clause.text and "{" not in line and not list(find_private(line))
    )
    return tuple(dict.fromkeys(good))[:count]


def _known(target: Path) -> dict[str, Sequence[str]]:
    if not target.is_file():
        return {}
    try:
        return {key: tuple(row["questions"]) for key, row in tomllib.loads(target.read_text("utf-8")).items()}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(f"{target} cannot be read: {error}", "correct it, or take it away to start anew") from error
