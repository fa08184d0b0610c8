"""One transaction at a time per task, and everything inside it commits together or not at all.

Nested `write()` joins the outer one, so a step that moves a case, stores its draft and reserves its coupon says
`with store.write():` once and calls the tables as usual.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa

from agent.adapters.store.engine import answered


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of this database."""
    from sqlalchemy.dialects import postgresql, sqlite

    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


CHUNK = 500
"""Rows a statement: SQLite takes 32,766 bound values, PostgreSQL 65,535."""


def chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    """As many at a time as a statement should name."""
    for start in range(0, len(ids), CHUNK):
        yield list(ids[start : start + CHUNK])


class Transactions:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._current: ContextVar[sa.Connection | None] = ContextVar("holdfast_connection", default=None)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection inside a write transaction. Raises StoreUnavailable when the database cannot answer."""
        if (connection := self._current.get()) is not None:
            yield connection
            return
        with answered(), self._engine.connect().execution_options(holdfast_write=True) as connection:
            token = self._current.set(connection)
            try:
                with connection.begin():
                    yield connection
            finally:
                self._current.reset(token)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading: the open transaction if there is one, so that a step sees its own writes."""
        if (connection := self._current.get()) is not None:
            yield connection
            return
        with answered(), self._engine.connect().execution_options(holdfast_write=False) as connection:
            yield connection
