"""What a search promises: nothing expired, a reason for every miss, the right language, words where no model is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge.documents import Clause
from knowledge.embed.choice import Embedders
from knowledge.index import PolicyIndex
from knowledge.retrieve import HybridRetriever, Miss, Using
from knowledge.search import Asker, Lexicon, Part, Rows

TODAY = date(2026, 3, 2)


def a_clause(name: str, text: str, language: str = "en", **changes: object) -> Clause:
    return Clause(f"d#{name}", "d", name, text, language, **changes)  # type: ignore[arg-type]


def indexed(folder: Path, *clauses: Clause, embedders: Embedders | None = None) -> HybridRetriever:
    index = PolicyIndex(folder / "index", embedders)
    index.replace_clauses(clauses)
    return HybridRetriever(index)


SUMMER = a_clause("Summer sale", "Swimwear is 20% off in the summer sale.", valid_to=date(2025, 8, 31))
RETURNS = a_clause("Returns", "Unused goods can be returned within 14 days.", valid_from=date(2025, 1, 1))
HONG_KONG = a_clause("Customs", "Parcels to Hong Kong pay no customs duty.", region=("HK",))
GOLD = a_clause("Lounge", "The airport lounge is open to gold members.", tier=("gold",))
STAFF = a_clause("Goodwill", "An agent may grant up to 30 yuan of goodwill.", audience="internal")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> HybridRetriever:
    return indexed(tmp_path_factory.mktemp("shop"), SUMMER, RETURNS, HONG_KONG, GOLD, STAFF)


@pytest.mark.parametrize(
    ("query", "asker", "miss"),
    [
        ("Is swimwear cheaper in the summer sale?", Asker(), Miss.NOT_IN_FORCE),
        ("Do parcels to Hong Kong pay customs duty?", Asker(region="CN"), Miss.OTHER_REGION),
        ("Is the airport lounge open to me?", Asker(tier="silver"), Miss.OTHER_TIER),
        ("How much goodwill may an agent grant?", Asker(), Miss.INTERNAL),
        ("Who won the football match last night?", Asker(), Miss.NOT_COVERED),
        ("?!", Asker(), Miss.NO_QUESTION),
    ],
)
def test_every_miss_says_why(shop: HybridRetriever, query: str, asker: Asker, miss: Miss) -> None:
    answer = shop.ask(query, "en", TODAY, asker=asker)
    assert (answer.passages, answer.miss) == ((), miss)


def test_an_expired_clause_is_found_on_a_day_when_it_was_in_force(shop: HybridRetriever) -> None:
    [first, *_] = shop.policies("Is swimwear cheaper in the summer sale?", "en", date(2025, 7, 1))
    assert first.clause == SUMMER


def test_staff_see_what_customers_do_not(shop: HybridRetriever) -> None:
    answer = shop.ask("How much goodwill may an agent grant?", "en", TODAY, asker=Asker(audience=None))
    assert answer.passages[0].clause == STAFF


def test_whoever_a_clause_is_for_gets_it(shop: HybridRetriever) -> None:
    assert shop.policies("Do parcels to Hong Kong pay customs duty?", "en", TODAY, asker=Asker(region="hk"))
    assert shop.policies("Is the airport lounge open to me?", "en", TODAY, asker=Asker(tier="Gold"))


def test_a_question_in_a_language_without_clauses_is_answered_from_the_other_and_that_is_said(tmp_path: Path) -> None:
    retriever = indexed(tmp_path, RETURNS, a_clause("Shipping cost", "Shipping is free from 59 yuan."))
    answer = retriever.ask("没用过的东西多少天内可以退货？", "zh", TODAY)
    assert answer.language == "en"
    assert answer.passages[0].clause == RETURNS


def test_a_name_is_found_by_its_words_whatever_its_vector_says(tmp_path: Path) -> None:
    retriever = indexed(
        tmp_path, a_clause("第七条", "经营者应当守信。", "zh"), a_clause("第八条", "经营者应当守约。", "zh")
    )
    first = retriever.policies("第七条", "zh", TODAY)[0]
    assert first.source_id == "d#第七条"


def test_what_another_process_ingested_is_found_without_a_restart(tmp_path: Path) -> None:
    retriever = indexed(tmp_path, RETURNS)
    assert not retriever.policies("What does shipping cost?", "en", TODAY)
    PolicyIndex(tmp_path / "index").replace_clauses([RETURNS, a_clause("Shipping cost", "Shipping costs 8 yuan.")])
    assert retriever.policies("What does shipping cost?", "en", TODAY)


def test_without_an_embedder_words_alone_are_searched(tmp_path: Path) -> None:
    retriever = indexed(tmp_path, RETURNS, SUMMER, embedders=Embedders("none"))
    assert retriever.policies("can unused goods be returned", "en", TODAY)[0].clause == RETURNS
    assert retriever.ask("where is the moon", "en", TODAY).miss is Miss.NOT_COVERED


def test_an_index_of_another_embedder_is_searched_by_words_until_it_is_made_anew(tmp_path: Path) -> None:
    indexed(tmp_path, RETURNS, embedders=Embedders("none"))
    index = PolicyIndex(tmp_path / "index")
    assert HybridRetriever(index).policies("can unused goods be returned", "en", TODAY)
    assert index.stamps() == {"en": "words-v2"}
    index.replace_clauses([RETURNS])
    assert index.stamps() == {"en": "all-MiniLM-L6-v2"}


def test_clauses_that_did_not_change_are_not_embedded_again(tmp_path: Path) -> None:
    index = PolicyIndex(tmp_path / "index")
    index.replace_clauses([RETURNS])
    steps: list[str] = []
    index.replace_clauses([RETURNS, GOLD], lambda step, _share: steps.append(step))
    assert set(steps) == {"embedding 1 of 1"}, "in its own language, and in the space that the other can ask in"


def test_a_clauses_own_question_helps_and_can_be_left_out_to_measure_that(tmp_path: Path) -> None:
    asked = a_clause(
        "Rule nine", "Section four applies with the necessary changes.", questions=("Can I bring my parrot?",)
    )
    index = PolicyIndex(tmp_path / "index")
    index.replace_clauses([asked, RETURNS])
    assert HybridRetriever(index).policies("may I come with my parrot", "en", TODAY)[0].clause == asked
    without = HybridRetriever(index, Using(questions=False))
    assert not without.policies("may I come with my parrot", "en", TODAY)


def test_bm25_prefers_the_rarer_word() -> None:
    scores, covered = Lexicon(["tea and cups", "tea and spoons", "tea and kettles"]).scores("tea kettles")
    assert scores.argmax() == 2
    assert covered[2] == pytest.approx(1.0)
    assert covered[0] < 0.3


def test_the_rough_pass_over_many_rows_finds_what_the_exact_one_does() -> None:
    dice = np.random.default_rng(0)
    centres = dice.normal(size=(200, 384))
    rows = centres[dice.integers(0, 200, 30_000)] + 0.7 * dice.normal(size=(30_000, 384))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    clauses = [a_clause(str(at), "x") for at in range(30_000)]
    part = Part(clauses, Rows([clause.id for clause in clauses], [False] * 30_000, rows))
    for at in range(0, 30_000, 3_000):
        question = rows[at] + 0.2 * dice.normal(size=384).astype(np.float32) / 20
        found = part.likeness(question)
        assert found is not None
        assert set(np.argsort(-found.order)[:5]) == set(np.argsort(-(rows @ question))[:5])
