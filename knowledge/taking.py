"""One ingestion, from a folder to the index: what was read and what was not, what changed, and what a person should
see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.commands import commands
from knowledge.conflicts import conflicts
from knowledge.documents import CUSTOMER, Clause, PolicyDocument
from knowledge.errors import DocumentUnreadable, EmbedderMissing
from knowledge.index import Changes, PolicyIndex, Progress
from knowledge.ingest import MOST_MB, Unread, read_folder

UNQUOTED = (
    "{n} of {of} clauses have no sentence that may be quoted to a customer, so neither chat nor drafts quote them: "
    "write `> customer: …` under each, or `quotable: yes` at the head of a document whose words are meant for customers"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something taken in with a doubt. `kind`: command, contradiction, act, embedder, remark, quote; `clauses`: ids."""

    kind: str
    message: str
    file: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a folder holds. Nothing is in the index yet."""

    documents: tuple[PolicyDocument, ...]
    unread: tuple[Unread, ...]

    @property
    def clauses(self) -> list[Clause]:
        return [clause for document in self.documents for clause in document.clauses]

    def expired(self, on: date) -> tuple[str, ...]:
        """Clauses that were in force once. They stay in the index, and are never found on a later day."""
        return tuple(clause.id for clause in self.clauses if clause.valid_to is not None and clause.valid_to < on)


def read(folder: Path, most_mb: float = MOST_MB) -> Read:
    """Raises DocumentUnreadable when nothing at all could be read: an index is never emptied by a folder of bad
    files."""
    documents, unread = read_folder(folder, most_mb)
    if not documents:
        first = unread[0]
        more = f", and {len(unread) - 1} more" if len(unread) > 1 else ""
        raise DocumentUnreadable(f"nothing was read under {folder}: {first.reason}{more}", first.remedy)
    return Read(tuple(documents), tuple(unread))


def take(found: Read, index: PolicyIndex, progress: Progress = lambda _step, _share: None) -> Changes:
    """Make the index hold what was read. Raises IndexMissing, EmbedderMissing."""
    return index.replace_clauses(found.clauses, progress)


def findings(found: Read, index: PolicyIndex, on: date, acts: Collection[str] | None = None) -> list[Finding]:
    """What a person should see, the gravest first. `acts`: the promises that can be made at all; None: not asked."""
    commanding = [
        Finding("command", command.message, None, (command.clause.id,)) for command in commands(found.clauses)
    ]
    contradictions = [
        Finding("contradiction", conflict.message, None, (conflict.first.id, conflict.second.id))
        for conflict in conflicts(found.clauses, on)
    ]
    unknown = [] if acts is None else _unknown_acts(found.clauses, acts)
    languages = {clause.language for clause in found.clauses}
    missing = [Finding("embedder", problem.message) for problem in _missing(index, languages)]
    remarks = [Finding("remark", remark, each.source) for each in found.documents for remark in each.remarks]
    return [*commanding, *contradictions, *unknown, *missing, *remarks, *_unquoted(found.clauses)]


def _unquoted(clauses: Sequence[Clause]) -> list[Finding]:
    """A firm's first import: everything is found, and nothing is ever said of it."""
    told = [clause for clause in clauses if clause.audience == CUSTOMER]
    without = tuple(clause.id for clause in told if not clause.customer_text)
    return [Finding("quote", UNQUOTED.format(n=len(without), of=len(told)), None, without)] if without else []


def _unknown_acts(clauses: Sequence[Clause], acts: Collection[str]) -> list[Finding]:
    """A name that is written wrong backs no promise, and nobody would learn why."""
    known = ", ".join(sorted(acts))
    return [
        Finding("act", f"{name} is no act that could be promised; known: {known}", None, (clause.id,))
        for clause in clauses
        for name in clause.acts
        if name not in acts
    ]


def _missing(index: PolicyIndex, languages: set[str]) -> list[EmbedderMissing]:
    """Only when a language of these policies goes without: a shop without Chinese policies needs no Chinese model."""
    without = any(index.embedders.of(language) is None for language in languages)
    return index.embedders.missing() if without else []
