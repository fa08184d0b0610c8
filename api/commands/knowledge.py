"""holdfast ingest, retrieve: policies into an index, questions to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command, moment

if TYPE_CHECKING:
    from api.settings import Settings
    from knowledge.index import PolicyIndex


def register(app: typer.Typer) -> None:
    command(app, "ingest")(ingest)
    command(app, "retrieve")(retrieve)
    command(app, "questions")(questions)


IndexOption = Annotated[Path | None, typer.Option("--index", help="Index folder (else the one in the home folder).")]


def ingest(
    call: Call,
    folder: Annotated[Path, typer.Argument(help="Folder of policies: .md .txt .html .pdf .docx .xlsx .csv .json.")],
    index: IndexOption = None,
) -> dict[str, Any]:
    """Read policies into an index. Doing it again reports what was added, changed, removed and has expired."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from agent.acts import act_table
    from knowledge.taking import findings, read, take

    day = (call.now or datetime.now(UTC)).date()
    found = read(folder, _settings(call).ingest_max_mb)
    policies = _index(call, index)
    with call.progress("ingest") as progress:
        changes = take(found, policies, progress)
    names = {
        "added": changes.added,
        "changed": changes.changed,
        "removed": changes.removed,
        "expired": found.expired(day),
    }
    seen = findings(found, policies, day, act_table())
    for item in found.unread:
        call.remark(f"not read: {item.reason}" + (f": {item.remedy}" if item.remedy else ""))
    for finding in seen:
        call.remark(f"{finding.kind}: {f'{finding.file}: ' if finding.file else ''}{finding.message}")
    counts = ", ".join(f"{len(ids)} {name}" for name, ids in names.items())
    call.say(f"{len(found.documents)} documents, {len(found.clauses)} clauses: {counts}, {changes.unchanged} unchanged")
    return {
        "documents": len(found.documents),
        "clauses": len(found.clauses),
        **{name: len(ids) for name, ids in names.items()},
        "unchanged": changes.unchanged,
        "unread": [{"file": item.path, "reason": item.reason, "remedy": item.remedy} for item in found.unread],
        "names": names,
        "findings": [asdict(finding) for finding in seen],
    }


def questions(
    call: Call,
    folder: Annotated[Path, typer.Argument(help="Folder of policies.")],
    count: Annotated[int, typer.Option("--count", min=1, max=30, help="At most so many for a clause.")] = 10,
) -> dict[str, Any]:
    """How customers would ask for clauses that have no questions, by your chat model, into a file for you to read."""
    from api.asking import propose
    from api.bootstrap import open_workshop

    with call.progress("questions") as progress:
        done = propose(open_workshop(call), folder, count, progress)
    call.say(f"{done.questions} questions for {done.asked} of {done.without} clauses without any: {done.file}")
    for name in done.failed:
        call.remark(f"no answer for {name}: run it again")
    if done.asked:
        call.say("read them, put them into questions.toml beside it, and import the policies again")
    return {
        "file": str(done.file),
        "clauses_without": done.without,
        "asked": done.asked,
        "questions": done.questions,
        "failed": list(done.failed),
    }


def retrieve(
    call: Call,
    query: Annotated[str | None, typer.Argument(help="A question, in Chinese or English.")] = None,
    index: IndexOption = None,
    k: Annotated[int, typer.Option("--k", min=1, help="At most this many clauses.")] = 10,
    queries: Annotated[Path | None, typer.Option("--queries", help="JSON lines with id and query.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the answers to --queries go.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="Clauses in force on this day (else today).")] = None,
    language: Annotated[str | None, typer.Option("--language", help="zh or en; else that of the question.")] = None,
    region: Annotated[str | None, typer.Option("--region", help="Leave out what holds only elsewhere.")] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="Leave out what holds only for other tiers.")] = None,
    staff: Annotated[
        bool, typer.Option("--staff", help="Internal clauses too: not to be quoted to customers.")
    ] = False,
) -> dict[str, Any]:
    """Clauses in force that answer a question, best first; nothing found is an answer too, and says why."""
    from datetime import UTC, datetime

    from agent.errors import UsageError
    from api.answers import language_of, passage_answer
    from api.files import written_whole
    from knowledge.documents import CUSTOMER
    from knowledge.retrieve import HybridRetriever
    from knowledge.search import Asker

    day = (moment(on) or call.now or datetime.now(UTC)).date()
    policies = _index(call, index)
    policies.require()
    retriever = HybridRetriever(policies)
    asker = Asker(region, tier, None if staff else CUSTOMER)

    def answer(text: str) -> dict[str, Any]:
        found = retriever.ask(text, language or language_of(text), day, k, asker)
        results = [passage_answer(passage) for passage in found.passages]
        return {"results": results, "because": found.miss.value if found.miss else None}

    if queries is not None:
        lines = [
            json.dumps({"id": asked.get("id"), **answer(asked["query"])}, ensure_ascii=False)
            for asked in _questions(queries)
        ]
        target = out or Path("answers.jsonl")
        with written_whole(target) as answers:
            answers.writelines(line + "\n" for line in lines)
        call.say(f"{len(lines)} questions answered in {target}")
        return {"queries": len(lines), "out": str(target)}
    if query is None:
        raise UsageError("a question is missing", 'say: holdfast retrieve "how long do refunds take?"')
    told = answer(query)
    for found in told["results"]:
        call.say(f"{found['score']:.3f}  {found['document']} · {found['clause']}\n       {found['text']}")
    if told["because"]:
        call.say(f"no answer: {told['because']}")
    return {"query": query, **told}


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


def _settings(call: Call) -> Settings:
    from api.settings import read_settings

    return read_settings(call.home)


def _index(call: Call, folder: Path | None) -> PolicyIndex:
    from api.home import Home
    from knowledge.embed.choice import Embedders
    from knowledge.index import PolicyIndex

    settings = _settings(call)
    return PolicyIndex(folder if folder is not None else Home(settings.home).index, Embedders(settings.embedder))
