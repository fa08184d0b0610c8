"""Policies in files → documents with clauses: Markdown, text, HTML, PDF, Word, Excel, CSV and JSON, Chinese and
English.

Takes a folder; gives PolicyDocuments in the order of their paths, and for each file that could not be read, why. Each
format has a reader that gives the same blocks (`blocks.py`); `clauses.py` makes clauses of them. How a policy is
written in each format stands in the README of `knowledge/`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import PolicyDocument
from knowledge.errors import DocumentUnreadable
from knowledge.ingest.blocks import Content
from knowledge.ingest.clauses import document_of
from knowledge.ingest.front import is_draft
from knowledge.ingest.questions import FILE, read_questions, with_questions
from knowledge.ingest.text import decode

MOST_MB = 50
"""Larger files are refused unless the caller allows more: a policy of a thousand pages has some 5 MB."""
ABOUT_THE_FOLDER = frozenset({"readme", "license", "licence", "changelog", "contributing", "notice"})
"""Names of files that tell of a folder, as source code has them, and rule nothing for a customer."""
OTHERS = {
    ".doc": "docx", ".dot": "docx", ".rtf": "docx", ".odt": "docx", ".pages": "docx", ".wps": "docx", ".xls": "xlsx",
    ".ods": "xlsx", ".numbers": "xlsx", ".ppt": "pdf", ".pptx": "pdf", ".key": "pdf", ".eml": "html", ".msg": "html",
    ".mht": "html", ".epub": "html", ".xml": "html",
}  # fmt: skip
"""Formats that hold policies too and that we do not read → what to save them as."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that gave no document, and why."""

    path: str
    reason: str
    remedy: str = ""


def _markdown(raw: bytes, where: str) -> Content:
    from knowledge.ingest.markdown import read_markdown

    text, remarks = decode(raw, where)
    content = read_markdown(text, where)
    return Content(content.blocks, content.front, content.title, (*remarks, *content.remarks))


def _html(raw: bytes, where: str) -> Content:
    from knowledge.ingest.html import read_html

    return read_html(raw, where)


def _pdf(raw: bytes, where: str) -> Content:
    from knowledge.ingest.pdf import read_pdf

    return read_pdf(raw, where)


def _docx(raw: bytes, where: str) -> Content:
    from knowledge.ingest.docx import read_docx

    return read_docx(raw, where)


def _xlsx(raw: bytes, where: str) -> Content:
    from knowledge.ingest.sheet import read_xlsx

    return read_xlsx(raw, where)


def _csv(raw: bytes, where: str) -> Content:
    from knowledge.ingest.sheet import read_csv

    return read_csv(raw, where)


def _json(raw: bytes, where: str) -> Content:
    from knowledge.ingest.tree import read_json

    return read_json(raw, where)


READERS: dict[str, Callable[[bytes, str], Content]] = {
    ".md": _markdown, ".markdown": _markdown, ".txt": _markdown, ".html": _html, ".htm": _html, ".xhtml": _html,
    ".pdf": _pdf, ".docx": _docx, ".docm": _docx, ".xlsx": _xlsx, ".xlsm": _xlsx, ".csv": _csv, ".tsv": _csv,
    ".json": _json,
}  # fmt: skip


def read_folder(folder: Path, most_mb: float = MOST_MB) -> tuple[list[PolicyDocument], list[Unread]]:
    """Every policy under a folder.

    Questions for their clauses may stand in `questions.toml` (`questions.py`).

    Raises DocumentUnreadable when there is no such folder or nothing in it, and when two files hold the same clause:
    nobody could say which of the two is in force, so neither is taken.
    """
    if not folder.is_dir():
        raise DocumentUnreadable(f"{folder} is not a folder", "name a folder of policies")
    documents, unread = [], []
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and _is_ours(path, folder))
    names = _names(paths, folder)
    for path in paths:
        try:
            documents.append(read_document(path, names[path], most_mb))
        except DocumentUnreadable as error:
            unread.append(Unread(str(path), error.message, error.remedy))
    if not documents and not unread:
        raise DocumentUnreadable(
            f"no policy under {folder}",
            f"put policies there as {', '.join(sorted(set(READERS) - {'.markdown'}))} files",
        )
    _require_distinct(documents)
    return _asked_as(documents, folder, unread), unread


def _asked_as(documents: list[PolicyDocument], folder: Path, unread: list[Unread]) -> list[PolicyDocument]:
    """With the questions that stand beside them; what is wrong with that file is told, and the policies stand."""
    where = str(folder / FILE)
    try:
        asked = read_questions(folder)
    except DocumentUnreadable as error:
        unread.append(Unread(where, error.message, error.remedy))
        return documents
    if lost := sorted(asked.keys() - {clause.id for document in documents for clause in document.clauses}):
        said = f"{where}: no clause {lost[0]!r} here" + (f", and {len(lost) - 1} more" if len(lost) > 1 else "")
        unread.append(Unread(where, said, "an id is `document#heading`; take out what is gone"))
    return with_questions(documents, asked)


def read_document(path: Path, name: str, most_mb: float = MOST_MB) -> PolicyDocument:
    """One file. Raises DocumentUnreadable naming what is wrong, and where."""
    suffix = path.suffix.lower()
    if path.stem.lower() in ABOUT_THE_FOLDER:
        raise DocumentUnreadable(f"{path} is about the folder", "give it another name if it is a policy")
    if suffix in OTHERS:
        raise DocumentUnreadable(f"{path}: {suffix} is not read", f"save it as .{OTHERS[suffix]}")
    size = path.stat().st_size
    if size > most_mb * 1024 * 1024:
        raise DocumentUnreadable(
            f"{path} has {size / 1024 / 1024:,.0f} MB, more than the {most_mb:g} MB that are read",
            "split it or take the pictures out, or allow more: HOLDFAST_INGEST_MAX_MB",
        )
    if not size:
        raise DocumentUnreadable(f"{path} is empty", "write the policy, or take the file away")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentUnreadable(f"{path} cannot be opened ({error.strerror})", "let this user read it") from error
    content = READERS[suffix](raw, str(path))
    if is_draft(dict(content.front)):
        raise DocumentUnreadable(
            f"{path} says that it is a draft", "take `draft` out of its front matter when it holds"
        )
    return document_of(content, name, str(path))


def _is_ours(path: Path, folder: Path) -> bool:
    """Not a hidden file, nor the lock file that Office leaves beside an open document."""
    parts = path.relative_to(folder).parts
    return (
        path.suffix.lower() in READERS.keys() | OTHERS.keys()
        and not any(part.startswith((".", "__MACOSX")) for part in parts)
        and not path.name.startswith("~$")
    )


def _names(paths: Sequence[Path], folder: Path) -> dict[Path, str]:
    """The path without its suffix; with it, where two files differ in nothing else."""
    plain = {path: path.relative_to(folder).with_suffix("").as_posix() for path in paths}
    taken = list(plain.values())
    return {
        path: name if taken.count(name) == 1 else path.relative_to(folder).as_posix() for path, name in plain.items()
    }


def _require_distinct(documents: Sequence[PolicyDocument]) -> None:
    held_by: dict[str, PolicyDocument] = {}
    for document in documents:
        for clause in document.clauses:
            other = held_by.setdefault(clause.id, document)
            if other is not document:
                raise DocumentUnreadable(
                    f"{other.source} and {document.source} both hold the clause {clause.clause!r} "
                    f"of a document {document.id!r}",
                    "give one of them another id in its front matter, or another heading",
                )
