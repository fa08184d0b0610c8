"""make proof: the same tests as in CI with large n. Writes tests/PROOF.md: what, n, date, revision, result, duration.

A proof that has held at this revision with this n is not run again, so that a run that was cut off goes on where it
was; `--again` runs them all, `--only WORD` those that have the word in their name, `--scale 0.25` with a quarter of n.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "tests" / "PROOF.md"
BUT_THE_PAGE = (".", ":!tests/PROOF.md")
HEAD = """# Proof

The tests of CI with large n, on one machine. Made by `make proof`; a row is the newest run of that proof.

| what | n | date | revision | result | duration |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Proof:
    """`sizes`: setting → n. What is counted stands in the test's own words."""

    what: str
    tests: tuple[str, ...]
    sizes: dict[str, int]

    def scaled(self, scale: float) -> dict[str, int]:
        return {name: max(1, round(n * scale)) for name, n in self.sizes.items()}


KILLS, HISTORIES = "tests/faults/test_kills.py", "tests/faults/test_ledger_histories.py"
LONG = {"HOLDFAST_PROOF_HISTORIES": 500}
PROOFS = (
    Proof("messages: the sender killed, SQLite", (KILLS, "-k", "message"), {"HOLDFAST_PROOF_SENDERS": 500}),
    Proof("ledger: 8 writers, kills each, SQLite", (KILLS, "-k", "sqlite-8"), {"HOLDFAST_PROOF_KILLS": 1000}),
    Proof("ledger: 8 writers, kills each, PostgreSQL", (KILLS, "-k", "postgresql-8"), {"HOLDFAST_PROOF_KILLS": 1000}),
    Proof("ledger: 64 writers, kills each, SQLite", (KILLS, "-k", "sqlite-64"), {"HOLDFAST_PROOF_CROWD": 10}),
    Proof("ledger: 64 writers, kills each, PostgreSQL", (KILLS, "-k", "postgresql-64"), {"HOLDFAST_PROOF_CROWD": 10}),
    Proof("ledger: histories beside a model, SQLite", (HISTORIES, "-k", "sqlite"), LONG),
    Proof("ledger: histories beside a model, PostgreSQL", (HISTORIES, "-k", "postgresql"), LONG),
    Proof(
        "experiments: false alarms 5 % ± 1, daily looks too; intervals cover 95 % ± 1; planted faults found",
        ("tests/scoring/experiments/test_rehearsal.py",),
        {"HOLDFAST_PROOF_EXPERIMENTS": 2000},
    ),
    Proof(
        "cost forecasts: the interval holds the cost of at least 90 % of simulated campaigns",
        ("tests/scoring/experiments/test_redemption.py", "tests/api/test_costing.py"),
        {"HOLDFAST_PROOF_FORECASTS": 3000},
    ),
    Proof(
        "ninety days of a shop at the command line",
        ("tests/acceptance/test_ninety_days.py", "-k", "sqlite"),
        {"HOLDFAST_PROOF_DAYS": 92, "HOLDFAST_PROOF_CUSTOMERS": 250},
    ),
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    asked = _arguments(arguments)
    revision, rows = revision_of_the_code(), read_page()
    chosen = [proof for proof in PROOFS if asked.only in proof.what]
    worst = 0
    for number, proof in enumerate(chosen, 1):
        sizes = proof.scaled(asked.scale)
        n = ", ".join(f"{size:,}" for size in sizes.values())
        if not asked.again and has_held(rows.get(proof.what, ""), n, revision):
            sys.stdout.write(f"{number}/{len(chosen)} {proof.what}: held at {revision}\n")
            continue
        sys.stdout.write(f"{number}/{len(chosen)} {proof.what}, n = {n} …\n")
        sys.stdout.flush()
        began = time.monotonic()
        failed = run(proof, sizes)
        worst = max(worst, failed)
        took = f"{time.monotonic() - began:,.0f} s"
        result = "FAILED" if failed else "held"
        rows[proof.what] = f"| {proof.what} | {n} | {datetime.now(UTC):%Y-%m-%d} | {revision} | {result} | {took} |"
        write_page(rows)
    return worst


def run(proof: Proof, sizes: dict[str, int]) -> int:
    settings = {name: str(size) for name, size in sizes.items()}
    command = [sys.executable, "-m", "pytest", "-s", *proof.tests]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}).returncode


def revision_of_the_code() -> str:
    """The last commit that changed anything but the page itself; with a + where something is not committed."""
    last = _git("log", "-1", "--format=%h", "--", *BUT_THE_PAGE)
    return f"{last}+" if _git("status", "--porcelain", "--", *BUT_THE_PAGE) else last


def has_held(row: str, n: str, revision: str) -> bool:
    """Whether this row says so, of committed code."""
    cells = [cell.strip() for cell in row.strip("| \n").split("|")]
    return len(cells) == 6 and not revision.endswith("+") and (cells[1], cells[3], cells[4]) == (n, revision, "held")


def read_page(page: Path = PAGE) -> dict[str, str]:
    """what → its row."""
    if not page.exists():
        return {}
    lines = page.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| what ")]
    return {row.split("|")[1].strip(): row for row in rows}


def write_page(rows: dict[str, str], page: Path = PAGE) -> None:
    order = [proof.what for proof in PROOFS if proof.what in rows]
    page.write_text(HEAD + "".join(f"{rows[what]}\n" for what in order), encoding="utf-8")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--again", action="store_true", help="run also what has held at this revision")
    parser.add_argument("--only", default="", help="those with this word in their name")
    parser.add_argument("--scale", type=float, default=1.0, help="of n")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
