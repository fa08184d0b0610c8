"""Characters that are broken, cannot be seen, or play other characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agent.domain import Finding, Severity, Words
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.guardrails.selling import BENEFIT_KINDS
from agent.language.normalise import HANZI, INVISIBLE_CHAR, fold
from agent.language.scripts import mixed_script_words
from agent.language.sieve import sieve
from agent.language.splices import leet_words, odd_characters, spliced_terms

_EMOJI_SEQUENCE = sieve(
    "(?:[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
    "[\ufe0e\ufe0f]?(?:[\U000e0020-\U000e007e]+\U000e007f)?\u200d?)+|[0-9#*]\ufe0f\u20e3"
)


def _invisible(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        if field.raw.isascii() and not INVISIBLE_CHAR.search(field.raw):
            continue
        fine_spans = [match.span() for match in _EMOJI_SEQUENCE.finditer(field.raw)]
        for match in INVISIBLE_CHAR.finditer(field.raw):
            if not any(start <= match.start() < end for start, end in fine_spans):
                name = unicodedata.name(match.group(), f"U+{ord(match.group()):04X}")
                reason = f"An invisible character ({name}) stands in the text. Take it out."
                yield field.raw_finding("INVISIBLE_CHARS", Severity.FIX, reason, *match.span())


def _strip_invisible(message: Message) -> Words:
    def visible(text: str) -> str:
        spans = [match.span() for match in _EMOJI_SEQUENCE.finditer(text)]
        return INVISIBLE_CHAR.sub(
            lambda match: match.group() if any(a <= match.start() < b for a, b in spans) else "", text
        )

    words = message.words
    return Words(None if words.subject is None else visible(words.subject), visible(words.body))


_SPACED_HANZI = sieve(rf"(?<![{HANZI}])[{HANZI}](?:[ \t·•.*_\-~|/]{{1,2}}[{HANZI}](?![{HANZI}])){{3,}}")

_SPACED_LATIN = sieve(r"(?<![a-z0-9])[a-z](?:[ .\-_*·|]{1,2}[a-z](?![a-z0-9'])){3,}")


def _mixed(message: Message) -> Iterator[Finding]:
    reason = "Letters of two scripts, or spaced-out letters, stand in one word. Write it plainly."
    for field in message.fields:
        for start, end in mixed_script_words(field.raw):
            yield field.raw_finding("MIXED_SCRIPT", Severity.BLOCK, reason, start, end)
        for pattern in (_SPACED_HANZI, _SPACED_LATIN):
            for match in field.find(pattern):
                if not message.licence.has_phrase(match.group()):
                    yield field.finding("MIXED_SCRIPT", Severity.BLOCK, reason, *match.span())
        yield from _hidden_benefits(field, reason)
        yield from _disguised(field, message, reason)


def _disguised(field: Field, message: Message, reason: str) -> Iterator[Finding]:
    """Sounds, pieces and look-alikes in place of characters, digits in place of letters."""
    for start, end in odd_characters(field.raw):
        if not any(
            field.raw[start:end] in text for text in message.licence.fact_strings
        ) and not message.licence.has_phrase(fold(field.raw[start:end]).text):
            yield field.raw_finding("MIXED_SCRIPT", Severity.BLOCK, reason, start, end)
    text = field.tight.text
    for start, end, _ in (*spliced_terms(text), *leet_words(text)):
        if not message.licence.has_phrase(text[start:end]):
            yield field.finding("MIXED_SCRIPT", Severity.BLOCK, reason, start, end, field.tight)


def _hidden_benefits(field: Field, reason: str) -> Iterator[Finding]:
    """A benefit that only shows when splices are taken out (免*费, 5·折)."""
    if field.tight.text == field.words.text:
        return
    for quantity in field.quantities:
        if quantity.kind in BENEFIT_KINDS:
            start, end = field.tight.raw_span(quantity.start, quantity.end)
            if len(fold(field.raw[start:end]).text) > quantity.end - quantity.start:
                yield field.raw_finding("MIXED_SCRIPT", Severity.BLOCK, reason, start, end)


_BROKEN = sieve(
    "\ufffd|锟斤拷|烫烫烫|屯屯屯|锛|銆|鈥|鐨勫|浣犲|鎮ㄥ|[\ud800-\udfff]|[\ue000-\uf8ff]"
    "|&#x?[0-9a-fA-F]{2,6};|ï»¿|\\\\u[0-9a-fA-F]{4}|\\\\x[0-9a-fA-F]{2}|=[0-9A-F]{2}=[0-9A-F]{2}"
    "|\\?{4,}|â€|Â[ £€©®°»«]|(?<![\\w/?=&.:%-])(?:%[0-9A-Fa-f]{2}){3,}"
)

# two letters of Latin-1, each with a sign behind it, beside Chinese: bytes of UTF-8 of which some fell out
_TORN = sieve(
    r"[\u00c0-\u00ff][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u02c6\u02dc\u2013-\u2026"
    r"\u2030\u2039\u203a\u20ac\u2122][^\w\s]?[\u00c0-\u00ff]"
)

# a letter of Latin-1 with no letter of a word beside it, and a sign of the same page or a Chinese character instead
_STRAY = sieve(
    r"(?<![A-Za-z\u00c0-\u024f])[\u00e0-\u00f6\u00f8-\u00ff\u00c2\u00c3]"
    r"(?:[\u00a1-\u00bf\u2022\u2026\u2039\u203a\u20ac](?![A-Za-z])|(?=[\u4e00-\u9fff]))"
)

_HIGH_RUN = sieve(
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    r"\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{2,}"
)

_HANZI_RUN = sieve(rf"[{HANZI}]{{3,}}")


def _mojibake(message: Message) -> Iterator[Finding]:
    reason = "Characters were broken on the way (wrong decoding). Read the text again with its true encoding."
    for field in message.fields:
        for match in _BROKEN.finditer(field.raw):
            yield field.raw_finding("MOJIBAKE", Severity.BLOCK, reason, *match.span())
        if field.raw.isascii():
            continue
        for match in _HIGH_RUN.finditer(field.raw):
            if _decodes(match.group(), "cp1252") or _decodes(match.group(), "latin-1"):
                yield field.raw_finding("MOJIBAKE", Severity.BLOCK, reason, *match.span())
        torn = list(_TORN.finditer(field.raw))
        if torn and (len(torn) > 1 or _HAN.search(field.raw)):
            for match in torn:
                yield field.raw_finding("MOJIBAKE", Severity.BLOCK, reason, *match.span())
        if _HAN.search(field.raw):
            for match in _STRAY.finditer(field.raw):
                yield field.raw_finding("MOJIBAKE", Severity.BLOCK, reason, *match.span())
        for match in _HANZI_RUN.finditer(field.raw):
            if _decodes(match.group(), "gbk"):
                yield field.raw_finding("MOJIBAKE", Severity.BLOCK, reason, *match.span())


_HAN = sieve(r"[\u4e00-\u9fff]")


def _decodes(text: str, codec: str) -> bool:
    """Whether the characters are UTF-8 bytes that somebody read with another codec.

    Three Chinese characters can be valid UTF-8 by chance (郑女士 is), but what comes out is then no Chinese.
    """
    try:
        read = text.encode(codec).decode("utf-8")
    except UnicodeError:
        return False
    if codec == "gbk":
        return len(_HAN.findall(read)) >= 2 and not re.search(
            r"[^\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\x00-\x7f]", read
        )
    return len(read) < len(text)


RULES: tuple[Rule, ...] = (
    Rule(
        "MOJIBAKE",
        62,
        "Readable characters",
        "House rule",
        Severity.BLOCK,
        _mojibake,
        examples=(
            broken("Itâ€™s here.", language="en"),
            broken("CafÃ© news.", language="en"),
            broken("您好锟斤拷。"),
            broken("您好\ufffd。"),
            broken("浣犲ソ锛屾杩庯紒"),
            broken("运费å…è´¹，放心。", because="a byte fell out on the way"),
            broken("保å•到期日12月20日，续ä¿请提前。", because="what is left of broken bytes"),
            fine("Chloé您好，café的券已放进账户。"),
            broken("It costs Â£20.", language="en"),
            broken("Hello %E4%BD%A0%E5%A5%BD", language="en"),
            fine("一杯café，一份crème brûlée。"),
            fine("See https://pineandco.example/q?t=%E4%BD%A0%E5%A5%BD for it.", language="en"),
            fine("José’s café – “très bon”.", language="en"),
            fine("¡Gracias, Tomás! 🙌 Café “naïve” – €5…", language="en"),
            fine("联通套餐变更次月生效。"),
            fine("郑女士，您好。谢女士也好。", because="three characters that are valid UTF-8 by chance"),
        ),
    ),
    Rule(
        "INVISIBLE_CHARS",
        60,
        "Seeing what one gets",
        "UTS #36; house rule",
        Severity.FIX,
        _invisible,
        repair=_strip_invisible,
        examples=(
            broken("您\u200b好，订单已发出。"),
            broken("See the \u202egnitsil\u202c.", language="en"),
            broken("soft\u00adhyphen", language="en"),
            fine("到账啦👨‍👩‍👧🎉❤️ 1️⃣", because="joiners inside emoji"),
            fine("Line one\nline two\ttabbed.", language="en"),
        ),
    ),
    Rule(
        "MIXED_SCRIPT",
        61,
        "Plain spelling",
        "UTS #39; house rule: evasion is evidence",
        Severity.BLOCK,
        _mixed,
        examples=(
            broken("Wе are here.", language="en"),
            broken("Get it F R E E now.", language="en"),
            broken("茶 壶 到 货 了。"),
            broken("现在5·折。"),
            broken("白露将至，天気转凉。", because="a Japanese form"),
            broken("这款shi·保ben的。"),
            broken("zhe次全场mian费。"),
            broken("Claim your pr1ze and get c4sh.", language="en"),
            broken("It is che@p and fr33.", language="en"),
            fine("Our B2B desk ships the S10, the iPhone15 and 4k screens.", language="en"),
            fine("陈祎、张喆两位，您好。", changes={"customer": {"name": "陈祎"}}),
            fine("wifi和5G都支持，保护本体也在。"),
            fine(
                "您订的“気”系列茶杯到了。", changes={"customer": {"facts": {"item": "気系列茶杯"}}}, because="on record"
            ),
            fine("Tomás and Zoë say hi, µm and U.S. too.", language="en"),
            fine(
                "您好，QH20与Wi-Fi均可用，Ａ款８折。",
                changes={"offer": {"kind": "percent", "value": 20, "currency": "CNY", "code": "QH20"}},
            ),
            fine("张 伟 您好。"),
        ),
    ),
)
