"""The one form that every reader gives: what the file says about itself, and its text block by block, in order.

A reader knows its format and nothing about clauses; `clauses.py` knows clauses and no format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ROW = "row"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a file.

    A HEADING has a `level` (1 is outermost). A PARAGRAPH may hold several lines. A ROW is one line of a table: its
    `cells` are pairs of header word and value. A NOTE is meant for us and never shown: its one cell is key and value.
    """

    kind: Kind
    text: str = ""
    level: int = 0
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it was read. `front` is its own front matter; `remarks` are doubts of the reader."""

    blocks: tuple[Block, ...]
    front: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    remarks: tuple[str, ...] = ()


def heading(text: str, level: int) -> Block:
    return Block(Kind.HEADING, text, level)


def paragraph(text: str) -> Block:
    return Block(Kind.PARAGRAPH, text)


def row(cells: tuple[tuple[str, str], ...]) -> Block:
    return Block(Kind.ROW, cells=cells)


def note(key: str, value: str) -> Block:
    return Block(Kind.NOTE, cells=((key, value),))


def table(header: list[str], rows: list[list[str]]) -> list[Block]:
    """Rows of a table, each with the header words, so that a row can be found and quoted alone."""
    made = []
    for values in rows:
        cells = tuple((header[at] if at < len(header) else "", value) for at, value in enumerate(values) if value)
        if cells:
            made.append(row(cells))
    return made


def said(block: Block) -> str:
    """A row in words: `Region: Xinjiang; First kilogram: 18 yuan`. Other blocks as they stand."""
    if block.kind is not Kind.ROW:
        return block.text
    han = any("\u4e00" <= char <= "\u9fff" for pair in block.cells for part in pair for char in part)
    colon, stop = ("：", "；") if han else (": ", "; ")
    return stop.join(f"{name}{colon}{value}" if name else value for name, value in block.cells)
