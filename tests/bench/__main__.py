"""python -m tests.bench: every benchmark, one after the other."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("bench_*.py")):
    sys.stdout.write(f"\n== {path.stem}\n")
    sys.argv = [path.stem]
    runpy.run_path(str(path), run_name="__main__")
