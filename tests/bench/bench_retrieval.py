"""The search at size, and on policies that nobody here wrote: a table, no verdict.

`python tests/bench/bench_retrieval.py`, or with the others: `python -m tests.bench`; `--search` for the first part
alone. The 100,000 passages are made up: texts of 30 words, vectors around 2,000 centres (recall on random vectors would
mean nothing), half of the clauses expired. Numbers depend on what else the machine does.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from knowledge.documents import Clause, Passage
from knowledge.index import PolicyIndex
from knowledge.search import Asker, Part, Rows

TODAY = date(2026, 3, 2)
DATA = Path(os.environ.get("HOLDFAST_PUBLIC_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
MANY, WIDE, CENTRES = 100_000, 384, 2_000
CUSTOMERS = 100_000


def bench() -> None:
    print(f"numpy {np.__version__}")
    part, rows = _big()
    _search(part, rows)
    if "--search" not in sys.argv:
        _history()
        _public()


def _big() -> tuple[Part, np.ndarray]:  # type: ignore[type-arg]
    dice = np.random.default_rng(0)
    centres = dice.normal(size=(CENTRES, WIDE))
    rows = centres[dice.integers(0, CENTRES, MANY)] + 0.5 * dice.normal(size=(MANY, WIDE))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    words = [f"w{at}" for at in range(20_000)]
    chosen = random.Random(0)
    clauses = [
        Clause(f"d{at // 100}#{at}", f"d{at // 100}", str(at), " ".join(chosen.choices(words, k=30)), "en",
               valid_to=date(2025, 1, 1) if at % 2 else None)
        for at in range(MANY)
    ]  # fmt: skip
    start = time.perf_counter()
    part = Part(clauses, Rows([clause.id for clause in clauses], [False] * MANY, rows))
    part.lexicon.scores("w1")
    part.likeness(rows[0])
    print(f"{MANY:,} passages into memory: {time.perf_counter() - start:.1f} s, once a generation")
    return part, rows


def _search(part: Part, rows: np.ndarray) -> None:  # type: ignore[type-arg]
    dice = np.random.default_rng(1)
    asked = [
        (
            rows[dice.integers(0, MANY)] + 0.03 * dice.normal(size=WIDE).astype(np.float32),
            " ".join(f"w{at}" for at in dice.integers(0, 20_000, 12)),
        )
        for _ in range(200)
    ]

    def both(question: np.ndarray, text: str) -> None:  # type: ignore[type-arg]
        found = part.likeness(question)
        assert found is not None
        score = found.order + part.lexicon.scores(text)[0]
        score[~part.allowed(TODAY, Asker())] = -9
        np.argpartition(score, -10)[-10:]

    # Each by itself: the peer reads 150 MB and would push what the others read out of the processor's cache.
    _told("plain numpy over all rows (the peer)", [_timed(lambda q=q: rows @ q) for q, _ in asked])  # type: ignore[misc]
    _told("meaning", [_timed(lambda q=q: part.likeness(q)) for q, _ in asked])  # type: ignore[misc]
    _told("words", [_timed(lambda text=text: part.lexicon.scores(text)) for _, text in asked])  # type: ignore[misc]
    _told("both, filtered, best ten", [_timed(lambda q=q, text=text: both(q, text)) for q, text in asked])  # type: ignore[misc]
    right = 0
    for question, _ in asked:
        found = part.likeness(question)
        assert found is not None
        right += len({*np.argsort(-found.order)[:10]} & {*np.argsort(-(rows @ question))[:10]})
    print(f"recall@10 of the rough pass against the exact one: {right / len(asked) / 10:.4f}")


def _told(name: str, times: list[float]) -> None:
    times = sorted(times)
    print(f"search by {name}: p50 {times[len(times) // 2]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms")


def _history() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = PolicyIndex(Path(folder))
        start = time.perf_counter()
        for first in range(0, CUSTOMERS, 10_000):
            index.put_history(
                Passage("history", f"e{at}-{n}", f"order · cup {at}", 0.0, "en", customer_id=f"c{at}")
                for at in range(first, first + 10_000)
                for n in range(3)
            )
        print(f"history of {CUSTOMERS:,} customers written: {time.perf_counter() - start:.0f} s")
        chosen = random.Random(0)
        times = sorted(_timed(lambda: index.history(f"c{chosen.randrange(CUSTOMERS)}")) for _ in range(300))
        print(f"one customer's history: p50 {times[150]:.1f} ms, p95 {times[285]:.1f} ms")


def _public() -> None:
    from knowledge.evaluation import evaluate, read_questions
    from knowledge.ingest import read_folder

    for name in ("cn-law", "basecamp-policies", "abcd"):
        if not (DATA / name).is_dir():
            print(f"{name}: not here (HOLDFAST_PUBLIC_DATA)")
            continue
        documents, _ = read_folder(DATA / name)
        clauses = [clause for document in documents for clause in document.clauses]
        with tempfile.TemporaryDirectory() as folder:
            index = PolicyIndex(Path(folder))
            start = time.perf_counter()
            index.replace_clauses(clauses)
            took = time.perf_counter() - start
            asked = read_questions(Path(__file__).resolve().parents[1] / "evals" / "retrieval" / f"{name}.jsonl")
            print(f"{name}: {len(clauses)} clauses in {took:.0f} s, {len(asked)} questions")
            for row in evaluate(index, asked, TODAY, ["ours", "bm25", "dense"]):
                shares = {"R@1": row.recall_at_1, "R@5": row.recall_at_5, "not covered": row.abstains_right}
                said = ", ".join(f"{key} {s.value:.2f} [{s.low:.2f}, {s.high:.2f}]" for key, s in shares.items() if s.n)
                print(f"  {row.name}: {said}, search p95 {row.search_p95_ms:.1f}, embed p50 {row.embed_p50_ms:.1f} ms")


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    bench()
