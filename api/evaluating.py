"""Writers measured and compared on unseen cases: for `holdfast eval writers` and for the page where people vote.

The cases rest on the sample shop's policies, so that figures can be compared between installations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from agent.errors import UsageError
from agent.evaluation import EvalCase, WriterFigures, evaluate, unseen_cases
from agent.evaluation.cases import NOW
from agent.evaluation.phrasings import read_phrasings
from agent.evaluation.writers import Share
from agent.ports import Writer
from api.bootstrap import Workshop
from api.model_writers import HOUSE_MODEL, composer, foreign_to, load_writer

if TYPE_CHECKING:
    from knowledge.documents import Clause

SHARES = (
    "valid_first_try", "gate_first_try", "fallback", "slots_used", "wrong_situation", "obedience", "pure",
)  # fmt: skip
NUMBERS = (
    "distinct_1",
    "distinct_2",
    "self_similarity",
    "voice",
    "characters",
    "seconds_per_draft",
    "tokens_per_draft",
)


@lru_cache(maxsize=1)
def sample_clauses() -> tuple[Clause, ...]:
    """The sample shop's clauses that are in force on the day of the cases."""
    from knowledge.ingest import read_folder

    with as_file(files("knowledge") / "policies") as folder:
        documents, _ = read_folder(folder)
    return tuple(clause for document in documents for clause in document.clauses if clause.in_force(NOW.date()))


def writers_named(names: Sequence[str], workshop: Workshop) -> list[Writer]:
    """The composer, the house model, the configured model; or those that were named. Raises UsageError, NotReady."""
    known: dict[str, Callable[[], Writer]] = {"composer": composer, "house": lambda: load_writer(HOUSE_MODEL)}
    if (model := workshop.settings.model) and model != HOUSE_MODEL:
        known["model"] = lambda: workshop.model_writer(model).met()
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"no writer {unknown[0]!r} here", f"use {', '.join(known)}; HOLDFAST_MODEL adds model")
    return [known[name]() for name in (names or tuple(known))]


def compared(
    writers: Sequence[Writer], count: int, seed: int, progress: Callable[[str, int, int], None]
) -> list[WriterFigures]:
    cases = unseen_cases(count, sample_clauses(), read_phrasings(), seed)
    return evaluate(writers, composer(), cases, foreign_to, progress)


def cases_in(language: str, count: int, seed: int) -> list[EvalCase]:
    """Cases without wishes, in one language."""
    return [case for case in unseen_cases(count, sample_clauses(), (), seed) if case.sheet.language == language]


def figures(row: WriterFigures) -> dict[str, Any]:
    """The row of the `eval writers` contract; each share with its interval beside it."""
    told: dict[str, Any] = {"name": row.name, "revision": row.revision}
    for name in SHARES:
        share: Share = getattr(row, name)
        told[name] = round(share.value, 4) if share.value is not None else None
        told[f"{name}_interval"] = [round(bound, 4) for bound in share.interval]
    for name in NUMBERS:
        told[name] = round(getattr(row, name), 4)
    told["obedience_by_flag"] = {flag: [share.hits, share.of] for flag, share in row.obedience_by_flag.items()}
    return told
