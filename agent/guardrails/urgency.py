"""Hurry and scarcity are honest only where an input backs them: stock on record, a last day that is near."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import Hit, is_denied_before
from agent.guardrails.listed import is_cited, is_disowned
from agent.guardrails.message import Field, Message
from agent.guardrails.offer_validity import is_wrong_deadline
from agent.guardrails.offer_value import presents_offer
from agent.guardrails.rule import Rule, broken, fine
from agent.language.numbers import english_value
from agent.language.sieve import sieve

_SCARCE = sieve(
    r"(?:仅剩|只剩|还剩|最后|剩余|剩下|库存仅|限量|仅限前|前)(?:最后|不到|不足)?\s?(?P<zh>\d+"
    r"|[一二三四五六七八九十百两]+)\s?(?:件|个|套|台|份|张|双|箱|名|位|席|单|盒|瓶)|库存(?:告急"
    r"|紧张|不多|见底|所剩无几)|(?:即将|马上|快|就要)(?:售罄|卖完|卖光|断货|抢光|没货|涨价"
    r"|恢复原价)|抢(?:购|疯|光|完|空)|疯抢|手慢(?:无|则无)|售完(?:即止|不补)|名额(?:有限|不多"
    r"|告急)|断货在即|(?:货|料|位置|位子|座位|库存|名额)(?:就|只)剩|最后一(?:张|块|批|件|席|套|匹|茬|车|箱|口"
    r"|船|炉)|卖完就(?:停产|没|下架|绝版)"
    r"|(?:已经?|正在|马上|就要|即将)(?:停产|绝版|下架|断供|拆模具)|被(?:别人|人|他人|其他人)(?:拿|抢|订|买|占"
    r"|挑)走|抢着(?:囤|买|订|要|报)"
    r"|再(?:犹豫|等|想|拖)(?:一会儿?|一下|两天|几天|一刻钟|半天|想)?[，,]?\w{0,8}(?:就没|就要|轮不到|没您"
    r"|没份|没货)|要等(?:到)?(?:明年|后年|下一季)"
    r"|(?:有|还有)?(?:好?几|十几|十来|二十多|\d+)(?:多)?(?:个|位)\w{0,4}(?:在|正|都)?(?:等着?|守着|盯着|排着"
    r"|抢)|(?:被抢掉|抢掉了|抢走了)"
    r"|(?:一|两|半|几)(?:个)?(?:钟头|小时|刻钟|分钟)(?:之?内|后)\w{0,6}(?:定|决定|释放|失效|没了|付)"
    r"|(?:很可能|可能|怕是)?已经晚了|错过(?:不再|再等|就没|没有|等一年|后悔|(?:就)?要等)|再不\w{1,3}就(?:没"
    r"|来不及|晚)"
    r"|排着?(?:队)?\w{0,3}(?:几|好几)?(?:百|千|十)\w{0,2}人|(?P<people>\d+"
    r"|[一二三四五六七八九十百千万两几]+)\s?(?:多|余)?(?:人|位顾客|位客户|用户)(?:正在|已|都在|在"
    r"|刚刚)"
    r"|(?<![a-z])(?<!cut )(?<!cuts )(?<!cutting )(?<!go )down to (?:the last |just "
    r"|our last )?(?P<few>\d+|one|two|three|four|five|six|a few"
    r"|a handful)(?![a-z%])"
    r"|(?<![a-z])(?:only|just|last|final) (?P<en>\d+|one|two|three|four|five|six|seven|eight"
    r"|nine"
    r"|ten|a few|a handful)(?: \w+){0,2} (?:left|remaining|available|in stock|to go)"
    r"|(?<![a-z])(?:selling (?:out )?fast|almost gone|nearly gone|going fast|flying off"
    r"|running (?:out|low)|low stock|(?:stocks?|supplies|spots|seats|places) (?:is|are) (?:limited"
    r"|low|running)|before (?:it's|they're|it is|they are) (?:all )?gone|sold out soon|won't last"
    r"|limited (?:stock|quantity|supply|spots)|(?P<crowd>\d+|dozens of|hundreds of|many|several"
    r"|\w+teen) (?:other )?(?:people|shoppers|customers|others) (?:are|have|just|also|viewing"
    r"|looking))(?![a-z])"
)

_HURRY = sieve(
    r"最后(?:的)?(?:机会|一次机会|时刻|通牒|\d+小时|几小时)|倒计时|限时(?:抢|秒杀|特惠)"
    r"|即将(?:结束|截止|失效|过期|到期)|马上(?:结束|截止|失效|过期|到期)|(?:今晚|今天|今日"
    r"|零点)(?:就|将|内)?(?:截止|结束|失效|过期|作废|过后)|过期不候|过时不候|赶(?:快|紧)(?:下单|抢"
    r"|买|用|来)|速(?:抢|来|购)|仅此一(?:天|次|日)|再不(?:买|来|用|下单)就|欲购从速"
    r"|(?<![a-z])(?:last chance|final (?:hours|chance|call|notice)|act (?:now|fast)|(?<!in a )(?<!no )hurry(?: up)?"
    r"|don't (?:miss out|delay|wait)|ends (?:soon|tonight|today|at midnight)|expires (?:soon"
    r"|tonight|today|at midnight)|today only|tonight only|now or never|(?:ending|expiring) (?:soon"
    r"|tonight|today)|clock is ticking|time is running out|countdown|one day only|(?<!and )this is it"
    r"|or it's gone)(?![a-z])"
)

_SOON = timedelta(days=3)


def _urgency(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        text = field.masked(message)
        for match in _SCARCE.finditer(text):
            if _is_their_own(match, text) or _is_calendar(match, text) or is_cited(*match.span(), field, message):
                continue
            if not _stock_is_known(match, message) and not is_denied_before(text, match.start()):
                reason = "No input backs this scarcity. Drop it."
                yield field.finding("FAKE_URGENCY", Severity.BLOCK, reason, *match.span(), field.tight)
        for match in _HURRY.finditer(text):
            if (
                not is_disowned(Hit(*match.span(), Severity.BLOCK), field, message)
                and not _says_the_last_day(field, match.start(), message)
                and not _deadline_is_near(match.group(), message)
                and not is_denied_before(text, match.start())
            ):
                reason = "Nothing ends that soon. Give the true date."
                yield field.finding("FAKE_URGENCY", Severity.BLOCK, reason, *match.span(), field.tight)
        yield from _early_deadlines(field, message)


def _stock_is_known(match: re.Match[str], message: Message) -> bool:
    said = match["zh"] or match["en"] or match["few"] or ""
    stock = [
        value
        for path, value in message.licence.facts
        if re.search(r"stock|left|seat|spot|unit|库存|余|限量|名额", path.casefold()) and not isinstance(value, bool)
    ]
    said = str(english_value(said) or said)
    if said.isdigit():
        return any(str(value) == said for value in stock) or message.licence.has_phrase(match.group())
    return bool(stock) and not match["people"] and not match["crowd"]


_YOURS = sieve(r"(?<![a-z])(?:your|you|you're|if)(?![a-z])[^.,;!?]{0,24}$")


def _is_their_own(match: re.Match[str], text: str) -> bool:
    """Your filter is running low: that is the customer's, and no stock of ours."""
    said = match.group().startswith("running")
    return said and bool(_YOURS.search(text[max(0, match.start() - 40) : match.start()]))


_OF_TIME = sieve(r"(?:月|季度|星期|礼拜|周|天|晚|学期|节课)")


def _is_calendar(match: re.Match[str], text: str) -> bool:
    """今年只剩最后一个月: what runs out is the year."""
    return match.group().endswith("个") and bool(_OF_TIME.match(text, match.end()))


def _says_the_last_day(field: Field, at: int, message: Message) -> bool:
    """Whether the sentence itself names the true last day: then nobody is hurried by "after midnight it is gone"."""
    expires, (start, end) = message.context.offer and message.context.offer.expires_on, field.sentence_at(at)
    return any(mention.first == mention.last == expires for mention in field.dates if start <= mention.start < end)


def _deadline_is_near(said: str, message: Message) -> bool:
    """A hurry is honest when the offer ends within three days; "today" only on the last day itself."""
    offer, today = message.context.offer, message.context.local_now.date()
    if offer is None or offer.expires_on is None:
        return message.licence.has_phrase(said)
    today_only = re.search(r"今|零点|一天|一日|tonight|today|midnight|one day|hours|小时", said)
    reach = timedelta(0) if today_only else _SOON
    return today <= offer.expires_on <= today + reach


def is_truly_short(message: Message) -> bool:
    """Whether the inputs themselves tell of little time or little stock."""
    facts = message.licence.facts
    return _deadline_is_near("tonight", message) or any(
        re.search(r"stock|seats?_left|spots?_left", p) for p, _ in facts
    )


def _early_deadlines(field: Field, message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    if offer is None or offer.expires_on is None or not presents_offer(message):
        return
    today = message.context.local_now.date()
    for mention in field.dates:
        if today <= mention.last < offer.expires_on and is_wrong_deadline(mention, field, message, offer):
            reason = f"The offer lasts until {offer.expires_on}; it does not end earlier."
            yield field.finding("FAKE_URGENCY", Severity.BLOCK, reason, mention.start, mention.end, field.tight)


_QH = {"kind": "percent", "value": 20, "currency": "CNY", "code": "QH20", "min_spend": 0, "expires_on": "2026-09-30"}


RULES: tuple[Rule, ...] = (
    Rule(
        "FAKE_URGENCY",
        33,
        "Time to think",
        "UCPD Annex I no. 7; Anti-Unfair-Competition Law art. 9",
        Severity.BLOCK,
        _urgency,
        examples=(
            broken("手冲壶仅剩3件，126人正在抢购！"),
            broken("八折券QH20，今晚截止！", changes={"offer": _QH}),
            broken("Hurry, only 4 left in stock!", language="en"),
            fine("手冲壶仅剩3件。", changes={"customer": {"facts": {"stock_left": 3}}}),
            fine("八折券QH20即将到期，9月30日止。", changes={"offer": _QH, "now": "2026-09-29T10:00:00+08:00"}),
            fine("No hurry, take your time.", language="en"),
            broken("Three people are looking at it while we chat.", language="en"),
            fine("You saw \"only 2 left\"? That wasn't us, we don't write that.", language="en", because="cited"),
            broken("Stock is running low.", language="en"),
            fine("If your filter is running low, tell us. You waited for news, and this is it.", language="en"),
        ),
    ),
)
