"""The acceptance run over many days. HOLDFAST_PROOF_DAYS and HOLDFAST_PROOF_CUSTOMERS make it the long one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.acceptance.conftest import Machine
from tests.acceptance.ninety_days import Ninety

DAYS = int(os.environ.get("HOLDFAST_PROOF_DAYS", "4"))
CUSTOMERS = int(os.environ.get("HOLDFAST_PROOF_CUSTOMERS", "120"))


@pytest.mark.slow
def test_many_days_with_all_that_goes_wrong(holdfast: Machine, only_sqlite: None, tmp_path: Path) -> None:
    story = Ninety(holdfast, tmp_path, CUSTOMERS, DAYS)
    story.run()
    assert story.faults == []
    assert len(list(story.left())) > CUSTOMERS // 10, "a shop that writes to nobody keeps every promise"
    if DAYS > 90:
        print(f"true lift {story.true_lift:.3f}, told {story.told_lift}, waiting a day at most {max(story.waiting)}")
