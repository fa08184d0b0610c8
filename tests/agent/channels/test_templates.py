"""Approved texts: read strictly, filled by type, and read back to the very values that filled them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.channels import NO_TEMPLATES, read_templates
from agent.domain import Language, Purpose
from agent.errors import InputError
from tests.approved_texts import NEWS
from tests.approved_texts import shelf as read

NOTICE = """
[[template]]
id = "shipped"
provider = "aliyun"
provider_id = "SMS_300000002"
language = "zh"
purpose = "service"
situations = ["late_delivery"]
text = "您买的{item}正在查询，单号{order}，有结果会尽快告诉您。"
[template.variables]
item = { slot = "ticket_item", max = 14 }
order = { slot = "order_id", type = "code" }
"""
DAY = date(2026, 3, 2)


def test_no_file_no_templates(tmp_path: Path) -> None:
    assert read_templates(tmp_path / "templates.toml") == NO_TEMPLATES


def test_a_template_is_chosen_by_market_purpose_language_situation_and_day(tmp_path: Path) -> None:
    shelf = read(tmp_path, NEWS + NOTICE)

    def found(purpose: Purpose, situation: str = "win_back", day: date = DAY, market: str = "sms_cn") -> list[str]:
        return [template.id for template in shelf.usable(market, purpose, Language.ZH, situation, day)]

    assert found(Purpose.MARKETING) == ["spring"]
    assert found(Purpose.MARKETING, day=date(2026, 6, 1)) == [], "its last day is over"
    assert found(Purpose.MARKETING, market="sms_intl") == []
    assert found(Purpose.SERVICE) == [], "made for another situation"
    assert found(Purpose.SERVICE, "late_delivery") == ["shipped"]
    assert shelf.usable("sms_cn", Purpose.MARKETING, Language.EN, "win_back", DAY) == ()
    assert shelf.usable("sms_cn", Purpose.MARKETING, Language.ZH, "win_back", DAY, provider="tencent") == ()


def test_a_filled_text_is_read_back_to_its_values(tmp_path: Path) -> None:
    [shipped] = read(tmp_path, NOTICE).all
    values = {"item": "紫砂茶具套装", "order": "L00067"}
    text = shipped.fill(values)
    assert text == "您买的紫砂茶具套装正在查询，单号L00067，有结果会尽快告诉您。"
    assert shipped.read(text) == values
    assert shipped.read(text.replace("尽快", "马上")) is None, "not a letter may differ"


@pytest.mark.parametrize(
    "values",
    [
        {"item": "茶" * 15, "order": "L1"},
        {"item": "茶", "order": "单号一"},
        {"item": "", "order": "L1"},
        {"item": "茶"},
        {"item": "www.evil.cn", "order": "L1"},
        {"item": "茶\n壶", "order": "L1"},
        {"item": "【中奖】", "order": "L1"},
    ],
)
def test_a_value_of_another_type_or_too_long_fills_nothing(tmp_path: Path, values: dict[str, str]) -> None:
    [shipped] = read(tmp_path, NOTICE).all
    assert shipped.fill(values) is None


@given(st.text(max_size=16), st.text(max_size=22))
def test_whatever_fills_a_template_is_what_is_read_back(item: str, order: str) -> None:
    from agent.channels import ApprovedTemplate, Variable, VariableType

    template = ApprovedTemplate(
        "t", "aliyun", "1", Language.ZH, Purpose.SERVICE, "品名{item}，单号{order}。",
        (Variable("item", slot="last_item"), Variable("order", VariableType.CODE, slot="order_id")),
    )  # fmt: skip
    text = template.fill({"item": item, "order": order})
    if text is not None:
        again = template.read(text)
        assert again is not None
        assert template.fill(again) == text


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (('"aliyun"', '"nobody"'), "nobody knows a provider"),
        (('"SMS_300000001"', '""'), "provider_id is missing"),
        (("拒收请回复R", ""), "must carry"),
        (("春茶", "{item}春茶"), "not the same"),
        (("春茶", "★春茶"), "refuses the characters"),
        (('"marketing"', '"news"'), "marketing, service or reply"),
        (("2026-05-31", '"2026-05-31"'), "is no day"),
        (("valid_to", "valid_until"), "unknown key"),
        (("春茶", "春茶" * 250), "500 is the most"),
        (("春茶", "贷款"), "refuses the subject"),
        (("春茶", "春{茶"), "braces"),
    ],
)
def test_a_template_that_its_provider_would_refuse_is_refused_at_reading(
    tmp_path: Path, change: tuple[str, str], because: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, NEWS.replace(*change))
    assert because in caught.value.message + caught.value.remedy
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (('purpose = "service"', 'purpose = "marketing"'), "takes no variables in marketing"),
        (('"aliyun"', '"tencent"'), "at most 6 characters"),
        (("，单号{order}", "{order}"), "side by side"),
        (("正在查询，单号", "https://shop.example/"), "within a link"),
        (("，单号{order}", "，单号{item}"), "twice"),
        (('slot = "order_id", ', ""), "needs slot"),
        (('type = "code"', 'type = "odd"'), "'odd'"),
    ],
)
def test_variables_are_held_to_the_providers_rules(tmp_path: Path, change: tuple[str, str], because: str) -> None:
    text = NOTICE.replace(*change)
    if because == "side by side":
        text = text.replace("{item}正在查询", "{item}")
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert because in f"{caught.value.message} {caught.value.remedy}"


def test_two_templates_of_one_name_are_not_told_apart_in_silence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="spring"):
        read(tmp_path, NEWS + NEWS)


def test_the_example_of_the_readme_is_one(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[3] / "agent" / "README.md").read_text(encoding="utf-8")
    [block] = [text for text in re.findall(r"```toml\n(.*?)```", readme, re.DOTALL) if "[[template]]" in text]
    assert [template.id for template in read(tmp_path, block).all] == ["spring", "late"]
