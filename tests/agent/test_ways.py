"""Where approved texts alone are carried: one is chosen and filled, or the message goes another way, or to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import campaign, pipeline
from agent.channels import NO_TEMPLATES, provider_rules
from agent.domain import CaseStatus, Channel, Consent, DeliveryStatus, Language, OfferStatus, Purpose, Spared, Words
from agent.draft.approved import APPROVED
from agent.errors import GateRefused
from agent.plan import Plan
from agent.ways import NO_WAY
from tests.approved_texts import NEWS, shelf
from tests.factories import NOW, a_customer, a_score, a_ticket
from tests.street import Street, a_street

NOTICE = """
[[template]]
id = "late"
provider = "aliyun"
provider_id = "SMS_300000002"
language = "zh"
purpose = "service"
situations = ["late_delivery"]
text = "您的订单{item}正在查询物流，有结果马上告诉您。"
[template.variables]
item = { slot = "last_item", max = 14 }
"""


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return a_street(tmp_path)


def with_templates(street: Street, folder: Path, text: str = NEWS + NOTICE) -> Street:
    street.house = replace(street.house, templates=shelf(folder, text))
    return street


def by_aliyun(street: Street) -> Street:
    street.house = replace(street.house, providers={"sms_cn": provider_rules("aliyun")})
    return street


def story(street: Street, case_id: str, step: str) -> list[dict[str, object]]:
    return [dict(line.data) for line in street.store.cases.story(case_id) if line.step == step]


def only_sms(street: Street, customer_id: str = "c1", language: Language = Language.ZH) -> None:
    consents = {channel: Consent(channel is Channel.SMS, NOW, "form", "marketing") for channel in Channel}
    street.store.people.put([a_customer(customer_id, language, consents=consents)], NOW)


def test_a_chinese_marketing_sms_is_an_approved_text_to_the_letter(street: Street, tmp_path: Path) -> None:
    case = with_templates(street, tmp_path).approved(channel=Channel.SMS)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT
    [message] = street.channel.sent
    assert message.body == "【林间小铺】春茶已上架，欢迎来店里看看。拒收请回复R"
    draft = street.store.cases.latest_draft(case.case_id)
    assert draft is not None
    assert (draft.writer.name, draft.writer.revision) == (APPROVED, "aliyun:SMS_300000001")
    assert story(street, case.case_id, "draft")[0]["template"] == "spring"


def test_no_coupon_is_bound_for_a_channel_that_cannot_say_it(street: Street, tmp_path: Path) -> None:
    prepared = pipeline.prepare(with_templates(street, tmp_path).open(channel=Channel.SMS), street.house)
    decision = prepared.case.decision
    assert decision is not None
    assert (decision.status, decision.spared) == (OfferStatus.NO_OFFER, Spared.NO_PLACE)
    assert street.reserved() == (0, 0)
    by_mail = pipeline.prepare(street.open(case_id="case_2"), street.house)
    assert by_mail.case.decision is not None
    assert by_mail.case.decision.status is OfferStatus.OFFERED, "by mail the same customer gets one"


def test_without_templates_the_message_goes_another_way_that_the_customer_agreed_to(street: Street) -> None:
    prepared = pipeline.prepare(street.open(channel=Channel.SMS), street.house)
    assert prepared.case.channel is Channel.EMAIL
    assert prepared.case.status is CaseStatus.CHECKED
    assert street.store.cases.get(prepared.case.case_id).channel is Channel.EMAIL
    [line] = story(street, prepared.case.case_id, "reroute")
    assert (line["from"], line["to"]) == ("sms", "email")
    assert prepared.case.decision is not None
    assert prepared.case.decision.status is OfferStatus.OFFERED, "decided for the channel that it takes"


def test_who_agreed_to_sms_alone_is_not_bent_onto_another_channel(street: Street) -> None:
    only_sms(street)
    prepared = pipeline.prepare(street.open(channel=Channel.SMS), street.house)
    assert prepared.draft is None
    assert prepared.case.status is CaseStatus.NEEDS_PERSON
    assert prepared.because.startswith(NO_WAY)
    assert story(street, prepared.case.case_id, "waits")[-1]["because"] == NO_WAY
    assert street.reserved() == (0, 0)


def test_a_persons_own_words_do_not_get_round_the_carriers(street: Street, tmp_path: Path) -> None:
    case = pipeline.prepare(with_templates(street, tmp_path).open(channel=Channel.SMS), street.house).case
    with pytest.raises(GateRefused, match="CN_SMS_TEMPLATE"):
        pipeline.approve(case, "lin", street.house, Words(None, "【林间小铺】春茶到了，快来看看！拒收请回复R"))


def test_a_text_that_lapsed_after_approval_stays_in(street: Street, tmp_path: Path) -> None:
    with_templates(street, tmp_path).approved(channel=Channel.SMS)
    street.clock.at = NOW + timedelta(days=100)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert "CN_SMS_TEMPLATE" in delivery.detail
    assert street.channel.sent == []


def test_abroad_free_text_goes_by_sms_whatever_stands_on_the_shelf(street: Street, tmp_path: Path) -> None:
    street.clock.at = NOW + timedelta(hours=9)  # half past eleven in the morning in London
    prepared = pipeline.prepare(
        with_templates(street, tmp_path).open(channel=Channel.SMS, customer_id="c2"), street.house
    )
    assert prepared.case.channel is Channel.SMS
    assert prepared.draft is not None
    assert prepared.draft.writer.name != APPROVED


def test_a_provider_that_takes_no_free_text_gets_notices_as_templates_with_typed_slots(
    street: Street, tmp_path: Path
) -> None:
    by_aliyun(with_templates(street, tmp_path)).history.events.append(a_ticket())
    case = street.open(channel=Channel.SMS, purpose=Purpose.SERVICE)
    prepared = pipeline.prepare(case, street.house)
    assert prepared.draft is not None, prepared.because
    assert prepared.draft.body == "【林间小铺】您的订单紫砂茶具套装正在查询物流，有结果马上告诉您。"
    [span] = [span for span in prepared.draft.spans if span.slot == "last_item"]
    assert prepared.draft.body[span.start : span.end] == "紫砂茶具套装"
    assert span.source.type == "event", "what fills a template is cited as anywhere"


def test_a_notice_without_a_template_goes_by_mail_where_the_provider_takes_none(street: Street, tmp_path: Path) -> None:
    by_aliyun(with_templates(street, tmp_path, NEWS)).history.events.append(a_ticket())
    prepared = pipeline.prepare(street.open(channel=Channel.SMS, purpose=Purpose.SERVICE), street.house)
    assert prepared.case.channel is Channel.EMAIL


def test_a_value_that_does_not_fit_its_type_sends_the_message_another_way(street: Street, tmp_path: Path) -> None:
    short = NOTICE.replace("max = 14", "max = 3")
    by_aliyun(with_templates(street, tmp_path, short)).history.events.append(a_ticket())
    prepared = pipeline.prepare(street.open(channel=Channel.SMS, purpose=Purpose.SERVICE), street.house)
    assert prepared.case.channel is Channel.EMAIL
    [line] = story(street, prepared.case.case_id, "reroute")
    assert "does not fit its type or length" in str(line["because"])


def test_a_template_of_another_provider_is_not_used(street: Street, tmp_path: Path) -> None:
    with_templates(street, tmp_path, NEWS)
    street.house = replace(street.house, providers={"sms_cn": provider_rules("huawei")})
    assert pipeline.prepare(street.open(channel=Channel.SMS), street.house).case.channel is Channel.EMAIL


def test_a_campaign_leaves_out_whom_it_could_only_reach_by_a_text_that_it_lacks(street: Street, tmp_path: Path) -> None:
    street.store.scores.put([a_score("c1"), a_score("c2")])
    street.clock.at = NOW + timedelta(hours=8)  # half past six in the evening in Shanghai, half past ten in London
    plan = Plan("sms-only", channels=(Channel.SMS,))
    before = campaign.preview(plan, replace(street.house, templates=NO_TEMPLATES))
    assert before.excluded == {"only approved texts go on the channel that is left, and there is none for it": 1}
    after = campaign.preview(plan, with_templates(street, tmp_path).house)
    assert after.excluded == {}
    assert after.recipients == before.recipients + 1


def test_a_market_that_no_provider_serves_is_left_for_another_channel(street: Street, tmp_path: Path) -> None:
    by_aliyun(with_templates(street, tmp_path))
    prepared = pipeline.prepare(street.open(channel=Channel.SMS, customer_id="c2"), street.house)
    assert prepared.case.channel is Channel.EMAIL


def test_words_that_the_provider_would_turn_away_are_refused_at_the_approval(street: Street) -> None:
    street.clock.at = NOW + timedelta(hours=9)
    narrow = replace(provider_rules("twilio"), body_max=20)
    street.house = replace(street.house, providers={"sms_intl": narrow})
    case = pipeline.prepare(street.open(channel=Channel.SMS, customer_id="c2"), street.house).case
    with pytest.raises(GateRefused, match="20 is the most"):
        pipeline.approve(case, "lin", street.house)
