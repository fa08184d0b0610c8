"""A former, usual or lowest price needs a price history, or is what this customer paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.licence import leaves
from agent.guardrails.message import Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_MONEY = r"(?:[¥$£€]\s?\d[\d,.]*|\d[\d,.]*\s?(?:元|块|dollars|pounds|euros|美元))"

_REFERENCE = sieve(
    rf"(?:平时|平常|往常|上个?月|上周|前几天|昨天|去年|专柜|商场|门店|别处|市面上|外面)(?:还|都|得|里)*(?:卖"
    rf"|要|标)\w{{0,2}}(?:\d|[一二两三四五六七八九十百千几])"
    r"|没(?:有)?(?:这么|这样|比这更?)低过|跌到底|地板价|骨折价|白捡"
    rf"|(?:原价|划线价|市场价|专柜价|吊牌价|官方价|日常价|门店价|建议零售价)\s?(?:是|为|:"
    rf"|：)?\s?{_MONEY}|(?:历史|全年|史上|年度|近\s?\w{{1,4}}(?:天|日|个月"
    rf"|年))(?:以来)?(?:的)?(?:最低|新低|底价|低价)|史低|(?:从未|没有)(?:这么|如此)(?:便宜|低)"
    rf"|(?<![a-z])(?:was|were|usually|normally|originally|previously|regular(?:ly)?|rrp|msrp"
    rf"|(?:normally|usually|originally|previously|regularly) (?:goes|go|sells?|sold|costs?|retails?)(?: for| at)?"
    rf"|list price|compare(?:d)? (?:at|to)|down from|instead of|reduced from|used to be|worth"
    rf"|valued at|retails? (?:at|for))(?: price)?(?: of| is|:)? ?{_MONEY}|(?<![a-z])(?:down|reduced"
    rf"|cut) from ?\d+[.]\d\d|(?<![a-z])(?:lowest|best"
    rf"|cheapest) price (?:in|of|for|since|this|ever)(?: the)?(?: last| past)?(?: \w+){{0,2}}"
    rf"|(?<![a-z])(?:never been (?:this |so )?(?:cheap|low)|all[- ]time low|lowest ever"
    rf"|\d+[- ]day low)"
)


def _reference(message: Message) -> Iterator[Finding]:
    known = (
        {str(value) for _, value in leaves(message.context.price_history)} if message.context.price_history else set()
    )
    for field in message.fields:
        for match in field.find(_REFERENCE, field.tight):
            number = re.search(r"\d[\d,.]*\d|\d", match.group())
            value = number.group().replace(",", "") if number else ""
            if (
                value in known
                or message.licence.has_phrase(match.group())
                or is_denied_before(field.tight.text, match.start())
            ):
                continue
            if _is_own_price(value, message) and not _LOWEST.search(match.group()):
                continue
            reason = "No price history backs this comparison. Drop the reference price."
            yield field.finding("PRICE_REF", Severity.BLOCK, reason, *match.span(), field.tight)


_LOWEST = sieve(r"低|lowest|cheap|low(?![a-z])")


def _is_own_price(value: str, message: Message) -> bool:
    """What this customer paid is a fact of the record, and a policy may name a price."""
    if not value:
        return False
    said, licence = Decimal(value.rstrip(".")), message.licence
    return (
        said in licence.money
        or licence.points_buy(said)
        or any(q.kind == "amount" and q.value == said for q in licence.quantities)
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "PRICE_REF",
        37,
        "Real bargains",
        "Rules on sales promotion; 98/6/EC art. 6a; 16 CFR 233.1",
        Severity.BLOCK,
        _reference,
        examples=(
            broken("原价399元的围巾。"),
            broken("It was $120 last month.", language="en"),
            broken("近30天最低价。"),
            fine("您上次付了268元。", changes={"customer": {"facts": {"last_order": {"amount": 268}}}}),
            fine("It was lovely to have 120 of you here.", language="en"),
        ),
    ),
)
