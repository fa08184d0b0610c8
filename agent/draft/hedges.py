"""What stands around a literal and changes what it says: no 20 % off, up to 20 % off, 20 % off last year, if …

Takes text and the place of a literal, says whether it is plainly meant. Errs towards no: what stays unbound costs a
repair, what is bound wrongly becomes a citation of something that was never said.
"""

from __future__ import annotations

import re

from agent.domain import Language
from agent.language.wording import left_clause, qualifier_of, right_clause

NEGATED = {
    Language.EN: re.compile(r"\b(?:not|no longer|never|no|nor|neither|without|cannot|instead of|rather than|hardly)\b|n['’]t\b", re.I),
    Language.ZH: re.compile(r"不(?!错|用|妨|管|论|限|客气|急|着急|必|多说|忘)|没(?!准|关系)|无法|并非|绝非|而非|未|别(?!忘|样|致|担心)"),
}
HYPOTHETICAL = {
    Language.EN: re.compile(r"\b(?:if|imagine|suppose|supposing|would(?! (?:like|love) to)|could|might|were to|wish|perhaps|maybe|hope(?:d|fully)?)\b", re.I),
    Language.ZH: re.compile(r"如果|假如|假设|要是|倘若|万一|若(?!干)|可能|也许|或许|希望|能不能|是否"),
}
COMPARED = {
    Language.EN: re.compile(
        r"\b(?:last (?:year|month|week|time|season|spring|summer|autumn|winter)(?:'s)?|previous(?:ly)?|formerly|used to|usual(?:ly)?|normal(?:ly)?|"
        r"than|other (?:shops?|stores?|brands?)|elsewhere|twice|double|triple|every|compared|instead|had|was|were)\b",
        re.I,
    ),
    Language.ZH: re.compile(r"去年|往年|以前|之前曾|上次(?!买|下单|购)|上回|上个?月|原来的?|平时|平常|此前|曾经?|别家|别的店|其他(?:店|家)|人家|比(?!如|方)|双倍|两倍|翻倍|相当于"),
}  # fmt: skip
LEFT = {
    Language.EN: re.compile(
        r"(?:\b(?:another|additional|extra|further|at least|at most|up to|as (?:much|many|low|little) as|more than|less than|over|under|"
        r"almost|nearly|about|around|roughly|some|approximately|between|from|starting|only until|anywhere|sometime|maximum of|minimum of|"
        r"plus|or|to|through|since|after)|[-–—~+])\s*(?:the )?\Z",
        re.I,
    ),
    Language.ZH: re.compile(r"(?:(?:再|又|额外|折上)(?:打|减|享|送|省)?|最高|最多|最低|低至|高达|至少|至多|不止|超过|将近|接近|大约|约|大概|差不多|多达|不超过|第|从|到|至|[-–—~～+])\s*\Z"),
}  # fmt: skip
RIGHT = {
    Language.EN: re.compile(
        r"\s*(?:or (?:more|less|so|later|earlier|better|higher|lower)|and (?:up|more|above)|plus|twice|again|on top|onwards?|off again|\+|"
        r"(?:more )?than|last (?:year|month|week|time)|[-–—~]\s?\d)",
        re.I,
    ),
    Language.ZH: re.compile(r"\s*(?:左右|上下|前后|以上|以下|以内|之间|起(?!用)|多(?!谢)|有余|再|又|封顶|[-–—~～]\s?\d|[至到]\s?\d)"),
}
MINIMUM_RIGHT = re.compile(r"\s*(?:or more|or above|and (?:up|more|above)|\+|以上|及以上|起)", re.I)
"""Said after a minimum spend these words are its meaning."""


OPEN_DAY = {
    Language.EN: re.compile(r"\b(?:from|since|after|around|about|between|sometime|starting(?: on)?|as of|early|late|mid)\s*(?:the )?\Z", re.I),
    Language.ZH: re.compile(r"(?:从|自|大约|约|大概|不到|早于|晚于)\s*\Z"),
}
OPEN_DAY_RIGHT = {
    Language.EN: re.compile(r"\s*(?:or (?:so|later|earlier|thereabouts)|onwards?|at the (?:earliest|latest)|-ish)", re.I),
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
