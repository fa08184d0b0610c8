"""Open the database: the right pragmas for SQLite, the same migrations for SQLite and PostgreSQL.

SQLite runs in WAL mode with synchronous=FULL, because money and messages are counted here: a commit that returned is
on the disk. Writers take the write lock at BEGIN (`BEGIN IMMEDIATE`), so that two of them queue instead of one of them
failing half-way through with "database is locked".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from agent.errors import InputError, StoreUnavailable

BUSY_TIMEOUT_S = 30
MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(url: str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sa.Engine:
    """An engine for a SQLAlchemy URL. Creates nothing; `upgrade` does."""
    codec: dict[str, Any] = {"json_serializer": _as_json, "json_deserializer": _from_json}
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, **codec)
    engine = sa.create_engine(url, connect_args={"timeout": busy_timeout_s}, **codec)

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: `begin` below says which kind it wants.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        mode = "IMMEDIATE" if connection.get_execution_options().get("holdfast_write") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _config(engine: sa.Engine | None = None, connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema to this version, from nothing or from any older one."""
    with answered():
        command.upgrade(_config(engine), "head")


def upgrade_within(connection: sa.Connection, revision: str = "head") -> None:
    """The same inside a transaction that is open already, up to this revision: all of it or nothing."""
    command.upgrade(_config(connection=connection), revision)


def knows(revision: str) -> bool:
    """Whether this version of Holdfast has ever had this schema."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _as_json(value: Any) -> str:
    """Characters as they are: as \\u escapes, Chinese takes twice the room. Keys may be members of an enumeration."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half an emoji that somebody sent, a whole number without end: orjson writes neither
        return json.dumps(value)


def _from_json(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # such a half again, or a NaN, as the standard library writes them
        return json.loads(text)


def is_empty(engine: sa.Engine) -> bool:
    """Whether no table was ever made here."""
    with answered(), engine.connect() as connection:
        return not sa.inspect(connection).get_table_names()


def require_current_schema(engine: sa.Engine) -> None:
    """Refuse to work on a database of another version: reading half of an old schema is how data is lost."""
    with answered(), engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        raise StoreUnavailable(
            f"the database has schema {found or 'none'}, this version of Holdfast needs {wanted}",
            "back it up (holdfast backup FILE.tar.gz), then run: holdfast upgrade",
        )


@contextmanager
def answered() -> Iterator[None]:
    """Turn the driver's errors that somebody can act on into one plain sentence with its remedy."""
    try:
        yield
    except OperationalError as error:
        raise StoreUnavailable(*_plain(str(error.orig))) from error
    except DataError as error:  # PostgreSQL keeps no NUL in a text, SQLite does: nothing of ours ever means one
        raise InputError(
            f"the database cannot hold this value: {str(error.orig).splitlines()[0]}",
            "take out signs that nobody can see, and look at the size of numbers",
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("the database connection broke", "check that the server runs; try again") from error
        raise


def _plain(detail: str) -> tuple[str, str]:
    low = detail.lower()
    if "deadlock" in low:
        return "two writers of the database waited for each other", "run the same command again"
    if "locked" in low or "busy" in low:
        return "the database is locked by another process", "wait for it or stop it, then run the same command again"
    if "full" in low:
        return (
            "the disk is full: nothing of the last step was stored",
            "free some space, then run the same command again",
        )
    if "readonly" in low or "read-only" in low:
        return "the database cannot be written", "check the permissions of the home folder"
    if "unable to open" in low:
        return "the database file cannot be opened", "check that --home names a folder that you may write to"
    return f"the database does not answer: {detail.splitlines()[0]}", "run: holdfast doctor"
