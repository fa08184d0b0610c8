"""What can go wrong between a table and a score, in words that say what to do next."""

from __future__ import annotations

from typing import ClassVar


class ScoringError(Exception):
    """A table, column, model or date that cannot be used. `remedy` is one sentence for the person who can act."""

    code: ClassVar[str] = "scoring"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class BadTable(ScoringError):
    """The file cannot be read as a table: missing, empty, another format, another encoding."""

    code = "bad_table"


class BadColumn(ScoringError):
    """A column is missing, is named twice, or holds what it cannot hold."""

    code = "bad_column"


class BadLabel(ScoringError):
    """The label has no second class, or not the value that was asked for."""

    code = "bad_label"


class NotEnoughData(ScoringError):
    """Too few rows, too few leavers, or a history that ends before the horizon does."""

    code = "not_enough_data"


class ModelMismatch(ScoringError):
    """The model folder is missing, damaged, of another format version, or was trained on other columns."""

    code = "model_mismatch"


class NotBuilt(ScoringError):
    """A model family whose name is reserved and whose code is not here yet."""

    code = "not_built"
