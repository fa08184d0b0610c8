"""A catalogue that cannot be meant says so, with file, line, entry, key and remedy, before anything is reserved."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from agent.catalogue import Texts, load_catalogue, texts_of
from agent.domain import Money
from agent.ledger import Budget
from agent.offer_check import Firm, Flaw, check_catalogue, overlaps, too_small
from tests.factories import NOW

HELP = '[[strategies]]\nreason = "spends_less"\nsituation = "spending_less"\nhelp = ["x"]\n'


def the_firm(margin: int = 30, now: datetime = NOW) -> Firm:
    return Firm("CNY", Decimal(margin), "Asia/Shanghai", now)


def flaws(offers: str, strategies: str = "", margin: int = 30) -> list[Flaw]:
    return check_catalogue(Texts(offers, strategies), the_firm(margin))[1]


def an_offer(**changes: object) -> str:
    keys = {"id": '"x"', "kind": '"amount"', "value": 15, "cost": 15, "budget": 1500, "min_spend": 99, **changes}
    return "# ours\n[[offers]]\n" + "\n".join(f"{key} = {value}" for key, value in keys.items() if value != "") + "\n"


def test_our_own_catalogue_has_no_flaw_and_keeps_its_own_tests() -> None:
    catalogue, found = check_catalogue(texts_of(), the_firm())
    assert found == []
    assert catalogue is not None
    assert len(catalogue.trials) == 8


@pytest.mark.parametrize(
    ("offer", "key", "says", "remedy"),
    [
        (an_offer(min_spend=40), "min_spend", "leaves -7.5 % of margin", "min_spend = 50 or more"),
        (an_offer(min_spend=""), "min_spend", "an order of any size", "min_spend = 50 or more"),
        (an_offer(kind='"percent"', value=35, cost=40), "value", "leaves -5.0 %", "value = 30 or less"),
        (an_offer(kind='"free_shipping"', value=0, min_spend=20), "min_spend", "leaves -45.0 %", "min_spend = 50"),
        (an_offer(budget=10), "budget", "does not pay for one", "raise budget"),
        (an_offer(cost=5), "cost", "one costs at least 15", "cost = 15 or more"),
        (an_offer(kind='"percent"', value=20, cost=10), "cost", "one costs at least 19.8", "cost = 19.8"),
        (an_offer(ends_on="2026-03-01"), "ends_on", "expired on 2026-03-01", "move ends_on"),
        (an_offer(starts_on="2026-05-01", ends_on="2026-04-01"), "starts_on", "after it has ended", "before ends_on"),
        (an_offer(kind='"rebate"'), "kind", "'rebate' is unknown", "percent"),
        (an_offer(buget=3), "buget", "unknown key", "known keys"),
        (an_offer(gender='"female"'), "gender", "must not decide", "what the customer did"),
        ('# ours\n[[offers]]\nid = "x"\nkind = "content"\ncodes = true\n', "codes", "no code", "remove"),
    ],
)  # fmt: skip
def test_a_flaw_names_file_line_entry_key_and_remedy(offer: str, key: str, says: str, remedy: str) -> None:
    (found,) = flaws(offer)
    assert (found.file, found.line, found.entry, found.key) == ("offers.toml", 2, "offer 'x'", key)
    assert says in found.says
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "offer",
    [
        an_offer(),
        an_offer(budget=0),  # not offered yet: every catalogue begins like that
        an_offer(min_spend=50),
        an_offer(ends_on="2026-03-02"),
        an_offer(kind='"points"', value=200, cost=2, min_spend=""),
        an_offer(kind='"percent"', value=30, cost=60),
    ],
)
def test_what_can_be_meant_has_no_flaw(offer: str) -> None:
    assert flaws(offer) == []


def test_all_flaws_are_told_at_once_in_the_order_of_the_files() -> None:
    found = flaws(an_offer(kind='"rebate"') + an_offer(id='"y"', budget=1), HELP.replace('"x"', '"y", "z"'))
    assert [(flaw.file, flaw.entry) for flaw in found] == [
        ("offers.toml", "offer 'x'"), ("offers.toml", "offer 'y'"), ("strategies.toml", "reason 'spends_less'"),
    ]  # fmt: skip


def test_a_higher_floor_leaves_less_room() -> None:
    assert flaws(an_offer()) == []
    (found,) = flaws("margin_floor_pct = 20\n" + an_offer())
    assert found.remedy == "min_spend = 150 or more"


def test_a_file_that_is_no_toml_is_one_flaw() -> None:
    catalogue, (found,) = check_catalogue(Texts("[[offers]", ""), the_firm())
    assert catalogue is None
    assert found.file == "offers.toml"


@pytest.mark.parametrize(
    ("strategies", "key"),
    [(HELP.replace("spending_less", "spending_lots"), "situation"), (HELP + 'acts = ["gold"]\n', "acts")],
)
def test_a_strategy_of_something_unknown_is_found(strategies: str, key: str) -> None:
    assert [flaw.key for flaw in flaws(an_offer(), strategies)] == [key]


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ('offer = "x"', ""),
        ('offer = "none"', "expected none, got x"),
        ('offer = "x"\nsays = "free"', "expected the reason to say 'free'"),
        ('offer = "x"\nsituation = "long_silence"', "expected to write about long_silence"),
        ('offer = "x"\ncustomer = { spent = 20 }', "expected x, got none: x: not worth it"),
        ('offer = "gold_bar"', "no offer has the id 'gold_bar'"),
        ('offer = "x"\ncustomer = { wealth = 3 }', "must not decide"),
        ('offer = "x"\ncustomer = { mood = 3 }', "unknown key 'mood'"),
    ],
)
def test_a_catalogue_is_tested_by_the_tests_in_its_file(test: str, said: str) -> None:
    customer = "" if "customer" in test else "customer = { spent = 3000 }\n"
    text = f'{HELP}[[test]]\nname = "deeper"\nreasons = ["spends_less"]\n{customer}{test}\n'
    found = flaws(an_offer(), text)
    assert len(found) == bool(said)
    assert not said or (said in found[0].says and found[0].line == 5)


def test_campaigns_that_overlap_cannot_promise_more_than_the_offers_hold() -> None:
    def budget(name: str, minor: int, spent: int = 0) -> Budget:
        return Budget(name, Money(minor, "CNY"), 0, spent)

    spring, summer = budget("campaign:spring", 60_000), budget("campaign:summer", 60_000)
    (found,) = overlaps([spring, summer], [budget("offer:x", 100_000)])
    assert "spring, summer" in found.entry
    assert "1200.00 CNY" in found.says
    assert overlaps([spring], [budget("offer:x", 10)]) == []
    assert overlaps([spring, budget("campaign:summer", 60_000, 30_000)], [budget("offer:x", 100_000)]) == []


def test_a_campaigns_budget_pays_for_one_coupon_at_least() -> None:
    lines = list(load_catalogue("CNY").offers.values())
    (found,) = too_small([Budget("campaign:a", Money(199, "CNY")), Budget("campaign:b", Money(200, "CNY"))], lines)
    assert found.entry == "a"
