"""Who writes, from where, and how to make it stop: brand, postal address, opt-out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.channels import CHINA_ZONES
from agent.domain import Channel, Finding, Severity, Words
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.normalise import fold
from agent.language.scripts import guess_language
from agent.language.sieve import sieve

# --- opt-out ----------------------------------------------------------------------------------------------------------

_KEYWORDS = r"(?:stop(?:all)?|end|quit|cancel|unsubscribe|opt-?out|revoke)"
_SMS_WAY = sieve(
    r"(?:拒收|退订|不想再?收到?|取消订阅)\w{0,4}(?:请)?(?:回复?|发送?|发)[“\"'「]?(?:r|td?|n|qx"
    r"|0000|stop|退订|拒收|取消)(?![a-z0-9])|(?:回复?|发送?)[“\"'「]?(?:r|td?|n|qx|0000|stop"
    r"|退订)[”\"'」]?\w{0,2}(?:退订|拒收|取消|即可退订)"
    rf"|(?<![a-z])(?:reply|text|txt|send)(?: with)?:? [“\"'‘]?{_KEYWORDS}(?![a-z])"
    rf"|(?<![a-z]){_KEYWORDS}[”\"'’]? (?:to|2) (?:opt[- ]?out|end|stop|quit|cancel"
    rf"|unsub(?:scribe)?)(?![a-z])"
)
_MAIL_WORD = sieve(
    r"退订|取消订阅|不想再?收到|停止接收|拒收|(?<![a-z])(?:unsubscribe|opt[ -]?out|stop (?:these"
    r"|receiving|getting|all)|(?:email|mail|notification) preferences"
    r"|manage (?:your )?(?:subscription|preferences)|don't want (?:these|to))"
)
_MAIL_REPLY = sieve(
    r"回复[“\"'「]?(?:退订|取消|td?|r)(?![a-z])|(?<![a-z])reply(?:ing)? (?:to this (?:email"
    r"|message) )?(?:with )?(?:the word )?[“\"'‘]?(?:unsubscribe|stop|remove)(?![a-z])"
)
_NEAR = 160


def _stop_is_told(field: Field, channel: Channel) -> bool:
    text = field.tight.text
    if _MAIL_REPLY.search(text) or _SMS_WAY.search(text):
        return True
    words = [match.start() for match in _MAIL_WORD.finditer(text)]
    if not words:
        return False
    # a way to stop by SMS may also be a link
    near = _NEAR if channel is Channel.EMAIL else 60
    return any(abs(link.start - at) <= near for link in field.links for at in words)


def _opt_out(message: Message) -> Iterator[Finding]:
    body = message.body
    if not message.is_marketing or body is None or _stop_is_told(body, message.context.channel):
        return
    reason = "It does not say how to stop these messages. Add the brand's standard line."
    yield body.raw_finding("OPTOUT_MISSING", Severity.FIX, reason, len(body.raw), len(body.raw))


def _add_opt_out(message: Message) -> Words:
    words, context = message.words, message.context
    language = context.customer.language
    suffix = context.channel_rules.opt_out_suffix.get(language, "")
    if context.channel is Channel.SMS:
        return Words(words.subject, words.body.rstrip() + suffix)
    url = context.brand.unsubscribe_url
    if url:
        suffix = f"退订请访问 {url}" if language == "zh" else f"Unsubscribe: {url}"
    return Words(words.subject, f"{words.body.rstrip()}\n\n{suffix}")


# --- brand ------------------------------------------------------------------------------------------------------------

_SIGNATURE = sieve(r"^\s*【([^】]{1,30})】")


def _squeezed(text: str) -> str:
    """Letters and digits only: spacing and punctuation of an address or a name may differ."""
    return re.sub(r"[\W_]+", "", text)


def _is_chinese_sms(message: Message) -> bool:
    context = message.context
    if context.channel is not Channel.SMS or guess_language(message.words.body) == "en":
        return False
    in_china = context.customer.timezone in CHINA_ZONES or (context.jurisdiction or "").upper().startswith("CN")
    return context.customer.language == "zh" or in_china


def _names_brand(message: Message) -> bool:
    texts = [_squeezed(field.words.text) for field in message.fields]
    return any(_squeezed(fold(name).text) in text for name in message.context.brand.names for text in texts)


def _sender(message: Message) -> Iterator[Finding]:
    body = message.body
    if not message.is_marketing or body is None:
        return
    if _is_chinese_sms(message):
        yield from _signature(message, body)
    elif not _names_brand(message):
        reason = f"It does not say who writes. Name {message.context.brand.name}."
        yield body.raw_finding("SENDER_ID", Severity.FIX, reason, 0, 0)


def _signature(message: Message, body: Field) -> Iterator[Finding]:
    brand = message.context.brand
    match = _SIGNATURE.match(body.raw)
    registered = {brand.signature} if brand.signature else set(brand.names)
    if match and match[1].strip() in registered:
        return
    start, end = match.span() if match else (0, 0)
    reason = f"A Chinese SMS begins with the registered signature 【{brand.signature or brand.name}】."
    yield body.raw_finding("SENDER_ID", Severity.FIX, reason, start, end)


def _add_sender(message: Message) -> Words:
    words, brand = message.words, message.context.brand
    if _is_chinese_sms(message):
        return Words(words.subject, f"【{brand.signature or brand.name}】{_SIGNATURE.sub('', words.body).lstrip()}")
    if message.context.channel is Channel.SMS:
        return Words(words.subject, f"{brand.name}: {words.body}")
    return Words(words.subject, f"{words.body.rstrip()}\n\n{brand.name}")


# --- address ----------------------------------------------------------------------------------------------------------


def _address(message: Message) -> Iterator[Finding]:
    body, address = message.body, message.context.brand.postal_address
    if not message.is_marketing or body is None:
        return
    if not address:
        reason = "The brand's postal address is unknown, and a marketing e-mail must carry it."
        yield body.raw_finding("POSTAL_ADDRESS", Severity.HUMAN, reason, len(body.raw), len(body.raw))
    elif _squeezed(fold(address).text) not in _squeezed(body.words.text):
        reason = "The brand's postal address is missing or changed. Add it as it is registered."
        yield body.raw_finding("POSTAL_ADDRESS", Severity.FIX, reason, len(body.raw), len(body.raw))


def _add_address(message: Message) -> Words:
    words, brand = message.words, message.context.brand
    comma = "，" if message.context.customer.language == "zh" else ", "
    return Words(words.subject, f"{words.body.rstrip()}\n\n{brand.name}{comma}{brand.postal_address}")


_SELL = {"purpose": "marketing"}
_ZH_FOOT = "\n青禾茶铺，杭州市示例路1号\n退订请访问 https://qinghe-tea.example/unsub"
_EN_FOOT = "\nPine & Co, 1 Sample St, Portland, ME 04101\nUnsubscribe: https://pineandco.example/u"
RULES: tuple[Rule, ...] = (
    Rule(
        "OPTOUT_MISSING",
        20,
        "The way out",
        "Advertising Law art. 43; ePrivacy art. 13(2); CAN-SPAM 7704(a)(3),(5); CTIA 5.1.3",
        Severity.FIX,
        _opt_out,
        ("email", "sms"),
        _add_opt_out,
        examples=(
            broken("新茶上架。青禾茶铺，杭州市示例路1号", channel="email", subject="新茶", changes=_SELL),
            broken("Pine & Co: new boards are in.", language="en", channel="sms", changes=_SELL),
            broken(
                "Pine & Co: reply START for news.", language="en", channel="sms", changes=_SELL, because="no keyword"
            ),
            broken(
                "您可以退订。青禾茶铺", channel="email", subject="新茶", changes=_SELL, because="a word is no way out"
            ),
            fine("新茶上架。" + _ZH_FOOT, channel="email", subject="新茶", changes=_SELL),
            fine("【青禾茶铺】新茶上架。拒收请回复R", channel="sms", changes=_SELL),
            fine("【青禾茶铺】新茶上架 退订回T", channel="sms", changes=_SELL),
            fine("Pine & Co: new boards. Txt STOP to end.", language="en", channel="sms", changes=_SELL),
            fine("您的订单已发出。", channel="email", subject="订单", because="a notice needs none"),
        ),
    ),
    Rule(
        "SENDER_ID",
        21,
        "Knowing who writes",
        "Advertising Law art. 43; CAN-SPAM 7704(a)(1); carriers' signature filing",
        Severity.FIX,
        _sender,
        ("email", "sms"),
        _add_sender,
        examples=(
            broken("新茶上架。拒收请回复R", channel="sms", changes=_SELL),
            broken("【清禾茶铺】新茶上架。拒收请回复R", channel="sms", changes=_SELL, because="one character off"),
            broken("New boards are in. Reply STOP to opt out.", language="en", channel="sms", changes=_SELL),
            fine("【青禾茶铺】新茶上架。拒收请回复R", channel="sms", changes=_SELL),
            fine("Pine&Co: new boards. Reply STOP to opt out.", language="en", channel="sms", changes=_SELL),
        ),
    ),
    Rule(
        "POSTAL_ADDRESS",
        22,
        "A real address",
        "CAN-SPAM 7704(a)(5)(A)(iii); house rule for every marketing e-mail",
        Severity.FIX,
        _address,
        ("email",),
        _add_address,
        examples=(
            broken(
                "Hi. Pine & Co. Unsubscribe: https://pineandco.example/u",
                language="en",
                channel="email",
                subject="Hi",
                changes=_SELL,
            ),
            broken(
                "Hi." + _EN_FOOT.replace("04101", "04110"), language="en", channel="email", subject="Hi", changes=_SELL
            ),
            fine("Hi." + _EN_FOOT, language="en", channel="email", subject="Hi", changes=_SELL),
            fine("Hi." + _EN_FOOT.replace(", ", ",\n"), language="en", channel="email", subject="Hi", changes=_SELL),
        ),
    ),
)
