"""May we write to this person, here, now? Consent, suppression, hours, cap, open cases, account, age.

Decided from the inputs; of the words only whether they sell. Marketing needs permission, an answer does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from agent.domain import Channel, Finding, Purpose, Severity
from agent.guardrails.context import GateContext
from agent.guardrails.message import Message, context_finding
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_OTHER_PURPOSES = frozenset({"service", "transactional", "reply", "support", "care", "notice"})


def has_consent(context: GateContext, channel: Channel) -> bool | None:
    """True, False, or None where nobody knows."""
    consent = context.customer.consent.get(channel)
    if consent is None or consent.granted is None:
        return None
    if not consent.granted or (consent.purpose or "").casefold() in _OTHER_PURPOSES:
        return False
    if consent.at is not None and consent.at > context.now:
        return None
    return True


def _consent(message: Message) -> Iterator[Finding]:
    if not message.is_marketing:
        return
    channel = message.context.channel
    granted = has_consent(message.context, channel)
    if granted is False:
        reason = f"The customer has not agreed to marketing by {channel}. Choose a channel with consent."
        yield context_finding("CONSENT_CHANNEL", Severity.BLOCK, reason)
    elif granted is None:
        reason = f"Nobody knows whether the customer agreed to marketing by {channel}. Find the proof or leave it."
        yield context_finding("CONSENT_CHANNEL", Severity.HUMAN, reason)


def _suppressed(message: Message) -> Iterator[Finding]:
    if not message.is_marketing:
        return
    if message.context.customer.suppressed:
        reason = "The customer is on the suppression list and gets no marketing at all."
        yield context_finding("SUPPRESSED", Severity.BLOCK, reason)
    elif message.context.customer.suppressed is None:
        reason = "The suppression list was not asked. Ask it before this goes out."
        yield context_finding("SUPPRESSED", Severity.HUMAN, reason)


# --- hours and cap ----------------------------------------------------------------------------------------------------


def _quiet_hours(message: Message) -> Iterator[Finding]:
    context = message.context
    if not message.is_marketing or context.channel not in (Channel.SMS, Channel.PUSH) or context.limits.quiet is None:
        return
    if context.customer.timezone is None:
        reason = "The customer's time zone is unknown, so nobody can tell whether it is night there."
        yield context_finding("QUIET_HOURS", Severity.HUMAN, reason)
    elif context.limits.quiet.covers(context.local_now.time()):
        reason = f"It is {context.local_now:%H:%M} where the customer is. Send at {next_opening(context):%H:%M %d %b}."
        yield context_finding("QUIET_HOURS", Severity.FIX, reason)


def next_opening(context: GateContext) -> datetime:
    """The next moment, in the customer's zone, when the quiet hours end."""
    zone, quiet = context.customer.timezone, context.limits.quiet
    local = context.local_now
    if zone is None or quiet is None:
        return local
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(1)
    return datetime.combine(day, quiet.end, ZoneInfo(zone))


def _cap(message: Message) -> Iterator[Finding]:
    context = message.context
    if not message.is_marketing or context.purpose is Purpose.REPLY:
        return
    sent, cap = context.sent_last_7_days, context.limits.max_per_7_days
    if sent is None:
        reason = "Nobody knows how many messages the customer got in the last seven days."
        yield context_finding("FREQ_CAP", Severity.HUMAN, reason)
    elif sent >= cap:
        reason = f"The customer got {sent} messages in the last seven days; {cap} is the most. Wait for a free day."
        yield context_finding("FREQ_CAP", Severity.BLOCK, reason)


# --- people and cases -------------------------------------------------------------------------------------------------

# A person must speak, not a campaign and not a machine.
_GRAVE = sieve(
    r"bereave|death|deceas|hardship|vulnerab|legal|lawyer|court|regulator|self.?harm|suicid|illness|medical|injur"
    r"|accident|disaster|丧|去世|离世|困难|法律|律师|起诉|监管|重病|受伤|事故"
)
_HARMLESS = sieve(
    r"question|inquiry|enquiry|how.?to|praise|feedback|suggestion|price|member|other|info|return_policy|咨询"
    r"|建议|表扬"
)


def _open_case(message: Message) -> Iterator[Finding]:
    ticket = message.context.open_ticket
    if ticket is None or not ticket.is_open:
        return
    kind = ticket.type.casefold()
    if message.is_marketing or message.sells or _pitches(message):
        yield from _selling_into_case(kind)
    elif _GRAVE.search(kind):
        reason = f"The customer has an open case of {kind}. A person should answer, or read this first."
        yield context_finding("HOLD_CASE", Severity.HUMAN, reason)


# While a case is open, even a hint at buying is one too many; elsewhere it is small talk.
_PITCH = sieve(
    r"(?:顺便|顺带|趁|另外|对了|要不|不如|正好|刚好)[^。！？!?]{0,12}(?:看看|逛逛|试试|买|下单|入手|升级|换购"
    r"|续费|续订|办一|带一|拍)"
    r"|新(?:品|款|到的|一季)|上新|(?:推荐|安利)(?:您|一下|我们)|加购|凑单|再(?:买|拍|带)(?:一|点|个|件)"
    r"|升级(?:到|为|成)|续(?:费|订)吧"
    r"|(?<![a-z])(?:while you(?:'re| are) (?:here|waiting|at it)|in the meantime|by the way|speaking of)[^.!?]{0,48}"
    r"(?:look|browse|check out|try|shop|order|upgrade|join|grab|pick up|add|treat|renew)(?![a-z])"
    r"|(?<![a-z])(?:(?:our|the) (?:new|latest|best-?selling) \w+|new (?:range|season|arrivals?|collection)|why not"
    r"|have you (?:seen|tried) our"
    r"|(?:take|have) a look at our|you (?:might|may|could|would|'d) (?:also )?(?:like|love|enjoy) (?:our|the|a|to)"
    r"|upgrade to|recommend our)"
    r"(?![a-z])"
)


def _pitches(message: Message) -> bool:
    """Whether the words name the reserved code or hint at buying."""
    offer = message.context.offer
    code = offer.code.casefold() if offer and offer.code else None
    return any(
        _PITCH.search(field.tight.text)
        or (code and any(not field.is_denied(at.start()) for at in re.finditer(re.escape(code), field.tight.text)))
        for field in message.fields
    )


def _selling_into_case(kind: str) -> Iterator[Finding]:
    if _HARMLESS.search(kind) and not _GRAVE.search(kind):
        return
    reason = f"The customer has an open case ({kind or 'unnamed'}). Solve it before anything is offered."
    yield context_finding("HOLD_CASE", Severity.BLOCK, reason)


_ACTIVE = frozenset({"", "active", "normal", "ok", "good", "open", "inactive", "dormant", "lapsed", "churned", "new"})
_GONE = sieve(r"deceas|legal.?hold|sanction|erasure|erase|gdpr.?delet|delet|已故|注销|删除|制裁|法律保全")
_NOT_A_TARGET = sieve(
    r"employee|staff|test|duplicate|closed|fraud|suspend|frozen|blocked|banned|locked|terminated"
    r"|员工|测试|重复|关闭|冻结|封禁|停用"
)


def _account(message: Message) -> Iterator[Finding]:
    facts = message.context.customer.facts
    status = str(facts.get("account_status") or "").casefold()
    flags = facts.get("account_flags") or ()
    marks = [status, *(str(flag).casefold() for flag in (flags if isinstance(flags, list | tuple) else [flags]))]
    gone = next((mark for mark in marks if _GONE.search(mark)), None)
    barred = next((mark for mark in marks if _NOT_A_TARGET.search(mark)), None)
    if gone:
        severity = Severity.BLOCK if message.is_marketing else Severity.HUMAN
        yield context_finding(
            "HOLD_ACCOUNT", severity, f"The account is marked {gone}: nothing automatic may go to it."
        )
    elif barred and message.is_marketing:
        yield context_finding("HOLD_ACCOUNT", Severity.BLOCK, f"The account is marked {barred}: it gets no marketing.")
    elif status not in _ACTIVE and not barred and message.is_marketing:
        reason = f"Nobody has said whether an account that is {status} may get marketing."
        yield context_finding("HOLD_ACCOUNT", Severity.HUMAN, reason)


_ADULT = 18
_PRC_CHILD = 14
_PESTER = sieve(
    r"(?:让|叫|求|找|缠着|央求)(?:你|您)?(?:的)?(?:爸妈|爸爸|妈妈|父母|家长|爷爷|奶奶|老爸"
    r"|老妈)\w{0,4}(?:买|付|下单|给你|充)|快让爸妈"
    r"|(?<![a-z])(?:ask|tell|beg|get|nag|bug) (?:your )?(?:mum|mom|mommy|mummy|dad|daddy|parents?"
    r"|folks|grandma|grandpa)(?![a-z])"
)


def age_of(context: GateContext) -> int | None:
    """The age in the record, or reckoned from a date of birth; None when neither is there."""
    facts = context.customer.facts
    age = facts.get("age")
    if isinstance(age, int | Decimal) and not isinstance(age, bool):
        return int(age)
    born = facts.get("birth_date") or facts.get("date_of_birth") or facts.get("birthday")
    try:
        day = date.fromisoformat(str(born)[:10])
    except ValueError:
        return None
    today = context.local_now.date()
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def _minor(message: Message) -> Iterator[Finding]:
    age = age_of(message.context)
    if message.is_marketing and age is not None and age < _ADULT:
        severity = Severity.BLOCK if age < _PRC_CHILD else Severity.HUMAN
        reason = f"The customer is {age}: no marketing to children, and a person decides below {_ADULT}."
        yield context_finding("MINOR", severity, reason)
    if age is None or age < _ADULT:
        for field in message.fields:
            for match in field.find(_PESTER, field.tight):
                reason = "It tells a child to have the parents buy. Take this out."
                yield field.finding("MINOR", Severity.BLOCK, reason, *match.span(), field.tight)


# --- the table --------------------------------------------------------------------------------------------------------

_NIGHT = {"now": "2026-09-15T21:00:00+08:00"}
RULES: tuple[Rule, ...] = (
    Rule(
        "MINOR",
        5,
        "Children",
        "PIPL art. 28 and 31; Advertising Law art. 40; COPPA; house rule: under 18",
        Severity.BLOCK,
        _minor,
        examples=(
            broken(
                "新款文具上架啦。", channel="push", changes={"purpose": "marketing", "customer": {"facts": {"age": 13}}}
            ),
            broken("快让爸妈给你买！", changes={"customer": {"facts": {"age": 17}}}),
            fine(
                "新款茶壶上架啦。", channel="push", changes={"purpose": "marketing", "customer": {"facts": {"age": 18}}}
            ),
            fine("您的订单已发出。", changes={"customer": {"facts": {"age": 13}}}, because="an answer is no marketing"),
            fine(
                "给爸妈买的茶杯到了吗？", changes={"customer": {"facts": {"age": 30}}}, because="parents as recipients"
            ),
        ),
    ),
    Rule(
        "SUPPRESSED",
        10,
        "Who said stop",
        "GDPR art. 21(2)-(3); CAN-SPAM 15 U.S.C. 7704(a)(4)",
        Severity.BLOCK,
        _suppressed,
        examples=(
            broken(
                "新茶上架，欢迎看看。",
                channel="push",
                changes={"purpose": "marketing", "customer": {"suppressed": True}},
            ),
            broken("送您八折券。", channel="push", changes={"purpose": "service", "customer": {"suppressed": True}}),
            fine("退款已到账。", channel="push", changes={"purpose": "service", "customer": {"suppressed": True}}),
        ),
    ),
    Rule(
        "CONSENT_CHANNEL",
        11,
        "Who never said yes",
        "PIPL art. 13-15; Advertising Law art. 43; ePrivacy 2002/58/EC art. 13; TCPA 47 U.S.C. 227",
        Severity.BLOCK,
        _consent,
        examples=(
            broken(
                "新茶上架。", channel="push", changes={"purpose": "marketing", "customer": {"consent": {"push": False}}}
            ),
            broken(
                "新茶上架。", channel="push", changes={"purpose": "marketing", "customer": {"consent": {"push": None}}}
            ),
            broken(
                "新茶上架。",
                channel="push",
                changes={
                    "purpose": "marketing",
                    "customer": {"consent": {"push": {"granted": True, "purpose": "service"}}},
                },
                because="consent to notices is none to marketing",
            ),
            fine("新茶上架。", channel="push", changes={"purpose": "marketing"}),
            fine(
                "您的包裹已发出。",
                channel="push",
                changes={"purpose": "service", "customer": {"consent": {"push": False}}},
            ),
        ),
    ),
    Rule(
        "HOLD_CASE",
        12,
        "Whoever waits for our answer",
        "Consumer protection law, good faith; FCA Consumer Duty; house rule",
        Severity.BLOCK,
        _open_case,
        examples=(
            broken(
                "新茶上架。",
                channel="push",
                changes={"purpose": "marketing", "history": {"open_ticket": {"type": "complaint", "status": "open"}}},
            ),
            broken(
                "节哀，账户的事不急。", changes={"history": {"open_ticket": {"type": "bereavement", "status": "open"}}}
            ),
            broken(
                "对不起让您久等了，趁这会儿不如看看我们的新款茶壶。",
                changes={"history": {"open_ticket": {"type": "complaint", "status": "open"}}},
            ),
            broken(
                "Sorry about the wait. In the meantime, have a look at our autumn teas.",
                language="en",
                changes={"history": {"open_ticket": {"type": "lost_parcel", "status": "open"}}},
            ),
            fine(
                "很抱歉让您久等，我正在核实。",
                changes={"history": {"open_ticket": {"type": "complaint", "status": "open"}}},
            ),
            fine(
                "新茶上架。",
                channel="push",
                changes={"purpose": "marketing", "history": {"open_ticket": {"type": "complaint", "status": "closed"}}},
            ),
        ),
    ),
    Rule(
        "HOLD_ACCOUNT",
        13,
        "Accounts that are nobody's to sell to",
        "PIPL art. 47; GDPR art. 17; house rule",
        Severity.BLOCK,
        _account,
        examples=(
            broken(
                "新茶上架。",
                channel="push",
                changes={"purpose": "marketing", "customer": {"facts": {"account_status": "employee"}}},
            ),
            broken(
                "新茶上架。", changes={"purpose": "marketing", "customer": {"facts": {"account_flags": ["deceased"]}}}
            ),
            fine("新茶上架。", changes={"purpose": "marketing", "customer": {"facts": {"account_status": "active"}}}),
            fine("新茶上架。", changes={"purpose": "marketing", "customer": {"facts": {"account_status": "dormant"}}}),
        ),
    ),
    Rule(
        "FREQ_CAP",
        14,
        "Patience",
        "House rule: four messages in seven days over all channels",
        Severity.BLOCK,
        _cap,
        examples=(
            broken("新茶上架。", channel="push", changes={"purpose": "marketing", "history": {"sent_last_7_days": 4}}),
            broken(
                "新茶上架。", channel="push", changes={"purpose": "marketing", "history": {"sent_last_7_days": None}}
            ),
            fine("新茶上架。", channel="push", changes={"purpose": "marketing", "history": {"sent_last_7_days": 3}}),
            fine("包裹已发出。", channel="push", changes={"purpose": "service", "history": {"sent_last_7_days": 9}}),
        ),
    ),
    Rule(
        "QUIET_HOURS",
        15,
        "Sleep",
        "47 CFR 64.1200(c)(1); carriers' window 08:00-21:00",
        Severity.FIX,
        _quiet_hours,
        channels=("sms", "push"),
        examples=(
            broken("新茶上架。", channel="push", changes={"purpose": "marketing", **_NIGHT}, because="21:00:00 is out"),
            broken("新茶上架。", channel="push", changes={"purpose": "marketing", "customer": {"timezone": None}}),
            fine("新茶上架。", channel="push", changes={"purpose": "marketing", "now": "2026-09-15T20:59:59+08:00"}),
            fine("新茶上架。", channel="push", changes={"purpose": "marketing", "now": "2026-09-15T08:00:00+08:00"}),
            fine("包裹已发出。", channel="push", changes={"purpose": "service", **_NIGHT}),
        ),
    ),
)
