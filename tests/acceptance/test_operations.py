"""Day two, as an operator lives it at the command line: a day's work, a backup, a disaster, a restore, the next day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import Machine


def steps(told: dict[str, object]) -> dict[str, str]:
    found = told["steps"]
    assert isinstance(found, dict)
    return {name: step["state"] for name, step in found.items()}


@pytest.mark.slow
def test_a_day_a_backup_a_restore_and_the_next_day(holdfast: Machine, demo_home: Path, tmp_path: Path) -> None:
    home, new = holdfast.copy(demo_home, tmp_path / "home"), tmp_path / "new"
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    (incoming / "orders.csv").write_text("customer_id,time,item,quantity,price\nC00001,2026-03-02 08:00,Lid,1,5\n")
    (incoming / "tickets.xlsx").write_bytes(b"no table")
    first = holdfast("daily", "--folder", incoming, "--now", "2026-03-03T10:00:00+08:00", "--json", home=home)
    assert first.code == 1, "one file could not be read"
    assert first.json["failed"] == ["import"]
    assert first.json["steps"]["import"]["unread"][0]["file"] == "tickets.xlsx"
    assert steps(first.json)["score"] == "done"
    (incoming / "tickets.xlsx").unlink()
    again = holdfast("daily", "--folder", incoming, "--now", "2026-03-03T11:00:00+08:00", "--json", home=home)
    assert again.code == 0, again.out
    assert again.json["steps"]["import"]["files"] == 0
    assert again.json["alerts"] == first.json["alerts"]
    assert again.json["steps"]["report"]["outbox"] == first.json["steps"]["report"]["outbox"]

    archive = tmp_path / "backup.tar.gz"
    backed = holdfast("backup", archive, "--json", home=home)
    assert backed.code == 0, backed.out
    twice = holdfast("backup", archive, "--json", home=home)
    assert (twice.code, twice.json["error"]["code"]) == (2, "usage")
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(archive.read_bytes()[:-5000])
    cut = holdfast("restore", broken, "--json", home=new)
    assert (cut.code, cut.json["error"]["code"]) == (1, "bad_input")
    assert not new.exists()

    restored = holdfast("restore", archive, "--json", home=new)
    assert restored.code == 0, restored.out
    assert restored.json["tables"] == backed.json["tables"]
    states = {step["name"]: step["state"] for step in holdfast("doctor", "--json", home=new).json["steps"]}
    assert (states["budgets"], states["sending"], states["scores"]) == ("todo", "todo", "ok")
    assert holdfast("offers", "list", "--json", home=new).json["budgets_frozen"] is True
    assert holdfast("sending", "status", "--json", home=new).json["stopped"] is True
    day = holdfast("daily", "--folder", incoming, "--now", "2026-03-04T10:00:00+08:00", "--json", home=new)
    assert day.code == 0, day.out
    assert day.json["steps"]["import"]["known"] == 1, "what was taken in before the backup is known after it"
    assert day.json["steps"]["send"]["stopped_by_switch"] is True
    assert not (new / "outbox").exists()
    assert holdfast("offers", "unfreeze", "--by", "mei", home=new).code == 0
    assert holdfast("offers", "list", "--json", home=new).json["budgets_frozen"] is False
    over = holdfast("restore", archive, "--json", home=new)
    assert (over.code, over.json["error"]["code"]) == (1, "bad_input")


def test_the_schedule_is_printed_without_a_home(holdfast: Machine, only_sqlite: None, tmp_path: Path) -> None:
    said = holdfast("daily", "--print-schedule", "--json", home=tmp_path / "home")
    assert said.code == 0
    assert str(tmp_path / "home") in said.json["cron"]
    assert set(said.json["systemd"]) == {"holdfast.service", "holdfast-daily.service", "holdfast-daily.timer"}
    nowhere = holdfast("daily", "--json", home=tmp_path / "home")
    assert (nowhere.code, nowhere.json["error"]["code"]) == (2, "usage")
