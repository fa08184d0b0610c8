"""What somebody is or owns never steers a price; what they did with us may."""

from __future__ import annotations

import pytest

from agent.catalogue import CatalogueError, PriceSteered, Texts, read_catalogue
from agent.catalogue.steering import steering


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("age", True), ("age_group", True), ("column:gender", True), ("is_female", True), ("deviceType", True),
        ("iPhone", True), ("estimated-income", True), ("年龄段", True), ("机型", True), ("tier", False),
        ("average_order", False), ("page_views", False), ("min_orders", False), ("storage", False), ("usage", False),
    ],
)  # fmt: skip
def test_names_of_what_must_not_steer_are_known_in_any_spelling(name: str, refused: bool) -> None:
    assert steering(name) == refused


@pytest.mark.parametrize(
    ("offers", "strategies"),
    [
        ('[[offers]]\nid="x"\nkind="content"\nage=18', ""),
        ('[[offers]]\nid="x"\nkind="content"\n[offers.eligibility]\ndevice="iphone"', ""),
        ('[[offers]]\nid="x"\nkind="content"\ntiers=["women"]', ""),
        ("[by]\ngender=1", ""),
        ("", '[[strategies]]\nreason="column:age"\nsituation="spending_less"'),
        ("", '[[test]]\nname="t"\nreasons=["few_reviews"]\noffer="none"\ncustomer={wealth=3}'),
    ],
)
def test_a_rule_that_rests_on_them_is_refused_by_a_name_of_its_own(offers: str, strategies: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(Texts(offers, strategies), "CNY")
    assert isinstance(caught.value, PriceSteered)
    assert caught.value.code == "price_steered"
