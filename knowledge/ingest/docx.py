"""Word documents → blocks, read by python-docx: headings by style or outline level, tables where they stand."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.errors import DocumentUnreadable
from knowledge.ingest.blocks import Block, Content, heading, note, paragraph, table
from knowledge.ingest.front import split
from knowledge.ingest.keys import NOTE_LINE, key_of
from knowledge.ingest.layout import heading_level, short_line
from knowledge.ingest.numbering import Numbering, found
from knowledge.ingest.text import tidy
from knowledge.ingest.zipped import open_zip

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

STYLED = re.compile(r"^(?:heading|标题|überschrift)\s*(\d)$", re.IGNORECASE)


def read_docx(raw: bytes, where: str) -> Content:
    open_zip(raw, where, "Word document")
    import docx

    try:
        document = docx.Document(io.BytesIO(raw))
        blocks = tuple(_blocks(document))
    except DocumentUnreadable:
        raise
    except Exception as error:  # the library raises whatever its parts raise
        raise DocumentUnreadable(
            f"{where} is no whole Word document ({error})", "open it in Word and save it again"
        ) from error
    front, blocks, remarks = _front(blocks, where)
    title = front.get("title") or document.core_properties.title or None
    return Content(blocks, front, title, tuple(remarks))


def _front(blocks: tuple[Block, ...], where: str) -> tuple[dict[str, str], tuple[Block, ...], list[str]]:
    """Front matter may stand in a Word document as well: its first paragraphs, between two lines `---`."""
    if not blocks or blocks[0].text.split("\n")[0].strip() != "---":
        return {}, blocks, []
    for end in range(len(blocks)):
        text = "\n".join(block.text for block in blocks[: end + 1])
        if [line.strip() for line in text.split("\n")].count("---") >= 2:
            front, rest, remarks = split(text, where)
            return front, ((paragraph(rest),) if rest.strip() else ()) + blocks[end + 1 :], remarks
    return {}, blocks, []


def _blocks(document: Document) -> Iterator[Block]:
    from docx.text.paragraph import Paragraph

    numbering = Numbering(document)
    styled = any(_styled_level(item) for item in document.paragraphs)
    listed: list[str] = []
    for item in document.iter_inner_content():
        if not isinstance(item, Paragraph):
            yield from _together(listed)
            yield from _table(item)
            continue
        words = tidy(_visible(item))
        label = numbering.label(item)
        text = f"{label} {words}".strip() if words else ""
        if not text:
            continue
        if noted := NOTE_LINE.match(text):
            yield from _together(listed)
            yield note(key_of(noted["key"]) or "", noted["value"])
        elif level := _level(item, text, styled):
            yield from _together(listed)
            yield heading(" ".join(text.split()), level)
        elif label in ("-", "") and (label == "-" or _is_list(item)):
            listed.append(text if label else f"- {text}")
        else:
            yield from _together(listed)
            yield paragraph(text)
    yield from _together(listed)


def _together(listed: list[str]) -> Iterator[Block]:
    """The items of a list are one paragraph: one rule is often told in several of them."""
    if listed:
        yield paragraph("\n".join(listed))
        listed.clear()


def _is_list(item: Paragraph) -> bool:
    return bool(item.style and item.style.name and item.style.name.lower().startswith(("list", "列表")))


def _visible(item: Paragraph) -> str:
    """The words that are printed: hidden runs are left out, links are their words."""
    hidden = {id(run._r) for run in item.runs if run.font.hidden}
    if not hidden:
        return str(item.text)
    return "".join(run.text for run in item.runs if id(run._r) not in hidden)


def _level(item: Paragraph, text: str, styled: bool) -> int | None:
    if level := _styled_level(item):
        return level
    if by_words := heading_level(text):
        # In a document with heading styles, a numbered line in plain style is an item of a list.
        return by_words if not styled or text.startswith("第") else None
    bold = [run.bold for run in item.runs if run.text.strip()]
    return 5 if not styled and bold and all(bold) and short_line(text) else None


def _styled_level(item: Paragraph) -> int | None:
    name = (item.style.name or "") if item.style is not None else ""
    if styled := STYLED.match(name):
        return int(styled.group(1)) + 1
    if name.lower() in ("title", "标题", "文档标题"):
        return 1
    outline = found(item._p, "./w:pPr/w:outlineLvl/@w:val")
    return int(outline[0]) + 2 if outline and outline[0].isdigit() and int(outline[0]) < 9 else None


def _table(item: Table) -> list[Block]:
    rows = [[" ".join(tidy(cell.text).split()) for cell in line.cells] for line in item.rows]
    rows = [values for values in rows if any(values)]
    if not rows:
        return []
    if max(len(values) for values in rows) == 1 or len(rows) == 1:
        return [paragraph("\n".join(value for values in rows for value in dict.fromkeys(values) if value))]
    return table(rows[0], rows[1:])
