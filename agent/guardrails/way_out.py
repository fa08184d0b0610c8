"""Stopping our messages is free and simple: no call, no form, no login, no loss."""

from __future__ import annotations

from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_STOP_WORD = (
    r"(?:退订|取消订阅|拒收|停止接收|不再接收|unsubscrib\w*|opt(?:ing)?[ -]?out"
    r"|stop(?:ping)? (?:these |our |all |the )?(?:emails?|texts?|messages?)?)"
)

_OBSTRUCT = sieve(
    r"(?:to|before you) (?:unsubscribe|opt out|stop(?: these)?)[^.!?\n]{0,4}(?:please |first |just )?(?:log ?in"
    r"|sign in|call|phone"
    r"|ring|write|send|post|fill|complete|tell us|explain|allow|wait|pay|visit (?:our|a|the) (?:store|shop"
    r"|branch))(?![a-z])"
    r"|不想(?:再)?(?:收到?|继续收|看到)?\w{0,6}[？?，,：:]?\s?(?:请|需要?|要|必须|得)\w{0,8}(?:签到|提交|申请"
    r"|填写|致电|拨打|登录|验证|寄|缴|到店)"
    r"|" + _STOP_WORD + r"[^。！？!?\n]{0,30}?(?:(?:须|需要?|必须|请先|先|要|应|得|只能|才能|收取?|扣除?|支付"
    r"|缴纳?)[^。！？!?\n]{0,12}(?:致电|拨打|电话|缴|付|费|元|登录|到店|本人|身份证|说明|理由|原因"
    r"|填写|申请|审核|邮寄|工作日|小时|营业厅|验证)|(?:将|会|即|就)(?:会)?(?:失去|清零|作废|取消"
    r"|扣除|没收|丧失|停用|不再享)|\d+个?(?:工作日|天|小时)(?:后|内)?(?:生效|处理|审核))"
    r"|" + _STOP_WORD + r"[^.!?\n]{0,40}?(?:(?:must|need to|have to|requires?|please (?:first )?|by|after"
    r"|only)[^.!?\n]{0,24}(?:call(?:ing)?|phone|visit\w*|log(?:ging)? ?in|sign(?:ing)? ?in|fee"
    r"|pay\w*|form|reason|letter|writing|post|id(?![a-z])|survey|password)|(?:will|would|means?"
    r"|'ll) (?:\w+ )?(?:los\w+|forfeit\w*|cancel|cost|remove|delete|end)|(?<![a-z])(?:costs?|fees?)(?![a-z])"
    r"|takes? (?:up to )?\d+|\$ ?\d|£ ?\d)"
    r"|" + _STOP_WORD + r"[^\n]{0,60}?(?:points|credit|balance|rewards|perks|membership|access|vouchers?|discount"
    r"|status)(?: \w+){0,3} (?:go(?:es)?"
    r" with|vanish\w*|disappear\w*|lost|gone|lapses?|wiped|forfeit\w*|removed|with it|is over|ends?)(?![a-z])"
    r"|(?:失去|清零|缴纳|支付|致电)[^。！？!?\n]{0,12}(?:才能|方可|后可|即可)(?:退订|取消订阅)"
    r"|(?:先别|先不要|别急着|暂时别|千万别)(?:急着|点)?(?:退订|取消订阅)"
    r"|"
    + _STOP_WORD
    + r"[^。！？!?\n]{0,16}?(?:售后|服务|保修|质保|退款|订单|发货|客服)[^。！？!?\n]{0,8}?(?:顾不上|没法|无法|不能|不再"
    r"|管不了|受影响|停|耽误)"
    r"|"
    + _STOP_WORD
    + r"[^.!?\n]{0,40}?(?:we|i|nobody|our \w+) (?:can't|cannot|can not|won't|will no longer|may not)(?: be able to)? "
    r"(?:look after|help|serve|support|guarantee|honou?r|deliver|process|repair|refund|prioriti[sz]e|ship"
    r"|handle) (?:your|you|any)"
)

_FREE = sieve(
    r"免费|无需|不收|不需要|不用|不必|不会失去|free|no (?:fee|need|login|cost|charge)|without"
    r"|won't (?:lose|cost)|not (?:lose|cost|need)|never"
)


def _obstruct(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        for match in field.find(_OBSTRUCT, field.tight):
            if not _FREE.search(match.group()):
                reason = "Stopping must be free and simple. Use the standard line."
                yield field.finding("OPTOUT_OBSTRUCT", Severity.BLOCK, reason, *match.span(), field.tight)


RULES: tuple[Rule, ...] = (
    Rule(
        "OPTOUT_OBSTRUCT",
        19,
        "A way out without a toll",
        "MIIT order 31; 16 CFR 316.5; GDPR art. 7(3); PIPL art. 15-16",
        Severity.BLOCK,
        _obstruct,
        examples=(
            broken("退订须致电客服并缴纳5元手续费。"),
            broken("退订将失去全部积分。"),
            broken("To unsubscribe you must log in and give a reason.", language="en"),
            broken("您先别退订，退订以后售后我们可就顾不上您了。"),
            broken("If you unsubscribe, we can't look after your orders any more.", language="en"),
            fine("If you unsubscribe, we won't e-mail you again, and your orders go on as before.", language="en"),
            fine("退订以后不影响订单和售后。"),
            fine("退订无需登录，免费。退订回T"),
            fine("Unsubscribe with one click, it is free.", language="en"),
        ),
    ),
)
