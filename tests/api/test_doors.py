"""What the command line is made of: brand files, zones, people, the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import typer

from agent.domain import Channel, Language
from agent.errors import GateRefused, HoldfastError, InputError, NotFound
from api.brand_file import read_brand, write_brand
from api.people import TRIAL_PROOF, bare_customer, customers_from_rows
from api.sample_shop import BRAND
from api.terminal import Call, command, moment, run
from api.zones import may_be_in, zone_of_country
from tests.factories import a_brand


@pytest.fixture
def brand_file(tmp_path: Path) -> Path:
    path = tmp_path / "brand.toml"
    write_brand(path, dict(BRAND), made_up=True)
    return path


def test_a_written_brand_reads_back(brand_file: Path) -> None:
    brand = read_brand(brand_file)
    assert (brand.name_in(Language.ZH), brand.name_in(Language.EN)) == ("林间小铺", "Linden Lane")
    assert brand.made_up
    assert brand.unsubscribe_url.startswith("https://linden-lane.example/")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Beijing"', "Asia/Beijing"),
        ('currency = "CNY"', 'currency = "RMB"', "RMB"),
        ('languages = ["zh", "en"]', 'languages = ["fr"]', "fr"),
        ("margin_pct = 30", "margin_pct = 130", "130"),
        ("margin_pct = 30", "margin = 30", "margin"),
        ('name = "林间小铺"', "name = ", "brand.toml"),
        ('postal_address = "12 Linden Lane, Hangzhou 310012"', 'postal_address = ""', "postal_address"),
    ],
)
def test_a_brand_that_cannot_be_meant_names_the_key(brand_file: Path, old: str, new: str, said: str) -> None:
    text = brand_file.read_text(encoding="utf-8")
    assert old in text
    brand_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_brand(brand_file)


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("CN", "Asia/Shanghai"),
        ("中国", "Asia/Shanghai"),
        ("United Kingdom", "Europe/London"),
        ("France", "Europe/Paris"),
        ("United States", None),
        ("Atlantis", None),
        (None, None),
    ],
)
def test_a_country_has_a_zone_only_when_it_has_one(country: str | None, zone: str | None) -> None:
    assert zone_of_country(country) == zone


@pytest.mark.parametrize(
    ("zone", "country", "may"),
    [
        ("America/New_York", "US", True),
        ("US/Eastern", "US", True),
        ("US/Eastern", "CA", False),
        ("Asia/Calcutta", "IN", True),
        ("PRC", "CN", True),
        ("Asia/Urumqi", "CN", True),
        ("Asia/Kashgar", "CN", True),
        ("Iceland", "IS", True),
        ("Iceland", "Ivory Coast", False),
        ("Europe/Oslo", "DE", False),
        ("US/Eastern", "火星", True),
    ],
)
def test_an_old_name_of_a_zone_is_in_its_country(zone: str, country: str, may: bool) -> None:
    assert may_be_in(zone, country) is may


def test_what_a_record_does_not_say_is_unknown_or_marked_as_assumed() -> None:
    table = pd.DataFrame(
        [{"customer_id": "00123", "name": "Nora", "country": "United Kingdom", "consent_email": None, "points": None}]
    )
    customer = next(customers_from_rows(table, a_brand(assumed_consent={Channel.PUSH: "app terms 2024"}), False))
    assert customer.id == "00123"
    assert (customer.email, customer.consents.get(Channel.EMAIL)) == (None, None)
    assert customer.consents[Channel.PUSH].proof == "app terms 2024"
    assert set(customer.assumed) == {"language", "timezone", "consent.push"}


def test_a_stated_no_is_not_overruled_by_an_assumed_yes() -> None:
    table = pd.DataFrame([{"customer_id": "1", "consent_email": False}])
    customer = next(customers_from_rows(table, a_brand(assumed_consent={Channel.EMAIL: "form"}), False))
    assert customer.consents[Channel.EMAIL].granted is False


def test_an_invented_address_can_reach_nobody_and_says_so() -> None:
    customer = bare_customer("17850", "United Kingdom", a_brand(), made_up=True)
    assert customer.email == "17850@trial.invalid"
    assert customer.made_up
    assert "email" in customer.assumed
    assert {consent.proof for consent in customer.consents.values()} == {TRIAL_PROOF}
    assert bare_customer("17850", None, a_brand(), made_up=False).email is None


def test_moments_are_aware() -> None:
    assert moment("2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)
    assert moment("2026-03-01T09:00:00+08:00") == datetime(2026, 3, 1, 1, tzinfo=UTC)
    with pytest.raises(HoldfastError, match="yesterday"):
        moment("yesterday")


def an_app(error: Exception | None = None) -> typer.Typer:
    app = typer.Typer()

    @command(app, "work")
    def work(call: Call, count: int = 1) -> dict[str, int]:
        """Do it."""
        if error is not None:
            raise error
        call.say(f"{count} done")
        return {"count": count}

    @command(app, "rest")
    def rest(call: Call) -> None:
        """Do nothing."""
        call.refuse()

    return app


def test_json_is_one_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(an_app(), ["work", "--count", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"count": 3}


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (NotFound("no customer", "check the id"), "not_found", 1),
        (GateRefused("blocked", "edit it"), "gate_refused", 3),
        (OSError(28, "No space left on device", "/x"), "file", 1),
        (KeyboardInterrupt(), "stopped", 1),
        (ZeroDivisionError("x"), "fault", 1),
    ],
)
def test_every_failure_is_one_line_with_a_remedy(
    error: Exception, code: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(an_app(error), ["work", "--json"]) == exit_code
    said = json.loads(capsys.readouterr().out)["error"]
    assert said["code"] == code
    assert said["message"]
    assert said["remedy"]


def test_a_wrong_option_is_a_usage_error_in_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(an_app(), ["work", "--cuont", "3", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage"


def test_the_gates_no_is_exit_code_three() -> None:
    assert run(an_app(), ["rest"]) == 3
