"""One day after the other in a small shop: what is done twice is done once, what is broken is named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import campaign
from agent.errors import NotReady, StoreUnavailable
from agent.inbound import Arrival
from agent.plan import Plan
from api import daily, incoming, schedule
from api.bootstrap import Workshop
from api.clock import FixedClock
from scoring.records import RiskBand
from tests.factories import NOW, a_case, a_score
from tests.measured_shop import a_measured_shop, happened, held, written
from tests.small_shop import PEOPLE, a_small_shop

PLAN = Plan("care", band=RiskBand.HIGH, top=6, auto_send=True, audit_share=0.0)


def quiet(_step: str, _share: float) -> None:
    pass


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return a_small_shop(tmp_path / "home").workshop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a shop exports in a night: two good files and one with a bad row."""
    made = tmp_path / "incoming"
    made.mkdir()
    (made / "orders-0302.csv").write_text(
        "customer_id,time,item,quantity,price\nc1,2026-03-01 10:00,Teapot,1,50\nnew1,2026-03-01 11:00,Cup,2,9\n"
        "c2,not a day,Cup,1,9\n"
    )
    (made / "outcomes.csv").write_text("kind,at,customer_id\nunsubscribed,2026-03-01 09:00,c2\nbought,2026-03-01,c1\n")
    (made / "notes.txt").write_text("for the boss")
    return made


def done(shop: Workshop, folder: Path) -> dict[str, daily.Step]:
    return {step.name: step for step in daily.run(shop, folder, quiet)}


def at(shop: Workshop, **later: float) -> Workshop:
    return replace(shop, clock=FixedClock(NOW + timedelta(**later)))


def test_a_day_takes_in_what_came_and_sends_what_is_due(shop: Workshop, folder: Path) -> None:
    campaign.begin(PLAN, "mei", shop.house)
    steps = done(shop, folder)
    took = steps["import"].counts
    assert (took["files"], took["set_aside"], took["strange"]) == (2, 2, ["notes.txt"])
    assert shop.store.people.get("c2").suppressed
    assert shop.store.people.known(["new1"]) == {"new1"}
    assert len(list(shop.home.quarantine.iterdir())) == 2
    assert steps["campaigns"].counts["drafted"] > 0
    assert steps["send"].counts["sent"] > 0
    assert steps["report"].counts["outbox"]["sent"] == steps["send"].counts["sent"]
    assert "c2" not in {case.customer_id for case in shop.store.cases.find(campaign_id=PLAN.id)}


def test_a_second_run_on_the_day_adds_nothing_and_sends_nothing_twice(shop: Workshop, folder: Path) -> None:
    campaign.begin(PLAN, "mei", shop.house)
    first = done(shop, folder)
    mails = sorted(shop.home.outbox.glob("*.eml"))
    events, people = shop.log.count(), shop.store.people.count()
    again = done(at(shop, hours=2), folder)
    assert (again["import"].counts["files"], again["import"].counts["known"]) == (0, 2)
    assert (shop.log.count(), shop.store.people.count()) == (events, people)
    assert sorted(shop.home.outbox.glob("*.eml")) == mails
    assert len(mails) == first["send"].counts["sent"]
    assert "sent" not in again["send"].counts


def test_one_file_that_cannot_be_read_is_named_and_the_others_go_on(shop: Workshop, folder: Path) -> None:
    (folder / "customers.xlsx").write_bytes(b"PK\x03\x04 cut off")
    steps = done(shop, folder)
    assert steps["import"].state == "failed"
    assert [file["file"] for file in steps["import"].counts["unread"]] == ["customers.xlsx"]
    assert steps["import"].counts["files"] == 2
    assert {steps[name].state for name in ("move", "send", "report")} == {"done"}
    (folder / "customers.xlsx").unlink()
    (folder / "customers.csv").write_text("customer_id,name,language\nc9,Ada Lane,en\n")
    assert done(shop, folder)["import"].counts["files"] == 1


def test_a_file_with_the_same_content_under_another_name_is_known(shop: Workshop, folder: Path) -> None:
    done(shop, folder)
    (folder / "orders-again.csv").write_bytes((folder / "orders-0302.csv").read_bytes())
    (folder / "orders-0302.csv").write_text("customer_id,time,item,quantity,price\nc1,2026-03-01 12:00,Lid,1,5\n")
    counts = done(shop, folder)["import"].counts
    assert (counts["files"], counts["known"]) == (1, 2)


def test_a_run_that_was_killed_in_the_middle_of_the_files_goes_on_after_the_last_whole_one(
    shop: Workshop, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(incoming, "import_outcomes", killed)
        with pytest.raises(KeyboardInterrupt):
            daily.run(shop, folder, quiet)
    counts = done(shop, folder)["import"].counts
    assert (counts["files"], counts["known"]) == (1, 1)


def test_an_outage_of_the_database_is_no_fault_of_a_file(
    shop: Workshop, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise StoreUnavailable("the database is locked by another process")

    monkeypatch.setattr(incoming, "import_events", locked)
    steps = done(shop, folder)
    assert (steps["import"].state, steps["import"].says) == ("failed", "the database is locked by another process")
    assert steps["send"].state == "done"


def test_a_folder_that_is_not_there_is_said_and_the_day_goes_on(shop: Workshop, tmp_path: Path) -> None:
    steps = done(shop, tmp_path / "nowhere")
    assert steps["import"].state == "failed"
    assert "nowhere" in steps["import"].says
    assert steps["report"].state == "done"


def test_without_a_scorer_the_day_says_so_and_goes_on(shop: Workshop, folder: Path) -> None:
    steps = done(shop, folder)
    assert steps["score"].state == "skipped"
    assert "holdfast train" in steps["score"].says


def test_who_newly_crossed_into_the_high_band_is_named_once_a_scoring(shop: Workshop, folder: Path) -> None:
    assert done(shop, folder)["alerts"].counts["first_scoring"] is True
    assert done(shop, folder)["alerts"].counts["newly_high"] == [], "on the first day there is nothing to compare with"
    earlier = [replace(a_score(name), as_of=NOW - timedelta(days=1)) for name in PEOPLE[1:]]
    shop.store.scores.put([*earlier, replace(a_score("c1"), as_of=NOW - timedelta(days=1), band=RiskBand.LOW)])
    for _ in range(2):
        found = done(shop, folder)["alerts"].counts["newly_high"]
        assert [alert["customer_id"] for alert in found] == ["c1"]
    kept = json.loads(shop.home.daily.read_text(encoding="utf-8"))
    assert [alert["customer_id"] for alert in kept["alerts"]] == ["c1"]
    assert kept["alerts"][0]["because"] == "最近一次下单是67天前"


def test_what_came_over_http_is_in_the_log_after_the_day(shop: Workshop, folder: Path) -> None:
    event = {"event_id": "e-new", "at": NOW.isoformat(), "kind": "view"}
    shop.store.arrivals.add([Arrival("m-1", "c1", None, NOW, [event])])
    assert done(shop, folder)["move"].counts == {"moved": 1}
    assert "e-new" in set(shop.log.load(customer_ids=["c1"])["event_id"])


def test_a_day_records_who_stayed_and_pauses_what_harms(tmp_path: Path, folder: Path) -> None:
    shop = a_measured_shop(tmp_path / "measured")
    happened(shop, written(100), 5)
    happened(shop, held(10), 91)
    for name in written(25):
        shop.store.people.suppress(name, NOW, "link")
    steps = done(at(shop, days=92), folder)
    assert steps["outcomes"].counts == {"stayed": 100, "left": 300}
    assert [found["harm"] for found in steps["guardrails"].counts["paused"]] == ["unsubscribed"]
    again = done(at(shop, days=92, hours=1), folder)
    assert (again["outcomes"].counts, again["guardrails"].counts) == ({}, {"paused": []})


def test_coupons_that_nobody_decided_about_go_back_once(shop: Workshop, folder: Path) -> None:
    campaign.run(replace(PLAN, auto_send=False), shop.house)
    held = [b.reserved_minor for b in shop.store.ledger.budgets() if b.reserved_minor]
    assert held
    steps = done(at(shop, days=4), folder)
    assert steps["give_back"].counts["coupons"] == len(
        [c for c in shop.store.cases.find(campaign_id=PLAN.id) if c.decision and c.decision.offer]
    )
    assert [b.reserved_minor for b in shop.store.ledger.budgets() if b.reserved_minor] == []
    assert done(at(shop, days=4), folder)["give_back"].counts["coupons"] == 0


def test_two_days_never_run_at_the_same_time_in_one_home(shop: Workshop, folder: Path) -> None:
    with daily._alone(shop), pytest.raises(NotReady, match="another"):
        daily.run(shop, folder, quiet)
    assert done(shop, folder)


def test_a_stopped_sender_stays_stopped_on_the_next_day(shop: Workshop, folder: Path) -> None:
    shop.store.cases.open(a_case("case_other", "c3"))
    campaign.begin(PLAN, "mei", shop.house)
    shop.store.sending.set(True, "mei", NOW)
    steps = done(shop, folder)
    assert steps["send"].counts == {"stopped_by_switch": True}
    assert not shop.home.outbox.exists()


@pytest.mark.parametrize("name", ["home", "my home 100%"])
def test_the_schedule_names_absolute_paths_that_a_shell_and_systemd_read_as_they_are(tmp_path: Path, name: str) -> None:
    place = schedule.place_of(tmp_path / name, None)
    assert place.executable.is_absolute()
    assert place.folder == tmp_path / "incoming"
    line = schedule.cron(place)
    assert str(tmp_path / name).replace("%", "\\%") in line
    assert "%" not in line.replace("\\%", "")
    units = schedule.systemd(place)
    assert f"--home {schedule._quoted(str(tmp_path / name))}" in units["holdfast.service"]
    assert "OnCalendar" in units["holdfast-daily.timer"]
