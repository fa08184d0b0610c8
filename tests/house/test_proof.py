"""make proof goes on where it was cut off, and believes no row of other code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import proof

ROW = "| x | 500 | 2026-11-27 | abc1234 | held | 9 s |"


@pytest.mark.parametrize(
    ("row", "n", "revision", "held"),
    [
        (ROW, "500", "abc1234", True),
        (ROW, "1,000", "abc1234", False),
        (ROW, "500", "fff0000", False),
        (ROW, "500", "abc1234+", False),
        (ROW.replace("abc1234", "abc1234+"), "500", "abc1234+", False),
        (ROW.replace("held", "FAILED"), "500", "abc1234", False),
        ("", "500", "abc1234", False),
    ],
)
def test_only_a_proof_that_held_for_this_code_and_this_n_is_skipped(
    row: str, n: str, revision: str, held: bool
) -> None:
    assert proof.has_held(row, n, revision) is held


def test_the_page_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows = {p.what: ROW.replace("| x |", f"| {p.what} |") for p in proof.PROOFS}
    proof.write_page(rows, tmp_path / "p.md")
    assert proof.read_page(tmp_path / "p.md") == rows
