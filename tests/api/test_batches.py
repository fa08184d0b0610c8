"""An import of orders that was a mistake can be taken back, until somebody among them was written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent import pipeline
from agent.domain import Channel
from agent.errors import NotFound, TransitionNotAllowed
from api import batches as module
from api.batches import batches, undo_batch
from api.bootstrap import Workshop
from api.drafting import Ask, draft_for
from api.importing import import_events
from scoring.event_log import EventLog
from tests.small_shop import SmallShop, a_small_shop


@pytest.fixture
def shop(tmp_path: Path) -> SmallShop:
    return a_small_shop(tmp_path / "home")


def brought(workshop: Workshop, folder: Path, rows: str) -> str | None:
    file = folder / "orders.csv"
    file.write_text("customer_id,date,item,quantity,price\n" + rows, encoding="utf-8")
    return import_events(workshop, file, "orders", None, False, False, lambda *_: None).batch


def test_doubled_rows_are_taken_back_and_the_corrected_file_comes_in(shop: SmallShop, tmp_path: Path) -> None:
    workshop = shop.workshop
    before = workshop.log.count()
    first = brought(workshop, tmp_path, "n1,2026-01-05,Tea,1,10\n")
    doubled = brought(workshop, tmp_path, "n1,2026-01-05,Tea,1,10\n" + "n2,2026-01-06,Cup,1,9\n" * 2)
    assert doubled is not None
    assert {row["batch"]: row["events"] for row in batches(workshop)} == {first: 1, doubled: 2}
    assert undo_batch(workshop, doubled, dry_run=True)["removed"] == 2
    assert workshop.log.count() == before + 3
    done = undo_batch(workshop, doubled)
    assert (done["removed"], done["customers"]) == (2, 1)
    assert workshop.log.count() == before + 1, "the order of the first import stays"
    with pytest.raises(NotFound):
        undo_batch(workshop, doubled)
    assert brought(workshop, tmp_path, "n1,2026-01-05,Tea,1,10\nn2,2026-01-06,Cup,1,9\n") is not None
    assert workshop.log.count() == before + 2


def test_the_same_file_again_is_no_import_that_could_be_taken_back(shop: SmallShop, tmp_path: Path) -> None:
    assert brought(shop.workshop, tmp_path, "n1,2026-01-05,Tea,1,10\n") is not None
    assert brought(shop.workshop, tmp_path, "n1,2026-01-05,Tea,1,10\n") is None


def test_an_import_stays_once_somebody_of_it_is_written_to(shop: SmallShop, tmp_path: Path) -> None:
    workshop = shop.workshop
    batch = brought(workshop, tmp_path, "c2,2026-01-05,Tea,1,10\n")
    assert batch is not None
    before = workshop.log.count()
    prepared = draft_for(Ask("c2", Channel.EMAIL), workshop)
    pipeline.approve(prepared.case, "may", workshop.house)
    with pytest.raises(TransitionNotAllowed, match="c2"):
        undo_batch(workshop, batch)
    assert workshop.log.count() == before


def test_a_dry_run_counts_what_is_there_and_not_what_was(shop: SmallShop, tmp_path: Path) -> None:
    workshop = shop.workshop
    batch = brought(workshop, tmp_path, "n1,2026-01-05,Tea,1,10\nn2,2026-01-06,Cup,1,9\n")
    assert batch is not None
    workshop.log.erase("n2")
    assert undo_batch(workshop, batch, dry_run=True)["removed"] == 1
    assert undo_batch(workshop, batch)["removed"] == 1


def test_what_a_killed_import_added_can_be_taken_back(
    shop: SmallShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = shop.workshop
    before = workshop.log.count()
    with monkeypatch.context() as dies:
        dies.setattr(module, "_finish", killed)
        with pytest.raises(Killed):
            brought(workshop, tmp_path, "n1,2026-01-05,Tea,1,10\n")
    assert workshop.log.count() == before + 1
    [row] = batches(workshop)
    assert undo_batch(workshop, row["batch"])["removed"] == 1
    assert (workshop.log.count(), batches(workshop)) == (before, [])


def test_a_killed_import_that_added_nothing_takes_nothing_of_the_next(
    shop: SmallShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop, rows = shop.workshop, "n1,2026-01-05,Tea,1,10\n"
    with monkeypatch.context() as dies:
        dies.setattr(EventLog, "_write", killed)
        with pytest.raises(Killed):
            brought(workshop, tmp_path, rows)
    assert batches(workshop) == []
    batch = brought(workshop, tmp_path, rows)
    assert [row["batch"] for row in batches(workshop)] == [batch]
    assert len(list(workshop.home.imports.iterdir())) == 1


class Killed(Exception):
    pass


def killed(*_: object) -> None:
    raise Killed
