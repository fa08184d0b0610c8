"""Blocks → clauses with stable ids: each heading opens one, and so does each article that opens a line (第七条, 7.2).

A heading without text of its own opens none, but its words stay with what is below it as `section`. What a document
says of itself (validity, region, tier, audience) holds for its clauses unless a clause narrows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from knowledge.documents import CUSTOMER, Clause, PolicyDocument
from knowledge.errors import DocumentUnreadable
from knowledge.ingest.blocks import Block, Content, Kind, said
from knowledge.ingest.keys import Said, labelled, read
from knowledge.ingest.layout import CHAPTER, PART
from knowledge.ingest.text import language_of, tidy

NUMERAL = r"[零〇一二三四五六七八九十百千\d０-９]+"
ARTICLE_ZH = re.compile(rf"^(第\s?({NUMERAL})\s?条(?:之{NUMERAL})?)(?P<gap>[\s　:：.、]*)(?P<rest>.*)$", re.DOTALL)
ARTICLE_EN = re.compile(
    r"^((?:Article|Section|Sec\.|Clause|Rule|Paragraph|§{1,2})\s*\d+[\w.\-]*(?<!\.)(?:\([a-z0-9]{1,3}\))*)(?P<gap>[\s:.—–-]*)"
    r"(?P<rest>.*)$",
    re.DOTALL | re.IGNORECASE,
)
DECIMAL = re.compile(r"^((\d{1,2}(?:\.\d{1,2}){1,3}))(?P<gap>[.、)）]?\s+)(?P<rest>\S.*)$", re.DOTALL)
MENTIONED = re.compile(
    r"^(?:规定|第|之|、|的|所|至|和|或|中|款|项|及|以|与|，|。|；|\)|of |and |or |above|below|applies|shall)"
)
"""What follows an article's number where it is only mentioned, in a line that happens to begin with it."""
MOST_QUOTED = 300
"""Characters of a clause that is quoted whole."""
VALUES = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}


@dataclass
class _Open:
    """The clause that is being gathered."""

    name: str
    level: int
    section: tuple[str, ...]
    lines: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    article: bool = False


def document_of(content: Content, name: str, where: str) -> PolicyDocument:
    """Raises DocumentUnreadable when there is nothing to quote, or a value that cannot be meant."""
    front = dict(content.front)
    remarks = list(content.remarks)
    opened = list(_opened(content, content.title or name))
    _take_validity(opened, front, remarks)
    shared = read(front, where)
    document_id = front.get("id") or name
    whole = "\n".join(line for item in opened for line in item.lines)
    language = shared.language or language_of(whole) or language_of(whole + name) or "en"
    clauses: list[Clause] = []
    seen: set[str] = set()
    for item in opened:
        if not item.lines:
            if item.notes:
                remarks.append(f"{item.name!r} has notes and no text, and is no clause")
            continue
        if content.title and content.title not in (item.name, *item.section[:1]):
            item.section = (content.title, *item.section)
        clause = _clause(item, document_id, language, shared, where)
        clauses.append(replace(clause, id=_distinct(clause, item, seen)))
    if not clauses:
        raise DocumentUnreadable(f"{where}: no text under any heading", "write under each heading what it rules")
    if not any(clause.valid_from or clause.valid_to for clause in clauses):
        remarks.append("no clause says from when or until when it holds: all are taken as in force")
    title = content.title or clauses[0].clause
    return PolicyDocument(document_id, title, language, where, tuple(clauses), tuple(remarks))


def _opened(content: Content, title: str) -> Iterator[_Open]:
    above: list[tuple[int, str]] = []
    now = _Open(title, 0, ())
    counted = _Counted(content.blocks)
    for block in content.blocks:
        if block.kind is Kind.HEADING:
            yield now
            above = [(level, words) for level, words in above if level < block.level]
            now = _Open(block.text, block.level, tuple(words for _, words in above))
            above.append((block.level, block.text))
        elif block.kind is Kind.NOTE:
            (key, value) = block.cells[0]
            now.notes[key] = f"{now.notes[key]}|{value}" if key in now.notes and key == "questions" else value
        else:
            for lines in _at_articles(said(block), counted):
                if (found := counted.article(lines)) is not None:
                    yield now
                    section = tuple(words for _, words in above)
                    now = _Open(found, 99, section, article=True)
                elif (chapter := CHAPTER.match(lines) or PART.match(lines)) and len(lines) < 40 and "。" not in lines:
                    yield now
                    level = 1 if chapter["kind"] in "编篇" else 2 if chapter["kind"] != "节" else 3
                    above = [(depth, words) for depth, words in above if depth < level] + [(level, lines)]
                    now = _Open(lines, level, tuple(words for _, words in above[:-1]))
                    continue
                now.lines.append(lines)
    yield now


def _at_articles(text: str, counted: _Counted) -> Iterator[str]:
    """The text, cut before each line that opens an article or a chapter."""
    gathered: list[str] = []
    for line in text.split("\n"):
        opens = counted.opens(line) or (len(line) < 40 and (CHAPTER.match(line) or PART.match(line)))
        if opens and gathered:
            yield "\n".join(gathered)
            gathered = []
        gathered.append(line)
        if opens and not counted.opens(line):
            yield line
            gathered = []
    if gathered:
        yield "\n".join(gathered)


class _Counted:
    """Which lines open an article. One that has a gap after its number does; without one, the count must go on."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        lines = [line.strip() for block in blocks if block.kind is Kind.PARAGRAPH for line in block.text.split("\n")]
        self._opening: dict[str, str] = {}
        self._chinese(lines)
        self._english(lines)
        self._decimal(lines)

    def opens(self, line: str) -> bool:
        return line.strip() in self._opening

    def article(self, lines: str) -> str | None:
        return self._opening.get(lines.split("\n")[0].strip())

    def _chinese(self, lines: list[str]) -> None:
        last = 0
        for line in lines:
            if (found := ARTICLE_ZH.match(line)) is None:
                continue
            number = _value(found[2])
            goes_on = number in (last, last + 1)
            if MENTIONED.match(found["rest"]) and not (goes_on and found["gap"].strip(":：.、")):
                continue
            if found["gap"] or not found["rest"] or goes_on:
                self._opening[line] = re.sub(r"\s", "", found[1])
                last = number

    def _english(self, lines: list[str]) -> None:
        for line in lines:
            if (found := ARTICLE_EN.match(line)) and not MENTIONED.match(found["rest"]) and _opens_a_line(found):
                self._opening[line] = " ".join(found[1].split())

    def _decimal(self, lines: list[str]) -> None:
        """7.2 opens an article where 7.1 or 7.3 does as well: a lone number at the start of a line is an amount."""
        found = {line: match for line in lines if (match := DECIMAL.match(line))}
        numbers = {match[2] for match in found.values()}
        for line, match in found.items():
            parent, _, last = match[2].rpartition(".")
            if {f"{parent}.{int(last) - 1}", f"{parent}.{int(last) + 1}"} & numbers:
                self._opening[line] = match[1]


def _opens_a_line(found: re.Match[str]) -> bool:
    rest = found["rest"]
    return not rest or bool(found["gap"].strip(" ")) or rest[:1].isupper() or rest[:1] in '("“' or len(rest) < 2


def _value(numeral: str) -> int:
    """二十三 → 23, 一百零五 → 105, 12 → 12."""
    if numeral.isdigit():
        return int(numeral)
    total, digit = 0, 0
    for sign in numeral:
        if sign in VALUES:
            digit = VALUES[sign]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}.get(sign, 1)
            digit = 0
    return total + digit


def _take_validity(opened: Sequence[_Open], front: dict[str, str], remarks: list[str]) -> None:
    """A line of its own that states a validity narrows its clause; above the first clause, the whole document."""
    for at, item in enumerate(opened):
        for block in item.lines:
            for line in block.split("\n"):
                for key, value in labelled(line.strip().lstrip("-•· ")).items():
                    # Above the first rule it is said of the whole document.
                    whole = at == 0 or (at == 1 and not opened[0].lines and item.level == 1)
                    target = front if whole else item.notes
                    if key not in target:
                        target[key] = value
                        remarks.append(f"{key} {value!r} was read from the text{'' if whole else f' of {item.name!r}'}")


def _clause(item: _Open, document: str, language: str, shared: Said, where: str) -> Clause:
    own = read(item.notes, f"{where}: {item.name}")
    text = tidy("\n".join(item.lines))
    name = tidy(item.name)
    number = item.notes.get("number", "")
    return Clause(
        id=f"{document}#{_slug(number or name)}",
        document=document,
        clause=name,
        text=text,
        language=own.language or shared.language or language_of(text) or language,
        valid_from=own.valid_from or shared.valid_from,
        valid_to=own.valid_to or shared.valid_to,
        audience=own.audience or shared.audience or CUSTOMER,
        customer_text=own.customer or _quoted(text, shared.quotable if own.quotable is None else own.quotable),
        acts=own.acts,
        region=own.region or shared.region,
        tier=own.tier or shared.tier,
        questions=own.questions,
        section=item.section,
    )


def _quoted(text: str, quotable: bool | None) -> str | None:
    """The text itself, where the firm says that it is meant for customers, and it is short enough to stand in a
    message."""
    return text if quotable and "\n" not in text and len(text) <= MOST_QUOTED else None


def _distinct(clause: Clause, item: _Open, seen: set[str]) -> str:
    """The first keeps the plain id, a later one of the same heading carries the heading above it, else a count."""
    wanted = clause.id
    if wanted in seen and item.section:
        wanted = f"{clause.document}#{_slug(item.section[-1])}/{_slug(clause.clause)}"
    unique, count = wanted, 1
    while unique in seen:
        count += 1
        unique = f"{wanted}~{count}"
    seen.add(unique)
    return unique


def _slug(heading: str) -> str:
    return re.sub(r"[^\w]+", "-", heading.lower()).strip("-") or "clause"
