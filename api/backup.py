"""A home into one archive while its server runs: rows, event log, index, models, policies, and every file of the firm.

The database is read first, as of one moment: an event that is moved from it into the log meanwhile is then in both, and
the log takes it once. SQLite files of others (Chroma's) are copied by SQLite itself, with their writers kept waiting.
Left out: the sink's outbox, what only a running process means, and files whose name begins with a dot.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

from agent.errors import StoreUnavailable, UsageError
from api.archive import FORMAT, Manifest, files_in, pack
from api.bootstrap import Workshop

Progress = Callable[[str, float], None]
HOME, DATABASE = "home", "database"
SQLITE = b"SQLite format 3\0"
BESIDE_SQLITE = ("-wal", "-shm", "-journal")
WAIT_S = 30.0


def back_up(workshop: Workshop, target: Path, progress: Progress) -> Manifest:
    """Write the archive, whole or not at all. Raises UsageError where it may not stand, NotReady where is no home."""
    workshop.home.require()
    _require_place(workshop.home.root, target)
    at = workshop.clock.now()
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=workshop.home.root) as name:
        folder = Path(name)
        (folder / DATABASE).mkdir()
        progress("reading the database", 0.05)
        dumped = workshop.dump(folder / DATABASE)
        progress("copying the event log", 0.3)
        workshop.log.copy_to(folder / HOME / workshop.home.events.name)
        progress("copying index, models and files", 0.4)
        _copy_all(list(_own_files(workshop)), workshop.home.root, folder / HOME)
        progress("hashing", 0.5)
        files = files_in(folder)
        manifest = Manifest(FORMAT, version("holdfast"), dumped.schema, workshop.brand.id, at, dumped.rows, files)
        progress("packing", 0.6)
        pack(folder, manifest, target)
    return manifest


def _require_place(home: Path, target: Path) -> None:
    if target.exists():
        raise UsageError(f"{target} is there already", "name a file that does not exist yet, with the date in its name")
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent} is no folder", "make it first")
    if target.resolve().is_relative_to(home.resolve()):
        raise UsageError(f"{target} lies in the home and would be lost with it", "choose another place")


def _own_files(workshop: Workshop) -> Iterator[Path]:
    """Every file of the home but the database, the event log and the sink's outbox. Links are followed, once."""
    home, seen = workshop.home, set[Path]()
    for name, folders, files in os.walk(home.root, followlinks=True):
        folder = Path(name)
        if folder.resolve() in seen:
            folders.clear()
            continue
        seen.add(folder.resolve())
        left_out = (home.events, home.outbox, workshop.outbox_folder)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and folder / f not in left_out)
        yield from (folder / file for file in sorted(files) if _belongs(folder / file, home.database))


def _belongs(path: Path, database: Path) -> bool:
    ours = {database.name + end for end in ("", *BESIDE_SQLITE)} if path.parent == database.parent else set()
    return not path.name.startswith(".") and not path.name.endswith(BESIDE_SQLITE) and path.name not in ours


def _copy_all(sources: list[Path], root: Path, target: Path) -> None:
    """What lies beside and below a SQLite file belongs to it (Chroma's vectors): it is copied while nobody writes."""
    left = sources
    for database in [source for source in sources if _is_sqlite(source)]:
        together = [source for source in left if source.is_relative_to(database.parent)]
        with _nobody_writes(database):
            for source in together:
                _copy(source, target / source.relative_to(root))
        left = [source for source in left if source not in set(together)]
    for source in left:
        _copy(source, target / source.relative_to(root))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not _is_sqlite(source):
            shutil.copyfile(source, target)
            return
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
    except FileNotFoundError:
        pass  # it was there a moment ago: whoever took it away meant it


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as opened:
            return opened.read(len(SQLITE)) == SQLITE
    except FileNotFoundError:
        return False


@contextmanager
def _nobody_writes(database: Path) -> Iterator[None]:
    """Hold the write lock of a SQLite file; readers go on. Raises StoreUnavailable when somebody else keeps it."""
    with closing(sqlite3.connect(database, timeout=WAIT_S, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{database} is being written to: {error}", "try again in a moment") from error
        try:
            yield
        finally:
            lock.execute("ROLLBACK")
