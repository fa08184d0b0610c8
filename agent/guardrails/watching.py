"""What we work out about somebody stays unsaid: scores, guesses at health or money, looks and clicks."""

from __future__ import annotations

import re
from decimal import Decimal

from agent.domain import Severity
from agent.guardrails.lexicon import Hit
from agent.guardrails.listed import by_list, is_disowned, is_supposed, told_by_customer
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_SECOND_PERSON = sieve(
    r"您|你|是不是|恭喜|看过来|专区|专享|亲|根据|看来|似乎|(?<![a-z])(?:you(?:r|rs|'re|'ve|'ll)?"
    r"|congratulations|congrats|we guess|guess|as an?|for (?:new|expecting)|seems?|must be)(?![a-z])"
)

# the people a product is not for, an insurance of that name, a courtesy
_GENERAL = sieve(
    r"(?:孕妇|孕期|儿童|患者|过敏)\w{0,8}(?:慎用|禁用|请勿|不宜|不建议|遵医嘱|咨询医生)|人群\w{0,4}(?:慎|禁)"
    r"|(?<![a-z])(?:people|anyone|those|customers) (?:who|with)(?![a-z])|not (?:suitable|recommended) (?:for"
    r"|during)"
)


def _sensitive(hit: Hit, field: Field, message: Message) -> Severity | None:
    """Only about this customer; what the customer said in this thread is for a person, not a fault."""
    said = field.sentence(hit.start)
    if (not _SECOND_PERSON.search(said) and field.name == "body") or is_disowned(hit, field, message):
        return None
    if (
        is_supposed(field.tight.text, hit.start)
        or "的话" in field.tight.text[hit.end : hit.end + 6]
        or _GENERAL.search(said)
    ):
        return None
    raised = message.context.customer.facts.get("customer_said_in_thread")
    ticket = message.context.open_ticket
    courtesy = "早日康复" in said or "get well" in said
    if (
        raised
        or courtesy
        or (ticket is not None and ticket.is_open and re.search(r"bereav|hardship|medical|vulner", ticket.type))
    ):
        return Severity.HUMAN
    return Severity.BLOCK


_SWITCHES_OFF = sieve(
    r"关闭|关掉|停用|退出|不再|(?<![a-z])(?:turn|switch) (?:it |this |them )?off|opt out|disable|delete"
)


def _watched(hit: Hit, field: Field, message: Message) -> Severity | None:
    """What the customer told us, what is only supposed, and how to end being watched are no watching."""
    text = field.tight.text
    if (
        is_supposed(text, hit.start)
        or is_supposed(text, hit.start + 1)
        or told_by_customer(text, hit.start)
        or told_by_customer(text, hit.start + 2)
    ):
        return None
    if re.match(r"(?:if|when|should) ", text[hit.start : hit.end]) or _is_a_rule(text, hit):
        return None
    if _is_counted_use(text, hit, message) or _is_a_time_on_record(text, hit, message):
        return None
    counted = re.search(r"\d|次|遍|twice|times|minutes", text[hit.start : hit.end])
    return None if _SWITCHES_OFF.search(field.sentence(hit.start)) and not counted else hit.severity


def _is_a_rule(text: str, hit: Hit) -> bool:
    """您登录一次就当作撤回了: what logging in will do, and not that it was seen."""
    said = text[hit.start : hit.end]
    return said.endswith(("一次", "一下")) and not _PAST.search(said) and bool(_SO.match(text, hit.end))


_PAST = sieve(r"了|过|昨|前|刚|曾")
_SO = sieve(r"[，,]?(?:就|即|便)(?:当|视|会|自动|等于)")

_USES = re.compile(r"[刷用寄缴](?:了|满|过)\w{0,3}?(\d+)(?:次|笔|票|单)")


def _is_counted_use(text: str, hit: Hit, message: Message) -> bool:
    """您今年刷了4次: how often a card was used, where the record counts it, is the customer's own account."""
    use = _USES.search(text, hit.start, hit.end + 4)
    return use is not None and message.licence.has_number(Decimal(use[1]))


_CLOCK = re.compile(r"(\d{1,2})[:：.](\d\d) ?([ap])?\.?m?")
_CAME = sieve(r"签收|送达|送到|到的|(?<![a-z])(?:delivered|arrived|came|signed for)(?![a-z])")


def _is_a_time_on_record(text: str, hit: Hit, message: Message) -> bool:
    """昨晚19:10签收: when a parcel came, as the record has it, was watched by nobody."""
    found = _CLOCK.search(text, hit.start, hit.end)
    if found is None or not _CAME.search(text[max(0, hit.start - 40) : hit.end + 12]):
        return False
    hour = int(found[1]) % 12 + 12 if found[3] == "p" else int(found[1])
    return any(
        isinstance(value, str) and f"t{hour:02}:{found[2]}" in value.casefold() for _, value in message.licence.facts
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "CHURN_REVEAL",
        52,
        "Not being reduced to a score",
        "House rule",
        Severity.BLOCK,
        by_list("CHURN_REVEAL", "It tells the customer how we score or segment people. Take it out."),
        examples=(
            broken("系统预测您可能离开我们。"),
            broken("您是我们的高价值客户。"),
            broken("You are on our at-risk customers list.", language="en"),
            fine("好久没见您，最近还好吗？"),
            fine("Use the churn butter mould cold.", language="en"),
            broken("后台把您算在“高价值、易流失”那一档。"),
            broken("数据显示您有八成可能不再续费。"),
            broken("内部评级里您属于待挽回客户。"),
            broken("Our model gives you a 70% chance of leaving.", language="en"),
            broken("You're on a list of customers we expect to lose.", language="en"),
            broken("The algorithm has you down as a flight risk.", language="en"),
            fine("您属于金卡会员，系统显示积分已到账。"),
            fine("这款基金的风险等级是R2。"),
            fine("Our system shows your order has left.", language="en"),
            fine("There is a 40% chance of rain on delivery day.", language="en"),
            fine("You're a Gold member until March.", language="en"),
            broken("The computer reckons you're about to leave.", language="en"),
            broken("Our spreadsheet sorts buyers into keepers and goners.", language="en"),
        ),
    ),
    Rule(
        "SENSITIVE_INFER",
        53,
        "What nobody may guess",
        "PIPL art. 28-29; GDPR art. 9",
        Severity.BLOCK,
        by_list("SENSITIVE_INFER", "It guesses at health, faith, money troubles or grief. Leave it out.", _sensitive),
        examples=(
            broken("恭喜您怀孕啦，孕妈专区已开启。"),
            broken("It seems you are struggling financially.", language="en"),
            broken(
                "得知您生病住院，病情要紧。", changes={"customer": {"facts": {"customer_said_in_thread": "患病住院"}}}
            ),
            fine("天凉了，注意保暖。"),
            fine("The gift shop has new cards.", language="en"),
            broken("看您退得这么急，家里手头紧吧？"),
            broken("是不是刚丢了工作，才停的会员？"),
            broken("您常买素食，应该是信佛的吧。"),
            broken("Judging by your basket you must be diabetic.", language="en"),
            broken("You seem short of money lately.", language="en"),
            broken("Now that you're a widow, a small pot will do.", language="en"),
            fine("您问的“癌症险”不归我们管。下礼拜三给您送货。"),
            fine("孕期人群慎用，您可以先问医生。"),
            broken("祝您早日康复。", because="who told us? a person looks"),
            fine("When are you expecting your parcel? The money is yours.", language="en"),
            fine("Thank you for your faith in us. Keep your whites separated.", language="en"),
            fine("Your account is disabled; the recovery code is on its way to you.", language="en"),
        ),
    ),
    Rule(
        "SURVEILLANCE",
        54,
        "Not being watched",
        "PIPL art. 6; GDPR art. 5(1)(a)",
        Severity.BLOCK,
        by_list(
            "SURVEILLANCE", "It shows that we watched the customer. Speak of orders, not of looks and clicks.", _watched
        ),
        examples=(
            broken("我们注意到您昨晚浏览了茶壶三次。"),
            broken("We noticed you looked at the kettle four times.", language="en"),
            fine(
                "您8月下单的茶壶用得还顺手吗？",
                changes={"customer": {"facts": {"last_order": {"date": "2026-08-11", "item": "茶壶"}}}},
            ),
            fine("You can view all orders in your account.", language="en"),
            broken("您这周把茶壶放进购物车又移出，前后三次。"),
            broken("系统记录到您在结算页停留了四分钟。"),
            broken("您连着两晚都在看这把壶。"),
            broken("You've opened the tea page twice today.", language="en"),
            broken("Our logs show five visits to the returns page.", language="en"),
            broken("You put the kettle in your basket, then took it out again.", language="en"),
            fine("您说您看了三遍也没找到入口，在右上角。"),
            fine("如果您打开了两次还是白屏，请卸载重装。"),
            fine("您这个月下了三单，都签收了。"),
            fine("If you opened it twice and it froze, reinstall it.", language="en"),
            fine("You told us you read the page three times, so here is the short way.", language="en"),
            fine("You opened the box and had to look twice. Sorry.", language="en"),
        ),
    ),
)
