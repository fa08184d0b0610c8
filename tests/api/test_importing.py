"""Files brought into a real home folder: what a second file may change, and what no file may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.domain import CaseStatus, Channel, Consent, Customer, Language, Money
from agent.errors import InputError
from agent.guardrails.books import jurisdiction_of
from agent.ledger import Claim, Reservation
from api.arrivals import take_in
from api.bootstrap import Workshop
from api.brand_file import write_brand
from api.clock import FixedClock
from api.home import Home
from api.importing import import_customers, import_events, import_offers
from api.outcomes import import_outcomes
from api.people import TRIAL_PROOF
from api.sample_shop import BRAND
from api.settings import Settings
from tests.factories import a_case, a_customer

NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
ASSUMED = 'consent.email = "terms of 2024"\n'
Bring = Callable[..., Customer]


def a_workshop(folder: Path, assume: str = "") -> Workshop:
    folder.mkdir(exist_ok=True)
    brand = folder / "brand.toml"
    write_brand(brand, dict(BRAND))
    brand.write_text(brand.read_text(encoding="utf-8") + assume, encoding="utf-8")  # [assume] is the last table
    return Workshop(Home(folder), Settings(home=folder), FixedClock(NOW))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return a_workshop(tmp_path / "home")


@pytest.fixture
def bring(workshop: Workshop, tmp_path: Path) -> Bring:
    """Import these lines as a customer file and give back customer 1 as stored."""

    def bring(*lines: str, trial: bool = False) -> Customer:
        file = tmp_path / "customers.csv"
        file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        import_customers(workshop, file, None, False, trial, lambda _step, _share: None)
        return workshop.store.people.get("1")

    return bring


WHOLE = (
    (
        "id,name,gender,language,timezone,country,email,phone,age,tier,points,consent_email,consent_email_at,"
        "consent_email_proof"
    ),
    "1,Nora Bell,f,en,Europe/London,GB,nora@mail.example,+447700900123,41,gold,120,yes,2025-05-01,form 7",
)


def test_a_second_file_changes_only_the_columns_that_it_carries(bring: Bring) -> None:
    before = bring(*WHOLE)
    after = bring("id,tier", "1,platinum")
    assert after.tier == "platinum"
    for name in Customer.__dataclass_fields__:
        if name != "tier":
            assert getattr(after, name) == getattr(before, name), name


def test_a_column_that_a_file_carries_may_empty_a_field_but_never_brings_back_a_default(bring: Bring) -> None:
    bring(*WHOLE)
    after = bring("id,phone,language,timezone", "1,,,")
    assert after.phone is None
    assert (after.language, after.timezone) == (Language.EN, "Europe/London")
    assert after.assumed == ()


@pytest.mark.parametrize("said", ["yes", "no"])
def test_an_assumed_consent_never_takes_the_place_of_a_stored_answer(tmp_path: Path, said: str) -> None:
    workshop = a_workshop(tmp_path / "home", ASSUMED)
    file = tmp_path / "c.csv"
    for text in (
        f"id,consent_email,consent_email_proof\n1,{said},form 7\n",
        "id,tier\n1,gold\n",
        "id,consent_email\n1,\n",
    ):
        file.write_text(text, encoding="utf-8")
        import_customers(workshop, file, None, False, False, lambda _step, _share: None)
    stored = workshop.store.people.get("1")
    assert stored.consents[Channel.EMAIL] == Consent(said == "yes", None, "form 7", "marketing")
    assert "consent.email" not in stored.assumed


def test_an_assumed_consent_stays_marked_as_assumed_until_the_customer_speaks(tmp_path: Path) -> None:
    workshop = a_workshop(tmp_path / "home", ASSUMED)
    file = tmp_path / "c.csv"
    marked = []
    for text in ("id,tier\n1,gold\n", "id,tier\n1,silver\n", "id,consent_email\n1,no\n"):
        file.write_text(text, encoding="utf-8")
        import_customers(workshop, file, None, False, False, lambda _step, _share: None)
        marked.append("consent.email" in workshop.store.people.get("1").assumed)
    assert marked == [True, True, False]
    assert workshop.store.people.get("1").consents[Channel.EMAIL].granted is False


def test_saying_yes_again_does_not_lose_the_proof(bring: Bring) -> None:
    bring(*WHOLE)
    consent = bring("id,consent_email", "1,yes").consents[Channel.EMAIL]
    assert (consent.granted, consent.proof, consent.at) == (True, "form 7", datetime(2025, 5, 1, tzinfo=UTC))
    assert bring("id,consent_email", "1,no").consents[Channel.EMAIL] == Consent(False, None, None, "marketing")


DATED = "id,consent_email,consent_email_at"


@pytest.mark.parametrize(
    ("withdrawn", "agreed", "granted"),
    [
        (f"{DATED}\n1,no,2025-11-01\n", f"{DATED}\n1,yes,2025-01-03\n", False),  # the file of before, once more
        (f"{DATED}\n1,no,2025-11-01\n", f"{DATED}\n1,yes,2025-11-01\n", False),
        (f"{DATED}\n1,no,2025-11-01\n", "id,consent_email\n1,yes\n", False),
        ("id,consent_email\n1,no\n", f"{DATED}\n1,yes,2025-12-01\n", False),
        (f"{DATED}\n1,no,2025-11-01\n", f"{DATED}\n1,yes,2025-11-02\n", True),
    ],
)
def test_a_withdrawal_gives_way_to_a_later_yes_alone(
    workshop: Workshop, tmp_path: Path, withdrawn: str, agreed: str, granted: bool
) -> None:
    file = tmp_path / "c.csv"
    for text in (f"{DATED}\n1,yes,2025-01-03\n", withdrawn, agreed):
        file.write_text(text, encoding="utf-8")
        done = import_customers(workshop, file, None, False, False, lambda _step, _share: None)
    assert workshop.store.people.get("1").consents[Channel.EMAIL].granted is granted
    assert any("that stand: 1." in note for note in done.notes) is not granted


def test_the_counts_of_an_import_add_up(workshop: Workshop, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"

    def brought(text: str, dry_run: bool = False) -> dict[str, Any]:
        file.write_text(text, encoding="utf-8")
        told = import_customers(workshop, file, None, dry_run, False, lambda *_: None).as_dict()
        assert told["rows"] == told["accepted"] + told["set_aside"]
        assert told["already_there"] == told["updated"] + told["unchanged"]
        assert set(told["remedies"]) == set(told["reasons"])
        return told

    rows = "id,name,email\n1,Nora Bell,n@mail.example\n2,Bob,wrong@\n,Eve,\n1,Twice,\n"
    told = brought(rows, dry_run=True)
    assert (told["rows"], told["accepted"], told["added"], told["set_aside"]) == (4, 2, 0, 2)
    told = brought(rows)
    assert (told["added"], told["updated"], told["unchanged"], told["set_aside"]) == (2, 0, 0, 2)
    assert told["unknown_values"] == 1
    told = brought(rows)
    assert (told["added"], told["updated"], told["unchanged"]) == (0, 0, 2)
    told = brought(rows.replace("Bob", "Robert") + "3,Ann,\n")
    assert (told["added"], told["updated"], told["unchanged"], told["set_aside"]) == (1, 1, 1, 2)


def test_a_yes_without_date_or_proof_is_taken_and_told(workshop: Workshop, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    head = "id,consent_email,consent_email_at,consent_email_proof\n"
    for dry_run in (True, False):
        file.write_text(head + "1,yes,,\n2,yes,2025-05-01,form 7\n3,no,,\n4,yes,2025-05-01,\n", encoding="utf-8")
        done = import_customers(workshop, file, None, dry_run, False, lambda *_: None)
        [note] = done.notes
        assert "consent_email 2." in note
        assert "consent_email_at" in note
    assert workshop.store.people.get("1").consents[Channel.EMAIL].granted is True
    file.write_text("id,consent_email\n2,yes\n", encoding="utf-8")  # its proof is on record
    assert import_customers(workshop, file, None, False, False, lambda *_: None).notes == ()


def test_whoever_lives_abroad_is_not_put_into_the_zone_that_the_brand_assumes(tmp_path: Path) -> None:
    """The book of rules follows the zone: a customer in the UK of a shop in China falls under the UK's."""
    workshop = a_workshop(tmp_path / "home", 'timezone = "Asia/Shanghai"\n')
    file = tmp_path / "c.csv"
    file.write_text("id,country\n1,UK\n2,中国\n3,US\n4,\n5,Germany\n6,Malaysia\n", encoding="utf-8")
    import_customers(workshop, file, None, False, False, lambda *_: None)
    people = workshop.store.people
    zones = [people.get(name).timezone for name in "123456"]
    assert zones == [
        "Europe/London", "Asia/Shanghai", None, "Asia/Shanghai", "Europe/Berlin", "Asia/Kuala_Lumpur",
    ]  # fmt: skip
    assert [jurisdiction_of(None, zone) for zone in zones] == ["uk", "cn", None, "cn", "eu", "my"]


def test_new_customers_of_an_order_file_have_a_country_by_its_code(workshop: Workshop, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("customer_id,date,country\n1,2026-01-05,EIRE\n2,2026-01-05,Unspecified\n", encoding="utf-8")
    done = import_events(workshop, orders, "orders", None, False, False, lambda *_: None)
    assert [workshop.store.people.get(name).country for name in "12"] == ["IE", None]
    assert "Unspecified" in done.notes[-1]


def test_an_imported_suppression_is_never_lifted_by_a_later_file(bring: Bring) -> None:
    assert bring("id,suppressed", "1,yes").suppressed
    assert bring("id,suppressed", "1,no").suppressed
    assert bring("id,tier", "1,gold").suppressed


def test_what_was_invented_for_a_trial_goes_when_the_customer_turns_out_to_be_real(
    workshop: Workshop, bring: Bring, tmp_path: Path
) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("customer_id,at,item,quantity,unit_price\n1,2026-01-05,tea,1,10\n", encoding="utf-8")
    import_events(workshop, orders, "orders", None, False, True, lambda _step, _share: None)
    trial = bring("id,tier", "1,gold", trial=True)
    assert (trial.made_up, trial.tier, trial.email) == (True, "gold", "1@trial.invalid")
    assert trial.consents[Channel.EMAIL].proof == TRIAL_PROOF
    assert {"email", "timezone", "consent.email"} <= set(trial.assumed)
    real = bring("id,name", "1,Nora Bell")
    assert (real.made_up, real.email) == (False, None)
    assert {consent.granted for consent in real.consents.values()} == {None}


def outcomes(workshop: Workshop, *lines: str, dry_run: bool = False) -> dict[str, Any]:
    file = workshop.home.root / "outcomes.csv"
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return import_outcomes(workshop, file, dry_run)


@pytest.fixture
def sent(workshop: Workshop) -> Workshop:
    """Two customers, the first with a case whose message was sent."""
    workshop.store.people.put([a_customer("1"), a_customer("2")], NOW)
    workshop.store.cases.open(a_case("case_1", "1", status=CaseStatus.SENT))
    return workshop


def test_the_time_of_an_outcome_is_read_in_the_brands_zone(sent: Workshop) -> None:
    done = outcomes(sent, "kind,at,case_id", "redeemed,2026-03-01 10:00,case_1", "stayed,2026-03-01T10:00:00Z,case_1")
    assert (done["recorded"], done["bad"]) == (2, [])
    moments = [outcome.at for outcome in sent.store.results.of_case("case_1")]
    assert sorted(moments) == [datetime(2026, 3, 1, 2, tzinfo=UTC), datetime(2026, 3, 1, 10, tzinfo=UTC)]


def test_an_unsubscribe_needs_no_case(sent: Workshop) -> None:
    lines = ("kind,at,customer_id", "unsubscribed,2026-03-01 10:00,2")
    assert outcomes(sent, *lines)["recorded"] == 1
    assert sent.store.people.get("2").suppressed
    assert outcomes(sent, *lines)["known_or_nobodys"] == 1


@pytest.mark.parametrize("dry_run", [True, False])
def test_bad_outcomes_are_named_by_line_and_the_good_ones_are_done(sent: Workshop, dry_run: bool) -> None:
    done = outcomes(
        sent,
        "kind,at,case_id,code,customer_id,amount",
        "bought,2026-03-01,case_1,,,",
        "redeemed,sometime,case_1,,,",
        "redeemed,2026-03-01,case_9,,,",
        "redeemed,2026-03-01,case_1,,,ten",
        "redeemed,2026-03-01,,,2,",
        "redeemed,2026-03-01,,,,",
        "unsubscribed,2026-03-01,,,9,",
        "redeemed,2026-03-01,case_1,,,12.50",
        "redeemed,2026-03-01,,GUESS,,",
        dry_run=dry_run,
    )
    assert [item["line"] for item in done["bad"]] == [2, 3, 4, 5, 6, 7, 8]
    assert all(len(item["reason"]) > 10 and "class" not in item["reason"] for item in done["bad"])
    kept = sent.store.results.of_case("case_1")
    assert [outcome.amount for outcome in kept] == ([] if dry_run else [Money(1250, "CNY")])
    assert done["known_or_nobodys"] == (0 if dry_run else 1)


OFFERS = """[[offers]]
id = "ten_off"
kind = "amount"
value = 10
cost = 10
budget = {budget}
codes = false
"""
STRATEGIES = """[[strategies]]
reason = "no_recent_purchase"
situation = "long_silence"
help = ["ten_off"]
"""


def test_offers_that_the_ledger_refuses_leave_everything_as_it_was(workshop: Workshop, tmp_path: Path) -> None:
    (workshop.home.root / "strategies.toml").write_text(STRATEGIES, encoding="utf-8")
    file = tmp_path / "mine.toml"
    before = OFFERS.format(budget=100) + OFFERS.format(budget=100).replace("ten_off", "another")
    file.write_text(before, encoding="utf-8")
    import_offers(workshop, file, dry_run=False)
    claim = Claim("case", "1", "ten_off", Money(1000, "CNY"), ("offer:ten_off",), False, NOW)
    assert isinstance(workshop.store.ledger.reserve(claim), Reservation)

    file.write_text(OFFERS.format(budget=500).replace("ten_off", "another") + OFFERS.format(budget=5), encoding="utf-8")
    for dry_run in (True, False):
        with pytest.raises(InputError, match="offer:ten_off"):
            import_offers(workshop, file, dry_run)
    assert (workshop.home.root / "offers.toml").read_text(encoding="utf-8") == before
    assert workshop.store.ledger.budget("offer:another").amount == Money(10_000, "CNY")  # type: ignore[union-attr]
    assert not (workshop.home.root / ".trial").exists()


def test_a_dry_run_of_offers_changes_no_budget(workshop: Workshop, tmp_path: Path) -> None:
    (workshop.home.root / "strategies.toml").write_text(STRATEGIES, encoding="utf-8")
    file = tmp_path / "mine.toml"
    for budget, dry_run in ((100, False), (900, True)):
        file.write_text(OFFERS.format(budget=budget), encoding="utf-8")
        import_offers(workshop, file, dry_run)
    assert workshop.store.ledger.budget("offer:ten_off").amount == Money(10_000, "CNY")  # type: ignore[union-attr]
    assert "budget = 100" in (workshop.home.root / "offers.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_offers_may_be_saved_as_editors_save_them(workshop: Workshop, tmp_path: Path, encoding: str) -> None:
    (workshop.home.root / "strategies.toml").write_text(STRATEGIES, encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(f"# 减十元\n{OFFERS.format(budget=100)}", encoding=encoding)
    assert import_offers(workshop, file, dry_run=False)["offers"] == 1


def test_devices_and_chats_come_with_the_customers_and_stay_until_told_otherwise(
    workshop: Workshop, tmp_path: Path
) -> None:
    table = tmp_path / "c.csv"
    table.write_text("customer id,FCM token,WhatsApp\nc1,dEv:1_a-b,447700900123\nc2,bad token,\n", encoding="utf-8")
    import_customers(workshop, table, None, False, False, lambda *_: None)
    people = workshop.store.people
    assert (people.get("c1").push_token, people.get("c1").chat_id) == ("dEv:1_a-b", "447700900123")
    assert people.get("c2").push_token is None
    take_in([{"type": "identify", "userId": "c1", "traits": {"tier": "gold"}}], workshop)
    assert people.get("c1").push_token == "dEv:1_a-b"
    device = {"type": "identify", "userId": "c1", "context": {"device": {"token": "newer"}}}
    take_in([device], workshop)
    assert (people.get("c1").push_token, people.get("c1").tier) == ("newer", "gold")


def test_columns_that_nobody_reads_are_named(workshop: Workshop, tmp_path: Path) -> None:
    people, orders, mapping = tmp_path / "c.csv", tmp_path / "o.csv", tmp_path / "map.toml"
    people.write_text("会员编号,姓名,colour,随便一列\n1,陈雨桐,red,x\n", encoding="utf-8")
    head = "customer_id,date,email,country,colour,随便一列\n"
    orders.write_text(f"{head}1,2026-01-05,a@b.example,CN,r,x\n", encoding="utf-8")
    for dry_run in (True, False):
        [note] = import_customers(workshop, people, None, dry_run, False, lambda *_: None).notes
        assert note.startswith("not read: colour, 随便一列. ")
        assert "--map" in note
        [note] = import_events(workshop, orders, "orders", None, dry_run, False, lambda *_: None).notes
        assert note.startswith("not read: colour, 随便一列. ")
    mapping.write_text('[columns]\nitem = "colour"\n', encoding="utf-8")
    [note] = import_events(workshop, orders, "orders", mapping, True, False, lambda *_: None).notes
    assert note.startswith("not read: 随便一列. ")
