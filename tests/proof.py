"""make proof: the same tests as in CI with large n. Writes tests/PROOF.md: what, n, date, revision, result."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROOFS = (
    ("kill -9 of ledger writers and of the sender", "tests/faults/test_kills.py", {"HOLDFAST_PROOF_KILLS": "200"}),
    (
        "experiments: false alarms 5 % ± 1, daily looks too; intervals cover 95 % ± 1; planted faults found",
        "tests/scoring/experiments/test_rehearsal.py",
        {"HOLDFAST_PROOF_EXPERIMENTS": "2000"},
    ),
)


def main() -> int:
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    lines = ["# Proof", "", "| what | n | date | revision | result |", "|---|---|---|---|---|"]
    worst = 0
    for what, tests, settings in PROOFS:
        sys.stdout.write(f"{what} …\n")
        done = subprocess.run([sys.executable, "-m", "pytest", tests], cwd=ROOT, env={**os.environ, **settings})
        worst = max(worst, done.returncode)
        n = ", ".join(f"{name.rpartition('_')[2].lower()} {value}" for name, value in settings.items())
        result = "held" if done.returncode == 0 else "FAILED"
        lines.append(f"| {what} | {n} | {datetime.now(UTC):%Y-%m-%d} | {revision.stdout.strip()} | {result} |")
        (ROOT / "tests" / "PROOF.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return worst


if __name__ == "__main__":
    sys.exit(main())
