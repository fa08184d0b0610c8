"""Rules that the words alone cannot show: what the transport, the record of consent and the earlier sends say.

Each speaks only where its input was given: a caller that says nothing about headers is not told that they are missing.
The product gives them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.domain import WANT_NO_PROFILE, Finding, Severity, Words
from agent.guardrails.message import Message, context_finding
from agent.guardrails.rule import Rule, broken, fine
from agent.language.normalise import fold
from agent.language.scripts import guess_language
from agent.language.sieve import sieve

# --- a machine says what it is ----------------------------------------------------------------------------------------

_SAYS_MACHINE = sieve(
    r"(?:智能|ai|虚拟|机器人|自动)(?:\w{0,4})(?:助手|客服|助理|回复|生成|机器人)"
    r"|由(?:ai|人工智能|机器)\w{0,4}(?:生成|撰写|回复)"
    r"|(?<![a-z])(?:ai|automated|virtual|digital) (?:assistant|agent|reply|answer|message)"
    r"|(?<![a-z])(?:chat)?bot(?![a-z])"
)
_LABEL = {"zh": "（本条由智能助手生成）", "en": "(Written by our AI assistant.)"}


def _ai_label(message: Message) -> Iterator[Finding]:
    body = message.body
    if message.context.ai_disclosed is not False or body is None or _SAYS_MACHINE.search(body.words.text):
        return
    reason = "Nobody has told this customer that a machine answers. Add the label."
    yield body.raw_finding("AI_LABEL", Severity.FIX, reason, len(body.raw), len(body.raw))


def _add_label(message: Message) -> Words:
    words = message.words
    return Words(words.subject, f"{words.body.rstrip()}\n{_LABEL[message.context.customer.language]}")


# --- who wants no profile ---------------------------------------------------------------------------------------------


def _profile_off(message: Message) -> Iterator[Finding]:
    context = message.context
    flags = context.customer.facts.get("account_flags") or ()
    listed = [flags] if isinstance(flags, str) else list(flags)
    if not message.is_marketing or not WANT_NO_PROFILE.intersection(str(flag).casefold() for flag in listed):
        return
    said = message.words.body.strip()
    if not any(not template.holes and template.text.strip() == said for template in context.templates or ()):
        reason = "The customer wants no personalised marketing. Only an approved general text may go."
        yield context_finding("PROFILE_OFF", Severity.BLOCK, reason)


# --- proof, repetition, headers, characters ---------------------------------------------------------------------------


def _proof(message: Message) -> Iterator[Finding]:
    """A consent that came as a record, without its proof. A bare `true` says nothing about proofs."""
    consent = message.context.customer.consent.get(message.context.channel)
    if message.is_marketing and consent is not None and consent.granted and consent.at and not consent.proof:
        reason = "The consent on record has no proof. Find it before somebody asks for it."
        yield context_finding("CONSENT_PROOF", Severity.WARN, reason)


_ALIKE = 0.85
_SHINGLE = 3


def _duplicate(message: Message) -> Iterator[Finding]:
    if not message.context.sent_texts or not message.is_marketing or message.body is None:
        return
    if is_repeated(message.words.body, message.context.sent_texts):
        reason = "This customer got the same words in the last 30 days. Write something else."
        yield context_finding("DUPLICATE", Severity.HUMAN, reason)


def is_repeated(body: str, earlier: Sequence[str]) -> bool:
    """Whether one of the earlier texts is this one, give or take a few words."""
    own = _shingles(body) if earlier else frozenset()
    others = (_shingles(text) for text in earlier)
    return bool(own) and any(len(own & other) >= _ALIKE * len(own | other) for other in others)


def _shingles(text: str) -> frozenset[str]:
    """Rows of three letters and digits; links and codes differ from send to send and do not count."""
    plain = re.sub(r"[\W_]+", "", re.sub(r"https?://\S+", "", fold(text).text))
    return frozenset(plain[at : at + _SHINGLE] for at in range(max(len(plain) - _SHINGLE + 1, 0)))


def _headers(message: Message) -> Iterator[Finding]:
    headers = message.context.headers
    if headers is None or not message.is_marketing:
        return
    named = {key.casefold(): value for key, value in headers.items()}
    one_click = named.get("list-unsubscribe-post", "").replace(" ", "").casefold() == "list-unsubscribe=one-click"
    if not (one_click and "<https://" in named.get("list-unsubscribe", "")):
        reason = "A marketing e-mail needs List-Unsubscribe with an https address and List-Unsubscribe-Post. Add both."
        yield context_finding("HDR_LIST_UNSUB", Severity.BLOCK, reason)


_EMOJI = sieve(
    "[\U0001f000-\U0001faff\u2600-\u2604\u2607-\u27bf\u2b00-\u2bff\u231a-\u23ff]"
    "[\ufe0f\u200d\U0001f3fb-\U0001f3ff\U0001f000-\U0001faff\u2640\u2642]*"
)
_SPELLED = {"¥": "元", "￥": "元"}
_SIGNED = sieve(r"\s*【[^【】]{1,30}】")


def _charset(message: Message) -> Iterator[Finding]:
    """What the carriers of the place refuse, 【】 among it: those belong to the signature alone."""
    context, body = message.context, message.body
    forbidden = context.channel_rules.forbidden_characters
    if body is None or not forbidden or guess_language(body.raw) == "en":
        return  # foreign words go by other rules; the templates of the carriers are Chinese
    signature = _SIGNED.match(body.raw)
    for match in _EMOJI.finditer(body.raw):
        reason = f"Carriers show {match.group()} as a blank or refuse it. Take it out."
        yield body.raw_finding("SMS_CHARSET", Severity.FIX, reason, *match.span())
    for at, char in enumerate(body.raw):
        if char in forbidden or (char in "【】" and at >= (signature.end() if signature else 0)):
            reason = f"Carriers refuse the character {char}. Write it out or take it out."
            yield body.raw_finding("SMS_CHARSET", Severity.FIX, reason, at, at + 1)


def _spell_out(message: Message) -> Words:
    forbidden = message.context.channel_rules.forbidden_characters
    signature = _SIGNED.match(message.words.body)
    head = signature.end() if signature else 0
    body = re.sub(r"[¥￥]\s?(\d[\d,.]*)", r"\1元", message.words.body[head:]).translate(
        {ord("【"): "“", ord("】"): "”"}
    )
    body = _EMOJI.sub("", body)
    kept = "".join(_SPELLED.get(char, "") if char in forbidden else char for char in body)
    return Words(message.words.subject, message.words.body[:head] + kept)


_SELL = {"purpose": "marketing"}
_FOOT = "青禾茶铺，杭州市示例路1号\n退订请访问 https://qinghe-tea.example/unsub"
_NEWS = "白露过后，新到的桂花乌龙已经上架，欢迎来看看。\n" + _FOOT
_ONE_CLICK = {
    "List-Unsubscribe": "<https://qinghe-tea.example/u/1>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
RULES: tuple[Rule, ...] = (
    Rule(
        "PROFILE_OFF",
        16,
        "Who wants no profile",
        "PIPL art. 24(2); E-Commerce Law art. 18; GDPR art. 21(2)",
        Severity.BLOCK,
        _profile_off,
        examples=(
            broken(
                "新茶上架，欢迎看看。",
                channel="push",
                changes={**_SELL, "customer": {"facts": {"account_flags": ["personalisation_off"]}}},
            ),
            fine(
                "新茶上架，欢迎看看。",
                channel="push",
                changes={
                    **_SELL,
                    "templates": ["新茶上架，欢迎看看。"],
                    "customer": {"facts": {"account_flags": ["personalisation_off"]}},
                },
                because="an approved general text",
            ),
            fine("您的订单已发出。", changes={"customer": {"facts": {"account_flags": ["personalisation_off"]}}}),
        ),
    ),
    Rule(
        "HDR_LIST_UNSUB",
        23,
        "The way out, by one click",
        "RFC 8058; RFC 2369; Gmail's and Yahoo's rules for bulk senders since 2024-02",
        Severity.BLOCK,
        _headers,
        ("email",),
        examples=(
            broken(_NEWS, channel="email", subject="新茶", changes={**_SELL, "headers": {"X-Mailer": "none"}}),
            broken(
                _NEWS,
                channel="email",
                subject="新茶",
                changes={**_SELL, "headers": {**_ONE_CLICK, "List-Unsubscribe": "<mailto:stop@qinghe-tea.example>"}},
                because="a mail address alone is no click",
            ),
            fine(_NEWS, channel="email", subject="新茶", changes={**_SELL, "headers": _ONE_CLICK}),
            fine(_NEWS, channel="email", subject="新茶", changes=_SELL, because="nothing was said about headers"),
        ),
    ),
    Rule(
        "AI_LABEL",
        24,
        "Knowing that a machine writes",
        "人工智能生成合成内容标识办法 (2025-09-01); EU AI Act art. 50(1); California B&P Code 17941",
        Severity.FIX,
        _ai_label,
        ("chat",),
        _add_label,
        examples=(
            broken("您的包裹今天在路上。", changes={"ai_disclosed": False}),
            fine("我是青禾茶铺的智能助手，您的包裹今天在路上。", changes={"ai_disclosed": False}),
            fine("您的包裹今天在路上。", changes={"ai_disclosed": True}),
            fine("您的包裹今天在路上。", because="nothing was said about it"),
        ),
    ),
    Rule(
        "SMS_CHARSET",
        61,
        "Messages that arrive",
        "Huawei Cloud and Tencent Cloud SMS template rules",
        Severity.FIX,
        _charset,
        ("sms",),
        _spell_out,
        examples=(
            broken("【青禾茶铺】您的退款¥30已退回。", channel="sms", changes={"templates": [], "purpose": "service"}),
            fine("【青禾茶铺】您的退款30元已退回。", channel="sms", changes={"templates": [], "purpose": "service"}),
            broken("【青禾茶铺】您的退款￥30已退回。", channel="sms", changes={"purpose": "service"}),
            broken("【青禾茶铺】【物流提醒】您的茶壶已发出。", channel="sms", changes={"purpose": "service"}),
            broken("【青禾茶铺】★您的茶壶已发出。", channel="sms", changes={"purpose": "service"}),
            broken("【青禾茶铺】您的茶壶已发出🎁。", channel="sms", changes={"purpose": "service"}),
            fine("您的退款¥30已退回。", channel="chat", changes={"templates": []}),
            fine("【青禾茶铺】您的茶壶已发出，“物流提醒”可在App查看。", channel="sms", changes={"purpose": "service"}),
            fine("Pine & Co: your $30 refund is on its way.", language="en", channel="sms"),
        ),
    ),
    Rule(
        "DUPLICATE",
        62,
        "Patience",
        "House rule: not the same words twice in 30 days",
        Severity.HUMAN,
        _duplicate,
        examples=(
            broken(_NEWS, channel="email", subject="新茶", changes={**_SELL, "history": {"sent_texts": [_NEWS]}}),
            broken(
                _NEWS,
                channel="email",
                subject="新茶",
                changes={**_SELL, "history": {"sent_texts": [_NEWS.replace("欢迎", "欢迎您")]}},
                because="one word more is the same message",
            ),
            fine(
                _NEWS,
                channel="email",
                subject="新茶",
                changes={
                    **_SELL,
                    "history": {"sent_texts": ["秋分将至，茶具都按新的分类摆好了，想添一只杯子的话可以看看。"]},
                },
            ),
            fine(_NEWS, channel="chat", changes={"history": {"sent_texts": [_NEWS]}}, because="an answer may repeat"),
        ),
    ),
    Rule(
        "CONSENT_PROOF",
        90,
        "Being able to show it",
        "PIPL art. 14; GDPR art. 7(1); MIIT order 31 (proof kept at least five months)",
        Severity.WARN,
        _proof,
        examples=(
            broken(
                "新茶上架。",
                channel="push",
                changes={**_SELL, "customer": {"consent": {"push": {"granted": True, "at": "2026-01-01T00:00:00Z"}}}},
            ),
            fine(
                "新茶上架。",
                channel="push",
                changes={
                    **_SELL,
                    "customer": {
                        "consent": {"push": {"granted": True, "at": "2026-01-01T00:00:00Z", "proof": "form 12"}}
                    },
                },
            ),
            fine("新茶上架。", channel="push", changes=_SELL, because="a bare yes says nothing about proofs"),
        ),
    ),
)
