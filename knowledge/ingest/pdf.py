"""PDF → blocks, read by pdfplumber: headings by size, weight or numbering; ruled tables row by row.

A PDF knows where letters stand and nothing else. Lines are put together into paragraphs, what repeats at the edge of
many pages (running heads, page numbers) is left out, and a page without letters is a scan that we cannot read.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from knowledge.errors import DocumentUnreadable
from knowledge.ingest.blocks import Block, Content, heading, note, paragraph, table
from knowledge.ingest.front import split
from knowledge.ingest.keys import NOTE_LINE, key_of, labelled
from knowledge.ingest.layout import CHAPTERS, heading_level, short_line
from knowledge.ingest.text import HAN, tidy

if TYPE_CHECKING:
    from pdfplumber.page import Page

MOST_PAGES = 2_000
PAGE_NUMBER = re.compile(
    r"^[\s\-–—]*(?:第?\s*\d{1,4}\s*页?|page\s+\d{1,4})(?:\s*(?:/|of|共)\s*\d{1,4}\s*页?)?[\s\-–—]*$", re.I
)
BIGGER = 1.12
"""A heading is set at least this much larger than the body."""
ARTICLE_START = re.compile(
    r"^(?:第[零〇一二三四五六七八九十百千\d]+条|Article\s+\d|Section\s+\d|§\s?\d|\d{1,2}\.\d{1,2}\s)"
)
ITEM = re.compile(r"^(?:[-•·●○▪◦*]|\(?[a-z0-9]{1,2}[.)）]|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳])\s*")


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: float
    bold: bool
    left: float
    right: float
    top: float
    bottom: float
    page: int
    edge: bool


def read_pdf(raw: bytes, where: str) -> Content:
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFSyntaxError

    try:
        lines, remarks, title = _read(raw, where)
    except DocumentUnreadable:
        raise
    except Exception as error:  # damaged files raise whatever the damage leads to
        causes = (error, error.__cause__, error.__context__, *error.args)
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
            raise DocumentUnreadable(
                f"{where} is locked with a password", "take the password off and save it again"
            ) from error
        told = "" if isinstance(error, PDFSyntaxError) else f" ({type(error).__name__})"
        raise DocumentUnreadable(f"{where} is no whole PDF{told}", "export it again from where it was made") from error
    text_lines = [item for item in lines if isinstance(item, Line)]
    if not text_lines:
        raise DocumentUnreadable(
            f"{where} holds pictures of text (a scan) and no text", "run text recognition (OCR) over it, or type it"
        )
    front, lines = _front(lines, where)
    return Content(tuple(_blocks(lines)), front, front.get("title") or title, tuple(remarks))


def _read(raw: bytes, where: str) -> tuple[list[Line | list[Block]], list[str], str | None]:
    import pdfplumber

    lines: list[Line | list[Block]] = []
    blank = 0
    with pdfplumber.open(io.BytesIO(raw)) as document:
        if len(document.pages) > MOST_PAGES:
            raise DocumentUnreadable(f"{where} has {len(document.pages):,} pages", f"split it: at most {MOST_PAGES:,}")
        title = (document.metadata or {}).get("Title")
        for page in document.pages:
            found = list(_page(page))
            blank += not found and bool(page.images)
            lines.extend(found)
            page.close()
        pages = len(document.pages)
    remarks = [f"{blank} of {pages} pages are pictures without text and were not read"] if blank else []
    return _without_edges(lines, pages), remarks, tidy(title) if isinstance(title, str) and title.strip() else None


def _page(page: Page) -> Iterator[Line | list[Block]]:
    """Lines and tables of a page from top to bottom; what stands inside a table is no line."""
    tables = [found for found in page.find_tables() if _is_table(found)]
    boxes = [found.bbox for found in tables]
    outside = page
    for box in boxes:
        outside = outside.filter(lambda item, box=box: not _inside(item, box))
    items: list[tuple[float, Line | list[Block]]] = []
    for words in outside.dedupe_chars().extract_text_lines(return_chars=True, strip=True):
        chars = [char for char in words["chars"] if char["text"].strip()]
        text = tidy(words["text"])
        if not text or not chars:
            continue
        sizes = Counter(round(char["size"], 1) for char in chars)
        bold = sum("bold" in char["fontname"].lower() or "hei" in char["fontname"].lower() for char in chars)
        edge = words["top"] < page.height * 0.09 or words["bottom"] > page.height * 0.91
        line = Line(text, sizes.most_common(1)[0][0], bold > len(chars) * 0.8, words["x0"], words["x1"], words["top"],
                    words["bottom"], page.page_number, edge)  # fmt: skip
        items.append((words["top"], line))
    for found in tables:
        rows = [[" ".join(tidy(cell or "").split()) for cell in values] for values in found.extract()]
        items.append((found.bbox[1], _rows(rows)))
    for _, item in sorted(items, key=lambda pair: pair[0]):
        yield item


def _is_table(found: Any) -> bool:
    rows = found.extract()
    return len(rows) > 1 and max(len(values) for values in rows) > 1


def _rows(rows: list[list[str]]) -> list[Block]:
    rows = [values for values in rows if any(values)]
    for above, values in pairwise(rows[1:]):
        if not values[0]:  # a cell that reaches down over several rows is empty in the later ones
            values[0] = above[0]
    return table(rows[0], rows[1:]) if rows else []


def _inside(item: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    middle, height = (item.get("x0", 0) + item.get("x1", 0)) / 2, (item.get("top", 0) + item.get("bottom", 0)) / 2
    return bool(box[0] <= middle <= box[2] and box[1] <= height <= box[3])


def _without_edges(lines: list[Line | list[Block]], pages: int) -> list[Line | list[Block]]:
    """Running heads and page numbers go: at an edge of the page, and the same on at least half of the pages."""
    at_edges = Counter(re.sub(r"\d+", "#", line.text) for line in lines if isinstance(line, Line) and line.edge)
    often = {text for text, count in at_edges.items() if count >= max(2, pages / 2) and pages > 1}
    return [
        line
        for line in lines
        if not isinstance(line, Line)
        or not line.edge
        or not (PAGE_NUMBER.match(line.text) or re.sub(r"\d+", "#", line.text) in often)
    ]


def _front(lines: list[Line | list[Block]], where: str) -> tuple[dict[str, str], list[Line | list[Block]]]:
    if not isinstance(lines[0], Line) or lines[0].text != "---":
        return {}, lines
    for end, line in enumerate(lines[1:40], start=1):
        if isinstance(line, Line) and line.text == "---":
            text = "\n".join(item.text for item in lines[: end + 1] if isinstance(item, Line))
            front, _, _ = split(text, where)
            return front, lines[end + 1 :]
    return {}, lines


def _blocks(lines: Sequence[Line | list[Block]]) -> Iterator[Block]:
    body = _body_size(lines)
    sizes = sorted({line.size for line in lines if isinstance(line, Line) and line.size > body * BIGGER}, reverse=True)
    flat = [line for line in lines if isinstance(line, Line)]
    width = max((line.right for line in flat), default=0.0)
    if sum(len(line.text) for line in flat if line.bold) > 0.5 * sum(len(line.text) for line in flat):
        lines = [replace(line, bold=False) if isinstance(line, Line) else line for line in lines]
    set_apart = any(isinstance(line, Line) and _level_by_looks(line, body, sizes) for line in lines)
    gathered: list[Line] = []
    for line in lines:
        if not isinstance(line, Line):
            yield from _paragraph(gathered)
            yield from line
            continue
        level = _level(line, body, sizes, set_apart)
        if found := NOTE_LINE.match(line.text):
            yield from _paragraph(gathered)
            yield note(key_of(found["key"]) or "", found["value"])
        elif level is not None:
            yield from _paragraph(gathered)
            yield heading(line.text, level)
        else:
            if gathered and _begins(line, gathered[-1], width):
                yield from _paragraph(gathered)
            gathered.append(line)
    yield from _paragraph(gathered)


def _body_size(lines: Sequence[Line | list[Block]]) -> float:
    weights: Counter[float] = Counter()
    for line in lines:
        if isinstance(line, Line):
            weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 10.0


def _level(line: Line, body: float, sizes: list[float], set_apart: bool) -> int | None:
    if ARTICLE_START.match(line.text) and not line.bold and line.size <= body * BIGGER:
        return None  # an article opens a clause all the same, and its line is part of its text
    if level := _level_by_looks(line, body, sizes):
        return level
    level = heading_level(line.text)
    # Where headings are set apart by size or weight, a numbered line like any other is an item of a list.
    return None if level is None or (set_apart and level > CHAPTERS) else level


def _level_by_looks(line: Line, body: float, sizes: list[float]) -> int | None:
    if not short_line(line.text) or (ITEM.match(line.text) and not heading_level(line.text)):
        return None
    if line.size > body * BIGGER:
        return 1 + min(sizes.index(line.size), 4)
    return 6 if line.bold else None


def _begins(line: Line, above: Line, width: float) -> bool:
    """Whether a line begins a new paragraph: a gap, an indent, an item, an article, or a short line above it."""
    gap = line.top - above.bottom
    height = above.bottom - above.top
    indented = line.left > above.left + height * 1.2 and above.right > width - height * 3
    return bool(
        (line.page != above.page and re.search(r"[。.!?！？：:]$", above.text))
        or (line.page == above.page and gap > height * 0.9)
        or indented
        or ITEM.match(line.text)
        or ARTICLE_START.match(line.text)
        or labelled(line.text)
        or labelled(above.text)
    )  # fmt: skip


def _paragraph(gathered: list[Line]) -> Iterator[Block]:
    if gathered:
        text = gathered[0].text
        for line in gathered[1:]:
            text = _joined(text, line.text)
        yield paragraph(text)
        gathered.clear()


def _joined(above: str, line: str) -> str:
    """Chinese lines meet without a space; an English word divided at the end of a line is made whole."""
    if re.search(r"[a-z]-$", above) and re.match(r"[a-z]", line):
        return above[:-1] + line
    han = (
        HAN.match(line[0])
        or line[0] in "，。；：、！？）】》"
        or HAN.match(above[-1])
        or above[-1] in "，。；：、（【《"
    )
    return above + line if han else f"{above} {line}"
