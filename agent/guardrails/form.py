"""Does it fit its channel: length of subject, title, push and SMS, and the approved templates of Chinese carriers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Channel, Finding, Severity, Words
from agent.guardrails.message import Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve
from agent.language.sms import sms_size


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


def _template(message: Message) -> Iterator[Finding]:
    context, body = message.context, message.body
    if context.templates is None or body is None or context.channel_rules.key != "sms_cn":
        return
    if not (message.is_marketing or context.templates_alone):
        return
    if not any(template.says(body.raw) for template in context.templates):
        reason = "An SMS like this to China must be an approved template, to the letter. Choose one."
        yield body.raw_finding("CN_SMS_TEMPLATE", Severity.BLOCK, reason, 0, len(body.raw))


_SELL = {"purpose": "marketing"}
_NOTICE = {
    "purpose": "service",
    "templates": [{"text": "【青禾茶铺】您的{item}已发出。", "variables": {"item": {"type": "text", "max": 10}}}],
}


RULES: tuple[Rule, ...] = (
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
            broken(
                "【青禾茶铺】您的茶壶已发出！",
                channel="sms",
                changes={**_NOTICE, "templates_alone": True},
                because="this provider takes no free text at all",
            ),
            fine(
                "【青禾茶铺】您的茶壶已发出。",
                channel="sms",
                changes={**_NOTICE, "templates_alone": True},
                because="the words fill the place that the approved text leaves",
            ),
            fine("【青禾茶铺】您的茶壶已发出！", channel="sms", changes=_NOTICE, because="here free text goes too"),
        ),
    ),
)
