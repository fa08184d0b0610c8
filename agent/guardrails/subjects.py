"""A subject promises what the body holds, and raises no alarm that nothing backs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Channel, Finding, Purpose, Severity
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.normalise import fold
from agent.language.sieve import sieve

_THREAD = sieve(r"^\s*(?:re|fw|fwd|回复|答复|转发)\s?[:：]", re.I)

_ALARM = sieve(
    r"停机|停止服务|停用通知|(?:暂停|中止|终止)(?:服务|使用)|断网|断供|号码(?:将|被|即将)?(?:被)?回收|封号|被封|注销"
    r"|销户|警告|警报|最后(?:警告|通牒|提醒)"
    r"|(?:账单|扣款|扣费|余额|积分)\w{0,2}异常|包裹\w{0,2}(?:被扣|退回|丢失|滞留|扣留)|海关|罚款|违约|征信"
    r"|冒用|盗(?:用|刷)|泄露|被盗|被(?:登录|盗|扣)|待(?:领取|认领)|(?:补贴|红包|奖金|退款|赔款"
    r"|补偿金?)\w{0,2}(?:到账|待领|待确认|已到)"
    r"|抽中|幸运(?:用户|客户|儿)|大奖|订单(?:取消|关闭|失败)|配送失败|投递失败|无法(?:投递|派送)|实名(?:失效"
    r"|过期)|(?:会员|账户|账号)\w{0,2}(?:失效|过期|到期|受限)|付款失败|支付失败|扣款失败|账单逾期|逾期|欠费"
    r"|账户异常|账号异常|安全(?:警报|警告|提醒|通知)"
    r"|异常登录|法院|传票|开庭|判决|立案|(?:体检|检查|化验|鉴定|筛查|测评)(?:的)?(?:结果|报告)|律师函|中奖"
    r"|获奖|恭喜您?(?:中|获|抽)|订单异常|包裹异常|快递异常"
    r"|退款(?:失败|待领|待确认)|您有一笔|紧急(?:通知)?|最后通知|发票(?:待|已)|中签|未领取的?(?:奖"
    r"|款)|(?:账户|账号)\w{0,4}(?:冻结|停用|锁定)"
    r"|(?<![a-z])(?:suspension|suspended|terminat\w+|deactivat\w+|disconnect\w+|(?:cut|shut) off|breach\w*"
    r"|compromised|hacked|stolen|unauthori[sz]ed|declined|charge(?:d)? (?:failed|back|twice)|you owe"
    r"|balance due|(?:missed|failed|attempted) (?:payment|delivery|call)|(?:package|parcel|order) (?:held"
    r"|returned|seized|lost|cancell?ed)|customs|fraud\w*"
    r"|lawsuit|credit score|you(?:'ve| have) been (?:selected|chosen|charged|hacked)|(?:claim|collect) your"
    r"|reward (?:waiting|inside|unlocked)|(?:last|final) (?:warning|reminder)|expired card"
    r"|update your (?:payment|billing|card)|your (?:number|line|access) (?:will|is)|invoice|payment (?:failed"
    r"|declined|due|overdue|problem)|past due|overdue"
    r"|security (?:alert|notice|warning)|account (?:suspended|locked|alert|limited|closed|on hold"
    r"|problem)|unusual (?:activity|sign-?in)|court|subpoena|legal notice|you(?:'ve| have) won"
    r"|winner|prize|final notice|urgent|action required|delivery (?:failed|problem)"
    r"|your refund(?: request)?|refund (?:pending|waiting|approved)|order (?:problem|failed"
    r"|cancelled|on hold)|(?:receipt|confirmation) (?:for|of)|verify your)(?![a-z])"
)

_OWED_BY_US = sieve(r"(?<![a-z])(?:thank[- ]?you|thanks|apology|hello|reply|answer|note|word)(?![a-z])")


def _subject(message: Message) -> Iterator[Finding]:
    field = next((each for each in message.fields if each.name == "subject"), None)
    if field is None or message.context.channel not in (Channel.EMAIL, Channel.PUSH):
        return
    known = message.licence.everything
    thread = _THREAD.match(field.words.text)
    if thread and not _has_thread(field, message):
        reason = "The subject pretends to answer, but there is no thread."
        yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, *thread.span())
    for match in _ALARM.finditer(field.tight.text):
        fits = message.purpose is not Purpose.MARKETING and _body_speaks_of(match.group(), message)
        if match.group() == "overdue" and _OWED_BY_US.search(field.tight.text):
            continue
        if match.group() not in known and not fits and not _is_backed(match, field, message):
            reason = "The subject raises an alarm or a hope that nothing backs."
            yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, *match.span(), field.tight)
    yield from _taken_back(field, message)
    yield from _more_than_the_body(field, message)
    yield from _gift_of_nothing(field, message)


_DUE = sieve(r"账单|到期|(?<![a-z])(?:payment due|balance due|invoice)(?![a-z])")
_TO_COLLECT = sieve(r"待领取|领取")
_OF_A_BILL = sieve(r"due|bill|invoice|payment|charge|matur|renew|expir|账单|到期|扣款")


def _is_backed(match: re.Match[str], field: Field, message: Message) -> bool:
    """A bill that falls due on a day that the record has for it; points that are the row's own, by their number."""
    if _TO_COLLECT.search(match.group()):
        offer, body = message.context.offer, message.body
        if offer is None or offer.kind != "points" or body is None:
            return False
        named = not offer.code or offer.code.casefold() in body.tight.text
        return named and any(q.kind == "points" and q.value == offer.value for q in field.quantities)
    if message.purpose is Purpose.MARKETING or not _DUE.fullmatch(match.group()):
        return False
    days = message.licence.days_about(_OF_A_BILL)
    return any(mention.first == mention.last and mention.first in days for mention in field.dates)


_KIDDING = sieve(
    r"(?<![a-z])(?:just kidding|only kidding|only joking|just joking|gotcha|made you look|false alarm"
    r"|not really[,.!]|got your attention"
    r"|have your attention|now that you're here|now that we have you|don't worry, (?:it's|that's|nothing)"
    r"|no, nothing is wrong"
    r"|nothing (?:is|'s|was) (?:actually |really )?(?:wrong|owed|due)|in fact (?:it|everything) (?:went"
    r"|is)|relax,|okay, not)(?![a-z])"
)


_AT_ONCE = 400
"""So far from its beginning a body takes back what its subject said."""


def _taken_back(field: Field, message: Message) -> Iterator[Finding]:
    """A subject that the body takes back was written to be opened, and no more."""
    said = _KIDDING.search(message.body.tight.text) if message.body else None
    if said is not None and said.end() <= _AT_ONCE:
        reason = "The body takes back what the subject says."
        yield field.finding("DECEPTIVE_SUBJECT", Severity.HUMAN, reason, 0, len(field.tight.text), field.tight)


_ALL_FREE = sieve(
    r"(?:全[场单]|全部|统统|一律|样样)(?:都)?(?:免费|免单|白送|0元)|(?:免费|白)(?:送|领|拿)(?!货)|免单"
    r"|0元(?:领|拿|购)|(?<![a-z])(?:(?:everything|it|all)(?:'s| is|)? (?:\w+ )?free|free (?:gift|phone|month"
    r"|box|year|hamper|money|tablet|lessons?)|on us|on the house|a (?:gift|present|hamper|reward|prize"
    r"|surprise) (?:for you|inside|is waiting)|(?:half|50%) off everything|free for (?:life|all"
    r"|a year))(?![a-z])"
    r"|(?:礼物|大礼|好礼|礼品|礼盒)\w{0,3}(?:送|给|等|待|到|请)|送您\w{0,4}(?:礼|奖)"
)


def _gift_of_nothing(field: Field, message: Message) -> Iterator[Finding]:
    """A gift, or everything for nothing, in a subject whose body does not say so."""
    body = message.body.tight.text if message.body else ""
    for match in _ALL_FREE.finditer(field.tight.text):
        words = [
            word for word in re.findall(r"[a-z]{4,}|[\u4e00-\u9fff]{2}", match.group()) if word not in _EMPTY_WORDS
        ]
        small = not _WHOLLY.search(match.group()) and message.body is not None and message.benefits_of(message.body)
        if (
            not any(word in body for word in words)
            and not small
            and not is_denied_before(field.tight.text, match.start())
        ):
            reason = "The subject promises what the body does not hold."
            yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, *match.span(), field.tight)


_WHOLLY = sieve(r"全|统统|一律|样样|免单|everything|(?<![a-z])all(?![a-z])|for life|half|50%")

_EMPTY_WORDS = frozenset({"everything", "waiting", "inside", "house", "your", "全场", "全部", "统统", "送您", "给您"})


def _has_thread(field: Field, message: Message) -> bool:
    ticket = message.context.open_ticket
    subject = _THREAD.sub("", field.words.text).strip()
    threads = [fold(str(value)).text for key, value in (ticket.details.items() if ticket else ()) if "subject" in key]
    threads += message.licence.fact_texts
    return any(thread and (thread in subject or subject in thread) for thread in threads if len(thread) > 2)


def _body_speaks_of(word: str, message: Message) -> bool:
    body = message.body.tight.text if message.body else ""
    return (
        word in body
        or any(pair in body for pair in (word[:2], word[-2:]) if not pair.isascii())
        or any(part in body for part in word.split() if len(part) > 4)
    )


def _more_than_the_body(field: Field, message: Message) -> Iterator[Finding]:
    body, offer = message.body, message.context.offer
    if body is None:
        return
    promised = message.benefits_of(field)
    kept = [quantity.kind for quantity in message.benefits_of(body)]
    names_code = offer is not None and offer.code is not None and offer.code.casefold() in body.tight.text
    for quantity in promised:
        if not kept and not names_code:
            reason = "The subject promises what the body does not hold."
            yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)


_GIFT = {"kind": "points", "value": 200, "currency": "CNY", "code": None, "expires_on": "2026-09-30"}


RULES: tuple[Rule, ...] = (
    Rule(
        "DECEPTIVE_SUBJECT",
        38,
        "Subjects that say what is inside",
        "CAN-SPAM 7704(a)(2); UCPD art. 6",
        Severity.BLOCK,
        _subject,
        channels=("email", "push"),
        examples=(
            broken("新茶上架。", channel="email", subject="回复：您的退款", changes={"purpose": "marketing"}),
            broken(
                "New cases are in.",
                language="en",
                channel="email",
                subject="Payment failed",
                changes={"purpose": "marketing"},
            ),
            broken("新茶上架。", channel="push", subject="账户异常警告", changes={"purpose": "marketing"}),
            broken("秋茶到店，欢迎来坐。", channel="email", subject="全场白送", changes={"purpose": "marketing"}),
            broken("秋茶到店。", channel="push", subject="恭喜您被抽中", changes={"purpose": "marketing"}),
            broken(
                "New boards.", language="en", channel="push", subject="A gift for you", changes={"purpose": "marketing"}
            ),
            broken(
                "New boards.",
                language="en",
                channel="push",
                subject="Unauthorised sign-in",
                changes={"purpose": "marketing"},
            ),
            broken(
                "New boards.",
                language="en",
                channel="email",
                subject="Your parcel: customs hold",
                changes={"purpose": "marketing"},
            ),
            fine("退款268元已到账。", channel="push", subject="退款已到账", changes={"purpose": "service"}),
            fine("包裹因地址不详退回，请补充。", channel="push", subject="包裹退回", changes={"purpose": "service"}),
            fine(
                "Your parcel was returned to us.",
                language="en",
                channel="push",
                subject="Parcel returned",
                changes={"purpose": "service"},
            ),
            fine("No gift this time, just news.", language="en", channel="push", subject="Not a gift, just news"),
            fine(
                "关于茶壶的事已核实。",
                channel="email",
                subject="回复：茶壶漏水",
                changes={"history": {"open_ticket": {"type": "complaint", "status": "open", "subject": "茶壶漏水"}}},
            ),
            fine("Hi Will, thank you.", language="en", channel="email", subject="A thank-you that is overdue"),
            fine("请收下200积分。", channel="email", subject="送您200积分", changes={"offer": _GIFT}),
        ),
    ),
)
