"""Codes made here work at the till: it knows each before anybody can get it, or nobody gets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from agent.catalogue import load_catalogue
from agent.errors import ChannelUnavailable, HoldfastError, InputError, NotFound, NotReady
from agent.ledger import Claim, Refusal
from api.bootstrap import Workshop
from api.brand_file import write_brand
from api.clock import SystemClock
from api.home import Home
from api.registering import AT_ONCE, fresh_codes, keep_codes
from api.sample_shop import BRAND
from api.settings import Settings
from tests.factories import NOW
from tests.gateways import CLOSES, HALF_A_REPLY, a_gateway, reply

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def a_workshop(folder: Path, url: str | None) -> Workshop:
    folder.mkdir()
    write_brand(folder / "brand.toml", dict(BRAND))
    known = {"codes_url": SecretStr(url), "webhook_secret": SecretStr(SECRET)} if url else {}
    return Workshop(Home(folder), Settings(home=folder, **known), SystemClock())  # type: ignore[arg-type]


def test_the_till_is_told_signed_and_then_the_pool_is_filled(tmp_path: Path) -> None:
    with a_gateway() as shop:
        workshop = a_workshop(tmp_path / "home", shop.url)
        assert keep_codes(workshop, "percent_12", AT_ONCE + 2)["registered"] == AT_ONCE + 2
        told = [Webhook(SECRET).verify(body, headers) for body, headers in zip(shop.bodies, shop.headers, strict=True)]
        assert [len(one["data"]["codes"]) for one in told] == [AT_ONCE, 2]
        assert told[0]["data"]["offer"]["value"] == "12"
        known = {code for one in told for code in one["data"]["codes"]}
        cost = load_catalogue("CNY").offers["percent_12"].cost
        got = workshop.store.ledger.reserve(Claim("k", "c1", "percent_12", cost, (), True, NOW))
        assert not isinstance(got, Refusal)
        assert got.code in known


def test_a_full_pool_tells_nobody_anything(tmp_path: Path) -> None:
    with a_gateway() as shop:
        workshop = a_workshop(tmp_path / "home", shop.url)
        for _ in range(2):
            report = keep_codes(workshop, "percent_12", 5)
        assert (report["registered"], report["codes_left"]) == (0, 5)
        assert len(shop.bodies) == 1


@pytest.mark.parametrize("answer", [reply(500, "later"), reply(409), reply(302), CLOSES, HALF_A_REPLY])
def test_what_the_till_did_not_plainly_take_is_never_used(tmp_path: Path, answer: bytes) -> None:
    with a_gateway(answer) as shop:
        workshop = a_workshop(tmp_path / "home", shop.url)
        with pytest.raises(ChannelUnavailable, match="took no codes"):
            keep_codes(workshop, "percent_12", 5)
        assert workshop.store.ledger.codes_left("percent_12") == 0
        refused = set(json.loads(shop.bodies[0])["data"]["codes"])
        shop.answer = reply(204)
        keep_codes(workshop, "percent_12", 5)
        assert not refused & set(json.loads(shop.bodies[1])["data"]["codes"]), "a doubtful code is not tried again"


@pytest.mark.parametrize(
    ("url", "offer", "error"),
    [
        ("http://127.0.0.1:9/x", "gold_bar", NotFound),
        ("http://127.0.0.1:9/x", "points_200", InputError),
        (None, "percent_12", NotReady),
    ],
)
def test_what_cannot_be_registered_is_said(
    tmp_path: Path, url: str | None, offer: str, error: type[HoldfastError]
) -> None:
    with pytest.raises(error):
        keep_codes(a_workshop(tmp_path / "home", url), offer, 5)


def test_codes_are_different_and_hold_letters_and_digits() -> None:
    codes = fresh_codes(2_000)
    assert len(set(codes)) == 2_000
    assert all(code.isalnum() and not code.isalpha() and not code.isdigit() for code in codes)
    assert not set("AEIOUQVXMP01L") & set("".join(codes))
