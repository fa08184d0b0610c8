"""A backup taken from a real home, brought back into a new one: on SQLite, on PostgreSQL, and across the two."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import stat
import tarfile
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent import campaign, pipeline, worker
from agent.access import Role
from agent.adapters.store.engine import open_engine
from agent.domain import CaseStatus, DeliveryStatus, Money
from agent.errors import InputError, UsageError
from agent.inbound import Arrival
from agent.ledger import Claim, Refusal
from agent.plan import Plan
from api import archive
from api.backup import back_up
from api.bootstrap import Workshop
from api.campaigning import forecast
from api.clock import FixedClock
from api.diagnosis import examine
from api.home import Home
from api.restore import Restored, restore
from api.settings import Settings
from scoring.records import RiskBand
from tests.factories import NOW
from tests.small_shop import a_small_shop

PLAN = Plan("care", band=RiskBand.HIGH, top=6, auto_send=True, audit_share=0.0)
Url = Callable[[str], str | None]


def quiet(_step: str, _share: float) -> None:
    pass


@pytest.fixture
def url(request: pytest.FixtureRequest) -> Url:
    def fresh(kind: str) -> str | None:
        if kind == "sqlite":
            return None
        server = str(request.getfixturevalue("server"))
        schema = f"backup_{uuid.uuid4().hex[:12]}"
        with open_engine(server).begin() as c:
            c.execute(sa.text(f"create schema {schema}"))
        return f"{server}?options=-csearch_path%3D{schema}"

    return fresh


def a_busy_shop(folder: Path, database_url: str | None = None) -> Workshop:
    """Queued messages, one in the middle of being sent, a running campaign, an arrival, a user who is signed in."""
    shop = a_small_shop(folder, database_url=database_url).workshop
    campaign.run(PLAN, shop.house)
    queued = shop.store.outbox.due(NOW)
    assert len(queued) > 2
    row = queued[0]
    shop.store.outbox.claim(row.message.key, NOW)
    shop.store.cases.advance(shop.store.cases.get(row.message.case_id), CaseStatus.SENDING, NOW)
    campaign.begin(PLAN, "mei", shop.house)
    event = {"event_id": "e-late", "at": NOW.isoformat(), "kind": "view"}
    shop.store.arrivals.add([Arrival("m-1", "c1", None, NOW, [event])])
    shop.store.access.add_user("mei", Role.ADMIN, NOW)
    shop.store.cases.note(row.message.case_id, "test", NOW, {"half an emoji": "\ud83d"})
    shop.store.replies.begin("k", "key", "hash", NOW)
    return shop


def empty_home(folder: Path, database_url: str | None = None) -> Workshop:
    settings = Settings.model_validate({"home": folder, "database_url": database_url, "holdout_share": 0.0})
    return Workshop(Home(folder), settings, FixedClock(NOW))


def taken(shop: Workshop, folder: Path) -> Path:
    target = folder / "backup.tar.gz"
    back_up(shop, target, quiet)
    return target


def brought_back(tmp_path: Path, to: str | None = None, of: Workshop | None = None) -> tuple[Workshop, Restored]:
    shop = of or a_busy_shop(tmp_path / "home")
    new = empty_home(tmp_path / "new", to)
    return empty_home(tmp_path / "new", to), restore(taken(shop, tmp_path), new, quiet)


def rows_of(shop: Workshop, folder: Path) -> dict[str, list[dict[str, object]]]:
    folder.mkdir()
    shop.dump(folder)
    return {path.stem: [json.loads(line) for line in path.open()] for path in folder.glob("*.jsonl")}


# --- round trips ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target"), [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")]
)
def test_what_was_backed_up_comes_back_value_for_value(source: str, target: str, url: Url, tmp_path: Path) -> None:
    shop = a_busy_shop(tmp_path / "home", url(source))
    before = rows_of(shop, tmp_path / "before")
    new, done = brought_back(tmp_path, url(target), shop)
    after = rows_of(new, tmp_path / "after")
    locked = {
        "outbox",
        "cases",
        "trace",
        "campaigns",
        "campaign_steps",
        "sending",
        "freezes",
        "reservations",
        "budgets",
    }
    assert before.keys() == after.keys()
    assert before["scores"]
    for table in before.keys() - locked:
        assert sort(after[table]) == sort(before[table]), table
    assert {row["case_id"]: row["decision"] for row in after["cases"]} == {
        row["case_id"]: row["decision"] for row in before["cases"]
    }
    assert done.manifest.tables["cases"] == len(before["cases"])
    pd_before, pd_after = shop.log.load(), new.log.load()
    assert pd_before.equals(pd_after)
    assert new.unsubscriber.token_of("case_1") == shop.unsubscriber.token_of("case_1")
    assert new.index.count() == shop.index.count() > 0
    assert new.retriever.policies("退货", "zh", NOW.date())


def sort(rows: list[dict[str, object]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_after_a_restore_to_postgresql_new_rows_get_numbers_after_the_old_ones(url: Url, tmp_path: Path) -> None:
    new, _ = brought_back(tmp_path, url("postgresql"))
    case = new.store.cases.find([CaseStatus.UNKNOWN])[0]
    new.store.cases.note(case.case_id, "test", NOW, {})
    assert new.store.cases.story(case.case_id)[-1].step == "test"


def test_a_json_null_and_no_value_stay_two_things(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "home").workshop
    with shop.store.write() as c:
        row = {"b": "linjian", "n": NOW.isoformat(sep=" ")}
        for key, status in (("j1", "null"), ("j2", None)):
            c.execute(
                sa.text("insert into jobs values (:id, :b, 'import', 'done', 'mei', :n, :n, :result)"),
                {**row, "id": key, "result": status},
            )
    new, _ = brought_back(tmp_path, of=shop)
    with new.store.write() as c:
        found = dict(c.execute(sa.text("select job_id, result is null from jobs")).tuples().all())
    assert found == {"j1": 0, "j2": 1}


def test_sessions_links_and_stored_replies_stay_behind(tmp_path: Path) -> None:
    shop = a_busy_shop(tmp_path / "home")
    shop.store.jobs.start("j1", "import", "mei", NOW)
    tables = rows_of(shop, tmp_path / "rows")
    assert tables.keys() & {"sessions", "sign_in_links", "replies"} == set()
    assert tables["jobs"] == []
    assert "runner" not in tables["campaigns"][0]


def test_an_older_database_is_backed_up_as_it_is_and_brought_up_on_the_way_in(tmp_path: Path) -> None:
    from alembic import command

    from agent.adapters.store.engine import _config

    shop = empty_home(tmp_path / "home")
    a_small_shop(tmp_path / "other")
    shop.home.root.mkdir()
    shop.home.brand.write_text((tmp_path / "other" / "brand.toml").read_text(encoding="utf-8"), encoding="utf-8")
    engine = open_engine(shop.database_url)
    command.upgrade(_config(engine), "0001")
    with engine.begin() as c:
        c.execute(sa.text("insert into budgets values ('linjian', 'b', 'CNY', 100, 0, 0)"))
    new, done = brought_back(tmp_path, of=shop)
    assert done.manifest.schema == "0001"
    budget = new.store.ledger.budget("b")
    assert budget is not None
    assert budget.amount == Money(100, "CNY")
    assert new.store.sending.state().stopped


# --- the archive ----------------------------------------------------------------------------------------------------


def test_the_archive_is_for_its_owner_alone_and_leaves_the_sent_messages_out(tmp_path: Path) -> None:
    shop = a_busy_shop(tmp_path / "home")
    worker.send_turn(shop.house)
    assert any(shop.home.outbox.iterdir())
    target = taken(shop, tmp_path)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with tarfile.open(target) as tar:
        names = tar.getnames()
    assert names[0] == "manifest.json"
    assert "home/secret.key" in names
    assert not [name for name in names if "outbox/" in name or "holdfast.db" in name]
    assert not list(shop.home.root.glob(".backup-*"))


def test_a_backup_that_fails_leaves_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_busy_shop(tmp_path / "home")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(OSError, match="No space"):
        taken(shop, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_backup_never_takes_the_place_of_another_and_never_lies_in_the_home(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "home").workshop
    target = taken(shop, tmp_path)
    before = target.read_bytes()
    with pytest.raises(UsageError, match="there already"):
        back_up(shop, target, quiet)
    assert target.read_bytes() == before
    with pytest.raises(UsageError, match="lost with it"):
        back_up(shop, shop.home.root / "b.tar.gz", quiet)


def test_an_index_that_somebody_writes_to_meanwhile_is_copied_whole(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "home").workshop
    with sqlite3.connect(shop.home.index / "chroma.sqlite3") as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("create table extra (n)")
        other.executemany("insert into extra values (?)", [(n,) for n in range(1000)])
        other.commit()  # still in the write-ahead log, and the connection is open
        new, _ = brought_back(tmp_path, of=shop)
    with sqlite3.connect(new.home.index / "chroma.sqlite3") as copied:
        assert copied.execute("select count(*) from extra").fetchone() == (1000,)


def rewritten(source: Path, change: Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]) -> Path:
    with tarfile.open(source) as tar:
        files = [(member.name, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    with tarfile.open(source, "w:gz") as tar:
        for name, data in change(files):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return source


def changed_manifest(files: list[tuple[str, bytes]], **changes: object) -> list[tuple[str, bytes]]:
    manifest = {**json.loads(files[0][1]), **changes}
    return [("manifest.json", json.dumps(manifest).encode()), *files[1:]]


def renamed(files: list[tuple[str, bytes]], to: str) -> list[tuple[str, bytes]]:
    """The first file under another name, in manifest and archive alike."""
    manifest = json.loads(files[0][1])
    name, data = files[1]
    manifest["files"][to] = manifest["files"].pop(name)
    return [("manifest.json", json.dumps(manifest).encode()), (to, data), *files[2:]]


def refused(source: Path, folder: Path, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        restore(source, empty_home(folder), quiet)
    assert caught.value.remedy
    assert not folder.exists(), "nothing was placed"


def test_a_file_whose_bytes_changed_is_named_and_nothing_is_placed(tmp_path: Path) -> None:
    source = taken(a_small_shop(tmp_path / "home").workshop, tmp_path)

    def flip(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        return [
            (name, data.replace(b"linjian", b"lonjian") if name == "home/brand.toml" else data) for name, data in files
        ]

    refused(rewritten(source, flip), tmp_path / "new", "home/brand.toml .* damaged")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_an_archive_that_was_cut_off_restores_nothing(tmp_path: Path, share: float) -> None:
    source = taken(a_small_shop(tmp_path / "home").workshop, tmp_path)
    whole = source.read_bytes()
    source.write_bytes(whole[: int(len(whole) * share)])
    refused(source, tmp_path / "new", "cut off|damaged|no backup")


def test_an_archive_that_lost_a_file_names_it(tmp_path: Path) -> None:
    source = taken(a_small_shop(tmp_path / "home").workshop, tmp_path)
    refused(rewritten(source, lambda files: files[:-1]), tmp_path / "new", "lacks home/")


def test_a_file_that_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    source = tmp_path / "letter.tar.gz"
    for data in (b"Dear customer", gzip.compress(b"Dear customer"), b""):
        source.write_bytes(data)
        refused(source, tmp_path / "new", "damaged|no backup")


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "home/../../evil", "home//evil", "other/evil"])
def test_a_name_that_leads_out_of_the_home_is_refused(tmp_path: Path, name: str) -> None:
    source = taken(a_small_shop(tmp_path / "home").workshop, tmp_path)
    refused(rewritten(source, lambda files: renamed(files, name)), tmp_path / "new", "outside|belongs to no home")
    assert not (tmp_path / "evil").exists()


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    source = taken(a_small_shop(tmp_path / "home").workshop, tmp_path)
    with tarfile.open(source) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    with tarfile.open(source, "w:gz") as tar:
        for number, (member, data) in enumerate(members):
            if number == 1:
                member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
            tar.addfile(member, io.BytesIO(data if member.isreg() else b""))
    refused(source, tmp_path / "new", "no plain file")


def test_a_newer_format_or_schema_names_the_version_that_made_it(tmp_path: Path) -> None:
    source = taken(a_small_shop(tmp_path / "home").workshop, tmp_path)
    newer = rewritten(source, lambda files: changed_manifest(files, format=archive.FORMAT + 1, holdfast="9.0"))
    refused(newer, tmp_path / "new", "Holdfast 9.0")
    newer = rewritten(source, lambda files: changed_manifest(files, format=archive.FORMAT, schema="9999"))
    refused(newer, tmp_path / "new", "schema 9999")


def test_a_home_or_a_database_that_is_in_use_is_never_overwritten(tmp_path: Path, url: Url) -> None:
    shop = a_small_shop(tmp_path / "home").workshop
    source = taken(shop, tmp_path)
    with pytest.raises(InputError, match="a home already"):
        restore(source, shop, quiet)
    assert shop.store.people.count() == 6
    database = url("postgresql")
    restore(source, empty_home(tmp_path / "new", database), quiet)
    with pytest.raises(InputError, match="not empty"):
        restore(source, empty_home(tmp_path / "newer", database), quiet)
    assert not (tmp_path / "newer").exists()


def test_a_restore_that_fails_in_the_middle_leaves_the_database_empty(
    tmp_path: Path, url: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, database = taken(a_busy_shop(tmp_path / "home"), tmp_path), url("postgresql")
    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "doubt", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore(source, empty_home(tmp_path / "new", database), quiet)
    assert not (tmp_path / "new").exists()
    restore(source, empty_home(tmp_path / "new", database), quiet)
    assert empty_home(tmp_path / "new", database).store.people.count() == 6


# --- what is locked -------------------------------------------------------------------------------------------------


def test_after_a_restore_nothing_leaves_and_what_was_queued_is_never_sent_again(tmp_path: Path) -> None:
    shop = a_busy_shop(tmp_path / "home")
    on_the_way = {row.message.key for row in shop.store.outbox.under_way()}
    new, done = brought_back(tmp_path, of=shop)
    assert set(done.locked.unknown) == on_the_way
    assert worker.send_turn(new.house) == []
    new.store.sending.set(False, "mei", NOW)
    assert worker.send_turn(new.house) == []
    assert new.store.outbox.under_way() == []
    assert new.store.outbox.counts() == {DeliveryStatus.UNKNOWN: len(on_the_way)}
    assert not new.home.outbox.exists()
    assert {case.status for case in new.store.cases.find(campaign_id=PLAN.id)} >= {CaseStatus.UNKNOWN}


def test_what_may_have_left_counts_as_spent(tmp_path: Path) -> None:
    new, done = brought_back(tmp_path)
    spent = [case for key in done.locked.unknown if (case := case_of(new, key)).decision and case.decision.offer]
    assert spent, "the campaign gave coupons away"
    for case in spent:
        assert case.decision is not None
        assert case.decision.offer is not None
        held = new.store.ledger.reservation(case.decision.offer.reservation_id or "")
        assert held is not None
        assert held.status == "committed"


def case_of(shop: Workshop, key: str):  # type: ignore[no-untyped-def]
    row = shop.store.outbox.get(key)
    assert row is not None
    return shop.store.cases.get(row.message.case_id)


def test_after_a_restore_campaigns_stand_still_until_they_are_resumed(tmp_path: Path) -> None:
    new, done = brought_back(tmp_path)
    assert done.locked.paused == (PLAN.id,)
    assert worker.draft_turn(new.house) == []
    campaign.resume(PLAN.id, new.house)
    assert new.store.campaigns.claim(PLAN.id), "whoever was at work on it when the backup was taken is not any more"


def test_after_a_restore_no_coupon_is_reserved_until_the_budgets_are_thawed(tmp_path: Path) -> None:
    new, _ = brought_back(tmp_path)
    line = next(line for line in new.catalogue.offers.values() if line.is_money)
    claim = Claim("case_new", "c1", line.id, line.cost, [f"offer:{line.id}"], line.codes, NOW)
    ledger = new.store.ledger
    assert ledger.reserve(claim) is Refusal.FROZEN
    plan = replace(PLAN, id="another", band=RiskBand.LOW)
    look = forecast(plan, new)
    assert look.frozen
    assert look.preview.offers == {}
    assert {step.name: step.state for step in examine(new)}["budgets"] == "todo"
    ledger.unfreeze("mei", NOW)
    assert ledger.reserve(claim) is not Refusal.FROZEN
    assert ledger.frozen() is None


def test_a_slip_in_offers_toml_keeps_nobody_from_restoring(tmp_path: Path) -> None:
    shop = a_busy_shop(tmp_path / "home")
    (shop.home.root / "offers.toml").write_text("this is no TOML", encoding="utf-8")
    _, done = brought_back(tmp_path, of=shop)
    assert done.locked.unknown
