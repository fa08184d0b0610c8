"""What is offered, to whom, and why not: decided before a word is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine, upgrade
from agent.catalogue import Catalogue, load_catalogue
from agent.domain import UNHEARD, Case, Language, Money, OfferDecision, OfferKind, OfferStatus, Purpose, Spared
from agent.errors import InputError
from agent.explanations import why_this_offer
from agent.holdout import held_out
from agent.ledger import Claim, LedgerBook
from agent.offers import OfferContext, choose_offer
from scoring.records import RiskBand
from tests.factories import NOW, a_case, a_customer, a_reason, a_score


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue("CNY")


@pytest.fixture
def ledger(tmp_path: Path, catalogue: Catalogue) -> LedgerBook:
    return a_ledger(tmp_path / "x.db", catalogue)


def a_ledger(file: Path, catalogue: Catalogue) -> LedgerBook:
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    book = SqlStore(engine, "linjian").ledger
    for offer in catalogue.offers.values():
        if offer.is_money:
            book.set_budget(f"offer:{offer.id}", offer.budget)
            book.add_codes(offer.id, [f"{offer.id[:3].upper()}{n}" for n in range(3)])
    return book


def a_context(**changes: object) -> OfferContext:
    known = {"held_out": False, "orders": 5, "open_topic": None, "margin_pct": Decimal(30), "now": NOW}
    return OfferContext(**{**known, "zone": "Asia/Shanghai", **changes})  # type: ignore[arg-type]


def decide(case: Case, catalogue: Catalogue, ledger: LedgerBook, **context: object) -> OfferDecision:
    known = {
        "held_out": False,
        "orders": 5,
        "open_topic": None,
        "margin_pct": Decimal(30),
        "now": NOW,
        "zone": "Asia/Shanghai",
    }
    return choose_offer(case, a_customer(), catalogue, ledger, OfferContext(**{**known, **context}))  # type: ignore[arg-type]


def with_reasons(codes: Sequence[str], **score: object) -> Case:
    return a_case(score=a_score("c1", *(a_reason(code) for code in codes), **score))  # type: ignore[arg-type]


def test_the_held_out_get_no_marketing_and_nothing_is_reserved(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(a_case(), catalogue, ledger, held_out=True)
    assert decision.status is OfferStatus.HELD_OUT
    assert ledger.budget("offer:amount_15").reserved_minor == 0  # type: ignore[union-attr]


def test_the_held_out_are_served_all_the_same(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(a_case(purpose=Purpose.SERVICE), catalogue, ledger, held_out=True)
    assert decision.status is OfferStatus.NO_OFFER


def test_an_open_ticket_is_put_right_before_anything_is_sold(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(a_case(), catalogue, ledger, open_topic="refund_slow")
    assert (decision.offer, decision.situation) == (None, "refund_slow")


@pytest.mark.parametrize(
    ("reason", "situation", "kinds"),
    [
        ("buys_less_often", "buying_less", {OfferKind.FREE_SHIPPING}),
        ("spends_less", "spending_less", {OfferKind.PERCENT}),
        ("views_less", "browsing_less", set()),
        ("few_reviews", "few_reviews", set()),
        ("low_activity", "low_activity", {OfferKind.POINTS}),
    ],
)
def test_the_five_strategies_of_the_field_are_defaults(
    reason: str, situation: str, kinds: set[OfferKind], catalogue: Catalogue, ledger: LedgerBook
) -> None:
    decision = decide(with_reasons([reason]), catalogue, ledger)
    assert decision.situation == situation
    assert ({decision.offer.kind} if decision.offer else set()) == kinds


def test_the_cheapest_adequate_help_comes_first(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(with_reasons(["no_recent_purchase"]), catalogue, ledger)
    assert decision.offer is not None
    assert decision.offer.id == "amount_15"
    assert decision.offer.code == "AMO0"
    assert decision.offer.expires_on == date(2026, 3, 2) + timedelta(days=21)


def test_help_that_costs_nothing_comes_before_money(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(with_reasons(["late_deliveries"]), catalogue, ledger, recent=frozenset({"late_delivery"}))
    assert decision.offer is None
    assert "put_it_right" in decision.because


def test_nobody_is_thanked_for_a_complaint_of_long_ago(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(with_reasons(["late_deliveries", "low_rating"]), catalogue, ledger)
    assert decision.situation == "general_care"


@pytest.mark.parametrize(
    ("situation", "recent", "rule"),
    [("refund_slow", (), UNHEARD), ("refund_slow", ("refund_slow",), "asked_for"), ("", (), "asked_for")],
)
def test_what_was_asked_for_and_nobody_complained_of_is_told(
    catalogue: Catalogue, ledger: LedgerBook, situation: str, recent: Sequence[str], rule: str
) -> None:
    case = a_case(purpose=Purpose.SERVICE, situation=situation)
    decision = decide(case, catalogue, ledger, recent=frozenset(recent))
    assert decision.rule == rule
    assert ("make sure that it is so" in decision.because) == (rule == UNHEARD)
    assert ("请核实" in why_this_offer(decision, Purpose.SERVICE, Language.ZH)) == (rule == UNHEARD)


@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.REPLY])
def test_no_purpose_turns_a_reason_of_the_score_into_service(
    purpose: Purpose, catalogue: Catalogue, ledger: LedgerBook
) -> None:
    case = a_case(purpose=purpose, situation="long_silence")
    decision = decide(case, catalogue, ledger, held_out=True)
    assert decision.situation == "general_care"
    served = decide(a_case(purpose=purpose), catalogue, ledger, recent=frozenset({"refund_slow"}))
    assert (served.situation, served.offer) == ("refund_slow", None)


def test_money_is_not_spent_on_somebody_who_is_worth_less(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(with_reasons(["no_recent_purchase"], value=2_000), catalogue, ledger)
    assert decision.offer is None
    assert "not worth it" in decision.because


def test_unknown_spend_is_not_a_reason_to_spend(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(with_reasons(["no_recent_purchase"], value=None), catalogue, ledger)
    assert decision.offer is None


def test_an_empty_pool_goes_on_to_the_next_help(catalogue: Catalogue, ledger: LedgerBook) -> None:
    offers = []
    for n in range(4):
        case = a_case(f"case_{n}", f"c{n}", score=a_score(f"c{n}"))
        known = {
            "held_out": False,
            "orders": 5,
            "open_topic": None,
            "margin_pct": Decimal(30),
            "now": NOW,
            "zone": "Asia/Shanghai",
        }
        decision = choose_offer(case, a_customer(f"c{n}"), catalogue, ledger, OfferContext(**known))  # type: ignore[arg-type]
        offers.append(decision.offer.id if decision.offer else None)
    assert offers == ["amount_15", "amount_15", "amount_15", "percent_12"]


def test_one_money_offer_in_the_cool_down_over_all_campaigns(catalogue: Catalogue, ledger: LedgerBook) -> None:
    assert decide(a_case("case_1"), catalogue, ledger).offer is not None
    second = decide(a_case("case_2"), catalogue, ledger)
    assert second.offer is None
    assert "90 days" in second.because


def test_a_spent_budget_means_no_offer_because(catalogue: Catalogue, ledger: LedgerBook) -> None:
    for name in ("amount_15", "percent_12", "percent_20"):
        ledger.set_budget(f"offer:{name}", Money(0, "CNY"))
    decision = decide(a_case(), catalogue, ledger)
    assert decision.offer is None
    assert "budget exhausted" in decision.because


def test_reasons_that_speak_for_staying_choose_nothing(catalogue: Catalogue, ledger: LedgerBook) -> None:
    case = a_case(score=a_score("c1", a_reason("spends_less", -2.0), a_reason("low_activity", 0.1)))
    assert decide(case, catalogue, ledger).situation == "low_activity"


@pytest.mark.parametrize(("tier", "help_kind"), [("gold", OfferKind.TIER_BENEFIT), (None, OfferKind.POINTS)])
def test_members_hear_of_their_benefits_before_anybody_gets_points(
    tier: str | None, help_kind: OfferKind, catalogue: Catalogue, ledger: LedgerBook
) -> None:
    decision = choose_offer(with_reasons(["low_activity"]), a_customer(tier=tier), catalogue, ledger, a_context())
    assert decision.help is help_kind


def test_the_decision_keeps_which_rule_spoke_and_the_rep_reads_it(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(with_reasons(["spends_less"]), catalogue, ledger)
    assert decision.rule == "spends_less"
    for language, words in (
        (Language.ZH, "规则 spends_less：花得少了"),
        (Language.EN, "rule spends_less: Spends less"),
    ):
        assert words in why_this_offer(decision, Purpose.MARKETING, language)


@pytest.mark.parametrize(
    ("score", "context", "spared"),
    [
        ({"band": RiskBand.LOW}, {}, Spared.WOULD_STAY),
        ({}, {"silent_days": 366}, Spared.ALREADY_GONE),
        ({}, {"recent": frozenset({"too_many_messages"})}, Spared.LEFT_ALONE),
        ({}, {"silent_days": 365, "recent": frozenset({"late_delivery"})}, None),
    ],
)
def test_no_money_where_it_would_change_nothing_or_do_harm(
    score: dict[str, Any], context: dict[str, Any], spared: Spared | None, catalogue: Catalogue, ledger: LedgerBook
) -> None:
    decision = decide(a_case(score=replace(a_score(), **score)), catalogue, ledger, **context)
    assert decision.spared is spared
    assert (decision.offer is None) == (spared is not None)
    if spared is not None:
        assert ledger.budget("offer:amount_15").reserved_minor == 0  # type: ignore[union-attr]


def test_who_would_stay_anyway_still_hears_what_costs_nothing(catalogue: Catalogue, ledger: LedgerBook) -> None:
    case = a_case(score=replace(a_score("c1", a_reason("views_less")), band=RiskBand.LOW))
    assert decide(case, catalogue, ledger).help is OfferKind.CONTENT


def days_ago(*days: int) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(days=n) for n in days)


@pytest.mark.parametrize(
    ("threatened", "offered", "gaming"),
    [
        (days_ago(300, 10), days_ago(200), True),
        (days_ago(300, 250, 10), days_ago(280), True),
        (days_ago(10), days_ago(200), False),  # threatened once
        (days_ago(300, 10), days_ago(320), False),  # the coupon came before any threat
        (days_ago(300, 10), (), False),  # threatened twice, never got a coupon
        (days_ago(800, 500), days_ago(600), False),  # long ago
    ],
)
def test_a_threat_a_coupon_and_the_same_threat_again_earn_no_money(
    threatened: tuple[datetime, ...], offered: tuple[datetime, ...], gaming: bool,
    catalogue: Catalogue, ledger: LedgerBook,
) -> None:  # fmt: skip
    for number, at in enumerate(offered):
        ledger.reserve(Claim(f"old_{number}", "c1", "percent_12", Money(2400, "CNY"), (), False, at))
    decision = decide(a_case(), catalogue, ledger, threats=threatened)
    assert (decision.spared is Spared.GAMING) == gaming
    assert (decision.offer is None) == gaming


def test_a_coupon_that_was_given_back_is_no_trade(catalogue: Catalogue, ledger: LedgerBook) -> None:
    got = ledger.reserve(Claim("old", "c1", "percent_12", Money(2400, "CNY"), (), False, *days_ago(200)))
    ledger.release(got.id, NOW)  # type: ignore[union-attr]
    assert decide(a_case(), catalogue, ledger, threats=days_ago(300, 10)).offer is not None


def test_who_somebody_is_never_changes_what_they_are_offered(catalogue: Catalogue, tmp_path: Path) -> None:
    people = [
        a_customer(name=name, gender=gender, age=age, country=country, language=language)
        for name, gender, age, country, language in (
            ("欧阳雪", "female", 22, "CN", Language.ZH),
            ("Bo", "male", 71, "DE", Language.EN),
            (None, None, None, None, Language.EN),
        )
    ]
    for codes in (["buys_less_often"], ["spends_less"], ["low_activity"], ["no_recent_purchase", "column:age"]):
        given = set()
        for number, person in enumerate(people):
            ledger = a_ledger(tmp_path / f"{codes[0]}{number}.db", catalogue)
            decision = choose_offer(with_reasons(codes), person, catalogue, ledger, a_context())
            given.add((decision.offer.id if decision.offer else None, decision.because, decision.rule))
        assert len(given) == 1


def test_an_offer_is_promised_only_from_its_first_to_its_last_day(catalogue: Catalogue, ledger: LedgerBook) -> None:
    def offered(**days: date) -> OfferDecision:
        line = replace(catalogue.offers["free_shipping"], **days)
        changed = replace(catalogue, offers={**catalogue.offers, "free_shipping": line})
        return decide(with_reasons(["cart_left"]), changed, ledger)

    assert "begins on" in offered(starts_on=date(2026, 3, 3)).because
    assert "ended on" in offered(ends_on=date(2026, 3, 1)).because
    held = offered(starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 5)).offer
    assert held is not None
    assert held.expires_on == date(2026, 3, 5)


def test_an_offer_below_the_margin_floor_is_not_made(catalogue: Catalogue, ledger: LedgerBook) -> None:
    decision = decide(with_reasons(["spends_less"]), catalogue, ledger, margin_pct=Decimal(10))
    assert decision.offer is None
    assert "the floor is 0 %" in decision.because


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[offers]]\nid="x"\nkind="rebate"', "rebate"),
        ('[[offers]]\nid="x"\nkind="percent"\nvalue=120\ncost=1', "120"),
        ('[[offers]]\nid="x"\nkind="amount"\nvalue=5', "cost"),
        ('[[offers]]\nid="x"\nkind="amount"\nvalue="five"\ncost=1', "five"),
        ('[[offers]]\nid="x"\nkind="content"\nbuget=1', "buget"),
        ("[[offers]", "offers.toml"),
        ('currency="USD"', "USD"),
        ("cooldown_day=3", "cooldown_day"),
        ('[[offers]]\nid="x"\nkind="content"\n[[offers]]\nid="x"\nkind="content"', "twice"),
        ('[[offers]]\nid="x"\nkind="content"\nends_on="2026-12-31"', "is no day"),
        ("offers=3", "list of tables"),
        ('[[offers]]\nid="x"\nkind="content"\ntiers="gold"', "no list of names"),
        ('[[offers]]\nid="x"\nkind="content"\nexclusions.fr="rien"', "no language"),
    ],
)
def test_a_catalogue_that_cannot_be_meant_names_the_entry(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "offers.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_catalogue("CNY", tmp_path)


def test_a_strategy_that_names_an_unknown_offer_is_refused(tmp_path: Path) -> None:
    text = '[[strategies]]\nreason="x"\nsituation="y"\nhelp=["gold_bar"]'
    (tmp_path / "strategies.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="gold_bar"):
        load_catalogue("CNY", tmp_path)


def test_the_hold_out_is_sticky_and_grows_without_reshuffling() -> None:
    people = [f"c{n}" for n in range(20_000)]
    small = {name for name in people if held_out("retention", name, 0.1)}
    large = {name for name in people if held_out("retention", name, 0.2)}
    assert small == {name for name in people if held_out("retention", name, 0.1)}
    assert small < large
    assert abs(len(small) / len(people) - 0.1) < 0.01
    assert not {name for name in people if held_out("retention", name, 0.0)}
