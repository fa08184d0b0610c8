"""holdfast ingest, retrieve: policies into an index, questions to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.terminal import Call, command, moment


def register(app: typer.Typer) -> None:
    command(app, "ingest")(ingest)
    command(app, "retrieve")(retrieve)


IndexOption = Annotated[Path | None, typer.Option("--index", help="Index folder (else the one in the home folder).")]


def ingest(
    call: Call, folder: Annotated[Path, typer.Argument(help="Folder of Markdown policies.")], index: IndexOption = None
) -> dict[str, Any]:
    """Read policies into an index. Doing it again reports what was added, changed and removed."""
    from knowledge.index import PolicyIndex
    from knowledge.ingest import read_folder

    documents, unread = read_folder(folder)
    clauses = [clause for document in documents for clause in document.clauses]
    changes = PolicyIndex(_index_folder(call, index)).replace_clauses(clauses)
    for item in unread:
        call.remark(f"not read: {item.path}: {item.reason}")
    call.say(f"{len(documents)} documents, {len(clauses)} clauses: {changes.added} added, {changes.changed} changed, "
             f"{changes.removed} removed, {changes.unchanged} unchanged")  # fmt: skip
    return {
        "documents": len(documents),
        "clauses": len(clauses),
        "added": changes.added,
        "changed": changes.changed,
        "removed": changes.removed,
        "unchanged": changes.unchanged,
        "unread": [{"file": item.path, "reason": item.reason} for item in unread],
    }


def retrieve(
    call: Call,
    query: Annotated[str | None, typer.Argument(help="A question, in Chinese or English.")] = None,
    index: IndexOption = None,
    k: Annotated[int, typer.Option("--k", min=1, help="At most this many clauses.")] = 10,
    queries: Annotated[Path | None, typer.Option("--queries", help="JSON lines with id and query.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the answers to --queries go.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="Clauses in force on this day (else today).")] = None,
) -> dict[str, Any]:
    """Clauses in force that answer a question, best first; nothing found is an answer too."""
    from datetime import UTC, datetime

    from agent.errors import UsageError
    from api.answers import language_of, passage_answer
    from api.files import written_whole
    from knowledge.index import PolicyIndex
    from knowledge.retrieve import HybridRetriever

    day = (moment(on) or call.now or datetime.now(UTC)).date()
    policies = PolicyIndex(_index_folder(call, index))
    policies.require()
    retriever = HybridRetriever(policies)

    def answer(text: str) -> list[dict[str, Any]]:
        found = retriever.policies(text, language_of(text), day, k)
        return [passage_answer(passage) for passage in found if passage.clause is not None]

    if queries is not None:
        lines = [
            json.dumps({"id": asked.get("id"), "results": answer(asked["query"])}, ensure_ascii=False)
            for asked in _questions(queries)
        ]
        target = out or Path("answers.jsonl")
        with written_whole(target) as answers:
            answers.writelines(line + "\n" for line in lines)
        call.say(f"{len(lines)} questions answered in {target}")
        return {"queries": len(lines), "out": str(target)}
    if query is None:
        raise UsageError("a question is missing", 'say: holdfast retrieve "how long do refunds take?"')
    results = answer(query)
    for found in results:
        call.say(f"{found['score']:.3f}  {found['document']} · {found['clause']}\n       {found['text']}")
    if not results:
        call.say("not covered by any policy in force")
    return {"query": query, "results": results}


def _questions(path: Path) -> list[dict[str, Any]]:
    """Raises InputError naming the line."""
    from agent.errors import InputError
    from api.texts import read_text

    asked = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
        except ValueError as error:
            raise InputError(
                f"{path}, line {number}: it is no JSON ({error})", 'write {"id": …, "query": …}'
            ) from error
        if not isinstance(question, dict) or not isinstance(question.get("query"), str):
            raise InputError(f"{path}, line {number}: the question is missing", 'write {"id": …, "query": …}')
        asked.append(question)
    return asked


def _index_folder(call: Call, index: Path | None) -> Path:
    from api.home import Home
    from api.settings import read_settings

    return index if index is not None else Home(read_settings(call.home).home).index
