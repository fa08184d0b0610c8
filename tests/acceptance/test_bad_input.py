"""What goes wrong on a real day: a clear message with the remedy, a non-zero code, nothing half-written."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Holdfast


@pytest.fixture
def home(holdfast: Holdfast, tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    said = holdfast("init", "--name", "H", "--address", "1 Quay", "--domain", "h.example", "--json", home=folder)
    assert said.code == 0, said.err
    return folder


def failed(said: object, code: int = 1) -> dict[str, str]:
    assert said.code == code, (said.out, said.err)  # type: ignore[attr-defined]
    error = said.json["error"]  # type: ignore[attr-defined]
    assert error["message"]
    assert error["remedy"]
    return dict(error)


ORDERS = "customer_id,at,item,quantity,unit_price\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_usual_encoding_is_right(holdfast: Holdfast, home: Path, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "o.csv"
    file.write_text("客户编号,下单时间,商品名称,数量,单价\n00123,2026-01-05 10:00,紫砂壶,1,268\n", encoding=encoding)
    said = holdfast("import", "orders", file, "--json", home=home)
    assert said.code == 0, said.out
    assert said.json["added"] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", b"customer_id,at\n"),
        ("noise.parquet", b"\x00\x01\x02 not parquet"),
        ("noise.xlsx", b"PK\x03\x04 broken"),
        ("missing_column.csv", b"who,when\n1,2026-01-01\n"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    holdfast: Holdfast, home: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    failed(holdfast("import", "orders", tmp_path / name, "--json", home=home))


def test_a_missing_file_is_named(holdfast: Holdfast, home: Path) -> None:
    assert "nowhere.csv" in failed(holdfast("import", "orders", "nowhere.csv", "--json", home=home))["message"]


def test_good_rows_go_on_and_bad_rows_are_named(holdfast: Holdfast, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text(
        ORDERS + "1,2026-01-05,tea,1,10\n,2026-01-05,tea,1,10\n2,not a date,tea,1,10\n"
        "3,2999-01-01,tea,1,10\n4,2026-01-05,tea,x,10\n"
    )
    said = holdfast("import", "orders", file, "--json", "--now", "2026-03-01", home=home).json
    assert (said["added"], said["set_aside"]) == (1, 4)
    assert set(said["reasons"]) == {"no_customer", "unreadable_date", "future_date", "unreadable_quantity"}


def test_a_dry_run_stores_nothing(holdfast: Holdfast, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text(ORDERS + "1,2026-01-05,tea,1,10\n")
    assert holdfast("import", "orders", file, "--dry-run", "--json", home=home).json["added"] == 0
    assert not list((home / "events").glob("*.parquet")) if (home / "events").exists() else True
    assert holdfast("import", "orders", file, "--json", home=home).json["added"] == 1


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ("id,x,left\n1,2,0\n2,3,1\n", ("--label", "gone")),
        ("id,x,left\n1,2,0\n2,3,0\n", ("--label", "left")),
        ("id,x,left\n1,2,a\n2,3,b\n3,4,c\n", ("--label", "left")),
        ("id,x,left\n", ("--label", "left")),
    ],
)
def test_a_table_that_cannot_be_learnt_from_says_why(
    holdfast: Holdfast, home: Path, tmp_path: Path, table: str, options: tuple[str, ...]
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(table)
    failed(holdfast("train", file, *options, "--out", tmp_path / "m", "--json", home=home))
    assert not (tmp_path / "m").exists()


def test_without_a_label_a_table_is_a_usage_error(holdfast: Holdfast, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("id,x\n1,2\n")
    failed(holdfast("train", file, "--json", home=home), code=2)


def test_no_model_no_scores_no_brand_each_name_the_next_command(holdfast: Holdfast, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text(ORDERS + "1,2026-01-05,tea,1,10\n")
    holdfast("import", "orders", file, home=home)
    failed(holdfast("score", "--json", home=home))
    assert "holdfast score" in failed(holdfast("campaign", "preview", "--json", home=home))["remedy"]
    assert "holdfast init" in failed(holdfast("review", "list", "--json", home=tmp_path / "none"))["remedy"]
    assert (
        failed(holdfast("draft", "--customer", "99", "--channel", "email", "--json", home=home))["code"] == "not_found"
    )


def test_a_chat_model_that_is_not_there_is_named(holdfast: Holdfast, home: Path, tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").write_text("{}")
    file = tmp_path / "o.csv"
    file.write_text(ORDERS + "1,2026-01-05,tea,1,10\n")
    holdfast("import", "orders", file, home=home)
    said = holdfast(
        "draft", "--customer", "1", "--channel", "email", "--situation", "long_silence", "--model", tmp_path / "half",
        "--json", home=home,
    )  # fmt: skip
    failed(said)


def test_a_locked_database_is_waited_for_and_then_named(holdfast: Holdfast, home: Path) -> None:
    lock = sqlite3.connect(home / "holdfast.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        said = holdfast(
            "offers", "list", "--json", home=home, HOLDFAST_DATABASE_URL=f"sqlite:///{home}/holdfast.db?timeout=0.2"
        )
    finally:
        lock.execute("ROLLBACK")
    assert "locked" in failed(said)["message"]
    assert holdfast("offers", "list", "--json", home=home).code == 0, "the next run goes on"


def test_ctrl_c_in_the_middle_leaves_nothing_half_written(home: Path, tmp_path: Path) -> None:
    rows = "".join(f"{n % 900},2026-01-{1 + n % 28:02},tea,1,{n % 7 + 1}\n" for n in range(400_000))
    file = tmp_path / "o.csv"
    file.write_text(ORDERS + rows)
    command = [
        sys.executable,
        "-c",
        "from api.cli import main; main()",
        "import",
        "orders",
        str(file),
        "--home",
        str(home),
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    if process.returncode:  # it was stopped in time
        assert json.loads(out)["error"]["code"] == "stopped"
    again = subprocess.run(command, capture_output=True, text=True, timeout=120)
    said = json.loads(again.stdout)
    assert said["added"] + said["already_there"] == said["accepted"]


def test_a_full_disk_is_said_and_nothing_is_lost(holdfast: Holdfast, home: Path, tmp_path: Path) -> None:
    # A device that is always full stands in for the disk: writing the verdicts fails, and the exit code says so.
    drafts = tmp_path / "d.jsonl"
    drafts.write_text('{"id": "x"}\n')
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    error = failed(holdfast("gate", drafts, "--out", "/dev/full", "--json", home=home))
    assert "full" in error["message"].lower()


def test_the_gate_judges_every_line_and_keeps_their_order(holdfast: Holdfast, tmp_path: Path) -> None:
    drafts = tmp_path / "d.jsonl"
    drafts.write_text(
        'no json\n{"id": "a"}\n\n{"id": "b", "channel": "email", "draft": {"body": "x"}}\n', encoding="utf-8"
    )
    out = tmp_path / "o.jsonl"
    said = holdfast("gate", drafts, "--out", out, "--fail-on", "block")
    assert said.code == 3
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["verdict"] for line in lines] == ["block"] * 3
    assert lines[0]["violations"][0]["rule"] == "INPUT_INVALID"
    assert lines[1]["violations"][0]["rule"] == "INPUT_MISSING"
