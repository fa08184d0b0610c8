"""Experiments as tables, drawn with a known answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.experiments.experiment import Design, Experiment, run_experiment
from scoring.experiments.table import Columns


def experiment(
    rows: int = 4000, effect: float = 0.08, seed: int = 0, arms: tuple[str, ...] = ("control", "mail")
) -> pd.DataFrame:
    """`effect`: what each further arm adds to the 30 % who stay. `before` foretells some of `spend`."""
    dice = np.random.default_rng(seed)
    arm = dice.integers(0, len(arms), rows)
    before = dice.lognormal(3, 0.8, rows)
    stayed = dice.random(rows) < 0.3 + effect * arm
    return pd.DataFrame(
        {
            "customer": [f"K{number:05d}" for number in range(rows)],
            "arm": np.array(arms)[arm],
            "stayed": stayed.astype(int),
            "spend": (stayed * before * dice.lognormal(0, 0.4, rows)).round(2),
            "before": before.round(2),
            "city": dice.choice(["Rome", "Bern", "Graz"], rows),
        }
    )


def run(table: pd.DataFrame, outcome: str = "stayed", covariates: str = "", **design: object) -> Experiment:
    columns = Columns("arm", outcome, tuple(covariates.split(",")) if covariates else ())
    return run_experiment(table, columns, Design(**design))  # type: ignore[arg-type]
