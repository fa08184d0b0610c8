"""Two clauses that contradict each other are both shown, and neither is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from knowledge.conflicts import conflicts
from knowledge.documents import Clause
from knowledge.errors import DocumentUnreadable
from knowledge.index import PolicyIndex
from knowledge.ingest import read_folder
from knowledge.retrieve import HybridRetriever
from knowledge.taking import findings, read, take

TODAY = date(2026, 3, 2)


def a_clause(document: str, name: str, text: str, language: str = "zh", **changes: object) -> Clause:
    return Clause(f"{document}#{name}", document, name, text, language, **changes)  # type: ignore[arg-type]


SEVEN = a_clause("a", "无理由退货", "签收之日起 7 天内可以无理由退货。")
FOURTEEN = a_clause("b", "无理由退货", "签收之日起 14 天内可以无理由退货。")


def test_the_same_rule_with_another_number_is_a_contradiction() -> None:
    [found] = conflicts([SEVEN, FOURTEEN], TODAY)
    assert (found.first, found.second) == (SEVEN, FOURTEEN)
    assert "7 天" in found.message
    assert "14 天" in found.message


@pytest.mark.parametrize(
    "other",
    [
        a_clause("b", "无理由退货", "签收之日起七天内可以无理由退货。"),
        a_clause("b", "退款", "我们收到退货后 14 天内退款。"),
        a_clause("b", "无理由退货", "签收之日起 14 天内可以无理由退货。", valid_to=date(2026, 1, 1)),
        a_clause("b", "无理由退货", "签收之日起 14 天内可以无理由退货。", tier=("金卡",)),
    ],
)
def test_what_agrees_or_is_about_something_else_or_has_expired_is_none(other: Clause) -> None:
    only_silver = a_clause("a", "无理由退货", SEVEN.text, tier=("银卡",))
    assert conflicts([only_silver if other.tier else SEVEN, other], TODAY) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("服装退货", "服装签收后30天内可以退货。"), ("家电退货", "家电签收后7天内可以退货。")),
        (("黄金会员积分", "黄金会员每单返2%积分。"), ("白金会员积分", "白金会员每单返5%积分。")),
        (
            ("Small items", "Small items can be returned within 30 days of delivery."),
            ("Large items", "Large items can be returned within 14 days of delivery."),
        ),
    ],
)
def test_what_each_heading_keeps_apart_is_no_contradiction(one: tuple[str, str], other: tuple[str, str]) -> None:
    language = "en" if one[0].isascii() else "zh"
    assert conflicts([a_clause("a", *one, language), a_clause("b", *other, language)], TODAY) == []


def test_only_the_same_words_with_another_number_stop_an_answer(tmp_path: Path) -> None:
    index = PolicyIndex(tmp_path / "index")
    loose = a_clause("b", "无理由退货", "签收之日起的 14 天内，没有用过的商品可以退回来。")
    index.replace_clauses([SEVEN, loose])
    retriever = HybridRetriever(index)
    assert [conflict.alike for conflict in conflicts([SEVEN, loose], TODAY)] == [False]
    assert retriever.contradiction([SEVEN], TODAY) == ""
    assert "b#无理由退货" in retriever.contradiction([SEVEN, loose], TODAY), "both would be quoted side by side"


def test_it_is_found_in_english_too() -> None:
    one = a_clause("a", "Refunds", "Refunds are paid within 3 working days.", "en")
    other = a_clause("b", "Refunds", "Refunds are paid within seven working days.", "en")
    assert len(conflicts([one, other], TODAY)) == 1


def test_the_rows_of_one_table_do_not_contradict_each_other() -> None:
    table = a_clause("a", "送达时间", "地区：浙江；送达时间：2 天\n地区：西藏；送达时间：8 天")
    assert conflicts([table], TODAY) == []


def test_the_sample_shop_does_not_contradict_itself() -> None:
    with as_file(files("knowledge") / "policies") as folder:
        documents, _ = read_folder(folder)
    assert conflicts([clause for document in documents for clause in document.clauses], TODAY) == []


def test_an_ingestion_keeps_both_and_shows_them_to_a_person(tmp_path: Path) -> None:
    for name, days in (("a", 7), ("b", 14)):
        text = f"---\nvalid_from: 2026-01-01\n---\n# 无理由退货\n\n签收之日起 {days} 天内可以无理由退货。\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    found, index = read(tmp_path), PolicyIndex(tmp_path / "index")
    assert set(take(found, index).added) == {"a#无理由退货", "b#无理由退货"}
    finding, _ = findings(found, index, TODAY)
    assert (finding.kind, finding.clauses) == ("contradiction", ("a#无理由退货", "b#无理由退货"))


def test_an_act_that_nobody_knows_is_shown_to_a_person(tmp_path: Path) -> None:
    text = (
        "---\nvalid_from: 2026-01-01\n---\n# 换货\n\n尺码不合可以免费换一次。\n\n> acts: exchange_free, fly_to_moon\n"
    )
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    found, index = read(tmp_path), PolicyIndex(tmp_path / "index")
    take(found, index)
    finding, _ = findings(found, index, TODAY, {"exchange_free"})
    assert (finding.kind, finding.clauses) == ("act", ("a#换货",))
    assert "fly_to_moon" in finding.message


def test_what_has_expired_is_counted_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Old\n\nText.\n> valid_to: 2025-01-01\n\n# New\n\nText.\n", encoding="utf-8")
    assert read(tmp_path).expired(TODAY) == ("a#old",)


def test_a_clause_that_is_about_to_be_quoted_is_held_against_its_neighbours(tmp_path: Path) -> None:
    index = PolicyIndex(tmp_path / "index")
    other = a_clause("c", "发票", "下单时可以申请电子发票，开具后发到您的邮箱。")
    index.replace_clauses([SEVEN, FOURTEEN, other])
    retriever = HybridRetriever(index)
    assert retriever.contradiction([other], TODAY) == ""
    assert retriever.contradiction([], TODAY) == ""
    for clause in (SEVEN, FOURTEEN):
        said = retriever.contradiction([other, clause], TODAY)
        assert "a#无理由退货" in said
        assert "b#无理由退货" in said
    index.replace_clauses([SEVEN, replace(FOURTEEN, valid_to=date(2026, 3, 1)), other])
    assert retriever.contradiction([SEVEN], TODAY) == ""


@pytest.mark.parametrize(
    ("head", "note", "quoted"),
    [
        ("", "", False),
        ("quotable: yes\n", "", True),
        ("", "> quotable: 是\n", True),
        ("可引用: 是\n", "> quotable: no\n", False),
    ],
)
def test_a_firm_says_once_that_its_words_are_meant_for_customers(
    tmp_path: Path, head: str, note: str, quoted: bool
) -> None:
    text = "签收之日起 7 天内可以无理由退货。"
    long = "很长的条款。" * 60
    (tmp_path / "a.md").write_text(f"---\nid: a\n{head}---\n# 退货\n{text}\n{note}\n# 细则\n{long}\n", encoding="utf-8")
    found = read(tmp_path)
    assert [clause.customer_text for clause in found.clauses] == [text if quoted else None, None]
    told = [one for one in findings(found, PolicyIndex(tmp_path / "index"), TODAY) if one.kind == "quote"]
    assert len(told[0].clauses) == (1 if quoted else 2)


def test_quotable_is_yes_or_no(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nquotable: perhaps\n---\n# A\nB.\n", encoding="utf-8")
    with pytest.raises(DocumentUnreadable, match="neither yes nor no"):
        read(tmp_path)
