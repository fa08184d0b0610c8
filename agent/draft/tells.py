"""What in a model's own words makes a message unfit before it is filled: cut off, about itself, a promise in words.

Takes a template and its language, gives the words that tell. Slots and acts are blanked out first: what they say is not
the model's. A template of our own phrasebook has none of these; a test walks over all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.acts import commitments_in
from agent.domain import Channel, Language
from agent.slots.grammar import TOKEN

BLANK = "\u25a1"

# --- cut off ---------------------------------------------------------------------------------------------------------

OPEN_BRACE = re.compile(r"[{｛][^{}｛｝\n]{0,40}\Z")
BRACKETS = {"(": ")", "（": "）", "“": "”", "「": "」", "【": "】"}
MID_MARK = re.compile(r"[,，、;；(（\-—]\s*\Z|\b(?:e\.g\.|i\.e\.)\s*\Z")
ENDS_OPEN = {
    Language.EN: re.compile(
        r"\b(?:the|an?|to|and|or|of|with|at|by|from|your|our|my|their|its|are|was|were|have|has|had|"
        r"will|would|can|could|"
        r"should|if|which|who|when|while|because|but)\s*\Z",
        re.IGNORECASE,
    ),
    Language.ZH: re.compile(
        r"(?:的|和|与|或|及|把|被|给|让|对|从|向|并|且|但|而|因为|所以|如果|欢迎|为了|以及|通过|关于|是否|有没有)\s*\Z"
    ),
}
STOPPED = re.compile(r"[.!?…。！？~～:：\"”’」』)）\]】>》\u25a1\U0001f300-\U0001faff\u2600-\u27bf]\s*\Z")
LONG_LINE = {Language.ZH: 20, Language.EN: 70}
FAREWELL = re.compile(
    r"^\s*(?:(?:best|kind|warm|many)?\s*(?:regards|wishes|thanks)|sincerely(?: yours)?|yours(?: \w+)?|"
    r"warmly|cheers|take care|"
    r"thank you|with \w+|best|love|此致|敬礼|祝好|敬上|谢谢|顺祝商祺)\s*[,，]?\s*\Z",
    re.IGNORECASE,
)


def broken_off(body: str, language: Language, channel: Channel) -> str | None:
    """The last words of a message that stops in the middle. Short messages may end without a full stop."""
    if OPEN_BRACE.search(body):
        return body[-20:]
    text = TOKEN.sub(BLANK, body).strip()
    last = text.split("\n")[-1]
    if not last or FAREWELL.match(last):
        return None
    unclosed = any(last.count(left) > last.count(right) for left, right in BRACKETS.items())
    if unclosed or MID_MARK.search(last) or ENDS_OPEN[language].search(last):
        return last[-20:]
    prose = channel in (Channel.EMAIL, Channel.CHAT) and len(last) > LONG_LINE[language]
    return last[-20:] if prose and not STOPPED.search(last) else None


# --- about itself ----------------------------------------------------------------------------------------------------

ABOUT_ITSELF = {
    Language.EN: re.compile(
        r"\bplaceholders?\b|\bthe user (?:wants|asked|asks|needs|is asking)\b|\bas instructed\b|\bword count\b|"
        r"\bi (?:need|have|ought|should|must|will) (?:to )?(?:start with|begin with|mention|write (?:a|an|the|this)|"
        r"use the|avoid|keep it (?:short|brief|under)|include)\b|"
        r"\bso (?:that )?i can (?:write|draft|compose|create)\b|\bprovide (?:me with )?the customer(?:'s)?\b|"
        r"\bthe (?:prompt|instructions?|guidelines?) (?:say|says|state|require)|\bslots?\b(?= (?:from|in) the list)|"
        r"\b(?:write|draft|compose) (?:this|the|a|an) (?:sms|e-?mail|message|reply)\b|\bthe customer "
        r"(?:has not|hasn't|is waiting)\b",
        re.IGNORECASE,
    ),
    Language.ZH: re.compile(
        r"占位符|用户(?:要求|希望我|让我)|我(?:需要|应该|得)(?:以|用|先以|写|避免|注意)|(?:为您|帮您|"
        r"替您)(?:撰写|起草)|以便我|字数|"
        r"提示词|请提供(?:顾客|客户|更多关于)|(?:不能|不要|避免)(?:使用感叹号|提到|提及)|根据(?:要求|"
        r"指令|提示)|顾客(?:很久|已经|反映)|"
        r"(?:这条|这封|本条|本)(?:短信|邮件|消息|文案)(?:应|需|要)"
    ),
}


def about_itself(text: str, language: Language) -> str | None:
    found = ABOUT_ITSELF[language].search(TOKEN.sub(BLANK, text))
    return found[0] if found else None


# --- promises in words -----------------------------------------------------------------------------------------------

COMMITS = {
    Language.EN: re.compile(
        r"\b(?:we|i|our team|a colleague|someone|an agent|our staff)(?: will|'ll|’ll| can| promise to|"
        r" guarantee to| are going to| shall)"
        r"(?: (?:gladly|also|happily|definitely|then|be|personally|immediately|certainly|always|now|gladly)){0,2} "
        r"(?:refund|replace|reship|resend|exchang\w+|compensat\w+|credit|waive|extend|upgrade|deliver|"
        r"ring|call|pay|cover|"
        r"repair|resolve|reimburse|trac(?:e|k)|reserve|follow up|get back to|make sure (?:it|that) never)\w*\b"
        r"|\b(?:i|we)(?: can| personally| hereby)? (?:guarantee|promise|assure you|vow)\b(?! to "
        r"(?:listen|read|take notes|do our|try|be brief))"
        r"|\b(?:parcel|order|package|refund|money|replacement|delivery)(?: \w+){0,2} (?:will|is going to) "
        r"(?:\w+ )?(?:arrive|be (?:there|with you|delivered|sent|refunded|back)|reach|come|leave|ship)\b",
        re.IGNORECASE,
    ),
    Language.ZH: re.compile(
        r"(?:我们|我|专员|客服|同事|专人|本店|工作人员)[^，。！？!?\n\u25a1]{0,8}(?:会|将|保证|承诺|"
        r"马上|立即|立刻|尽快)[^，。！？!?\n\u25a1]{0,12}"
        r"(?:退给|退款|退钱|赔|补发|补寄|重发|换新|换货|回电|致电|打电话|送达|送到|升级|延长|免除|减免|维修|报销)"
        r"|(?:我们|我|本店|小店)(?:在此|向您)?(?:保证|承诺|担保|确保)(?!金)"
        r"|(?:包裹|订单|退款|款项|新的?|货)[^，。！？!?\n\u25a1]{0,8}(?:会|将|一定|必定|"
        r"肯定)[^，。！？!?\n\u25a1]{0,10}(?:到账?|送达|退回|寄出|发出)"
    ),
}


BINDS = {
    Language.EN: re.compile(
        r"\b(?:will|can|guarantee|promise|going to|free|on us|no (?:cost|charge)|gladly|shall)\b|['’]ll\b", re.I
    ),
    Language.ZH: re.compile(r"会|将|给您|为您|帮您|替您|我们|由|免费|可以|专人|专员|同事|保证|马上|立即"),
}
ONLY_SPEAKS = re.compile(
    r"\b(?:your request|asked (?:us )?(?:to|for)|you want(?:ed)? (?:us )?to|so that we can|how (?:to|"
    r"we can|we could))\b|您(?:要求|希望|想|要)",
    re.IGNORECASE,
)
"""A commitment's words that are only spoken of: what somebody asked for is not yet promised."""


def promises_in_words(text: str, language: Language) -> Iterator[tuple[str | None, str]]:
    """(act key where one says the same, the words) of each promise that no act stands behind."""
    own = TOKEN.sub(BLANK, text)
    taken: list[tuple[int, int]] = []
    for key, start, end in commitments_in(own, language):
        if BLANK not in own[start:end] and not _asked(own, end) and _binds(own, start, end, language):
            taken.append((start, end))
            yield key, own[start:end]
    for match in COMMITS[language].finditer(own):
        if not _asked(own, match.end()) and all(match.end() <= start or match.start() >= end for start, end in taken):
            yield None, match[0]


CLAUSE = {Language.EN: re.compile(r"[.!?\n]"), Language.ZH: re.compile(r"[。！？!?\n，,；;]")}


def _binds(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the sentence around the words (in Chinese the clause) takes them upon us."""
    left = CLAUSE[language].split(text[:start])[-1]
    sentence = left + CLAUSE[language].split(text[start:])[0]
    return bool(BINDS[language].search(sentence)) and not ONLY_SPEAKS.search(left + text[start:end])


def _asked(text: str, end: int) -> bool:
    """A question promises nothing: shall we call you today?"""
    stop = re.search(r"[.!?。！？\n]", text[end:])
    return stop is not None and stop[0] in "?？"


# --- acts inside a sentence ------------------------------------------------------------------------------------------

MAY_PRECEDE = {
    Language.EN: re.compile(r"(?:\A|[\n.!?:…;\"”’)\]\-–—•~\U0001f300-\U0001faff\u2600-\u27bf\u25a1])[ \t]*\Z"),
    Language.ZH: re.compile(
        r"(?:\A|[\n。！？!?：:…；;，,、”」）)\-—•～~.\U0001f300-\U0001faff\u2600-\u27bf\u25a1])[ \t]*\Z"
    ),
}
GREETING = re.compile(r"\A\s*\{salutation(?:\|short)?\}[,，]\s*\Z")


def acts_inside_sentences(body: str, language: Language) -> Iterator[str]:
    """An act is a sentence of its own: words before it on its line must have ended theirs."""
    for match in TOKEN.finditer(body):
        if not match["act"]:
            continue
        before, after = body[: match.start()], body[match.end() :]
        blanked = TOKEN.sub(BLANK, before)
        joined = language is Language.EN and re.match(r"[ \t]*(?:,|and\b|or\b|[a-z])", after)
        if joined or not (GREETING.match(before) or MAY_PRECEDE[language].search(blanked)):
            yield match[0]
