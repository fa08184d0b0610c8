"""Where the words send the customer: links and phone numbers, against the brand's own list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.entities import DigitRun, Link, code_skeleton, read_emails
from agent.language.normalise import LOOKALIKES, fold
from agent.language.sieve import sieve

# --- links ------------------------------------------------------------------------------------------------------------

_REDIRECT = sieve(
    r"[?&#](?:url|u|to|next|goto|redirect(?:_ur[il])?|return(?:_?url)?|dest(?:ination)?|target"
    r"|link|r|continue)=(?:https?(?::|%3a)|//|%2f%2f|www\.)",
    re.I,
)


def _links(message: Message) -> Iterator[Finding]:
    domains = message.context.brand.domains
    for field in message.fields:
        # the links are read from the words view: there a foreign letter is still foreign
        for link in _both_views(field):
            start, end, found = link
            fault = fault_of(found, domains)
            if fault and not _is_phone_scheme(found):
                yield field.raw_finding(
                    "LINK_DOMAIN", Severity.BLOCK, f"{fault} Use the brand's own address.", start, end
                )
        for start, end in read_emails(field.tight.text):
            yield from _foreign_mailbox(field, start, end, message)


def _both_views(field: Field) -> Iterator[tuple[int, int, Link]]:
    from agent.language.entities import read_links

    seen: set[tuple[int, int]] = set()
    views = (field.words,) if field.words.text == field.tight.text else (field.words, field.tight)
    for view in views:
        for link in field.links if view is field.tight else read_links(view.text):
            span = view.raw_span(link.start, link.end)
            if not any(a < span[1] and span[0] < b for a, b in seen) and not _is_sentence_join(
                link, field.raw[span[0] : span[1]]
            ):
                seen.add(span)
                yield *span, link


def _is_sentence_join(link: Link, raw: str) -> bool:
    """ "ready.Me" is a missing space, not a domain: nobody writes the last label with a capital."""
    last = raw.split("/")[0].rsplit(".", 1)[-1]
    return link.scheme is None and not link.rest and last[:1].isupper() and not last.isupper()


def fault_of(link: Link, domains: tuple[str, ...]) -> str | None:
    """What is wrong with a link, as a sentence; None when it is one of ours."""
    host = link.host.rstrip(".")
    if link.scheme not in (None, "https", "http"):
        return f"A link of the kind {link.scheme or '//'} does not belong in a message."
    if link.user is not None:
        return f"The link hides its true host {host} behind a name."
    if not any(host == domain or host.endswith("." + domain) for domain in domains):
        twin = next((domain for domain in domains if _looks_like(host, domain)), None)
        return f"{host} only looks like {twin}." if twin else f"{host} is not one of the brand's domains."
    if link.scheme == "http":
        return "The link is not encrypted (http)."
    if _REDIRECT.search(link.rest):
        return "The link leads on to another address."
    return None


def _looks_like(host: str, domain: str) -> bool:
    return code_skeleton(host.translate(LOOKALIKES)) == code_skeleton(domain)


def _is_phone_scheme(link: Link) -> bool:
    return link.scheme == "tel"


def _foreign_mailbox(field: Field, start: int, end: int, message: Message) -> Iterator[Finding]:
    """A mailbox of a look-alike of our domain; other foreign mailboxes are personal data."""
    host = field.tight.text[start:end].rpartition("@")[2]
    domains = message.context.brand.domains
    if not is_own_host(host, domains) and any(_looks_like(host, domain) for domain in domains):
        reason = f"{host} only looks like the brand's domain."
        yield field.finding("LINK_DOMAIN", Severity.BLOCK, reason, start, end, field.tight)


def is_own_host(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in domains)


# --- phones -----------------------------------------------------------------------------------------------------------

_CALL_LEFT = sieve(
    r"(?:致电|拨打|来电|电话|热线|客服|联系|打给?|呼叫|手机|座机|专线|回拨|转)(?:我们|我|电话|热线"
    r"|号码|至|到|：|:|为|是)*\s?$|(?<![a-z])(?:call(?:ing)?|dial|phone|ring|tel|telephone|hotline"
    r"|line|number|text|whatsapp|reach (?:us|me) (?:on|at)|on|at|helpline|mobile|cell|to)(?: (?:us"
    r"|me|our|on|at|is|just|line|number))*[:.]?\s?$"
)
_ORDERISH = sieve(
    r"(?:单号|订单|订单号|编号|运单|物流号|快递单号|流水号|卡号|工单|票号|账单号|合同号|order"
    r"|parcel|tracking|ref(?:erence)?|invoice|case|ticket|no\.?|number|#|id)[号为是:： ]*$"
)
_MOBILE_CN = sieve(r"(?:86)?1[3-9]\d{9}")


def national(digits: str) -> str:
    """A number without its country code or trunk zero, so that +44 20… and 020… are one."""
    bare = digits.lstrip("0")
    for code in ("86", "852", "44", "1", "61", "64", "65", "81", "33", "49"):
        if bare.startswith(code) and len(bare) - len(code) >= 9:
            return bare[len(code) :].lstrip("0")
    return bare


def own_numbers(message: Message) -> frozenset[str]:
    def read() -> frozenset[str]:
        return frozenset(national(re.sub(r"\D", "", fold(phone).text)) for phone in message.context.brand.phones)

    return message.once(("the brand's numbers",), read)


def _phones(message: Message) -> Iterator[Finding]:
    own = own_numbers(message)
    for field in message.fields:
        for run in field.digit_runs:
            if _is_call_number(run, field, message) and national(run.digits) not in own:
                reason = "This phone number is not one of the brand's. Use a listed one."
                yield field.finding("PHONE_UNLISTED", Severity.BLOCK, reason, run.start, run.end, field.tight)


def _is_call_number(run: DigitRun, field: Field, message: Message) -> bool:
    """A number one could ring: cued by a verb, or shaped like a service line; never an id or a sum of the record."""
    text = field.tight.text
    left = text[max(0, run.start - 24) : run.start]
    if not 5 <= len(run.digits) <= 15 or _in_span(run, [(link.start, link.end) for link in field.links]):
        return False
    if message.licence.has_phrase(text[run.start : run.end]) or _in_span(run, [(d.start, d.end) for d in field.dates]):
        return False
    if re.match(
        r"\s?(?:元|块|%|积分|points|单|件|次|人|字|km|公里|平|年|-\d)", text[run.end : run.end + 8]
    ) or re.search(r"[¥$£€]\s?$", left):
        return False
    cued = bool(_CALL_LEFT.search(left))
    if len(run.digits) >= 7:
        if _MOBILE_CN.fullmatch(run.digits) and not cued:
            return False  # a mobile number without an invitation to call is somebody's personal data
        return cued or (_looks_dialled(run) and not _ORDERISH.search(left))
    return cued and not _ORDERISH.search(left) and not run.grouped


def _looks_dialled(run: DigitRun) -> bool:
    if run.spelled:
        return True
    return bool(re.fullmatch(r"(?:400|800|95\d|96\d|1[08]00|0\d{2,3}|1)?\d{7,11}", run.digits)) and (
        run.grouped or run.digits.startswith(("400", "800", "0"))
    )


def _in_span(run: DigitRun, spans: list[tuple[int, int]]) -> bool:
    return any(start < run.end and run.start < end for start, end in spans)


RULES: tuple[Rule, ...] = (
    Rule(
        "LINK_DOMAIN",
        43,
        "A safe way home",
        "House rule against phishing; UTS #39",
        Severity.BLOCK,
        _links,
        examples=(
            broken("详见 https://qinghe-tea.example.evil.com/a"),
            broken("详见 https://qinghe-tea.example@evil.com/a"),
            broken("详见 http://qinghe-tea.example/a", because="not https"),
            broken("详见 https://bit.ly/3xYz"),
            broken("详见 https://192.168.0.1/a"),
            broken("详见 https://qinghе-tea.example/a", because="a Cyrillic е"),
            broken("详见 qinghe-tea.com"),
            broken("详见 https://qinghe-tea.example/go?url=https://evil.com"),
            broken("Visit pineandco dot com today.", language="en"),
            fine("详见 https://m.qinghe-tea.example/orders。"),
            fine("详见 qinghe-tea.example 退订回T"),
            fine("It costs 3.10% AER, e.g. at 10.30 a.m. Done.Then rest.", language="en"),
            fine("Write to help@pineandco.example.", language="en"),
        ),
    ),
    Rule(
        "PHONE_UNLISTED",
        44,
        "A number that is ours",
        "House rule against phishing",
        Severity.BLOCK,
        _phones,
        examples=(
            broken("请致电400-999-0000。"),
            broken("请致电四零零九九九零零零零。"),
            broken("有问题拨打95599。"),
            broken("请拨打13800138000联系我。"),
            broken("Just dial eight hundred, five five five, zero nine nine nine.", language="en"),
            broken("Call +1 (800) 555-0199.", language="en"),
            fine("请致电400-810-0000。"),
            fine("请致电４００ ８１０ ００００。"),
            fine("Call 800.555.0100 or +1 800 555 0100.", language="en"),
            fine(
                "您的订单2026081177已签收，共123456积分。",
                changes={"customer": {"facts": {"order": "2026081177", "points": 123456}}},
            ),
        ),
    ),
)
