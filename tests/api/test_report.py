"""The demo's page: sums as people of that currency write them."""

from __future__ import annotations

import pytest

from api.report import to_major_text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1_234_500, "CNY", "12,345"), (12_345, "JPY", "12,345"), (12_345_000, "KWD", "12,345")],
)
def test_a_sum_is_shown_in_the_currencys_own_units(minor: int, currency: str, text: str) -> None:
    assert to_major_text(minor, currency) == text
