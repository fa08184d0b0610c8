"""What a preview says about the smallest difference that its groups could show."""

from __future__ import annotations

import pytest

from agent.domain import Language
from api.power import Power, sight
from scoring.experiments.power import smallest_effect


@pytest.mark.parametrize(
    ("recipients", "held_out", "share", "power", "says"),
    [
        (900, 100, 0.1, Power.SHOWS, "14.8 percentage points"),
        (90, 10, 0.1, Power.FEW, "Only a difference of 46.7"),
        (20, 1, 0.1, Power.TOO_FEW, "too few"),
        (20, 0, 0.1, Power.NONE_BY_LOT, "the lot holds none"),
        (20, 0, 0.0, Power.NONE_MEANT, "HOLDFAST_HOLDOUT_SHARE is 0"),
        (0, 0, 0.1, Power.NOBODY, "nobody would be written to"),
    ],
)
def test_a_preview_says_what_its_groups_could_show_or_why_nothing(
    recipients: int, held_out: int, share: float, power: Power, says: str
) -> None:
    seen = sight(smallest_effect(recipients, held_out, 0.5), recipients, held_out, share)
    assert seen.power is power
    assert says in seen.in_words(Language.EN)
    assert seen.in_words(Language.ZH)
