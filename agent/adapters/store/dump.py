"""The database as JSON lines, a file for each table, and back: the same for SQLite and PostgreSQL.

Takes an open database of any schema version and gives one moment of it; puts lines into tables of the same version.
The tables are read from the database itself, so that an old schema is backed up as it is. A value is written by the
type of its column: times as ISO 8601 in UTC, days as ISO, bytes in base 64, exact numbers as text, JSON as it stands. A
key that is absent is NULL. What only a running process means (sessions, links, stored replies, running jobs, who is at
work on a campaign) is left out. This module knows nothing of archives.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext

from agent.adapters.store.engine import answered
from agent.adapters.store.schema import UtcDateTime
from agent.errors import InputError, NotReady

VERSION_TABLE = "alembic_version"
LEFT_OUT = frozenset({"sessions", "sign_in_links", "replies"})
OF_A_PROCESS = {"campaigns": frozenset({"runner", "beat_at"})}
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Dumped:
    """`rows` is how many lines each table's file has."""

    schema: str
    rows: Mapping[str, int]


# --- out --------------------------------------------------------------------------------------------------------------


def dump(engine: sa.Engine, brand_id: str, folder: Path) -> Dumped:
    """Every row of this brand as of one moment, as `folder/TABLE.jsonl`. Raises NotReady where there is no schema."""
    with answered(), _one_moment(engine).connect() as connection, connection.begin():
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            raise NotReady("the database is empty: there is nothing to back up", "run: holdfast init")
        tables = _tables(connection)
        rows = {table.name: _write(connection, table, brand_id, folder) for table in tables}
    return Dumped(revision, rows)


def _one_moment(engine: sa.Engine) -> sa.Engine:
    """SQLite's transactions see one moment anyway, once they have read something."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _write(connection: sa.Connection, table: sa.Table, brand_id: str, folder: Path) -> int:
    columns = [column for column in table.columns if column.name not in OF_A_PROCESS.get(table.name, ())]
    query = sa.select(*(_as_read(column) for column in columns)).where(table.c.brand_id == brand_id)
    if table.name == "jobs":
        query = query.where(table.c.status != "running")
    query = query.order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK)
    count = 0
    with (folder / f"{table.name}.jsonl").open("w", encoding="utf-8") as target:
        for row in connection.execute(query):
            found = {c.name: _plain(c.type, value) for c, value in zip(columns, row, strict=True) if value is not None}
            target.write(json.dumps(found) + "\n")  # in ASCII: even half an emoji that somebody sent can be written
            count += 1
    return count


def _as_read(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """JSON is read as its text, because a JSON null and no value at all are two things."""
    return sa.cast(column, sa.Text) if isinstance(column.type, sa.JSON) else column


def _plain(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if isinstance(kind, sa.JSON):
        return json.loads(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


# --- in ---------------------------------------------------------------------------------------------------------------


def load(connection: sa.Connection, folder: Path) -> dict[str, int]:
    """Put every line into its table; how many that were. The tables are there and empty. Raises InputError."""
    tables = _tables(connection)
    unknown = {path.stem for path in folder.glob("*.jsonl")} - {table.name for table in tables}
    if unknown:
        raise InputError(f"the backup's schema has no table {min(unknown)!r}", "it is damaged: take another one")
    counts = {table.name: _read(connection, table, folder / f"{table.name}.jsonl") for table in tables}
    if connection.dialect.name == "postgresql":
        _count_on(connection, tables)
    return counts


def _read(connection: sa.Connection, table: sa.Table, path: Path) -> int:
    if not path.exists():
        return 0
    for column in table.columns:
        if isinstance(column.type, sa.JSON):
            column.type = sa.JSON(none_as_null=True)
    count = 0
    for chunk in _chunks(path):
        rows = [{column.name: _value(column.type, row, column.name) for column in table.columns} for row in chunk]
        try:
            connection.execute(table.insert(), rows)
        except sa.exc.DataError as error:  # a NUL in a text, for instance: SQLite holds it, PostgreSQL does not
            first = str(error.orig).splitlines()[0]
            said = f"this database cannot hold a row of {table.name}: {first}"
            raise InputError(said, "restore to the kind of database that it came from") from error
        count += len(rows)
    return count


def _chunks(path: Path) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            chunk.append(json.loads(line))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _value(kind: sa.types.TypeEngine[Any], row: Mapping[str, Any], name: str) -> Any:
    if name not in row:
        return None
    value = row[name]
    if isinstance(kind, sa.JSON):
        return sa.JSON.NULL if value is None else value
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(value)
    return Decimal(value) if isinstance(kind, sa.Numeric) and isinstance(value, str) else value


def _count_on(connection: sa.Connection, tables: list[sa.Table]) -> None:
    """Rows came with their numbers: the next one gets a number after them."""
    for table in tables:
        key = list(table.primary_key.columns)
        if len(key) == 1 and isinstance(key[0].type, sa.Integer):
            highest = sa.select(sa.func.max(key[0])).scalar_subquery()
            sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', key[0].name)
            connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))))


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables that are there and that a backup keeps, those first that others refer to."""
    found = sa.MetaData()

    @sa.event.listens_for(found, "column_reflect")
    def times_are_aware(_inspector: Any, _table: Any, column: Any) -> None:
        if isinstance(column["type"], sa.DateTime):
            column["type"] = UtcDateTime()

    found.reflect(bind=connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT | {VERSION_TABLE}]
