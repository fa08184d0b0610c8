"""The bound on what went out by itself: exact, also with no mistake at all, and never too narrow."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from scoring.experiments.sample_audit import SampleAudit, clopper_pearson


def test_no_mistake_in_sixty_says_at_most_five_percent() -> None:
    """The rule of three: 1 − 0.05^(1/60) = 4.9 %."""
    audit = SampleAudit(drawn=80, decided=60, changed=0, rejected=0, alone=700)
    assert audit.at_most == pytest.approx(1 - 0.05 ** (1 / 60))
    assert audit.as_dict()["mistakes"]["low"] == 0


def test_while_nobody_looked_nothing_is_known() -> None:
    audit = SampleAudit(drawn=10, decided=0, changed=0, rejected=0, alone=90)
    assert audit.at_most == 1
    assert audit.as_dict()["mistakes"] == {"share": None, "low": 0.0, "high": 1.0}


@pytest.mark.parametrize("truth", [0.005, 0.03, 0.2])
@pytest.mark.parametrize("n", [20, 150])
def test_the_bound_holds_at_least_as_often_as_it_says(truth: float, n: int) -> None:
    """Summed over every possible sample: exact coverage, no simulation."""
    covered = sum(
        float(binom.pmf(hits, n, truth)) for hits in range(n + 1) if truth <= clopper_pearson(hits, n, 0.05)[1]
    )
    assert covered >= 0.95
