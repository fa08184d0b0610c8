"""Policies in Markdown → documents with clauses.

Takes a folder; gives PolicyDocuments in the order of their paths, and for each file that could not be read, why. A
document may begin with front matter between two `---` lines:

    id: returns                 # else the path without its suffix
    title: 退换货政策
    language: zh                # else guessed from the text
    valid_from: 2026-01-01      # inclusive; absent = no bound
    valid_to: 2026-12-31        # inclusive
    audience: customer          # or internal: never quoted to a customer

Each heading opens a clause, and so does each article that opens a line (第七条, Article 7). Under a clause, two lines
are for us rather than for the reader: `> customer: …` is the sentence that may be quoted as it stands, and
`> acts: return_free, exchange_free` names the promises that the clause backs. `> valid_to: …` narrows one clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.documents import Clause, PolicyDocument
from knowledge.errors import DocumentUnreadable

KNOWN_KEYS = frozenset({"id", "title", "language", "valid_from", "valid_to", "audience", "source"})
HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
ARTICLE = re.compile(r"^(第[零〇一二三四五六七八九十百千\d]+条|(?:Article|Section|§)\s*\d+[\w.]*)[\s:：.、]*(.*)$")
NOTE = re.compile(r"^>\s*(customer|acts|valid_from|valid_to|audience)\s*[:：]\s*(.+?)\s*$")
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that gave no document, and why."""

    path: str
    reason: str


def read_folder(folder: Path) -> tuple[list[PolicyDocument], list[Unread]]:
    """All Markdown files under a folder.

    Raises DocumentUnreadable when there is no such folder or nothing in it, and when two files hold the same clause:
    nobody could say which of the two is in force, so neither is taken.
    """
    if not folder.is_dir():
        raise DocumentUnreadable(f"{folder} is not a folder", "name a folder of Markdown files")
    documents, unread = [], []
    for path in sorted(path for path in folder.rglob("*.md") if path.is_file()):
        name = path.relative_to(folder).with_suffix("").as_posix()
        try:
            documents.append(read_document(path, name))
        except DocumentUnreadable as error:
            unread.append(Unread(str(path), error.message))
    if not documents and not unread:
        raise DocumentUnreadable(f"no Markdown file under {folder}", "put policies there as .md files")
    _require_distinct(documents)
    return documents, unread


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


def read_document(path: Path, name: str) -> PolicyDocument:
    """One file. Raises DocumentUnreadable naming the line."""
    front, body, offset = _split(_decode(path), path)
    language = front.get("language") or ("zh" if len(HAN.findall(body)) > len(body) / 8 else "en")
    document_id = front.get("id") or name
    shared = {
        "valid_from": _day(front.get("valid_from"), path, "valid_from"),
        "valid_to": _day(front.get("valid_to"), path, "valid_to"),
    }
    clauses: list[Clause] = []
    seen: dict[str, int] = {}
    for heading, lines in _sections(body, front.get("title") or name):
        clause = _clause(heading, lines, document_id, language, shared, front.get("audience", "customer"), path)
        if clause is None:
            continue
        seen[clause.id] = seen.get(clause.id, 0) + 1
        if seen[clause.id] > 1:
            clause = _renamed(clause, f"{clause.id}~{seen[clause.id]}")
        clauses.append(clause)
    if not clauses:
        raise DocumentUnreadable(f"{path}: no text under any heading (read {offset} lines of front matter)")
    return PolicyDocument(document_id, front.get("title") or clauses[0].clause, language, str(path), tuple(clauses))


def _decode(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentUnreadable(f"{path} is neither UTF-8 nor GB18030 text", "save it as UTF-8")


def _split(text: str, path: Path) -> tuple[dict[str, str], str, int]:
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return {}, text, 0
    front: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == "---":
            return front, "\n".join(lines[number:]), number
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in KNOWN_KEYS:
            raise DocumentUnreadable(
                f"{path}, line {number}: {line.strip()!r} is no front matter that we know",
                f"use one of: {', '.join(sorted(KNOWN_KEYS))}",
            )
        front[key.strip()] = value.split(" #")[0].strip().strip("\"'")
    raise DocumentUnreadable(f"{path}: the front matter never ends", "close it with a line ---")


def _sections(body: str, title: str) -> Iterator[tuple[str, list[str]]]:
    heading, lines = title, list[str]()
    for line in body.splitlines():
        found = HEADING.match(line)
        article = None if found else ARTICLE.match(line.strip())
        if found or article:
            yield heading, lines
            heading, lines = (found.group(2), []) if found else (article.group(1), [line.strip()])  # type: ignore[union-attr]
        else:
            lines.append(line)
    yield heading, lines


def _clause(
    heading: str,
    lines: list[str],
    document: str,
    language: str,
    shared: dict[str, date | None],
    audience: str,
    path: Path,
) -> Clause | None:
    notes: dict[str, str] = {}
    kept: list[str] = []
    for line in lines:
        if note := NOTE.match(line):
            notes[note.group(1)] = note.group(2)
        else:
            kept.append(line)
    text = "\n".join(kept).strip()
    if not text:
        return None
    name = re.sub(r"[*_`]", "", heading).strip()
    return Clause(
        id=f"{document}#{_slug(name)}",
        document=document,
        clause=name,
        text=text,
        language=language,
        valid_from=_day(notes.get("valid_from"), path, "valid_from") or shared["valid_from"],
        valid_to=_day(notes.get("valid_to"), path, "valid_to") or shared["valid_to"],
        audience=notes.get("audience", audience),
        customer_text=notes.get("customer"),
        acts=tuple(act.strip() for act in notes.get("acts", "").split(",") if act.strip()),
    )


def _renamed(clause: Clause, clause_id: str) -> Clause:
    from dataclasses import replace

    return replace(clause, id=clause_id)


def _slug(heading: str) -> str:
    return re.sub(r"[^\w]+", "-", heading.lower()).strip("-") or "clause"


def _day(value: str | None, path: Path, key: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise DocumentUnreadable(
            f"{path}: {key} {value!r} is not a day", "write it as YYYY-MM-DD, for example 2026-12-31"
        ) from error
