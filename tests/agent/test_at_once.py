"""A few things at once: results in the order of the rows, and little begun when nobody wants more."""

from __future__ import annotations

import threading
import time

import pytest

from agent.at_once import at_once


@pytest.mark.parametrize("most", [1, 4])
def test_results_come_in_the_order_of_the_rows(most: int) -> None:
    def work(n: int) -> int:
        time.sleep(0.02 if n % 2 else 0)
        return n * n

    assert list(at_once(work, range(9), most)) == [n * n for n in range(9)]


def test_several_are_under_way_together() -> None:
    together = threading.Barrier(3, timeout=5)

    def work(n: int) -> int:
        together.wait()
        return n

    assert list(at_once(work, range(3), 3)) == [0, 1, 2]


def test_stopping_early_leaves_the_rest_alone() -> None:
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        return n

    results = at_once(work, range(1000), 4)
    assert next(results) == 0
    results.close()
    assert len(begun) <= 8


def test_what_breaks_in_one_row_breaks_where_it_is_waited_for() -> None:
    def work(n: int) -> int:
        if n == 2:
            raise ValueError("row 2")
        return n

    results = at_once(work, range(5), 3)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="row 2"):
        next(results)
