"""The composer never fails: whatever the case, a whole message that fits its channel and says what must be said."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.domain import Case, CaseStatus, Channel, Decision, Draft, FactSheet, Offer, Verdict, WriteRequest
from agent.draft import read_reply, write_draft
from agent.draft.problems import problems
from agent.language.sms import sms_size
from agent.realise import realise
from agent.situations import GENERAL, situations
from agent.writers.composer import Composer
from agent.writers.phrasebook import phrasebook

Make = Callable[..., FactSheet]
Offers = Callable[..., Offer]
SITUATIONS = sorted({name for _, name in phrasebook().situations})
SERVICE = {key for key, found in situations().by_key.items() if found.service} - {GENERAL}
OFFERS = [
    None,
    ("percent", "12.5"),
    ("amount", "2500.50"),
    ("free_shipping", "0"),
    ("points", "12000"),
    ("content", "0"),
]


def written(sheet: FactSheet, seed: int = 0, flags: tuple[str, ...] = ()) -> Draft:
    assert sheet.now is not None
    case = Case("case-1", "b", "c1", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now, sheet.situation)
    passed = Verdict(Decision.PASS, (), "h", "r")
    return write_draft(case, sheet, [Composer()], lambda _: passed, seed=seed, instruction="，".join(flags))


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("channel", Channel)
def test_every_composition_is_whole_and_fits_its_channel(
    make_sheet: Make, offers: Offers, situation: str, channel: Channel
) -> None:
    for language, tone, offer in itertools.product(("zh", "en"), ("warm", "formal", "lively", "plain"), OFFERS):
        purpose = "service" if situation in SERVICE else "marketing"
        given = offers(*offer) if offer else None
        sheet = make_sheet(language, channel.value, situation, given, tone, purpose)
        reply = Composer().write(WriteRequest((), sheet, (), seed=7))
        template = read_reply(reply.text, channel)
        assert problems(template, sheet) == ()
        filled = realise(template.subject, template.body, sheet, 7)
        if channel is Channel.SMS:
            assert sms_size(filled.body).segments <= 2, filled.body
        if channel is Channel.PUSH:
            assert len(filled.subject or "") <= 50
            assert len(filled.body) <= 150, filled.body
        if channel is Channel.EMAIL:
            assert len(filled.subject or "") <= 78


def test_an_unheard_of_situation_is_met_with_general_care(make_sheet: Make) -> None:
    assert written(make_sheet("zh", situation="moved_house")).body
    assert written(make_sheet("en", situation="moved_house")).body


def test_the_same_seed_says_the_same_and_another_does_not(make_sheet: Make) -> None:
    sheet = make_sheet("zh")
    assert written(sheet, 1).body == written(sheet, 1).body
    assert len({written(sheet, seed).body for seed in range(12)}) >= 11


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_customers_in_a_row_do_not_read_the_same_words(make_sheet: Make, language: str) -> None:
    sheet = make_sheet(language)
    bodies = [written(sheet, seed).body_template for seed in range(40)]
    assert sum(one == other for one, other in itertools.pairwise(bodies)) == 0
    assert len(set(bodies)) >= 36


def test_an_offer_is_announced_only_when_there_is_one(make_sheet: Make) -> None:
    for language, seed in itertools.product(("zh", "en"), range(25)):
        draft = written(make_sheet(language, situation="spending_less"), seed)
        words = f"{draft.subject} {draft.body}"
        assert not any(word in words for word in ("薄礼", "实惠", "心意", "saving", "little something"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_wishes_are_kept(make_sheet: Make, offers: Offers, language: str) -> None:
    def body(situation: str, *flags: str) -> str:
        return written(make_sheet(language, situation=situation, offer=offers()), 3, flags).body

    assert not any(word in body("late_delivery", "不道歉") for word in ("抱歉", "歉", "对不起", "sorry", "pologi"))
    assert any(word in body("long_silence", "道个歉") for word in ("歉", "sorry", "pologi"))
    assert "900" in body("long_silence", "提一下积分")
    assert len(body("long_silence", "短一点")) < len(body("long_silence", "详细一点"))
    assert not any(word in body("long_silence", "不提商品") for word in ("青瓷", "Heart"))
    assert "QH20" in body("long_silence", "先说优惠").split("\n\n")[1]


def test_a_policy_answer_is_quoted_when_there_is_one_and_never_announced_without(make_sheet: Make) -> None:
    for language, seed in itertools.product(("zh", "en"), range(20)):
        sheet = make_sheet(language, situation="policy_question", purpose="service")
        assert "{policy_answer}" in written(sheet, seed).body_template
        bare = make_sheet(language, situation="policy_question", purpose="service", acts=())
        unanswered = tuple(fact for fact in bare.facts if fact.slot != "policy_answer")
        body = written(replace(bare, facts=unanswered), seed).body
        assert not any(word in body for word in ("如下", "here it is", "Our reply is below", "answer below"))


def test_a_message_without_a_name_still_greets(make_sheet: Make) -> None:
    nobody = {"name": "NULL", "given_name": None, "gender": "female"}
    assert written(make_sheet("zh", **nobody)).body.startswith("您好：")
    assert written(make_sheet("en", **nobody)).body.startswith("Hello,")
