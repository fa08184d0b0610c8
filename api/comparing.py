"""Two drafts of one unseen case side by side, and what people think of them: a blind comparison of writers.

Who wrote which is decided by case and voter and told to nobody before the vote; left and right change places at random.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from agent.domain import Draft, Language, Vote
from agent.draft import write_draft
from agent.errors import NoDraft, WriterUnavailable
from agent.evaluation import EvalCase
from agent.evaluation.writers import Share, judge_of
from agent.ports import Writer
from api.bootstrap import Workshop
from api.evaluating import cases_in

CASES, SEED = 240, 20
"""How many cases there are to vote on, over both languages, and the seed they are made from."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a voter sees of one case, and what only the house knows: who wrote left and right."""

    number: int
    case: EvalCase
    left: Draft
    right: Draft


@dataclass(frozen=True, slots=True)
class Standing:
    """Of two writers: how often the first was preferred among the votes that were no tie, and how many were ties."""

    first: str
    second: str
    preferred: Share
    ties: int


def next_pair(shop: Workshop, language: Language, voter: str) -> Pair | None:
    """The first case that this person has not voted on; None when there is none left or nobody to compare."""
    cast = {vote.case_id for vote in shop.store.votes.all() if vote.by == voter}
    writers = shop.contestants
    for number, case in enumerate(cases_in(language.value, CASES, SEED)):
        if case.case.case_id not in cast and (pair := _pair(number, case, writers, voter)) is not None:
            return pair
    return None


def vote(shop: Workshop, language: Language, number: int, choice: str, voter: str) -> bool:
    """`choice` is left, right or tie. False when there is no such pair, or this person voted on it before."""
    cases = cases_in(language.value, CASES, SEED)
    pair = _pair(number, cases[number], shop.contestants, voter) if 0 <= number < len(cases) else None
    if pair is None or choice not in ("left", "right", "tie"):
        return False
    better, worse = (pair.right, pair.left) if choice == "right" else (pair.left, pair.right)
    names = better.writer.name, worse.writer.name
    return shop.store.votes.cast(
        Vote(pair.case.case.case_id, language, *names, choice == "tie", voter, shop.clock.now())
    )


def standings(votes: Sequence[Vote]) -> list[Standing]:
    """Each two writers that were compared."""
    names = sorted({name for vote in votes for name in (vote.better, vote.worse)})
    found = []
    for first, second in combinations(names, 2):
        between = [vote for vote in votes if {vote.better, vote.worse} == {first, second}]
        wins = Counter(vote.better for vote in between if not vote.tie)
        if between:
            ties = sum(vote.tie for vote in between)
            found.append(Standing(first, second, Share(wins[first], wins[first] + wins[second]), ties))
    return found


def _pair(number: int, case: EvalCase, writers: Sequence[Writer], voter: str) -> Pair | None:
    """Two drafts that differ; None where one of the two writers had nothing to say."""
    pairs = list(combinations(writers, 2))
    if not pairs:
        return None
    dice = hashlib.sha256(f"{case.case.case_id}\x1f{voter}".encode()).digest()
    chosen = pairs[dice[0] % len(pairs)]
    first, second = chosen if dice[1] % 2 else chosen[::-1]
    left, right = _draft(case, first, number), _draft(case, second, number)
    if left is None or right is None or left.body == right.body:
        return None
    return Pair(number, case, left, right)


def _draft(case: EvalCase, writer: Writer, seed: int) -> Draft | None:
    try:
        return write_draft(case.case, case.sheet, [writer], judge_of(case), seed=seed)
    except (NoDraft, WriterUnavailable):
        return None
