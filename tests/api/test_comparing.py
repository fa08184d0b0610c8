"""People compare drafts without knowing who wrote which; the first word of each person on a case counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.domain import Language, Vote, WriteRequest, WriterReply
from agent.errors import WriterUnavailable
from agent.writers.composer import Composer
from api import comparing
from api.bootstrap import Workshop
from tests.factories import NOW
from tests.small_shop import a_small_shop


@dataclass
class SeedyComposer:
    """The composer with other words: another writer as far as a vote can tell."""

    name: str = "other"
    revision: str = "1"
    ill: bool = False

    def write(self, request: WriteRequest) -> WriterReply:
        if self.ill:
            raise WriterUnavailable("not today", "later")
        return WriterReply(Composer().compose(request, attempt=2))


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    workshop = a_small_shop(tmp_path).workshop
    workshop.__dict__["contestants"] = (Composer(), SeedyComposer())
    return workshop


def test_a_pair_is_two_drafts_of_one_case_by_two_writers(shop: Workshop) -> None:
    pair = comparing.next_pair(shop, Language.EN, "may")
    assert pair is not None
    assert {pair.left.writer.name, pair.right.writer.name} == {"composer", "other"}
    assert pair.left.body != pair.right.body
    assert pair.left.situation == pair.right.situation
    assert pair.left.language is Language.EN


def test_left_and_right_change_places(shop: Workshop) -> None:
    seen = set()
    for _ in range(8):
        pair = comparing.next_pair(shop, Language.ZH, "may")
        assert pair is not None
        seen.add(pair.left.writer.name)
        assert comparing.vote(shop, Language.ZH, pair.number, "left", "may")
    assert seen == {"composer", "other"}


def test_a_vote_names_who_was_preferred_and_counts_once(shop: Workshop) -> None:
    pair = comparing.next_pair(shop, Language.EN, "may")
    assert pair is not None
    assert comparing.vote(shop, Language.EN, pair.number, "right", "may")
    [vote] = shop.store.votes.all()
    assert (vote.better, vote.worse) == (pair.right.writer.name, pair.left.writer.name)
    assert not comparing.vote(shop, Language.EN, pair.number, "left", "may")
    after = comparing.next_pair(shop, Language.EN, "may")
    assert after is not None
    assert after.number != pair.number
    other = comparing.next_pair(shop, Language.EN, "lin")
    assert other is not None
    assert other.number == pair.number


@pytest.mark.parametrize(("number", "choice"), [(0, "both"), (9_999, "left")])
def test_a_vote_that_cannot_be_is_not_taken(shop: Workshop, number: int, choice: str) -> None:
    assert not comparing.vote(shop, Language.EN, number, choice, "may")
    assert shop.store.votes.all() == []


def test_a_writer_that_is_ill_is_compared_with_nobody(shop: Workshop) -> None:
    shop.__dict__["contestants"] = (Composer(), SeedyComposer(ill=True))
    assert comparing.next_pair(shop, Language.EN, "may") is None


def test_the_standing_leaves_ties_out_of_the_share_and_says_how_many_there_were() -> None:
    def a_vote(better: str, worse: str, tie: bool = False) -> Vote:
        return Vote(f"c-{better}-{tie}", Language.EN, better, worse, tie, "may", NOW)

    votes = [a_vote("a", "b"), a_vote("a", "b"), a_vote("b", "a"), a_vote("b", "a", tie=True)]
    [row] = comparing.standings(votes)
    assert (row.first, row.second, row.preferred.hits, row.preferred.of, row.ties) == ("a", "b", 2, 3, 1)
    low, high = row.preferred.interval
    assert low < 2 / 3 < high
