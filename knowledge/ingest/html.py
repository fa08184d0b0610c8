"""HTML → blocks, read by lxml. What a visitor would not see (scripts, comments, hidden elements) is not text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.errors import DocumentUnreadable
from knowledge.ingest.blocks import Block, Content, heading, note, paragraph, table
from knowledge.ingest.keys import NOTE_LINE, key_of
from knowledge.ingest.text import decode, tidy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

UNSEEN = frozenset(
    "script style template noscript head nav footer button select option svg iframe object canvas audio video map "
    "input textarea".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"summary": 6, "dt": 6}
APART = frozenset(
    "p div section article main header li ul ol dl dd blockquote pre figure figcaption details table address body hr "
    "fieldset center tr td th tbody thead tfoot html".split()
)
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])|"
    r"(?:left|top|text-indent)\s*:\s*-\d{3,}|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)


def read_html(raw: bytes, where: str) -> Content:
    from lxml import html

    text, remarks = _decoded(raw, where)
    if not text.strip():
        raise DocumentUnreadable(f"{where} is empty", "write the policy, or take the file away")
    root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    front = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").removeprefix("holdfast:").removeprefix("policy:")
        if (key := key_of(name)) and meta.get("content"):
            front[key] = meta.get("content").strip()
    if root.get("lang") and "language" not in front:
        front["language"] = root.get("lang")
    title = root.findtext(".//title")
    body = root.find("body")
    blocks = tuple(_Walk(_hidden_names(root)).blocks(body if body is not None else root))
    return Content(blocks, front, front.get("title") or (tidy(title) if title else None), tuple(remarks))


def plain_text(fragment: str) -> str:
    """The words of a piece of HTML inside Markdown; empty for a comment."""
    from lxml import html

    cleaned = re.sub(r"<!--.*?-->", "", fragment, flags=re.DOTALL).strip()
    if not cleaned or not re.search(r"\w", re.sub(r"<[^>]*>", "", cleaned)):
        return ""
    element = html.fragment_fromstring(cleaned, create_parent="div")
    return "\n".join(block.text for block in _Walk(frozenset()).blocks(element) if block.text)


def _decoded(raw: bytes, where: str) -> tuple[str, list[str]]:
    if named := CHARSET.search(raw[:4096]):
        name = named.group(1).decode("ascii").lower()
        try:
            return raw.decode("gb18030" if name in ("gb2312", "gbk") else name), []
        except (UnicodeDecodeError, LookupError):
            pass  # many pages say one charset and use another
    return decode(raw, where)


def _hidden_names(root: HtmlElement) -> frozenset[str]:
    """Classes and ids that the page's own style sheet hides."""
    found = set()
    for style in root.iter("style"):
        for selectors, rules in RULE.findall(style.text or ""):
            if HIDDEN.search(rules):
                found |= {s.strip() for s in selectors.split(",") if re.fullmatch(r"\s*[.#][\w-]+\s*", s)}
    return frozenset(found)


class _Walk:
    """One walk over a page, in reading order. Text is gathered until a block element ends it."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self._hidden = hidden
        self._gathered: list[str] = []

    def blocks(self, element: HtmlElement) -> Iterator[Block]:
        yield from self._inside(element, 0)
        yield from self._ended()

    def _ended(self) -> Iterator[Block]:
        text = tidy("".join(self._gathered))
        self._gathered = []
        lines: list[str] = []
        for line in text.split("\n"):
            if found := NOTE_LINE.match(line):
                yield note(key_of(found["key"]) or "", found["value"])
            else:
                lines.append(line)
        if rest := "\n".join(lines).strip():
            yield paragraph(rest)

    def _inside(self, element: HtmlElement, depth: int) -> Iterator[Block]:
        self._gather(element.text, element)
        for child in element:
            if isinstance(child.tag, str) and not self._unseen(child):
                yield from self._element(child, depth)
            self._gather(child.tail, element)

    def _element(self, element: HtmlElement, depth: int) -> Iterator[Block]:
        tag = element.tag.lower()
        if tag in HEADINGS or element.get("role") == "heading":
            yield from self._ended()
            words = _Walk(self._hidden)
            text = " ".join(block.text for block in words.blocks(element) if block.text)
            if text:
                yield heading(" ".join(text.split()), HEADINGS.get(tag) or int(element.get("aria-level") or 2))
        elif tag == "table" and element.find(".//table") is None:
            yield from self._ended()
            yield from self._table(element)
        elif tag == "br":
            self._gathered.append("\n")
        elif tag == "li":
            # An item stays with its list: one rule is often told in several items.
            self._gathered.append(f"\n{'  ' * max(depth - 1, 0)}- ")
            yield from self._inside(element, depth)
        elif tag in ("ul", "ol"):
            if depth == 0:
                yield from self._ended()
            yield from self._inside(element, depth + 1)
            if depth == 0:
                yield from self._ended()
        elif tag in APART and not depth:
            yield from self._ended()
            yield from self._inside(element, depth)
            yield from self._ended()
        else:
            if tag in APART and self._gathered and not self._gathered[-1].endswith("- "):
                self._gathered.append("\n")
            yield from self._inside(element, depth)

    def _gather(self, text: str | None, element: HtmlElement) -> None:
        if text:
            self._gathered.append(text if element.tag == "pre" else re.sub(r"\s+", " ", text))

    def _unseen(self, element: HtmlElement) -> bool:
        classes = {f".{name}" for name in (element.get("class") or "").split()}
        return (
            element.tag.lower() in UNSEEN
            or element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or bool(HIDDEN.search(element.get("style") or ""))
            or bool(self._hidden & (classes | {f"#{element.get('id')}"}))
        )

    def _table(self, element: HtmlElement) -> list[Block]:
        rows: list[list[str]] = []
        header_rows = 0
        spans: dict[int, tuple[int, str]] = {}  # column → how many rows more a cell reaches down, and its text
        for line in element.iter("tr"):
            if self._unseen(line):
                continue
            cells = [cell for cell in line if cell.tag in ("td", "th") and not self._unseen(cell)]
            values: list[str] = []
            for cell in cells:
                _reach(spans, values)
                text = self._words(cell)
                for _ in range(_span(cell.get("colspan"))):
                    if (down := _span(cell.get("rowspan"))) > 1:
                        spans[len(values)] = (down - 1, text)
                    values.append(text)
            _reach(spans, values)
            if len(rows) == header_rows and cells and all(cell.tag == "th" for cell in cells):
                header_rows += 1
            rows.append(values)
        caption = element.find("caption")
        named = [paragraph(self._words(caption))] if caption is not None and self._words(caption) else []
        if not rows:
            return []
        # A table of one column, or of one row without a header, lays out a page rather than tells a rule.
        if max(len(values) for values in rows) == 1 or (len(rows) == 1 and not header_rows):
            return [paragraph("\n".join(v for values in rows for v in values if v))]
        header = [
            " ".join(dict.fromkeys(filter(None, words))) for words in zip(*rows[: header_rows or 1], strict=False)
        ]
        return named + table(header, rows[header_rows or 1 :])

    def _words(self, element: HtmlElement) -> str:
        return " ".join(tidy(" ".join(b.text or "" for b in _Walk(self._hidden).blocks(element))).split())


def _reach(spans: dict[int, tuple[int, str]], values: list[str]) -> None:
    """Put the cells of earlier rows that reach down into this one where they belong."""
    while len(values) in spans:
        left, text = spans.pop(len(values))
        if left > 1:
            spans[len(values)] = (left - 1, text)
        values.append(text)


def _span(value: str | None) -> int:
    return min(int(value), 1_000) if value and value.isdigit() and int(value) > 0 else 1
