"""`python -m agent.writers.house FOLDER`: train the house model anew; stopped in between, it goes on where it was.

About an hour on one core for the shipped recipe; `--tokens` makes it shorter. HOLDFAST_MODEL takes the folder.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from agent.writers.house.train import Recipe, train_house


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m agent.writers.house", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the model goes")
    parser.add_argument("--tokens", type=int, default=Recipe().tokens, help="tokens to learn (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    started = last = time.monotonic()

    def tell(step: str, share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= 10 or share in (0.0, 1.0):
            last = time.monotonic()
            sys.stderr.write(f"{last - started:7.0f} s  {share:4.0%}  {step}\n")

    train_house(told.folder, Recipe(tokens=told.tokens, seed=told.seed), tell)


if __name__ == "__main__":
    main()
