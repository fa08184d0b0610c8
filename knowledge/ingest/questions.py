"""Questions that stand beside a folder of policies, in `questions.toml`, for clauses whose own format has no place for
them (a PDF) or that should stay as they are.

    ["returns#return-window"]
    clause = "Unused goods can be returned within 30 days."    # for whoever reads this; not read by us
    questions = ["can I still send it back?", "how long do I have"]
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.documents import Clause, PolicyDocument
from knowledge.errors import DocumentUnreadable

FILE = "questions.toml"


def read_questions(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Clause id → questions; none where there is no such file. Raises DocumentUnreadable for what cannot be meant."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DocumentUnreadable(
            f"{path} cannot be read: {error}", "correct the line, or take the file away"
        ) from error
    for key, row in rows.items():
        asked = row.get("questions") if isinstance(row, dict) else None
        if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
            raise DocumentUnreadable(f"{path}: [{key!r}] has no list of questions", 'write questions = ["…", "…"]')
    return {key: tuple(row["questions"]) for key, row in rows.items()}


def with_questions(documents: Sequence[PolicyDocument], asked: Mapping[str, Sequence[str]]) -> list[PolicyDocument]:
    """Each clause with these questions behind its own."""

    def told(clause: Clause) -> Clause:
        return replace(clause, questions=tuple(dict.fromkeys((*clause.questions, *asked.get(clause.id, ())))))

    return [replace(document, clauses=tuple(map(told, document.clauses))) for document in documents]


def written(rows: Iterable[tuple[Clause, Sequence[str]]], head: str) -> str:
    """The file's text. JSON's strings are TOML's."""
    parts = ["".join(f"# {line}\n" for line in head.splitlines())]
    for clause, questions in rows:
        said, asked = (json.dumps(one, ensure_ascii=False) for one in (clause.text[:300], clause.id))
        lines = "".join(f"  {json.dumps(one, ensure_ascii=False)},\n" for one in questions)
        parts.append(f"[{asked}]\nclause = {said}\nquestions = [\n{lines}]\n")
    return "\n".join(parts)
