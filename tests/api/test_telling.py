"""The staff's group: told of each case once, through a real socket; a group that is away is told later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import pipeline
from agent.domain import CaseStatus
from agent.errors import ChannelUnavailable
from api.telling import tell_staff
from tests.factories import a_case
from tests.gateways import CLOSES, Gateway, a_gateway, reply
from tests.small_shop import SmallShop, a_small_shop


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with a_gateway(reply(200, '{"errcode": 0}')) as opened:
        yield opened


@pytest.fixture
def shop(tmp_path: Path, gateway: Gateway) -> SmallShop:
    return a_small_shop(
        tmp_path / "home", robot_url=f"dingtalk://t:s@127.0.0.1:{gateway.port}?console=https://x.example"
    )


def wait(shop: SmallShop, case_id: str) -> None:
    house = shop.workshop.house
    case = a_case(case_id, "c2")
    assert house.store.cases.open(case)
    prepared = pipeline.prepare(case, house)
    assert prepared.case.status is CaseStatus.CHECKED
    pipeline.set_aside(prepared.case, "drawn for the audit sample", house)


def text(gateway: Gateway, number: int) -> str:
    return str(json.loads(gateway.bodies[number])["text"]["content"])


def test_each_case_is_told_of_once_and_many_together(shop: SmallShop, gateway: Gateway) -> None:
    assert tell_staff(shop.workshop) == 0
    wait(shop, "case_1")
    wait(shop, "case_2")
    assert tell_staff(shop.workshop) == 2
    assert tell_staff(shop.workshop) == 0
    assert len(gateway.bodies) == 1
    assert "https://x.example/cases/case_1" in text(gateway, 0)
    wait(shop, "case_3")
    assert tell_staff(shop.workshop) == 1
    assert "case_1" not in text(gateway, 1)


def test_a_group_that_is_away_is_told_later(shop: SmallShop, gateway: Gateway) -> None:
    wait(shop, "case_1")
    gateway.answer = reply(200, '{"errcode": 310000, "errmsg": "sign not match"}')
    with pytest.raises(ChannelUnavailable, match="sign not match"):
        tell_staff(shop.workshop)
    gateway.answer = reply(200, '{"errcode": 0}')
    assert tell_staff(shop.workshop) == 1


def test_nobody_is_told_twice_because_an_answer_was_lost(shop: SmallShop, gateway: Gateway) -> None:
    wait(shop, "case_1")
    gateway.answer = CLOSES
    assert tell_staff(shop.workshop) == 1
    assert tell_staff(shop.workshop) == 0


def test_without_a_group_nobody_is_told(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "other")
    wait(shop, "case_1")
    assert tell_staff(shop.workshop) == 0
