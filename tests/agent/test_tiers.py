"""Tiers and names as a reader of the letter's language knows them."""

from __future__ import annotations

import pytest

from agent.domain import Channel, Language, Purpose
from agent.send import headers_of
from agent.slots.tiers import tier_in_words
from tests.factories import a_brand


@pytest.mark.parametrize(
    ("tier", "language", "says"),
    [
        ("gold", Language.ZH, "金卡会员"),
        ("Gold", Language.EN, "Gold"),
        ("member", Language.ZH, "普通会员"),
        ("金卡", Language.EN, "gold"),
        ("金卡", Language.ZH, "金卡"),
        ("茶友", Language.EN, "茶友"),
        ("Inner Circle", Language.ZH, "Inner Circle"),
    ],
)
def test_a_usual_tier_is_said_in_the_language_of_the_letter(tier: str, language: Language, says: str) -> None:
    assert tier_in_words(tier, language) == says


@pytest.mark.parametrize(("language", "name"), [(Language.ZH, "林间小铺"), (Language.EN, "Linden Lane")])
def test_a_mail_is_from_the_brand_by_its_name_in_the_language_of_the_letter(language: Language, name: str) -> None:
    brand = a_brand(name="林间小铺", names={Language.EN: "Linden Lane"})
    assert headers_of("case_1", Channel.EMAIL, Purpose.MARKETING, brand, language)["From"].startswith(f"{name} <")
