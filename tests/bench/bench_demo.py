"""Where the time of `make demo` goes: one fresh run, its steps and their share, and what a second run costs.

Run: python -m tests.bench.bench_demo [customers]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api import demo
from api.bootstrap import open_workshop
from api.terminal import Call


def measure(customers: int) -> list[tuple[str, float]]:
    """Seconds by step, in order; the steps of one stage are summed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        marks: list[tuple[str, float]] = []

        def note(step: str, _share: float) -> None:
            marks.append((step.split(":")[0], time.perf_counter()))

        started = time.perf_counter()
        for run in ("first run", "second run"):
            marks.append((f"({run})", time.perf_counter()))
            demo.run(open_workshop(Call(home, None, 0, True)), customers, None, note)
        ended = time.perf_counter()
    seconds: dict[str, float] = {}
    second_at = next(at for step, at in marks if step == "(second run)")
    for (step, at), (_, until) in zip(marks, [*marks[1:], ("", ended)], strict=True):
        name = "second run, all of it" if at >= second_at else step
        seconds[name] = seconds.get(name, 0.0) + until - at
    seconds.pop("(first run)", None)
    return [*seconds.items(), ("both runs", ended - started)]


def import_seconds(statement: str) -> float:
    """Median of three fresh processes."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True)
        times.append(time.perf_counter() - started)
    return sorted(times)[1]


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    rows = measure(customers)
    total = rows[-1][1]
    sys.stdout.write(f"holdfast demo, {customers:,} customers\n")
    for name, spent in rows:
        sys.stdout.write(f"  {spent:7.1f} s  {spent / total:5.0%}  {name}\n")
    bare = import_seconds("pass")
    sys.stdout.write("start-up, seconds over a bare interpreter and as a ratio to it\n")
    for name in ("api.cli", "agent.pipeline", "scoring.serve", "torch", "transformers"):
        spent = import_seconds(f"import {name}")
        sys.stdout.write(f"  {spent - bare:7.2f} s  {spent / bare:5.1f}x  import {name}\n")


if __name__ == "__main__":
    main()
