"""The form of the words: length, language, and characters that hide, mix or are broken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agent.domain import Channel, Finding, Severity, Words
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.guardrails.selling import BENEFIT_KINDS
from agent.language.normalise import HANZI, INVISIBLE_CHAR, LOOKALIKES, fold
from agent.language.scripts import count_scripts, is_traditional, mixed_script_words, traditional_characters
from agent.language.sieve import sieve
from agent.language.sms import sms_size
from agent.language.splices import leet_words, odd_characters, spliced_terms

# --- length -----------------------------------------------------------------------------------------------------------


def _length(message: Message) -> Iterator[Finding]:
    limits, channel = message.context.limits, message.context.channel
    for field in message.fields:
        if channel is Channel.SMS and field.name == "body":
            size = sms_size(field.raw)
            if size.segments > limits.sms_max_segments:
                reason = (
                    f"It takes {size.segments} SMS segments ({size.encoding}); {limits.sms_max_segments} are allowed."
                )
                yield field.raw_finding("LENGTH", Severity.FIX, reason, 0, len(field.raw))
            continue
        most = _most_characters(field.name, channel, message)
        if most is not None and len(field.raw) > most:
            reason = f"The {field.name} has {len(field.raw)} characters; {most} are allowed."
            yield field.raw_finding("LENGTH", Severity.FIX, reason, most, len(field.raw))


def _most_characters(name: str, channel: Channel, message: Message) -> int | None:
    limits = message.context.limits
    if channel is Channel.PUSH:
        return limits.push_title if name == "subject" else limits.push_body
    return limits.subject if name == "subject" else None


_TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-"}
)
_EMOJI = sieve("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U000e0020-\U000e007f]+")


def _shorten(message: Message) -> Words:
    """Plain quotes, no emoji, single spaces. Never cuts: a name, code, link or the way out might fall off."""
    words = message.words
    return Words(None if words.subject is None else _lean(words.subject), _lean(words.body))


def _lean(text: str) -> str:
    return re.sub(r"[ \t]{2,}", " ", _EMOJI.sub("", text.translate(_TYPOGRAPHY))).strip()


# --- characters -------------------------------------------------------------------------------------------------------

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


# --- language ---------------------------------------------------------------------------------------------------------

_EN_WORDS = frozenset(
    "the and you your for with our is are of to in on a we have it this that will has at from be "
    "can not if or by as was "
    "thank thanks hi dear hello new order please us now off until".split()
)
_OTHER_WORDS = frozenset(
    "le la les des vous votre pour avec nous est une bonjour merci el los las su para con "
    "gracias usted por hola una der "
    "die das und sie ihr ihre wir für mit ist nicht danke il che per sua grazie ciao obrigado "
    "você não olá de commande".split()
)
_WORD = sieve(r"[a-zà-ÿ]+")
_FOREIGN_SHARE = 0.25
# Simplified text never holds these; one of them is enough.
_ONLY_TRADITIONAL = frozenset(
    char
    for char in "優惠贈禮價錢們這個說話國團車東歡請購買點領訂單貨運費員會積開關門時間問題還為與從來對經過實現"
    "應該讓給號碼體驗專屬"
    "親愛謝誠摯聯繫繼續將據數訊網頁賬戶電郵寄達發現誤選變換狀態務區類條無處總計額滿減萬億幾兩雙週歲歷書樂"
    if is_traditional(char)
)


def _wrong_language(message: Message) -> Iterator[Finding]:
    wanted = message.context.customer.language
    for field in message.fields:
        text = _without_own_names(field, message)
        if wanted == "zh":
            yield from _not_chinese(field, text)
        else:
            yield from _not_english(field, text)


def _without_own_names(field: Field, message: Message) -> str:
    """Names, items, links, codes and the address may be in any language."""
    context = message.context
    text = re.sub(r"https?://\S+|[\w.+-]+@[\w.-]+|(?<!\w)[\w-]+(?:\.[\w-]+)+(?:/\S*)?", " ", field.raw)
    customer = context.customer
    known = [
        *context.brand.names,
        context.brand.postal_address,
        context.brand.sign_off,
        customer.name or "",
        customer.first_name or "",
    ]
    known += [value for value in message.licence.fact_strings if len(value) > 1]
    known += [context.offer.code or "", context.offer.exclusions] if context.offer else []
    for name in sorted({entry for entry in known if entry}, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


_LATIN_SENTENCE = sieve(r"[A-Za-z][A-Za-z' ,\-]{24,}")
_HANZI_SENTENCE = sieve(rf"[{HANZI}，、]{{6,}}")
_STOP_LINE = sieve(r"(?i)reply|text|txt|stop|unsubscribe")


_LATIN = sieve(r"[A-Za-z]{2,}")


def _not_chinese(field: Field, text: str) -> Iterator[Finding]:
    counts = count_scripts(text)
    # capitals are mostly products and brands (iPhone 15 Pro Max); English betrays itself by its small words
    foreign = sum(word.islower() or word.casefold() in _EN_WORDS for word in _LATIN.findall(text)) + counts.other
    if foreign >= 3 and 1.6 * foreign / (counts.hanzi + 1.6 * foreign) > _FOREIGN_SHARE:
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads Chinese.", 0, len(field.raw))
        return
    for match in _LATIN_SENTENCE.finditer(text):
        words = _WORD.findall(match.group().casefold())
        if len(words) >= 5 and _EN_WORDS.intersection(words) and not _STOP_LINE.search(match.group()):
            at = max(field.raw.find(match.group().strip()), 0)
            reason = "A sentence is not in Chinese."
            yield field.raw_finding("WRONG_LANG", Severity.BLOCK, reason, at, at + len(match.group().strip()))
    odd = traditional_characters(text)
    if len({text[at] for at in odd}) >= 2 or any(text[at] in _ONLY_TRADITIONAL for at in odd):
        at = next(i for i, char in enumerate(field.raw) if char == text[odd[0]])
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads simplified characters.", at, at + 1)


def _not_english(field: Field, text: str) -> Iterator[Finding]:
    # a disguised letter is MIXED_SCRIPT's matter; here it counts for what it plays
    counts = count_scripts(text.casefold().translate(LOOKALIKES))
    weight = counts.hanzi + 1.6 * counts.latin_words + counts.other
    foreign = (counts.hanzi + counts.other) / weight if weight else 0.0
    run = _HANZI_SENTENCE.search(text)
    if (foreign > _FOREIGN_SHARE and counts.hanzi + counts.other >= 3) or run:
        start, end = (0, len(field.raw)) if run is None else _locate(field, run.group())
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads English.", start, end)
        return
    words = _WORD.findall(text.casefold())
    other = sum(word in _OTHER_WORDS for word in words)
    ours = sum(word in _EN_WORDS for word in words)
    if (len(words) >= 5 and other >= 3 and other > ours) or (len(words) >= 4 and other >= 2 and not ours):
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads English.", 0, len(field.raw))


def _locate(field: Field, text: str) -> tuple[int, int]:
    at = field.raw.find(text)
    return (at, at + len(text)) if at >= 0 else (0, len(field.raw))


# --- approved templates -----------------------------------------------------------------------------------------------


def _template(message: Message) -> Iterator[Finding]:
    templates, body = message.context.templates, message.body
    if templates is None or body is None or message.context.channel_rules.key != "sms_cn" or not message.is_marketing:
        return
    if body.raw not in templates:
        reason = "Marketing SMS to China must be an approved template, to the letter. Choose one."
        yield body.raw_finding("CN_SMS_TEMPLATE", Severity.BLOCK, reason, 0, len(body.raw))


_SELL = {"purpose": "marketing"}
RULES: tuple[Rule, ...] = (
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
        "WRONG_LANG",
        63,
        "One's own language",
        "House rule",
        Severity.BLOCK,
        _wrong_language,
        examples=(
            broken("Hi, your order is on its way to you.", because="the customer reads Chinese"),
            broken("您的訂單已經發出。"),
            broken("您好，the order has left our warehouse this morning and is on the way。"),
            broken("您的订单已发出，请注意查收。", language="en"),
            broken("Bonjour, votre commande est en route pour vous avec nous.", language="en"),
            fine("您好，QH20券与iPhone 15 Pro Max保护壳均已就绪。"),
            fine("¡Gracias, Tomás!", language="en"),
            fine(
                "您的Flex 25GB套餐已续费。",
                changes={"customer": {"facts": {"plan": "Flex 25GB"}}},
            ),
            fine("陳大文先生，您好。", changes={"customer": {"name": "陳大文"}}),
        ),
    ),
    Rule(
        "LENGTH",
        71,
        "A message that arrives whole",
        "3GPP TS 23.038 and 23.040; push vendors' limits",
        Severity.FIX,
        _length,
        repair=_shorten,
        examples=(
            broken("好" * 135, channel="sms"),
            broken("好" * 151, channel="push", subject="好"),
            broken("好", channel="push", subject="好" * 51),
            broken("ok", language="en", channel="email", subject="a" * 79),
            fine("好" * 134, channel="sms"),
            fine("a" * 306, language="en", channel="sms"),
            fine("好" * 150, channel="push", subject="好" * 50),
            fine("好" * 500, channel="chat"),
        ),
    ),
    Rule(
        "CN_SMS_TEMPLATE",
        23,
        "Text that the carriers let through",
        "Aggregators' template rules",
        Severity.BLOCK,
        _template,
        channels=("sms",),
        examples=(
            broken(
                "【青禾茶铺】新茶！拒收请回复R",
                channel="sms",
                changes={**_SELL, "templates": ["【青禾茶铺】新茶。拒收请回复R"]},
            ),
            fine(
                "【青禾茶铺】新茶。拒收请回复R",
                channel="sms",
                changes={**_SELL, "templates": ["【青禾茶铺】新茶。拒收请回复R"]},
            ),
            fine("【青禾茶铺】新茶！拒收请回复R", channel="sms", changes=_SELL, because="nobody gave the table"),
        ),
    ),
)
