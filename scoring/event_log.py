"""Every event a shop ever gave us, kept in a folder of Parquet files.

Takes event tables, gives them back by time and customer. An event that is already there (same event_id) is not added
again, so the same file may be read twice. A file appears under its name only when it is whole: whoever is killed while
appending leaves a temporary file that nobody reads. Rows lie sorted by customer, so one customer is read without the
others.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import pandas as pd

from scoring.errors import BadTable
from scoring.events import EVENT_COLUMNS, empty_events

if TYPE_CHECKING:
    import duckdb

ROW_GROUP = 20_000
#: From this many files on, an append also merges them into one.
MERGE_AT = 40
#: How often a question is put when files go while they are read.
TRIES = 3
#: Up to so many customers are named one by one.
FEW = 200
#: What the database holds in memory; what it sorts beyond that lies on disk meanwhile.
AT_ONCE = "1GB"
LOG = "with log as (select * from read_parquet(?))"
COLUMNS = ", ".join(f'"{name}"' for name in EVENT_COLUMNS)
ORDER = 'order by customer_id, "at", event_id'


class EventLog:
    """The events of one installation, in one folder."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def append(self, events: pd.DataFrame) -> tuple[int, int]:
        """Add events; say how many were new and how many were there already."""
        new = self.add(events)
        return len(new), len(events) - len(new)

    def add(self, events: pd.DataFrame, before: Callable[[list[str]], None] | None = None) -> list[str]:
        """Add events; give the ids of those that were new.

        `before` is told these ids, if there are any, before a row is written, while nobody else may write.
        """
        absent = [name for name in EVENT_COLUMNS if name not in events.columns]
        if absent:
            raise BadTable(f"Events lack the columns {', '.join(absent)}.", "Read them with read_events first.")
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            once = events.loc[~events["event_id"].duplicated()]
            new = once.loc[~once["event_id"].isin(self._ids_among(once["event_id"]))]
            names = [str(name) for name in new["event_id"]]
            if names and before is not None:
                before(names)
            if names:
                self._write(new)
            if len(self._files()) >= MERGE_AT:
                self._replace_all()
        return names

    def load(
        self,
        until: datetime | None = None,
        since: datetime | None = None,
        customer_ids: Sequence[str] | None = None,
        kinds: Sequence[str] = (),
        between: tuple[str, str] | None = None,
        files: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """Events in [since, until), oldest first within a customer; of everyone unless customers are named.

        `kinds`: only events of these; empty for all. `between`: of customers from the first to the last id, both
        included, as `parts` gives them. `files`: only those of the log's files; raises FileNotFoundError when one of
        them has been merged into another meanwhile.
        """
        if not self._files():
            return empty_events()
        where: list[str] = ["true"]
        values: list[Any] = []
        for clause, moment in (('"at" < ?', until), ('"at" >= ?', since)):
            if moment is not None:
                where.append(clause)
                values.append(pd.Timestamp(moment).to_pydatetime())
        if customer_ids is not None and 0 < len(customer_ids) <= FEW:
            # Named one by one, they let DuckDB skip the row groups of other customers.
            where.append(f"customer_id in ({', '.join('?' * len(customer_ids))})")
            values += customer_ids
        elif customer_ids is not None:
            where.append("customer_id in (select unnest(?))")
            values.append(list(customer_ids))
        if between is not None:
            where.append("customer_id between ? and ?")
            values += between
        if kinds:
            where.append("kind in (select unnest(?))")
            values.append(list(kinds))
        sql = f"select {COLUMNS} from log where {' and '.join(where)} {ORDER}"
        return _typed(self._query(sql, values, files=files))

    def parts(self, size: int) -> list[tuple[str, str]]:
        """First and last id of some `size` customers each, all of them in order: to work on many in bounded memory."""
        if not self._files():
            return []
        found = self._query(
            "select min(customer_id) as first, max(customer_id) as last from (select customer_id, "
            "(row_number() over (order by customer_id) - 1) // ? as part from (select distinct customer_id from log)) "
            "group by part order by part",
            [size],
        )
        return [(str(first), str(last)) for first, last in zip(found["first"], found["last"], strict=True)]

    def orders(self, until: datetime, customer_ids: Sequence[str]) -> dict[str, tuple[int, datetime]]:
        """How many orders each of these customers has placed before that moment, and when the last; none: left out."""
        if not self._files():
            return {}
        found = self._query(
            'select customer_id, count(distinct coalesce(order_id, event_id)) as n, max("at") as last from log '
            "where kind = 'order' and \"at\" < ? and customer_id in (select unnest(?)) group by customer_id",
            [pd.Timestamp(until).to_pydatetime(), list(customer_ids)],
        )
        lasts = [moment.to_pydatetime() for moment in found["last"]]
        return dict(zip(found["customer_id"].tolist(), zip(found["n"].tolist(), lasts, strict=True), strict=True))

    def customers(self) -> pd.DataFrame:
        """One row a customer: events, first and last moment."""
        if not self._files():
            return pd.DataFrame({"customer_id": [], "events": [], "first_at": [], "last_at": []})
        return self._query(
            'select customer_id, count(*) as events, min("at") as first_at, max("at") as last_at '
            "from log group by customer_id order by customer_id"
        )

    def span(self) -> tuple[datetime, datetime] | None:
        """Moment of the first and of the last event; None when there is none."""
        if not self._files():
            return None
        row = self._query('select min("at") as first_at, max("at") as last_at from log').iloc[0]
        return row["first_at"].to_pydatetime(), row["last_at"].to_pydatetime()

    def count(self) -> int:
        return int(self._query("select count(*) as n from log")["n"].iloc[0]) if self._files() else 0

    def erase(self, customer_id: str) -> int:
        """Remove one customer's events for good; say how many there were."""
        if not self._files():
            return 0
        with self._alone():
            theirs = self._query("select count(*) as n from log where customer_id = ?", [customer_id])
            if gone := int(theirs["n"].iloc[0]):
                self._replace_all(without=customer_id)
        return gone

    def count_of(self, event_ids: Sequence[str]) -> int:
        """How many of these events are still here."""
        return len(self._ids_among(pd.Series(event_ids, dtype="str")))

    def customers_of(self, event_ids: Sequence[str]) -> list[str]:
        """Whose events these are, as far as they are still here."""
        if not self._files():
            return []
        sql = "select distinct customer_id from log semi join wanted using (event_id) order by customer_id"
        return [str(name) for name in self._query(sql, wanted=_wanted(event_ids))["customer_id"]]

    def remove(self, event_ids: Sequence[str]) -> int:
        """Take these events out for good; say how many were there."""
        if not self._files():
            return 0
        with self._alone():
            here = self._ids_among(pd.Series(event_ids, dtype="str"))
            if len(here):
                self._replace_all(events=_wanted(event_ids))
        return len(here)

    def copy_to(self, folder: Path) -> None:
        """A copy as of now, whatever is appended or merged meanwhile. Where it can, a file is linked instead of copied:
        a file of the log never changes."""
        folder.mkdir(parents=True, exist_ok=True)
        if not self.folder.is_dir():
            return
        with self._alone():
            for path in self._files():
                try:
                    os.link(path, folder / path.name)
                except OSError:  # another disk, or one without links
                    shutil.copyfile(path, folder / path.name)

    def _ids_among(self, ids: pd.Series) -> pd.Series:
        if not self._files():
            return pd.Series([], dtype="str")
        sql = "select event_id from log semi join wanted using (event_id)"
        return self._query(sql, wanted=_wanted(ids))["event_id"]

    def _files(self) -> list[Path]:
        superseded = self._superseded()
        return sorted(path for path in self.folder.glob("part-*.parquet") if path.name not in superseded)

    def _query(
        self,
        sql: str,
        values: Sequence[Any] = (),
        wanted: pd.DataFrame | None = None,
        files: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """Of all files, asked once more where one was merged into another meanwhile; or of these."""
        for _ in range(TRIES):
            names = self._names() if files is None else [str(self.folder / name) for name in sorted(files)]
            try:
                return self._answer(sql, values, wanted, names)
            except Exception:
                if all(Path(name).exists() for name in names):
                    raise
                if files is not None:
                    raise FileNotFoundError(f"a file of {self.folder} was merged into another") from None
        raise BadTable(f"The files of {self.folder} change faster than they can be read.", "Try again.")

    def _answer(
        self, sql: str, values: Sequence[Any], wanted: pd.DataFrame | None, names: Sequence[str]
    ) -> pd.DataFrame:
        with _connection() as database:
            if wanted is not None:
                _lay_beside(database, wanted)
            answer = database.sql(f"{LOG} {sql}", params=[list(names), *values])
            found: pd.DataFrame = answer.to_arrow_table().to_pandas()
            return found

    def _names(self) -> list[str]:
        return [str(path) for path in self._files()]

    def _write(self, events: pd.DataFrame) -> None:
        temporary = self._aside()
        ordered = events[list(EVENT_COLUMNS)].sort_values(["customer_id", "at", "event_id"], kind="stable")
        ordered.to_parquet(temporary, index=False, row_group_size=ROW_GROUP, compression="zstd")
        _to_disk(temporary)
        temporary.replace(temporary.with_suffix(".parquet"))

    def _aside(self) -> Path:
        return self.folder / f"part-{uuid.uuid4().hex}.tmp"

    def _replace_all(self, without: str | None = None, events: pd.DataFrame | None = None) -> None:
        """Swap all files for one, without one customer where one is named, and without these events.

        The note counts only once the new file is there, so a kill at any point leaves either the old files or the new
        one, never both and never neither. The database writes it, so that nobody holds all events at once.
        """
        old, temporary = [path.name for path in self._files()], self._aside()
        with _connection() as database:
            _lay_beside(database, events if events is not None else _wanted(()))
            kept = "from log anti join wanted using (event_id) where ? is null or customer_id <> ?"
            rows = f"{LOG} select {COLUMNS} {kept} {ORDER}"
            to = f"(format parquet, row_group_size {ROW_GROUP}, compression zstd)"
            database.execute(f"copy ({rows}) to {_quoted(temporary)} {to}", [self._names(), without, without])
        _to_disk(temporary)
        final = temporary.with_suffix(".parquet")
        note = self.folder / "superseded.tmp"
        note.write_text("\n".join([final.name, *old]), encoding="utf-8")
        note.replace(self.folder / "superseded")
        temporary.replace(final)
        self._drop_superseded()

    def _superseded(self) -> frozenset[str]:
        note = self.folder / "superseded"
        try:
            new, *old = note.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return frozenset()
        return frozenset(old) if (self.folder / new).exists() else frozenset()

    def _drop_superseded(self) -> None:
        for name in self._superseded():
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "superseded").unlink(missing_ok=True)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time, also across processes; leftovers of a killed one are cleared first."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._drop_superseded()
            for leftover in self.folder.glob("part-*.tmp"):
                leftover.unlink(missing_ok=True)
            yield


@contextlib.contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    cursor = _database(os.getpid()).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@cache
def _database(_process: int) -> duckdb.DuckDBPyConnection:
    """One for a process: opening one costs more than most questions.

    A forked child opens its own, and must leave by os._exit, as those of multiprocessing do: its parent's cannot be
    closed there.
    """
    import duckdb

    database = duckdb.connect()
    database.execute("set global timezone = 'UTC'")
    database.execute(f"set global memory_limit = '{AT_ONCE}'")
    database.execute(f"set global temp_directory = {_quoted(gettempdir())}")  # else it is the folder of whoever calls
    return database


def _wanted(event_ids: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame({"event_id": pd.Series(list(event_ids), dtype="str")})


def _lay_beside(database: duckdb.DuckDBPyConnection, events: pd.DataFrame) -> None:
    """These ids as the table `wanted`."""
    import pyarrow as pa

    schema = pa.schema([("event_id", pa.string())])
    database.register("wanted", pa.Table.from_pandas(events, schema=schema, preserve_index=False))


def _quoted(path: str | Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _to_disk(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _typed(events: pd.DataFrame) -> pd.DataFrame:
    like = empty_events()
    return events.astype({name: like[name].dtype for name in EVENT_COLUMNS})
