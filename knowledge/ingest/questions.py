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


def written(rows: Iterable[tuple[Clause, Sequence[str]]], head: str = "") -> str:
    """Text of such a file. JSON's strings are TOML's."""
    parts = ["".join(f"# {line}\n" for line in head.splitlines())] if head else []
    parts += [_entry(clause.id, questions, clause.text[:300]) for clause, questions in rows]
    return "\n".join(parts)


def write_questions(folder: Path, asked: Mapping[str, Sequence[str]]) -> None:
    """The folder's file, whole or not at all."""
    aside = folder / f".{FILE}.part"
    aside.write_text("\n".join(_entry(key, questions) for key, questions in asked.items()), encoding="utf-8")
    aside.replace(folder / FILE)


def _entry(key: str, questions: Sequence[str], clause: str = "") -> str:
    said = f"clause = {_string(clause)}\n" if clause else ""
    lines = "".join(f"  {_string(one)},\n" for one in questions)
    return f"[{_string(key)}]\n{said}questions = [\n{lines}]\n"


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
