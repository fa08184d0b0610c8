"""Markdown and plain text → blocks, read by markdown-it-py: tables, fenced code and HTML comments are what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from knowledge.ingest.blocks import Block, Content, heading, note, paragraph, table
from knowledge.ingest.front import split
from knowledge.ingest.html import plain_text
from knowledge.ingest.keys import NOTE_LINE, key_of
from knowledge.ingest.text import tidy

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MARK = "\ue000"
"""Stands before a note that was lifted out of the text, so that the parser keeps it as a paragraph of its own."""


def read_markdown(text: str, where: str) -> Content:
    front, body, remarks = split(text, where)
    return Content(tuple(_blocks(_parser().parse(_lifted(body)))), front, front.get("title"), tuple(remarks))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable("table")


def _lifted(body: str) -> str:
    """Notes become paragraphs of their own: in Markdown the line after a quoted one would belong to the quotation."""
    lines = []
    for line in body.split("\n"):
        found = NOTE_LINE.match(line.strip())
        lines.append(f"\n{MARK}{key_of(found['key'])}:{found['value']}\n" if found else line)
    return "\n".join(lines)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    depth = 0
    pending: list[str] = []  # the lines of a list or a quotation, kept together
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "table_open":
            end = _closing(tokens, at, "table_close")
            yield from _table(tokens[at:end])
            at = end
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            if depth == 0 and pending:
                yield paragraph("\n".join(pending))
                pending = []
        elif token.type == "heading_open":
            if text := _inline(tokens[at + 1]):
                yield heading(" ".join(text.split("\n")), int(token.tag[1]))
            at += 2
        elif token.type == "inline":
            text = _inline(token)
            if text.startswith(MARK):
                key, _, value = text[1:].partition(":")
                yield note(key, value)
            elif text and depth:
                pending.append(f"{'  ' * (depth - 1)}- {text}")
            elif text:
                yield paragraph(text)
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield paragraph(token.content.strip())
        elif token.type == "html_block" and (text := plain_text(token.content)):
            yield paragraph(text)
        at += 1


def _closing(tokens: Sequence[Token], start: int, kind: str) -> int:
    return next((at for at in range(start, len(tokens)) if tokens[at].type == kind), len(tokens) - 1)


def _table(tokens: Sequence[Token]) -> list[Block]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline(token))
    return table(rows[0], rows[1:]) if rows else []


def _inline(token: Token) -> str:
    """The words of a line without their marks; a link is its words, a picture its description."""
    return tidy("".join(_spelled(token.children or [])))


def _spelled(children: Sequence[Any]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif child.type == "image":
            yield child.content
        elif child.type == "html_inline" and re.match(r"<br\s*/?>", child.content, re.IGNORECASE):
            yield "\n"
