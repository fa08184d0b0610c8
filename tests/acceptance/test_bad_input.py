"""What goes wrong on a real day: a clear message with the remedy, a non-zero code, nothing half-written."""

from __future__ import annotations

import json
import os
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


def test_a_locked_database_is_waited_for_and_then_named(holdfast: Holdfast, only_sqlite: None, home: Path) -> None:
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


def test_ctrl_c_in_the_middle_leaves_nothing_half_written(holdfast: Holdfast, home: Path, tmp_path: Path) -> None:
    environment = {**os.environ, **holdfast.env(home)}
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
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    if process.returncode:  # it was stopped in time
        assert json.loads(out)["error"]["code"] == "stopped"
    again = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
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


DRAFTS = 'no json\n{"id": "a"}\n\n{"id": "b", "channel": "email", "draft": {"body": "x"}}\n'


def test_the_gate_judges_every_line_and_keeps_their_order(
    holdfast: Holdfast, only_sqlite: None, tmp_path: Path
) -> None:
    drafts = tmp_path / "d.jsonl"
    drafts.write_text("\ufeff" + DRAFTS, encoding="utf-8")
    out = tmp_path / "o.jsonl"
    said = holdfast("gate", drafts, "--out", out, "--fail-on", "block")
    assert said.code == 3
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["verdict"] for line in lines] == ["block"] * 4, (
        "a blank line before another is answered too: the nth belongs to the nth"
    )
    rules = [line["violations"][0]["rule"] for line in lines]
    assert rules == ["INPUT_INVALID", "INPUT_MISSING", "INPUT_INVALID", "INPUT_MISSING"]
    assert [line["id"] for line in lines] == [None, "a", None, "b"]


def test_the_gate_may_write_over_the_file_that_it_reads(holdfast: Holdfast, only_sqlite: None, tmp_path: Path) -> None:
    drafts = tmp_path / "d.jsonl"
    drafts.write_text(DRAFTS, encoding="utf-8")
    assert holdfast("gate", drafts, "--out", drafts, "--json").json["block"] == 4
    assert len(drafts.read_text(encoding="utf-8").splitlines()) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["d.jsonl"]


GOOD = {
    "id": "茶", "channel": "chat", "draft": {"subject": None, "body": "雨桐您好，没用过的茶壶，签收后7天内可以退。"},
    "context": {
        "purpose": "reply", "now": "2026-11-27T10:00:00+08:00", "offer": None,
        "customer": {"name": "陈雨桐", "language": "zh", "timezone": "Asia/Shanghai", "consent": {"chat": True},
                     "suppressed": False, "facts": {}},
        "policy": [{"id": "ret7", "text": "自签收之日起7天内，未使用的商品可无理由退货。"}],
        "brand": {"name": "林间小铺", "domains": ["shop.example"]},
        "history": {"sent_last_7_days": 0, "open_ticket": None},
    },
}  # fmt: skip


def test_the_gate_reads_stdin_and_answers_in_readable_words(holdfast: Holdfast, only_sqlite: None) -> None:
    odd = json.dumps({"id": "a\u2028b"})  # would break the line, and so is escaped
    said = holdfast("gate", "-", stdin=json.dumps(GOOD, ensure_ascii=False) + f"\n{odd}\n\n \n")
    first, second = said.out.rstrip("\n").split("\n")
    assert '"id": "茶"' in first
    assert json.loads(first)["verdict"] == "pass"
    assert (json.loads(second)["id"], "\u2028" in second) == ("a\u2028b", False)


def test_a_blank_line_that_is_answered_is_counted_and_one_at_the_end_is_neither(
    holdfast: Holdfast, only_sqlite: None, tmp_path: Path
) -> None:
    drafts, out = tmp_path / "d.jsonl", tmp_path / "o.jsonl"
    good = json.dumps(GOOD, ensure_ascii=False)
    for text, verdicts in ((f"\n{good}\n\n", ["block", "pass"]), (f"{good}\n\n \n", ["pass"])):
        drafts.write_text(text, encoding="utf-8")
        said = holdfast("gate", drafts, "--out", out, "--fail-on", "block", "--json")
        written = [json.loads(line)["verdict"] for line in out.read_text(encoding="utf-8").splitlines()]
        assert written == verdicts
        assert {name: said.json[name] for name in ("pass", "block")} == {
            name: verdicts.count(name) for name in ("pass", "block")
        }
        assert said.code == (3 if "block" in verdicts else 0)


def test_the_gate_without_input_leaves_what_stood_there(holdfast: Holdfast, only_sqlite: None, tmp_path: Path) -> None:
    old = tmp_path / "old.jsonl"
    old.write_text("kept\n", encoding="utf-8")
    for out in (old, tmp_path / "new.jsonl"):
        error = failed(holdfast("gate", tmp_path / "nowhere.jsonl", "--out", out, "--json"))
        assert "nowhere.jsonl" in error["message"]
    assert old.read_text(encoding="utf-8") == "kept\n"
    assert [path.name for path in tmp_path.iterdir()] == ["old.jsonl"]


def test_bad_outcomes_are_exit_code_one_and_the_good_ones_are_done(
    holdfast: Holdfast, home: Path, tmp_path: Path
) -> None:
    people, file = tmp_path / "c.csv", tmp_path / "o.csv"
    people.write_text("id,name\n1,Nora Bell\n", encoding="utf-8")
    assert holdfast("import", "customers", people, home=home).code == 0
    file.write_text("kind,at,customer_id\nunsubscribed,2026-03-01,1\nunsubscribed,2026-03-01,99\n", encoding="utf-8")
    said = holdfast("import", "outcomes", file, "--json", home=home)
    assert said.code == 1
    assert said.json["recorded"] == 1
    assert [item["line"] for item in said.json["bad"]] == [3]


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "500000 JPY left"), ("KWD", "5000.000 KWD left")])
def test_a_budget_is_shown_in_the_currencys_own_units(
    holdfast: Holdfast, tmp_path: Path, currency: str, shown: str
) -> None:
    home = tmp_path / "home"
    holdfast("init", "--name", "H", "--address", "1 Quay", "--domain", "h.example", "--currency", currency, home=home)
    budget = shown.split()[0]
    (home / "offers.toml").write_text(
        f'[[offers]]\nid = "off"\nkind = "amount"\nvalue = 10\ncost = 10\nbudget = {budget}\n', encoding="utf-8"
    )
    (home / "strategies.toml").write_text("", encoding="utf-8")
    said = holdfast("offers", "list", home=home)
    assert shown in said.out, (said.out, said.err)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_codes_may_be_saved_as_editors_save_them(holdfast: Holdfast, home: Path, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("满减一\n满减二\n", encoding=encoding)
    offer = holdfast("offers", "list", "--json", home=home).json["offers"][0]["id"]
    said = holdfast("offers", "codes", "import", file, "--offer", offer, "--json", home=home)
    assert said.json["added"] == {offer: 2}


@pytest.mark.parametrize("heading", ["code", "offer,code", "券码", '"Coupon_Code"'])
def test_the_heading_of_a_table_of_codes_is_no_code(
    holdfast: Holdfast, home: Path, tmp_path: Path, heading: str
) -> None:
    offer = holdfast("offers", "list", "--json", home=home).json["offers"][0]["id"]
    row = f"{offer},SPRING{{}}" if "," in heading else "SPRING{}"
    file = tmp_path / "codes.csv"
    file.write_text("\n".join([heading, *(row.format(number) for number in (1, 2))]), encoding="utf-8")
    said = holdfast("offers", "codes", "import", file, "--offer", offer, "--json", home=home)
    assert said.json["added"] == {offer: 2}


@pytest.fixture
def index(holdfast: Holdfast, tmp_path: Path) -> Path:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.md").write_text("# Refund time\nA refund arrives within five days.\n", encoding="utf-8")
    assert holdfast("ingest", tmp_path / "p", "--index", tmp_path / "index").code == 0
    return tmp_path / "index"


def test_a_mistyped_index_is_said_and_not_made(holdfast: Holdfast, only_sqlite: None, tmp_path: Path) -> None:
    error = failed(holdfast("retrieve", "refund", "--index", tmp_path / "indx", "--json"))
    assert error["code"] == "index_missing"
    assert "indx" in error["message"]
    assert not (tmp_path / "indx").exists()


def test_two_policies_with_the_same_clause_are_both_named(
    holdfast: Holdfast, only_sqlite: None, tmp_path: Path
) -> None:
    for name in ("old", "new"):
        (tmp_path / f"{name}.md").write_text("---\nid: returns\n---\n# Refunds\nA rule.\n", encoding="utf-8")
    error = failed(holdfast("ingest", tmp_path, "--index", tmp_path / "index", "--json"))
    assert error["code"] == "document_unreadable"
    assert "old.md" in error["message"]
    assert "new.md" in error["message"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_questions_may_be_saved_as_editors_save_them(
    holdfast: Holdfast, index: Path, tmp_path: Path, encoding: str
) -> None:
    file, out = tmp_path / "q.jsonl", tmp_path / "answers.jsonl"
    file.write_text('{"id": 1, "query": "refund"}\n{"id": 2, "query": "退款"}\n', encoding=encoding)
    assert holdfast("retrieve", "--index", index, "--queries", file, "--out", out, "--json").code == 0
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[0]["results"][0]["clause"] == "Refund time"


@pytest.mark.parametrize("line", ['{"id": 2}', "not json", "[1]", '{"id": 2, "query": null}'])
def test_a_question_that_cannot_be_read_is_named_by_its_line(
    holdfast: Holdfast, index: Path, tmp_path: Path, line: str
) -> None:
    file, out = tmp_path / "q.jsonl", tmp_path / "answers.jsonl"
    file.write_text(f'{{"id": 1, "query": "refund"}}\n\n{line}\n', encoding="utf-8")
    error = failed(holdfast("retrieve", "--index", index, "--queries", file, "--out", out, "--json"))
    assert error["code"] == "bad_input"
    assert "line 3" in error["message"]
    assert not out.exists()
