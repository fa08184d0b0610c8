"""What stands around a literal and changes what it says: no 20 % off, up to 20 % off, 20 % off last year, if …

Takes text and the place of a literal, says whether it is plainly meant. Errs towards no: what stays unbound costs a
repair, what is bound wrongly becomes a citation of something that was never said.
"""

from __future__ import annotations

import re

from agent.domain import Language
from agent.language.wording import left_clause, qualifier_of, right_clause

NEGATED = {
    Language.EN: re.compile(
        r"\b(?:not|no longer|never|no|nor|neither|without|cannot|instead of|rather than|hardly)\b|n['’]t\b", re.I
    ),
    Language.ZH: re.compile(
        r"不(?!错|用|妨|管|论|限|客气|急|着急|必|多说|忘)|没(?!准|关系)|无法|并非|绝非|而非|未|别(?!忘|样|致|担心)"
    ),
}
HYPOTHETICAL = {
    Language.EN: re.compile(
        r"\b(?:if|imagine|suppose|supposing|would(?! (?:like|love) to)|could|might|were to|wish|"
        r"perhaps|maybe|hope(?:d|fully)?)\b",
        re.I,
    ),
    Language.ZH: re.compile(r"如果|假如|假设|要是|倘若|万一|若(?!干)|可能|也许|或许|希望|能不能|是否"),
}
COMPARED = {
    Language.EN: re.compile(
        r"\b(?:last (?:year|month|week|time|season|spring|summer|autumn|winter)(?:'s)?|"
            r"previous(?:ly)?|formerly|used to|usual(?:ly)?|normal(?:ly)?|"
        r"than|other (?:shops?|stores?|brands?)|elsewhere|twice|double|triple|every|compared|instead|had|was|were)\b",
        re.I,
    ),
    Language.ZH: re.compile(
        r"去年|往年|以前|之前曾|上次(?!买|下单|购)|上回|上个?月|原来的?|平时|平常|此前|曾经?|别家|别的店|"
        r"其他(?:店|家)|人家|比(?!如|方)|双倍|两倍|翻倍|相当于"),
}  # fmt: skip
LEFT = {
    Language.EN: re.compile(
        r"(?:\b(?:another|additional|extra|further|at least|at most|up to|as (?:much|many|low|little) "
            r"as|more than|less than|over|under|"
        r"almost|nearly|about|around|roughly|some|approximately|between|from|starting|only until|"
            r"anywhere|sometime|maximum of|minimum of|"
        r"plus|or|to|through|since|after)|[-–—~+])\s*(?:the )?\Z",
        re.I,
    ),
    Language.ZH: re.compile(
        r"(?:(?:再|又|额外|折上)(?:打|减|享|送|省)?|最高|最多|最低|低至|高达|至少|至多|不止|超过|将近|"
            r"接近|大约|约|大概|差不多|多达|不超过|第|从|到|至|"
        r"[-–—~～+])\s*\Z"),
}  # fmt: skip
RIGHT = {
    Language.EN: re.compile(
        r"\s*(?:or (?:more|less|so|later|earlier|better|higher|lower)|and (?:up|more|above)|plus|"
        r"twice|again|on top|onwards?|off again|\+|"
        r"(?:more )?than|last (?:year|month|week|time)|[-–—~]\s?\d)",
        re.I,
    ),
    Language.ZH: re.compile(
        r"\s*(?:左右|上下|前后|以上|以下|以内|之间|起(?!用)|多(?!谢)|有余|再|又|封顶|[-–—~～]\s?\d|[至到]\s?\d)"
    ),
}
SCOPED = {
    Language.EN: re.compile(
        r"\b(?:members?|new customers?|first[- ]time|first (?:order|purchase)|second (?:item|one|"
        r"order)|students?|subscribers?|followers?|"
        r"each|every|per|selected|some|certain|only|refer\w*|invite\w*|friends?|reviews?|sign(?:ing)? "
        r"up|subscribe|newsletter|app|"
        r"returns?|deposit|store credit|redeem|worth|exchange|the us|within|silver|gold|platinum|"
        r"always|monthly|weekly|daily|birthday)\b",
        re.I,
    ),
    Language.ZH: re.compile(
        r"会员|新客|新人|老客|首单|第[一二三2-9]|每[满消单月周天次]|邀请|好友|签到|充值|评价|晒单|"
        r"关注|注册|退货|换货|江浙沪|偏远|指定|部分|"
        r"金卡|银卡|黑钻|学生|才(?!好)|只有|仅|限(?!时)|办卡|押金|红包|差价|换[一个]|兑换|抵\d|"
        r"上不封顶|另[算计办]|天天|常年|永久|生日"
    ),
}
"""Whom or what it holds for, other than this customer's next order. No list of these is ever whole; see outright.py."""
LAST_DAY = {
    Language.EN: (
        re.compile(
            r"\b(?:until|till|through|by|before|valid|expir\w+|ends?|ending|last day|good|deadline|"
            r"runs? (?:to|until)|works? (?:to|until))\b"
            r"(?:[\w ,']{0,24})\Z",
            re.I,
        ),
        re.compile(r"\s*(?:is the last day|at the latest|deadline)", re.I),
    ),
    Language.ZH: (
        re.compile(r"(?:有效期?|截止|截至|到期日?|期限|最后一天|请[在于])[^。！？\n]{0,6}\Z"),
        re.compile(r"\s*(?:[(（][^()（）]{0,6}[)）])?\s*(?:（含）)?(?:之?前|以前|截止|到期|止(?!步)|内有效|有效)"),
    ),
}
OF_THE_ORDER = re.compile(r"\b(?:order(?:ed)?|bought|purchase[d]?|shopped)\b|下[的了过]?单|订单|购买|买", re.I)
OF_THE_TICKET = re.compile(
    r"\b(?:told|wrote|written|contacted|reached|message|note|letter|e-?mail|asked|reported|got in "
    r"touch|sent back|went back|called)\b|"
    r"联系|反映|反馈|留言|告诉|提到|来信|来电|说|问|咨询",
    re.I,
)
NOT_OF_US = re.compile(
    r"\b(?:deliver\w*|arriv\w*|expected|due|clos(?:e|ed|ing)|holiday|founded|opened|points? (?:expire|"
    r"lapse|end)\w*|festival|birthday|dispatch\w*|ships? (?:on|by))\b|"
    r"送达|到货|到账|预计|盘点|开业|开店|积分(?=[^。]{0,8}(?:到期|清零|过期))|放假|发货|活动",
    re.I,
)
DAY_OF = {"ticket_date": OF_THE_TICKET, "last_order_date": OF_THE_ORDER}
"""Days that are told of because something happened on them: the sentence must speak of it."""


def is_for_this_customer(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the sentence offers it outright: to nobody else, for nothing in return, not on some goods only."""
    begin, stop = sentence_around(text, start)
    return not SCOPED[language].search(text[begin:start] + "\n" + text[end:stop])


def is_about(slot: str, text: str, start: int, end: int, language: Language) -> bool:
    """Whether the words around a day are those in which this fact is told."""
    begin, stop = sentence_around(text, start)
    left, right = text[begin:start].lower(), text[end:stop].lower()
    if slot == "offer_expires":
        before, after = LAST_DAY[language]
        told = before.search(left) or after.match(right)
        return bool(told) and not (NOT_OF_US.search(left) or re.match(r"[^,，。.]{0,6}(?:到账|送达|发货)", right))
    return bool(DAY_OF[slot].search(left + "\n" + right)) and not NOT_OF_US.search(left) if slot in DAY_OF else True


def sentence_around(text: str, at: int) -> tuple[int, int]:
    start = max((match.end() for match in re.finditer(r"[。！？!?\n；;]|(?<=[a-z)])\.\s", text[:at])), default=0)
    stop = re.search(r"[。！？!?\n；;]|(?<=[a-z\d)])\.(?:\s|\Z)", text[at:])
    return start, at + stop.end() if stop else len(text)


MINIMUM_RIGHT = re.compile(r"\s*(?:or more|or above|and (?:up|more|above)|\+|以上|及以上|起)", re.I)
"""Said after a minimum spend these words are its meaning."""


OPEN_DAY = {
    Language.EN: re.compile(
        r"\b(?:from|since|after|around|about|between|sometime|starting(?: on)?|as of|early|late|mid)\s*(?:the )?\Z",
        re.I,
    ),
    Language.ZH: re.compile(r"(?:从|自|大约|约|大概|不到|早于|晚于)\s*\Z"),
}
OPEN_DAY_RIGHT = {
    Language.EN: re.compile(
        r"\s*(?:or (?:so|later|earlier|thereabouts)|onwards?|at the (?:earliest|latest)|-ish)", re.I
    ),
    Language.ZH: re.compile(r"\s*(?:左右|上下|前后|起(?!用)|以后|之后|之间|开始)"),
}


def day_is_meant(text: str, start: int, end: int, language: Language) -> bool:
    """The same for a day; until and 至 before it are how a last day is said."""
    left, right = _clause_before(text.lower(), start), right_clause(text.lower(), end)
    if any(words[language].search(left) for words in (NEGATED, HYPOTHETICAL, COMPARED)):
        return False
    return not OPEN_DAY[language].search(left) and not OPEN_DAY_RIGHT[language].match(right)


def plainly_meant(text: str, start: int, end: int, language: Language, is_minimum: bool = False) -> bool:
    """Whether nothing around text[start:end] takes back, doubts, widens or compares what it says."""
    view = text.lower()
    left, right = _clause_before(view, start), right_clause(view, end)
    if qualifier_of(left_clause(view, start), right) not in ((None, "at_least") if is_minimum else (None,)):
        return False
    if any(words[language].search(left) for words in (NEGATED, HYPOTHETICAL, COMPARED)):
        return False
    after = MINIMUM_RIGHT.sub("", right, count=1) if is_minimum else right
    return (is_minimum or not LEFT[language].search(left)) and not RIGHT[language].match(after)


def _clause_before(text: str, start: int) -> str:
    return re.split(r"[,.;:!?。，；：！？、\n()（）—]|\bbut\b|\band\b|但", text[:start])[-1]
