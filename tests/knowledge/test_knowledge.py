"""Policies from files to answers, on a real Chroma folder."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from knowledge.documents import Passage
from knowledge.errors import DocumentUnreadable, IndexMissing
from knowledge.history import mask, passages
from knowledge.index import PolicyIndex
from knowledge.ingest import read_document, read_folder
from knowledge.retrieve import HybridRetriever
from tests.factories import a_ticket, an_order

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PolicyIndex:
    index = PolicyIndex(tmp_path_factory.mktemp("chroma"))
    with as_file(files("knowledge") / "policies") as folder:
        documents, unread = read_folder(folder)
    assert not unread
    index.replace_clauses([clause for document in documents for clause in document.clauses])
    return index


@pytest.mark.parametrize(
    ("question", "language", "clause"),
    [
        ("退款要几天才到账？", "zh", "退款几天到账"),
        ("收到的商品有破损怎么办", "zh", "质量问题"),
        ("衣服尺码不合适能换吗", "zh", "尺码不合适"),
        ("满多少包邮", "zh", "运费"),
        ("怎么退订营销短信", "zh", "联系方式与同意"),
        ("How long does a refund take to arrive?", "en", "How long a refund takes to arrive"),
        ("my parcel is late, what now", "en", "Late or lost parcels"),
        ("the shoes are the wrong size", "en", "Wrong size"),
        ("Is shipping free?", "en", "Shipping cost"),
        ("How do I return a damaged item?", "en", "Faulty or damaged goods"),
        ("刚打开盘子就裂成两半了", "zh", "质量问题"),
        ("新疆那边要走几天", "zh", "送达时间"),
        ("my app crashes all the time", "en", "Faults of the page or the app"),
    ],
)
def test_the_right_clause_comes_first(index: PolicyIndex, question: str, language: str, clause: str) -> None:
    found = HybridRetriever(index).policies(question, language, TODAY)
    assert found
    assert found[0].clause is not None
    assert found[0].clause.clause == clause


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("你们收购二手相机吗", "zh"),
        ("Do you have a swimming pool?", "en"),
        ("", "en"),
        ("？？", "zh"),
        ("怎么去机场", "zh"),
        ("can I pay in bitcoin", "en"),
        ("今天天气怎么样", "zh"),
        ("are you hiring", "en"),
    ],
)
def test_what_no_policy_covers_gives_nothing(index: PolicyIndex, question: str, language: str) -> None:
    assert HybridRetriever(index).policies(question, language, TODAY) == ()


def test_an_expired_clause_never_comes_back(index: PolicyIndex) -> None:
    retriever = HybridRetriever(index)
    then = retriever.policies("部分地区送达时间延长", "zh", date(2023, 2, 1))
    now = retriever.policies("部分地区送达时间延长", "zh", TODAY)
    assert all(p.clause and p.clause.clause != "疫情期间的延长时效" for p in now)
    assert all(p.clause and p.clause.in_force(date(2023, 2, 1)) for p in then)


def test_an_internal_clause_is_never_quoted(index: PolicyIndex) -> None:
    found = HybridRetriever(index).policies("客服专员单次补偿不超过 30 元", "zh", TODAY)
    assert all(p.clause and p.clause.audience == "customer" for p in found)


def test_a_promise_is_backed_by_the_clause_in_force(index: PolicyIndex) -> None:
    backing = HybridRetriever(index).licensed(["exchange_free"], "en", TODAY)
    assert [clause.id for clause in backing] == ["returns-en#wrong-size"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_act_has_a_clause_in_force_in_both_languages(index: PolicyIndex, language: str) -> None:
    from agent.acts import act_table

    backed = {act for clause in index.clauses(TODAY, language) for act in clause.acts}
    assert set(act_table()) <= backed


def test_ingesting_again_says_what_changed(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    page = tmp_path / "p" / "a.md"
    page.write_text("# One\nFirst.\n# Two\nSecond.\n", encoding="utf-8")
    index = PolicyIndex(tmp_path / "chroma")

    def ingest() -> tuple[int, int, int, int]:
        documents, _ = read_folder(tmp_path / "p")
        changes = index.replace_clauses([clause for document in documents for clause in document.clauses])
        return len(changes.added), len(changes.changed), len(changes.removed), changes.unchanged

    assert ingest() == (2, 0, 0, 0)
    assert ingest() == (0, 0, 0, 2)
    page.write_text("# One\nFirst, but different.\n# Three\nThird.\n", encoding="utf-8")
    assert ingest() == (1, 1, 1, 0)


def test_front_matter_articles_and_notes_are_read(tmp_path: Path) -> None:
    page = tmp_path / "law.md"
    page.write_text(
        "---\nid: rules\ntitle: 规则\nvalid_from: 2026-01-01\n---\n前言一句。\n第一条 退货\n七天内可退。\n"
        "> acts: return_free\n> customer: 七天内可以退。\n第二条 内部\n> audience: internal\n不外传。\n",
        encoding="gb18030",
    )
    document = read_document(page, "law")
    assert (document.id, document.language) == ("rules", "zh")
    assert [clause.clause for clause in document.clauses] == ["规则", "第一条", "第二条"]
    first = document.clauses[1]
    assert (first.acts, first.customer_text, first.valid_from) == (("return_free",), "七天内可以退。", date(2026, 1, 1))
    assert document.clauses[2].audience == "internal"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\nvalid_to: tomorrow\n---\n# A\nb\n", "tomorrow"),
        ("---\nvaild_to: 2026-01-01\n---\n# A\nb\n", "vaild_to"),
        ("---\nid: x\n", "never ends"),
        ("# Only a heading\n", "no text"),
    ],
)
def test_a_file_that_cannot_be_meant_says_where(tmp_path: Path, text: str, said: str) -> None:
    page = tmp_path / "x.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentUnreadable, match=said):
        read_document(page, "x")


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("# A\nb\n", encoding="utf-8")
    (tmp_path / "bad.md").write_bytes(b"\x00\xff\xfe\x80\x81" * 50)
    documents, unread = read_folder(tmp_path)
    assert [document.id for document in documents] == ["good"]
    assert [Path(item.path).name for item in unread] == ["bad.md"]


def test_two_files_that_hold_the_same_clause_are_both_named(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / f"{name}.md").write_text(f"---\nid: returns\n---\n# Refunds\nThe {name} rule.\n", encoding="utf-8")
    with pytest.raises(DocumentUnreadable) as caught:
        read_folder(tmp_path)
    assert "old.md" in caught.value.message
    assert "new.md" in caught.value.message
    assert caught.value.remedy


def test_one_document_may_lie_in_several_files(tmp_path: Path) -> None:
    for name in ("Refunds", "Returns"):
        (tmp_path / f"{name}.md").write_text(f"---\nid: returns\n---\n# {name}\nText.\n", encoding="utf-8")
    (tmp_path / "folder.md").mkdir()
    documents, unread = read_folder(tmp_path)
    assert {clause.id for document in documents for clause in document.clauses} == {
        "returns#refunds",
        "returns#returns",
    }
    assert unread == []


def test_where_nothing_was_ingested_there_is_no_index_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="no index") as caught:
        PolicyIndex(tmp_path / "mistyped").require()
    assert "holdfast ingest" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_was_made_is_there(tmp_path: Path) -> None:
    index = PolicyIndex(tmp_path / "chroma")
    index.replace_clauses([])
    index.require()


def test_history_is_only_ever_that_customers(tmp_path: Path) -> None:
    index = PolicyIndex(tmp_path / "chroma")
    for name in ("c1", "c2"):
        index.put_history(passages(name, [an_order(name, item=f"茶壶 {name}"), a_ticket(name)]))
    found = HybridRetriever(index).history("c1", "茶壶 c2", limit=50)
    assert len(found) == 2
    assert {passage.customer_id for passage in found} == {"c1"}
    assert "c2" not in " ".join(passage.text for passage in found)


def test_somebody_elses_event_is_a_fault_not_a_passage() -> None:
    with pytest.raises(ValueError, match="another customer"):
        passages("c1", [an_order("c2")])


def test_a_history_entry_without_an_owner_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nobody"):
        PolicyIndex(tmp_path / "chroma").put_history([Passage("history", "e1", "x", 0.0, "en")])


def test_what_identifies_a_person_is_masked_before_it_is_indexed() -> None:
    masked = mask("call 138 0013 8000 or write to lei.wang@mail.example, order 20481")
    assert masked == "call [number] or write to [e-mail], order 20481"
