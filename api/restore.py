"""An archive into a new home and an empty database, and everything locked that must not go on by itself.

The world went on since the backup: messages left, codes were redeemed, people unsubscribed. So the sender is stopped,
what was queued becomes unknown, running campaigns are paused and budgets are frozen, in the same transaction that fills
the database. Nothing is placed before every hash is right; brand.toml, which makes a folder a home, comes last.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from agent import campaign, pipeline
from agent.domain import CampaignStatus
from agent.errors import InputError
from api.archive import AGAIN, Manifest, unpack
from api.backup import DATABASE, HOME
from api.bootstrap import Workshop, filled
from api.home import Home

Progress = Callable[[str, float], None]
BY = "restore"


@dataclass(frozen=True, slots=True)
class Locked:
    """What will not go on by itself. `unknown` are messages that may have left since the backup."""

    unknown: tuple[str, ...]
    paused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    locked: Locked


def restore(archive: Path, workshop: Workshop, progress: Progress) -> Restored:
    """Raises InputError for a damaged archive, a home that is one already, or a database that is not empty."""
    if not archive.is_file():
        raise InputError(f"{archive} is no file", "name the archive that holdfast backup wrote")
    root = workshop.home.root
    if workshop.home.brand.exists():
        raise InputError(f"{root} is a home already: a restore never overwrites", "name a new folder: --home NEW")
    made = not root.exists()
    root.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=root) as name:
            return _restore(archive, workshop, Path(name), progress)
    finally:
        if made and not any(root.iterdir()):
            root.rmdir()


def _restore(archive: Path, workshop: Workshop, folder: Path, progress: Progress) -> Restored:
    progress("unpacking and comparing hashes", 0.1)
    manifest = unpack(archive, folder)
    staged = _staged(archive, workshop, folder, manifest)
    progress("filling the database", 0.5)
    with filled(staged, manifest.schema, folder / DATABASE) as rows:
        wrong = [table for table, count in manifest.tables.items() if rows.get(table, 0) != count]
        if wrong:
            raise InputError(f"{archive} lacks rows of {wrong[0]}", AGAIN)
        progress("locking what must not go on", 0.9)
        locked = lock(staged, manifest.at)
    _place(folder / HOME, workshop.home.root)
    return Restored(manifest, locked)


def _staged(archive: Path, workshop: Workshop, folder: Path, manifest: Manifest) -> Workshop:
    """The home as it lies in the folder, not yet in its place. Raises InputError when it cannot be placed."""
    strange = [name for name in manifest.files if name.split("/")[0] not in (HOME, DATABASE)]
    if strange:
        raise InputError(f"{archive} holds {strange[0]!r}, which belongs to no home", AGAIN)
    (folder / HOME).mkdir(exist_ok=True)
    (folder / DATABASE).mkdir(exist_ok=True)
    in_the_way = sorted(path.name for path in (folder / HOME).iterdir() if (workshop.home.root / path.name).exists())
    own_database = workshop.settings.database_url is None and workshop.home.database.exists()
    if in_the_way or own_database:
        name = in_the_way[0] if in_the_way else workshop.home.database.name
        raise InputError(f"{workshop.home.root / name} is there already", "name a new folder: --home NEW")
    staged = replace(workshop, home=Home(folder / HOME))
    if staged.brand.id != manifest.brand:
        raise InputError(f"{archive} is of {manifest.brand}, and its brand.toml of {staged.brand.id}", AGAIN)
    return staged


def lock(workshop: Workshop, as_of: datetime) -> Locked:
    """Sender stopped, queued messages unknown, campaigns paused, budgets frozen: until a person says otherwise."""
    house, store, now = workshop.bookkeeping(), workshop.store, workshop.clock.now()
    note = f"restored from a backup of {as_of:%Y-%m-%d %H:%M} UTC"
    with store.write():
        store.sending.set(True, BY, now, note)
        store.ledger.freeze(BY, now, note)
        running = tuple(row.id for row in store.campaigns.rows([CampaignStatus.RUNNING]))
        for campaign_id in running:
            campaign.pause(campaign_id, house, BY, note)
        unknown = pipeline.doubt(house, f"{note}: it may have left since")
    return Locked(tuple(unknown), running)


def _place(folder: Path, root: Path) -> None:
    """Each part at its place; brand.toml last."""
    parts = sorted(folder.iterdir(), key=lambda path: (path.name == "brand.toml", path.name))
    for part in parts:
        shutil.move(part, root / part.name)
