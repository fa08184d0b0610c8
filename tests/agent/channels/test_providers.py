"""The dated data of providers: whole, sourced, readable, and a firm's own file in the place of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.channels import load_channels, load_providers, market_of, objections, provider_rules, rules_for
from agent.channels.physics import size
from agent.channels.providers import Links, Unit
from agent.domain import Channel, Purpose, Words
from agent.errors import InputError
from agent.resources import use_overrides

FIT = Words(None, "【青禾茶铺】新茶已上架，欢迎来看看。拒收请回复R")


@pytest.fixture
def own_files(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "overrides"
    (folder / "agent" / "channel_data" / "providers").mkdir(parents=True)
    yield folder
    use_overrides(None)


@pytest.mark.parametrize("key", load_providers())
def test_every_provider_says_where_its_figures_stand_and_when_somebody_looked(key: str) -> None:
    rules = provider_rules(key)
    assert all(source.url.startswith("https://") for source in rules.sources)
    assert date(2025, 1, 1) < rules.checked_on <= datetime.now(UTC).date()
    assert set(rules.markets) <= set(load_channels())
    assert bool(rules.markets) is (rules.channel is not None), "whoever reaches customers does so on a channel"


def test_the_issue_names_these_and_each_has_its_file() -> None:
    wanted = {"aliyun", "tencent", "huawei", "twilio", "whatsapp", "wecom", "wecom_kf", "fcm", "jpush", "smtp"}
    assert wanted | {"wecom_robot", "dingtalk_robot", "feishu_robot"} == set(load_providers())


@pytest.mark.parametrize("key", ["aliyun", "tencent", "huawei"])
def test_the_three_chinese_shapes_take_approved_texts_alone_and_no_variables_in_promotion(key: str) -> None:
    rules = provider_rules(key)
    assert all(rules.wants_template(purpose) for purpose in Purpose)
    assert Purpose.MARKETING not in rules.variables.purposes
    assert rules.links is Links.CONSTANT
    assert rules.caps


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("新茶已上架。拒收请回复R", "signature"),
        ("【青禾茶铺】新茶已上架。", "拒收请回复R"),
        ("【青禾茶铺】★新茶。拒收请回复R", "★"),
        ("【青禾茶铺】【上新】新茶。拒收请回复R", "【 】"),
        ("【青禾茶铺】送您优惠券。拒收请回复R", "优惠券"),
        ("【青禾茶铺】" + "茶" * 500 + "拒收请回复R", "500 is the most"),
    ],
)
def test_what_tencent_would_turn_away_is_said_before(text: str, because: str) -> None:
    assert objections(provider_rules("tencent"), FIT, Purpose.MARKETING, "zh") == ()
    [reason] = objections(provider_rules("tencent"), Words(None, text), Purpose.MARKETING, "zh")
    assert because in reason
    assert reason.startswith("tencent: ")


def test_a_notice_needs_no_way_out_and_a_length_is_counted_in_its_own_unit() -> None:
    assert objections(provider_rules("huawei"), Words(None, "【青禾茶铺】已发出。"), Purpose.SERVICE, "zh") == ()
    assert size("茶", Unit.BYTES) == 3
    assert objections(provider_rules("wecom"), Words(None, "茶" * 1333), Purpose.SERVICE, "zh") == ()
    assert objections(provider_rules("wecom"), Words(None, "茶" * 1334), Purpose.SERVICE, "zh")


def test_a_firms_own_provider_file_takes_the_place_of_ours(own_files: Path) -> None:
    ours = provider_rules("twilio")
    assert ours.windows[0].count == 1
    text = 'channel = "sms"\nmarkets = ["sms_intl"]\ntemplate_for = []\nlinks = "anywhere"\n'
    text += '[[sources]]\nurl = "https://our.example/contract"\nchecked_on = 2026-11-01\n'
    text += "[[windows]]\ncount = 100\nseconds = 1\n"
    (own_files / "agent" / "channel_data" / "providers" / "twilio.toml").write_text(text, encoding="utf-8")
    use_overrides(own_files)
    assert provider_rules("twilio").windows[0].count == 100
    assert provider_rules("aliyun").caps[0].within == timedelta(days=1), "the others are ours"


def test_a_market_file_is_overridden_where_it_always_was(own_files: Path) -> None:
    ours = rules_for(Channel.SMS, "zh", "Asia/Shanghai")
    text = (Path("agent") / "channel_data" / "sms_cn.toml").read_text(encoding="utf-8").replace("= 500", "= 70")
    (own_files / "agent" / "channel_data" / "sms_cn.toml").write_text(text, encoding="utf-8")
    use_overrides(own_files)
    assert (ours.body_max, rules_for(Channel.SMS, "zh", "Asia/Shanghai").body_max) == (500, 70)


@pytest.mark.parametrize(
    "text",
    [
        "channel = 1",
        'markets = []\ntemplate_for = []\nlinks = "anywhere"\nsources = []',
        'markets = []\ntemplate_for = ["ads"]\nlinks = "anywhere"\nsources = [{url = "u", checked_on = 2026-01-01}]',
        'markets = []\ntemplate_for = []\nlinks = "some"\nsources = [{url = "u", checked_on = 2026-01-01}]',
        'markets = []\ntemplate_for = []\nlinks = "anywhere"\nsources = [{url = "u", checked_on = "today"}]',
        'markets = []\ntemplate_for = []\nlinks = "never"\nwords = 1\nsources = [{url = "u", checked_on = 2026-01-01}]',
        (
            "windows = [{count = 0, seconds = 1}]\nmarkets = []\ntemplate_for = []\nlinks = 'never'\n"
            "sources = [{url = 'u', checked_on = 2026-01-01}]"
        ),
    ],
)
def test_a_file_that_cannot_be_meant_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"odd\.toml"):
        load_providers(tmp_path)


def test_an_sms_goes_by_the_place_and_only_without_one_by_the_language() -> None:
    assert market_of(Channel.SMS, "zh", "Europe/London") == "sms_intl"
    assert market_of(Channel.SMS, "en", "Asia/Shanghai") == "sms_cn"
    assert market_of(Channel.SMS, "en", None, "CN-SH") == "sms_cn"
    assert market_of(Channel.SMS, "zh", None) == "sms_cn"
    assert market_of(Channel.PUSH, "zh", None) == "push"
