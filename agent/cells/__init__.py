"""Many messages from few drafts: a cell is a situation × offer × channel × language × tone, drafted a few times.

`cell.py` says which customers share a cell and what of their sheets it may use; `writer.py` is a Writer over a rung of
the ladder that drafts a cell once and then answers for each customer of it. A cell carries no individual history, so
campaigns give the most valuable customers drafts of their own.
"""

from __future__ import annotations

from agent.cells.bulk import Fill, Filled
from agent.cells.cell import CellKey, cell_of, shared_sheet
from agent.cells.stock import CellStock, Written
from agent.cells.writer import CELL, CellWriter, PatientWriter

__all__ = [
    "CELL",
    "CellKey",
    "CellStock",
    "CellWriter",
    "Fill",
    "Filled",
    "PatientWriter",
    "Written",
    "cell_of",
    "shared_sheet",
]
