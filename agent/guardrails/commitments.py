"""What we bind ourselves to: refunds, returns, warranty, delivery, compensation, fees.

A commitment needs a clause in force with the same topic, the same numbers and its condition; or an act that a clause
backs. A statement that contradicts a clause is as bad as one that has none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.clauses import (
    backs,
    contradict,
    denies,
    drops_condition,
    grants_what_is_denied,
    may_deny,
    says_of_all,
    shared,
    waives,
    widens,
)
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.matters import off_the_policies
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.guardrails.statements import HELPING, Statement, is_aside, statements, topics_of
from agent.guardrails.terms import from_another_day, is_backed
from agent.language.sieve import sieve


def _promises(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        for statement in statements(field, message):
            verdict = _against_clauses(statement, field, message)
            if verdict is not None:
                severity, reason = verdict
                yield field.finding("POLICY_PROMISE", severity, reason, statement.start, statement.end, field.tight)
    yield from off_the_policies(message)


def _against_clauses(statement: Statement, field: Field, message: Message) -> tuple[Severity, str] | None:
    said, passage, around = statement.text, field.passage(statement.start), field.paragraph(statement.start)
    backing = [clause for clause in message.licence.clause_sentences if _is_about(clause, statement, passage)]
    if not backing:
        return _without_clause(statement, field, message)
    if waives(said) and not _is_own_rebate(said, message) and not any(waives(clause) for clause in backing):
        severity = Severity.HUMAN if HELPING.search(said) else Severity.BLOCK
        return severity, "No clause waives this. Take it out, or use a licensed act."
    if contradict(backing):
        return Severity.HUMAN, "The policies contradict each other here. A person decides."
    unknown = [
        number
        for number in statement.numbers
        if not is_backed(number, field, message) and not is_aside(number, field, message)
    ]
    if unknown:
        return Severity.BLOCK, f"No clause says {unknown[0].text.strip()}. Quote the clause."
    if moved := from_another_day(statement.numbers, statement.text, statement.start, backing, message):
        return Severity.BLOCK, f"The clause counts from another day: {moved}. Keep its beginning."
    if denies(said):
        if may_deny(backing, around) or _tells_what_is_out(said, message):
            return None
        return Severity.BLOCK, "It denies what a clause grants. Quote the clause."
    if not statement.numbers and not _STRONG.search(said) and HELPING.search(said) and not says_of_all(said):
        return None
    best = max(backing, key=lambda clause: shared(clause, said))
    if shared(best, passage) < 2 and _STRONG.search(said):
        return _without_clause(statement, field, message)
    if grants_what_is_denied(best, said):
        return Severity.BLOCK, "It grants what a clause rules out. Quote the clause."
    if all(widens(clause, said) for clause in (*backing, *_near(said, message))):
        return Severity.HUMAN, "It says of all what the clause says of some. Quote the clause."
    if statement.topics and shared(best, said) >= 2 and drops_condition(best, said, around):
        return Severity.BLOCK, "The clause has a condition, and the text leaves it out. Keep the condition."
    return None


def _is_own_rebate(said: str, message: Message) -> bool:
    """The row's own monthly rebate, called by its name: 月费减免."""
    offer = message.context.offer
    monthly = offer is not None and "每月" in message.licence.exclusions
    return monthly and "月费减免" in said and not waives(said.replace("月费减免", ""))


def _tells_what_is_out(said: str, message: Message) -> bool:
    """Whether the denial is that of the offer's row: "it doesn't cover exam weeks"."""
    return shared(message.licence.exclusions, said) > 0


def _near(said: str, message: Message) -> list[str]:
    """The clause sentences that share something with the words, and those beside them: one clause is one promise."""
    return [clause for clause in message.licence.clauses if shared(clause, said) >= 2]


def _is_about(clause: str, statement: Statement, passage: str) -> bool:
    if topics_of(clause) & (statement.topics - {"contact"}) or backs(clause, statement.text):
        return True
    enough = 1 if denies(statement.text) else 2
    return not statement.topics and shared(clause, passage) >= enough


def _without_clause(statement: Statement, field: Field, message: Message) -> tuple[Severity, str] | None:
    """Nothing in the policies speaks of this: a record or a day in it may still license the words."""
    said = statement.text
    if message.licence.in_facts(said.strip(" 。.!！")):
        return None
    days = [mention for mention in field.dates if statement.start <= mention.start < statement.end]
    if days and all(message.licence.has_day(day) for day in days) and not statement.numbers:
        return None
    if statement.numbers and all(is_backed(number, field, message) for number in statement.numbers):
        return None
    if not statement.numbers and not any(_is_meant(strong, statement, field) for strong in _STRONG.finditer(said)):
        return None
    if statement.topics == {"fee"} and not statement.numbers and message.licence.has_phrase("free"):
        return None
    return Severity.BLOCK, "No clause backs this promise. Take it out, or use a licensed act."


def _is_meant(strong: re.Match[str], statement: Statement, field: Field) -> bool:
    """Neither denied nor somebody else's words."""
    at = statement.start
    quoted = field.is_quoted(at + strong.start(), at + strong.end())
    return not quoted and not is_denied_before(statement.text, strong.start())


_STRONG = sieve(
    r"(?:保证|承诺|确保)(?!\w{0,2}(?:认真|尽快|用心|核对|如实|尽力|仔细|及时|金))|包(?:退|换|赔)"
    r"|全额|无条件|无理由|随时(?:都)?(?:可|能)?(?:以)?(?:退|换)|免费(?:维修|更换|换新|上门|退)"
    r"|终身|永久|双倍|[一两二三十\d]倍|赔(?:偿|付|您)|(?:免|不收"
    r"|减免)(?:收)?(?:取)?\w{0,6}(?:手续费|违约金|服务费|年费|月费)|(?:手续费|违约金|服务费|年费|月费"
    r"|滞纳金)\w{0,6}免"
    r"|(?:waived?|dropp?ed|cancell?ed|scrapp?ed|wiped) (?:the|your|that|this|all) (?:\w+ )?(?:fees?|charges?"
    r"|penalt\w+)|次日达|当日达|一定(?:会"
    r"|能)?\w{0,4}(?:到|送达|退|换)|最晚\w{0,4}(?:到|送达|发)|明天(?:就|一定)?\w{0,2}(?:到|送达"
    r"|发)|(?:给|为|帮)您(?:办理?)?(?:退|换|免|延|补发|申请退)|延长\w{0,6}(?:期|质保|合约|退)"
    r"|(?<![a-z])(?:guarantee\w*|promise\w*|full refund|money back|no questions asked|lifetime"
    r"|free (?:repairs?|returns?|replacement|exchange)|(?:we|i)(?:'ll| will"
    r"| can) (?:\w+ )?(?:refund|replace|waive|extend|compensate|reimburse|cover|pay|match|exchange"
    r"|lock)|(?:will|'ll) (?:definitely |surely |certainly )?(?:arrive|be delivered|be there|ship"
    r"|be refunded|be waived)(?: \w+)? (?:by|tomorrow|today|tonight|on|before|within)|return (?:it"
    r"|anything|them|any)(?: \w+){0,3} (?:any ?time|whenever)|waived?|next[- ]day"
    r"|same[- ]day)(?![a-z])"
)


_EN_TERMS = {
    "policy": [
        {"id": "r", "text": "Unused items can be returned within 30 days of delivery for a full refund."},
        {"id": "c", "text": "Claims must be filed within 21 days of the ship date."},
        {"id": "p", "text": "Pickups booked before 2 pm local time are collected the same day."},
    ],
    "offer": {"kind": "percent", "value": 15, "currency": "USD", "code": "HF15", "min_spend": 60},
}
_SHOP = {
    "policy": [
        {"id": "s", "text": "订单满59元包邮，不满59元收运费8元。"},
        {"id": "f", "text": "退货入库后3至7个工作日原路退款。"},
        {"id": "h", "text": "人工客服每天9:00至21:00在线。"},
        {"id": "r", "text": "自签收之日起7天内，未使用且吊牌完整的商品可以退货。"},
    ]
}
_EN_SHOP = {
    "policy": [
        {"id": "s", "text": "Orders of $49 or more ship free; below that shipping is $6."},
        {"id": "b", "text": "Return shipping is paid by the customer unless the item is faulty."},
        {"id": "f", "text": "Refunds reach your card within 5 working days after the return arrives."},
        {"id": "h", "text": "Our team answers from 9 am to 6 pm, Monday to Friday."},
    ]
}
_KEEPS = {"policy": [{"id": "k", "text": "茶罐未开封保质期3年，开封后请在12个月内用完，存放远离灶台。"}]}
_RET = {"policy": [{"id": "ret7", "text": "自签收之日起7天内，未使用且包装完好的商品可无理由退货。"}]}


RULES: tuple[Rule, ...] = (
    Rule(
        "POLICY_PROMISE",
        45,
        "Promises that are kept",
        "Civil Code art. 473 and 496; house rule",
        Severity.BLOCK,
        _promises,
        examples=(
            broken("我们保证明天送达。"),
            broken("30天内可无理由退货，未使用且包装完好即可。", changes=_RET, because="seven days, not thirty"),
            broken("签收7天内都可以退货。", changes=_RET, because="the condition is gone"),
            broken("签收后60天内，没用过的可以退。", because="no clause speaks of returns at all"),
            broken("We will refund you twice the price, guaranteed.", language="en"),
            fine("自签收之日起7天内，未使用且包装完好的商品可以无理由退货。", changes=_RET),
            broken(
                "You've got 60 days from delivery to return it, unused.",
                language="en",
                changes=_EN_TERMS,
                because="thirty days; that an offer or a price has a 60 licenses nothing",
            ),
            broken(
                "It can be filed within 21 days of delivery.",
                language="en",
                changes=_EN_TERMS,
                because="of the ship date",
            ),
            fine("It can be filed within 21 days of the ship date.", language="en", changes=_EN_TERMS),
            fine(
                "Booked before 2 pm it is collected today, so book within the next 45 minutes.",
                language="en",
                changes={**_EN_TERMS, "now": "2026-09-15T13:15:00-04:00"},
                because="that long it is to two o'clock",
            ),
            fine("您亲戚说的“稳赚不赔”不对，没有这回事。", because="somebody else's words"),
            fine("没开封能放3年，开封后一年内用完。", changes=_KEEPS, because="a year is twelve months"),
            fine("新茶罐进家头一个月，离灶台远一点。", changes=_KEEPS, because="a tip, and no term of the clause"),
            broken("开封后15个月内用完就行。", changes=_KEEPS),
            broken("退款一小时就到账。", changes=_SHOP),
            broken("退款今晚就能到您卡上。", changes=_SHOP),
            broken("退款2小时到账。", changes={**_SHOP, "customer": {"facts": {"days_since_order": 2}}}),
            broken("退款0天到账8元。", changes=_SHOP),
            broken(
                "The refund for the Oolong sampler will be on your card in an hour.",
                language="en",
                changes={**_EN_SHOP, "customer": {"facts": {"last_order": {"item": "Oolong sampler"}}}},
            ),
            broken("When we get the parcel your refund is on your card in an hour.", language="en", changes=_EN_SHOP),
            fine("Feel free to send the wrong one back.", language="en", changes=_EN_SHOP),
            fine("换季了，穿过的外套可以先洗一洗再收。", changes=_SHOP),
            broken("满39包邮。", changes=_SHOP),
            broken("不满59也不收您运费。", changes=_SHOP),
            broken("人工客服24小时都在。", changes=_SHOP),
            broken("退货不用吊牌也行。", changes=_SHOP),
            fine("退货入库后3至7个工作日，钱就退回您原来的账户。", changes=_SHOP),
            fine("满59元包邮，您这单还差一点。", changes=_SHOP),
            fine("人工客服每天9点到21点在线，您这会儿可以找到人。", changes=_SHOP),
            fine("用过的就退不了了，没用过、吊牌还在的，7天内可以退。", changes=_SHOP),
            broken("The refund will be on your card in an hour.", language="en", changes=_EN_SHOP),
            broken("Orders from $20 ship free.", language="en", changes=_EN_SHOP),
            broken("We pay for the return shipping.", language="en", changes=_EN_SHOP),
            broken("Our team is here around the clock.", language="en", changes=_EN_SHOP),
            fine("Return shipping is yours unless the item is faulty.", language="en", changes=_EN_SHOP),
            fine("What I can't do is refund it today.", language="en", changes=_EN_SHOP),
            fine("我帮您看看质保能不能覆盖。"),
            fine("如需退货，请联系客服。"),
            fine("I'll look into your refund and keep you posted.", language="en"),
        ),
    ),
)
