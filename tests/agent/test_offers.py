"""What is offered, to whom, and why not: decided before a word is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine, upgrade
from agent.catalogue import Catalogue, load_catalogue
from agent.domain import Case, Money, OfferDecision, OfferKind, OfferStatus, Purpose
from agent.errors import InputError
from agent.holdout import held_out
from agent.ledger import LedgerBook
from agent.offers import OfferContext, choose_offer
from tests.factories import NOW, a_case, a_customer, a_reason, a_score


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue("CNY")


@pytest.fixture
def ledger(tmp_path: Path, catalogue: Catalogue) -> LedgerBook:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
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
