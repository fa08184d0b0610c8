"""What is told as done already: money sent back, a replacement on its way, an order or plan cancelled, points added.

Closed world: a deed stands in the record or the ticket, by its own name, or nobody can know that it was done. What the
customer asked for is no deed. A person decides, because whoever writes may just have done it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.listed import is_supposed, told_by_customer
from agent.guardrails.message import Field, Message
from agent.language.sieve import Sieve, sieve


@dataclass(frozen=True, slots=True)
class Deed:
    """`told`: said as done. `known`: how record or ticket would call it, in a key or a value."""

    told: Sieve
    known: Sieve


_DEEDS = (
    Deed(
        sieve(
            r"(?:已经?|刚刚?|这就)\w{0,6}?(?:把\w{0,4}钱|退款|退钱|全额|款项?)\w{0,4}?(?:退(?!货)|打|转|提交|发起|办"
            r"|处理|审核|批|给您|好了)"
            r"|退款(?!问题|的事|情况|一事)\w{0,4}?(?:已经?|刚刚?)\w{0,4}?(?:提交|发起|办|处理|审核|批|打|转|退|走|到|好)"
            r"|钱\w{0,2}已经?\w{0,3}(?:退|打|转|在路上)"
            r"|(?<![a-z])(?:i|we)(?:'ve| have)?(?: just| already| now| gone ahead and)* (?:refunded|issued (?:the|your"
            r"|a) (?:full )?refund"
            r"|processed (?:the|your) refund|sent (?:the|your) money|credited (?:your"
            r"|the) (?:card|account))"
            r"|(?:i|we)(?:'ve| have| just| already)+ put (?:the|your) refund through|(?:refund"
            r"|money)(?: \w+)? (?:went out|has (?:already )?(?:been|gone)|was (?:issued|sent|processed)"
            r"|is (?:already )?"
            r"(?:on its way|processed|issued|done|through))(?![a-z])"
        ),
        sieve(r"(?<![a-z])(?:refund\w*|reimburs\w*|credited|paid_back)|退款|退钱|退回|赔付"),
    ),
    Deed(
        sieve(
            r"(?:已经?|刚刚?)\w{0,6}?(?:补发|重发|重寄|重新(?:发|寄)|换(?:了|好|货)|新的?(?:一[个件套份])?\w{0,4}(?:发"
            r"|寄))"
            r"|(?:补发|新)\w{0,4}(?:已经?|刚刚?)\w{0,3}(?:发|寄|安排|在路上)"
            r"|(?<![a-z])(?:i|we)(?:'ve| have)?(?: just| already| now)* (?:sent|shipped|posted|dispatched|arranged"
            r"|ordered)(?: out| off)? "
            r"(?:you )?(?:a|the|your|another) (?:new|replacement|fresh|second)"
            r"|replacement (?:is (?:already )?on (?:its|the) way|has (?:shipped|left"
            r"|gone out|been (?:sent|shipped))|went out|shipped)(?![a-z])"
        ),
        sieve(r"(?<![a-z])(?:replac|resen[dt]|re-?ship|exchang|swap)|补发|重发|换货|换新|重寄"),
    ),
    Deed(
        sieve(
            r"(?:已经?|刚刚?)\w{0,6}?(?:取消|注销|解约|关闭|停(?:掉|机)|撤销)\w{0,4}(?:订单|会员|套餐|账[户号]"
            r"|合[约同]|保单|续费|预约|这一?单)"
            r"|(?:订单|会员|套餐|账[户号]|续费)\w{0,4}已经?\w{0,4}(?:取消|注销|关(?:掉|闭|了)|停)"
            r"|(?<![a-z])(?:i|we)(?:'ve| have)?(?: just| already| now| gone ahead and)* (?:cancell?ed|closed|stopped"
            r"|ended|paused) (?:your|the|that|it)"
            r"|(?:order|plan|subscription|membership|account) (?:is (?:already |now )?|has (?:already )?been "
            r"|was )(?:cancell?ed|closed|stopped|ended)(?![a-z])"
        ),
        sieve(r"(?<![a-z])(?:cancel|closed|stopp|ended|paus|suspend|unsubscrib)|取消|注销|解约|退订|关闭|停机|撤销"),
    ),
)
"""Deeds that cost or bind somebody; 已经反馈给仓库了 tells of an errand, and anybody may run one."""


def untold_deeds(field: Field, message: Message) -> Iterator[Finding]:
    """Deeds that neither the record nor the ticket knows."""
    text = field.tight.text
    for deed in _DEEDS:
        for match in deed.told.finditer(text):
            start, end = match.span()
            if (
                _NOT_DONE.search(text, start, end)
                or is_denied_before(text, start)
                or is_supposed(text, start)
                or told_by_customer(text, start)
                or field.is_quoted(start, end)
                or field.sentence(start).rstrip().endswith(("?", "？"))
                or message.in_act(field, *field.tight.raw_span(start, end))
                or _knows(deed.known, message)
            ):
                continue
            reason = "Neither the record nor the ticket says that this was done. A person decides."
            yield field.finding("FACT_RECORD", Severity.HUMAN, reason, start, end, field.tight)


_NOT_DONE = sieve(r"不|没|未|(?<![a-z])not(?![a-z])|n't")
_WORDS = sieve(r"said|note|subject|text|message|comment|reason|request|wish|want|asked|ask_|备注|留言|诉求|原因")
"""Keys under which somebody's words stand: what the customer asked for was not done by that."""
_OPEN = sieve(
    r"pending|request|want|wish|open|processing|waiting|review|ask|draft|fail|reject|denied|(?<![a-z])(?:not|no"
    r"|false)(?![a-z])"
    r"|待|审核|处理中|申请中|进行中|不|没|未|失败|拒绝|想|要"
)


def _knows(deed: Sieve, message: Message) -> bool:
    """Whether an entry of that name says that it was done: none that is open, refused or only asked for."""
    rows = [
        (path.casefold(), value) for path, value in message.licence.of_the_case if not _WORDS.search(path.casefold())
    ]
    still_open = {
        path.rpartition(".")[0] for path, value in rows if "." in path and _OPEN.search(str(value).casefold())
    }
    return any(
        value not in (False, None, 0, "")
        and path.rpartition(".")[0] not in still_open - {""}
        and not _OPEN.search(path)
        and not _OPEN.search(str(value).casefold())
        and (deed.search(path) or (isinstance(value, str) and deed.search(value.casefold())))
        for path, value in rows
    )
