"""Slots that were left unfilled, in any brackets, or filled with nothing.

Decided from the raw words; a name of the record that looks like a left-over (Ms Null) is licensed by the record."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_SLOT_WORDS = (
    "name|first ?name|last ?name|customer|customer ?name|your name|company|brand|date|amount|code"
    "|coupon|product|item|order"
    "|order (?:id|number|no)|link|url|phone|email|address|insert[^\\]]*|placeholder|todo|tbd|agent|signature|city"
    "|title"
    "|姓名|名字|客户|客户名|客户姓名|用户名|昵称|称呼|先生/女士|订单|订单号|商品|商品名|商品名称"
    "|品牌|日期|时间|金额|链接|网址|券码|优惠码|电话|地址|公司|产品|签名|客服|客服姓名|产品名"
    "|产品名称"
)

_SLOTS = sieve(
    r"\$?\{\{?[^{}\n]{0,60}\}?\}|\{\{|\}\}|\$\{|<%[^%]*%>|(?<![\w%])%[A-Za-z_]{2,30}%"
    r"|%\([a-z_]+\)s|(?<![\w%])%[sd](?![\w%])"
    r"|\[\[[^\]]{0,40}\]\]|_{3,}|<(?:(?-i:[A-Z][A-Z_ ]{1,30})|" + _SLOT_WORDS + r")>"
    r"|\[(?:(?-i:[A-Z][A-Z_ ]{2,30})|[a-z]+(?:_[a-z]+)+|" + _SLOT_WORDS + r")\](?!\()|【(?:" + _SLOT_WORDS + r")】"
    r"|(?<![\w#])#(?:name|code|date|amount|姓名|金额|日期)#|(?<![\w@])@@?(?-i:[A-Z_]{3,})@@?",
    re.I,
)

# what masking puts in the place of somebody's data, and the names of slots without their braces
_MARKS = sieve(
    r"\[(?:n|number|name|phone|code|e-?mail|link|order|address|account|card|id|ip|plate|birthday)\]"
    r"|(?<![A-Za-z0-9@./:-])(?:act:)?[a-z]{2,20}(?:_[a-z0-9]{1,20}){1,4}(?:\|[a-z]+)?(?![A-Za-z0-9@./-])"
    r"|(?<![A-Za-z0-9/.-])act:[a-z_]+|<?\|?im_(?:start|end)\|?>?"
    r"|\|(?:np|gift|verb|gerund|count|your|the|poss|clause)(?![a-z|])"
)

# [维修单号], [Order Number], <date>, (insert code): a slot is named by the kind of thing that belongs there
_KINDS_ZH = (
    "号|名|名称|姓名|称呼|日期|时间|金额|地址|链接|网址|电话|编号|码|天数|数量|原因|城市|门店|型号|价格|比例"
    "|百分比|品名|款式|昵称|内容|理由"
)

_KINDS_EN = (
    "name|number|no|id|date|time|amount|address|link|url|code|price|city|store|item|product|company|brand|day"
    "|month|discount|title|reason|here|percentage|deadline|plan|offer"
)

_NAMED_SLOTS = sieve(
    rf"[\[<{{(（＜〔][\u4e00-\u9fff/_]{{0,8}}(?:{_KINDS_ZH})(?:\d|X)?[\]>}}＞〕](?!\()"
    rf"|[\[<{{](?:\w+[ _-]){{0,3}}(?:{_KINDS_EN})[\]>}}](?!\()|\[(?:insert|your|customer|recipient|enter|add"
    rf"|fill in)[ _][^\]\n]{{1,40}}\]|\((?!your (?:own )?(?:words|call|choice))(?:insert|fill in|your"
    rf"|customer) [a-z ]{{2,24}}\)|\[\s*\]"
    r"|(?m:^(?:hi|hello|dear|hey) +[,!])|(?m:^(?:尊敬的|亲爱的)[，,：:])"
    r"|(?<![A-Za-z0-9])[XxＸ](?=[元月日天年折])|[$£€][XxNn](?![A-Za-z])|(?<![A-Za-z0-9])[XN] ?%|某月|某日",
    re.I,
)

_DOTS = sieve(
    r"(?<![A-Za-z0-9])[Xx×]{2,}(?![A-Za-z0-9-])|某某+|某(?:先生|女士|客户|商品|品牌)"
    r"|(?<![A-Za-z])(?:TBD|TBC|TODO|FIXME|undefined|NaN)(?![A-Za-z])"
    r"|[Ll]orem ipsum|待(?:定|补充|填写?|确认填)(?=[，。,.\s）)]|$)|此处(?:填写|插入|替换)|(?:your"
    r"|customer) name here|insert (?:name|date|code|link|offer)"
)

_NULL = sieve(
    r"(?:(?<![A-Za-z])(?:hi|hello|dear|hey|mr|ms|mrs|thanks|thank you|for|your|on|by|until|of|is"
    r"|code)\.?,? |您好[,，:：]?\s?|尊敬的|亲爱的|[：:]\s?|^\s*)(?P<word>null|none|undefined|nan"
    r"|n/a|nil)(?![A-Za-z])(?! (?:of|the less|and|other|taken|needed))"
    r"|(?<![A-Za-z] )(?P<zh>null|none|undefined|nan)(?=先生|女士|元|积分|您好|,|，|元|折|号|月|日)",
    re.I | re.M,
)


def _placeholders(message: Message) -> Iterator[Finding]:
    reason = "A slot was left unfilled. Fill it or write the sentence without it."
    name = (message.context.customer.name or "").casefold()
    for field in message.fields:
        for pattern in (_SLOTS, _MARKS, _DOTS, _NAMED_SLOTS):
            for match in pattern.finditer(field.raw):
                if not _is_own_signature(match.group(), message) and not _in_record(match.group(), message):
                    yield field.raw_finding("PLACEHOLDER", Severity.BLOCK, reason, *match.span())
        for match in _NULL.finditer(field.raw):
            group = "word" if match["word"] else "zh"
            if match[group].casefold() not in name:
                yield field.raw_finding("PLACEHOLDER", Severity.BLOCK, reason, *match.span(group))


def _in_record(text: str, message: Message) -> bool:
    """A name or a product of the record may look like a slot."""
    return len(text) > 3 and any(text in value for value in message.licence.fact_strings)


def _is_own_signature(text: str, message: Message) -> bool:
    return text.strip("【】[]<>") in message.context.brand.names


RULES: tuple[Rule, ...] = (
    Rule(
        "PLACEHOLDER",
        40,
        "Being addressed as a person",
        "House rule",
        Severity.BLOCK,
        _placeholders,
        examples=(
            broken("尊敬的{{name}}，您好。"),
            broken("您好{姓名}，订单已发出。"),
            broken("您本月共寄出XX单。"),
            broken("您好，某某先生。"),
            broken("【姓名】您好。"),
            broken("Hi [First Name], thanks.", language="en"),
            broken("Hi %FIRST_NAME%, thanks.", language="en"),
            broken("Hi undefined, thanks.", language="en"),
            broken("Dear null, thanks.", language="en"),
            broken("Your code is ____.", language="en"),
            broken("您的号码[phone]已登记，[n]元已退。"),
            broken("offer_code和act:refund_now"),
            broken("您的取件点为[门店名称]。"),
            broken("券将于X月X日到期。"),
            broken("尊敬的，您好。"),
            broken("Your box [Tracking Number] left today.", language="en"),
            broken("Hi , thanks for writing.", language="en"),
            broken("Save $X on (insert product name).", language="en"),
            fine("[微笑] 谢谢您。型号X（第二代）到货。"),
            fine("订单号（见短信）和姓名都对得上。"),
            fine("[x] packed, [1] see below, size X.", language="en"),
            fine("Write to care_team@pineandco.example or see https://pineandco.example/my_page.", language="en"),
            fine("【青禾茶铺】您好。"),
            fine("Dear Ms Null, thanks.", language="en", changes={"customer": {"name": "Ada Null"}}),
            fine("None of this is urgent. Sizes run from S to XXL, about 20% larger.", language="en"),
            fine("您的手机尾号138****5678已登记。"),
            fine("Save 20% on tea and 30% on cups.", language="en", because="percent signs around words"),
            fine("If you want fewer messages or none, tell us.", language="en"),
        ),
    ),
)
